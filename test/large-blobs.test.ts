// 1 GiB up and 1 GiB down, between two processes of their own, whose memory stays what it is for 256 MiB: by then the
// heap has its working size, which Node 24 lets grow further than Node 20 while the first bytes come.

import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { compiled, type Program } from './fixtures/compiled.js'
import type { Said } from './fixtures/large-blobs.js'

const mebibyte = 2 ** 20
const small = 256 * mebibyte
const large = 1024 * mebibyte

let program: Program
let directory: string
const children: ChildProcess[] = []
beforeAll(async () => {
  program = compiled('large-blobs')
  directory = await mkdtemp(join(tmpdir(), 'large-blobs-'))
})
afterAll(async () => {
  for (const child of children) child.kill()
  program.remove()
  await rm(directory, { recursive: true })
})

/** Starts a program. `next` gives what it says, in turn. */
function start(...parameters: string[]): { child: ChildProcess; next: () => Promise<Said> } {
  const child = fork(program.path, parameters)
  children.push(child)
  const said: Said[] = []
  child.on('message', message => said.push(message as Said))
  const next = async (): Promise<Said> => {
    while (said.length === 0) {
      const [ended] = await Promise.race([
        once(child, 'message').then(() => []),
        once(child, 'exit').then(() => [true]),
      ])
      if (ended === true && said.length === 0)
        throw new Error(`${parameters[0]} ended with ${child.exitCode}`)
    }
    return said.shift() as Said
  }
  return { child, next }
}

/** Sends that many bytes in new processes; the most memory that each of them took, in MiB. */
async function transfer(direction: string, bytes: number): Promise<{ server: number; client: number }> {
  const server = start('server', directory)
  const { url } = await server.next()
  const client = start('client', url as string, direction, String(bytes))
  const { sent, received } = await client.next()
  expect(received).toEqual(sent)
  expect(received?.bytes).toBe(bytes)
  const inClient = await client.next()
  server.child.send('end')
  const inServer = await server.next()
  return { server: (inServer.peak as number) / mebibyte, client: (inClient.peak as number) / mebibyte }
}

test.each(['upload', 'download'])(
  'the %s of 1 GiB takes no more memory than that of 256 MiB',
  async direction => {
    const little = await transfer(direction, small)
    const started = performance.now()
    const much = await transfer(direction, large)
    const seconds = (performance.now() - started) / 1000
    const peaks = [much, little].map(
      ({ server, client }) => `server ${server.toFixed(0)}, client ${client.toFixed(0)} MiB`,
    )
    console.log(`${direction} of 1 GiB in ${seconds.toFixed(1)} s: ${peaks[0]} (256 MiB: ${peaks[1]})`)
    for (const peer of ['server', 'client'] as const) {
      // Peaks were 110 to 145 MiB on Node 20, 150 to 210 on Node 24, for any size above 128 MiB.
      expect(much[peer]).toBeLessThan(320)
      expect(much[peer] - little[peer]).toBeLessThan(80)
    }
    expect(await readdir(directory)).toEqual([])
  },
  180_000,
)
