// What both sides of the soak know: how values are made, so that each answer can be checked for being right.

import { crc32 } from 'node:zlib'

/** Bytes and checksum of what passed. */
export interface Seen {
  readonly bytes: number
  readonly checksum: number
}

/** 65,521 is a prime: no piece starts where a frame or a page does. */
const pattern = Uint8Array.from({ length: 65_521 }, (_, index) => (index * 31) & 255)

export async function* pieces(size: number): AsyncGenerator<Uint8Array> {
  for (let sent = 0; sent < size; sent += pattern.length) yield pattern.slice(0, size - sent)
}

export async function seen(content: AsyncIterable<Uint8Array>): Promise<Seen> {
  let bytes = 0
  let checksum = 0
  for await (const chunk of content) {
    bytes += chunk.length
    checksum = crc32(chunk, checksum)
  }
  return { bytes, checksum }
}

export const greeting = (name: string): string => `Hello ${name}`
export const titleOf = (id: string): string => `All about ${id}`
export const friendsOf = (id: string): string[] => Array.from({ length: 10 }, (_, at) => `${id}-${at}`)
export const textOf = (id: string, version: number): string => `${id} as of ${version}, `.repeat(60)

export const fieldsOf = (id: string) => ({
  name: `Name of ${id}`,
  email: `${id}@example.org`,
  age: id.length * 7,
  score: id.length / 8,
  active: id.length % 2 === 0,
  created: new Date(1_700_000_000_000 + id.length),
  tags: new Set([id, 'all']),
  avatar: pattern.slice(id.length, id.length + 64),
})

export const itemOf = (index: number) => ({ index, name: `item ${index}` })
