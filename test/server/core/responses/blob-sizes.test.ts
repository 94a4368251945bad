// How long a blob is, as whoever takes it sees: said by the sender, or counted on the way.

import { openAsBlob } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { args, Blob, blob, get, Router, serve, verb } from '../../../../index.js'
import { codecs } from '../../../../lib/codecs.js'

const router = new Router({
  up: args({ file: Blob })((file: Blob) => file.size ?? null),
  put: verb('PUT', { envelope: 'blob' })((file: Blob) => file.size ?? null),
  down: (size: number) => blob(new Uint8Array(size)),
  downFile: (size: number) => new globalThis.Blob([new Uint8Array(size)]),
  back: (file: Blob) => file,
})
const server = await serve(router, { port: 0, signals: false })
const folder = await mkdtemp(join(tmpdir(), 'hyperglyph-sizes-'))
afterAll(async () => {
  await server.close(0)
  await rm(folder, { recursive: true })
})
const api = await get<typeof router>(server.url)

/** Beyond what stays in memory, and below. */
const sizes = [0, 10, 70_000, 3_000_000]

async function* unknown(size: number) {
  yield new Uint8Array(size)
}

describe.each(sizes)('%i bytes', size => {
  const path = join(folder, `${size}.bin`)

  test.each<readonly [string, () => unknown | Promise<unknown>]>([
    ['bytes', () => blob(new Uint8Array(size))],
    ['a File', () => new File([new Uint8Array(size)], 'a.bin')],
    ['a Blob of the platform', () => blob(new globalThis.Blob([new Uint8Array(size)]), 'a/b')],
    ['a file on disk', () => openAsBlob(path)],
    ['a stream', () => blob(unknown(size))],
    ['a stream whose size is said', () => blob(unknown(size), 'a/b', { size })],
  ])('of %s arrive with their size', async (_, make) => {
    await writeFile(path, new Uint8Array(size))
    expect(await api.up((await make()) as Blob)).toBe(size)
    expect(await api.put((await make()) as Blob)).toBe(size)
  })

  test.each([...codecs.keys()])('in %s arrive with their size', async type => {
    const codec = codecs.get(type) as NonNullable<ReturnType<typeof codecs.get>>
    const body = codec.encode({ file: blob(new Uint8Array(size)) }) as Uint8Array<ArrayBuffer>
    const headers = { 'content-type': type, accept: 'application/json' }
    const answer = await fetch(`${server.url}up/`, { method: 'POST', body, headers })
    expect(await answer.json()).toBe(size)
  })

  test('of a form arrive with their size, unless no file was chosen', async () => {
    const body = new FormData()
    body.append('file', new File([new Uint8Array(size)], 'a.bin'))
    const answer = await fetch(`${server.url}up/`, { method: 'POST', body })
    expect(await answer.json()).toBe(size)
  })

  test('go down with their size, and can be sent on with it', async () => {
    expect(((await api.down(size)) as Blob).size).toBe(size)
    expect(((await api.downFile(size)) as unknown as Blob).size).toBe(size)
    const arrived = (await api.down(size)) as Blob
    expect(((await api.back(arrived)) as Blob).size).toBe(size)
  })
})

test('an upload that ends before the size that it had said is refused', async () => {
  const short = api.up(blob(unknown(3), 'a/b', { size: 4 }))
  await expect(short).rejects.toThrow('blob of 3 bytes, where 4 were announced')
})

test('an upload that is announced as too large is refused before it has come', async () => {
  const limited = await serve(
    new Router({ up: (file: Blob) => file.type }, { limits: { blobBytes: 1000 } }),
    {
      port: 0,
      signals: false,
    },
  )
  try {
    let asked = 0
    async function* endless() {
      for (; asked < 10_000; asked++) yield new Uint8Array(65_536)
    }
    const other = await get<{ up(file: Blob): string }>(limited.url)
    await expect(other.up(blob(endless(), 'a/b', { size: 655_360_000 }))).rejects.toMatchObject({
      status: 413,
    })
    expect(asked).toBeLessThan(1000)
  } finally {
    await limited.close(0)
  }
})
