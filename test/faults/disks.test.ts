// Disks that fill while an upload is kept: the caller learns of it, others go on, and nothing is left.

import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, statfsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Agent } from 'undici'
import { afterAll, test as anywhere, beforeAll, beforeEach, expect } from 'vitest'
import { get } from '../../client/index.js'
import { undici } from '../../client/transport/undici.js'
import { type Blob, blob } from '../../lib/values/blob.js'
import { Router, type Server, serve } from '../../server/index.js'
import { logbook } from '../server/peer.js'
import { heldIn } from './held.js'

const megabyte = 2 ** 20
const directory = mkdtempSync(join(tmpdir(), 'disk-'))
const command = (program: string, ...parameters: string[]) => spawnSync(program, parameters).status === 0
/** A disk of four megabytes, which root can have on Linux. */
const mounted =
  process.platform === 'linux' && command('mount', '-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', directory)
const test = anywhere.runIf(mounted)

const { log, lines } = logbook()
const calls: string[] = []
let server: Server
let agent: Agent
// biome-ignore lint/suspicious/noExplicitAny: the client's types are tested elsewhere.
let api: any

const router = (temporaryDirectory: string) =>
  new Router(
    {
      keep: async (file: Blob) => {
        calls.push('keep')
        return (await file.bytes()).length
      },
      hello: () => 'hello',
    },
    { temporaryDirectory, log },
  )

beforeAll(async () => {
  server = await serve(router(directory), { port: 0 })
  agent = new Agent()
  api = await get(server.url, { transport: undici(agent), timeout: 15_000 })
})
afterAll(async () => {
  await agent.close()
  await server.close(0)
  if (mounted) command('umount', directory)
  rmSync(directory, { recursive: true })
})
beforeEach(() => {
  lines.length = 0
  calls.length = 0
})

const piece = new Uint8Array(100_000)
const streamed = (size: number) =>
  blob(
    (async function* () {
      for (let start = 0; start < size; start += piece.length) yield piece.subarray(0, size - start)
    })(),
  )

const used = () => {
  const { blocks, bfree } = statfsSync(directory)
  return blocks - bfree
}
const held = () => heldIn(directory)
const soon = { timeout: 8000, interval: 5 }

test.each([
  ['whose length is known', () => blob(new Uint8Array(9 * megabyte))],
  ['that is streamed', () => streamed(9 * megabyte)],
])('an upload %s and has no room is a 507, which the log knows too', async (_, file) => {
  await expect(api.keep(file())).rejects.toMatchObject({
    name: 'RemoteError',
    status: 507,
    code: 'storage_full',
    message: expect.stringMatching(/^POST \/keep\/: 507 no room for the upload \(logref [\w-]+\)$/),
  })
  expect(calls).toEqual([])
  expect(lines).toHaveLength(1)
  expect(lines[0]).toContain('ENOSPC')
  await expect.poll(() => [held(), used(), readdirSync(directory)], soon).toEqual([0, 0, []])
})

test('others are served meanwhile, and uploads for which there is room', async () => {
  const large = Array.from({ length: 3 }, () => api.keep(streamed(9 * megabyte)))
  const ends = Promise.allSettled(large)
  for (let round = 0; round < 20; round++) expect(await api.hello()).toBe('hello')
  expect((await ends).map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected'])
  expect(await api.keep(streamed(3 * megabyte))).toBe(3 * megabyte)
  await expect.poll(() => [held(), used()], soon).toEqual([0, 0])
})

anywhere(
  'a directory that is missing is an internal error, whose path the caller does not learn',
  async () => {
    const missing = join(tmpdir(), 'there', 'is', 'none')
    const other = await serve(router(missing), { port: 0 })
    const there = await get<ReturnType<typeof router>>(other.url, { transport: undici(agent) })
    const error = await there.keep(streamed(3 * megabyte)).then(
      () => undefined,
      (reason: Error) => reason,
    )
    expect(error).toMatchObject({ name: 'RemoteError', status: 500, code: 'internal' })
    expect(error?.message).not.toContain('none')
    expect(lines[0]).toContain('ENOENT')
    expect(await there.hello()).toBe('hello')
    await other.close(0)
  },
)
