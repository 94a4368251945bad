// The Ruby client of 2012 (over Net::HTTP of Ruby 1.9), as far as its behaviour shows on the wire. It follows
// links as it meant to: the published one passes an argument too few.

import { converse, type RawAnswer } from './conversation.js'
import { hexFloat, u } from './wire.js'

export class RubyExtension {
  constructor(
    readonly name: string,
    readonly attributes: Map<unknown, unknown>,
    readonly content: unknown,
  ) {}
}

/** A value as Ruby prints it. */
export class Wire {
  constructor(readonly text: string) {}
}

/** No media type is asked for, and what is sent has the name of before 1.0. */
export function rubyRequest(method: string, url: string, body?: string): Buffer {
  const { host, pathname, search } = new URL(url)
  const head = [`${method} ${pathname}${search} HTTP/1.1`, 'Accept: */*', 'User-Agent: Ruby']
  if (body !== undefined) {
    head.push('Content-Type: application/vnd.glyph', `Content-Length: ${Buffer.byteLength(body)}`)
  }
  return Buffer.from(`${head.join('\r\n')}\r\nHost: ${host}\r\n\r\n${body ?? ''}`)
}

export class RubyClient {
  readonly answers: RawAnswer[] = []

  async fetch(method: string, url: string, body?: string): Promise<unknown> {
    if (!['GET', 'POST'].includes(method)) throw new Error('FetchError: baws')
    const answer = await converse(url, rubyRequest(method, url, method === 'POST' ? body : undefined))
    this.answers.push(answer)
    const { status } = answer
    if (status === 204) return null
    // The answer's type is not looked at.
    if (status < 300) return readRuby(answer.body, url)
    if (status < 400) return this.fetch('GET', new URL(answer.header('location') as string, url).href)
    throw new Error(`FetchError: ${status}`)
  }

  call(page: unknown, name: string, args: unknown[] = []): Promise<unknown> {
    const { content } = page as RubyExtension
    const member = (content as Map<unknown, unknown>).get(name)
    if (!(member instanceof RubyExtension)) throw new Error(`NoMethodError: ${name}`)
    return this.invoke(member, args)
  }

  async invoke({ name, attributes, content }: RubyExtension, args: unknown[] = []): Promise<unknown> {
    const method = attributes.get('method') as string
    const url = attributes.get('url') as string
    if (name === 'link') return attributes.get('inline') ? content : this.fetch(method, url)
    if (name !== 'form') throw new Error('NoMethodError: call')
    const left = [...args]
    const data = ((attributes.get('values') ?? []) as unknown[]).map(value => {
      const input = value instanceof RubyExtension ? value : undefined
      // Arguments are taken from the end; defaults are looked for under another key, and so are nil.
      if (left.length === 0 && input === undefined) throw new Error('NoMethodError: default')
      const argument = left.length > 0 ? left.pop() : (input?.attributes.get('default') ?? null)
      return dump(input?.attributes.get('name') ?? value) + dump(argument)
    })
    return this.fetch(method, url, `O${data.join('')};`)
  }
}

/** Every hash is ordered. */
function dump(value: unknown): string {
  if (value instanceof Wire) return value.text
  if (value === null) return 'N;'
  if (typeof value === 'boolean') return value ? 'T;' : 'F;'
  if (typeof value === 'string') return u(value)
  if (typeof value === 'number') return `i${value};`
  if (Array.isArray(value)) return `L${value.map(dump).join('')};`
  if (value instanceof Map) return `O${[...value].flat().map(dump).join('')};`
  if (value instanceof RubyExtension) {
    return `X${dump(value.name)}${dump(value.attributes)}${dump(value.content)};`
  }
  throw new Error('EncodeError: unsupported')
}

/** Reads by the client's rules: no white space anywhere, a URL joined wherever there is one. */
export function readRuby(bytes: Buffer, base: string): unknown {
  let position = 0
  const blobs = new Map<number, { attributes: unknown; content: Buffer }>()
  const until = (stops: RegExp): string => {
    const start = position
    while (position < bytes.length && !stops.test(String.fromCharCode(bytes[position] as number))) position++
    if (position >= bytes.length) throw new Error('NoMethodError: nil')
    return bytes.toString('latin1', start, position++)
  }
  const take = (size: number): Buffer => {
    position += size + 1
    return bytes.subarray(position - size - 1, position - 1)
  }
  const ends = (): boolean => {
    if (bytes[position] !== 0x3b) return false
    position++
    return true
  }
  const counted = (): Buffer => {
    const size = until(/[:;]/)
    return size === '' ? Buffer.alloc(0) : take(Number(size))
  }
  const items = (url: string): unknown[] => {
    const list: unknown[] = []
    while (!ends()) list.push(one(url))
    return list
  }
  const one = (url: string): unknown => {
    const kind = String.fromCharCode(bytes[position++] as number)
    switch (kind) {
      case 'T':
      case 'F':
      case 'N':
        ends()
        return kind === 'N' ? null : kind === 'T'
      case 'i':
        return Number(until(/;/))
      case 'f': {
        const word = until(/;/)
        return word.includes('x') ? hexFloat(word) : Number(word)
      }
      case 'd': {
        const word = until(/;/)
        if (!/\.\d+Z$/.test(word)) throw new Error('ArgumentError: invalid date')
        return new Date(word)
      }
      case 'u':
        return counted().toString()
      case 'b':
        return counted()
      case 'L':
        return items(url)
      case 'S':
        return new Set(items(url))
      case 'D':
      case 'O': {
        const all = items(url)
        return new Map(all.flatMap((key, index) => (index % 2 === 0 ? [[key, all[index + 1]]] : [])))
      }
      case 'X': {
        const name = one(url) as string
        const attributes = one(url) as Map<unknown, unknown>
        const own = attributes.get('url')
        if (own) attributes.set('url', new URL(own as string, url).href)
        const content = one(own ? (attributes.get('url') as string) : url)
        ends()
        return new RubyExtension(name, attributes, content)
      }
      case 'B': {
        const id = Number(until(/:/))
        const blob = { attributes: one(url), content: Buffer.alloc(0) as Buffer }
        blobs.set(id, blob)
        ends()
        return blob
      }
      default:
        throw new Error(`DecodeError: baws ${kind}`)
    }
  }
  const value = one(base)
  while (blobs.size > 0) {
    if (String.fromCharCode(bytes[position++] as number) !== 'c') throw new Error('DecodeError: baws')
    const [, id = '', stop] = /^(\d+)([:;])/.exec(bytes.toString('latin1', position, position + 20)) ?? []
    position += id.length + 1
    const blob = blobs.get(Number(id))
    if (blob === undefined) throw new Error('NoMethodError: nil')
    if (stop === ';') blobs.delete(Number(id))
    else blob.content = Buffer.concat([blob.content, take(Number(until(/:/)))])
  }
  return value
}
