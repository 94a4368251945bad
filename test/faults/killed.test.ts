// Servers that are killed under load, restarted on the same port, or out of file descriptors: every call ends, what
// it says is true, and the clients work on with the pages that they have.

import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Agent } from 'undici'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { get, NetworkError } from '../../client/index.js'
import { undici } from '../../client/transport/undici.js'
import { blob } from '../../lib/values/blob.js'
import { compiled, type Program } from '../fixtures/compiled.js'

let program: Program
let directory: string
let ledger: string
let child: ChildProcess
let agent: Agent

beforeAll(() => {
  program = compiled('ledger-server')
})
afterAll(() => program.remove())
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'killed-'))
  ledger = join(directory, 'ledger')
  writeFileSync(ledger, '')
  agent = new Agent()
})
afterEach(async () => {
  await kill()
  await agent.close()
  rmSync(directory, { recursive: true })
})

/** Starts a server, and gives its port. */
async function start(port = 0, execPath = process.execPath): Promise<number> {
  child = fork(program.path, [String(port), ledger, directory], {
    execPath,
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  })
  const [said] = (await once(child, 'message')) as [number]
  return said
}

async function kill(): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = once(child, 'exit')
  child.kill('SIGKILL')
  await gone
}

/** How often each mark was run. */
function ledgerOf(): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const mark of readFileSync(ledger, 'latin1').split('\n')) counts.set(mark, (counts.get(mark) ?? 0) + 1)
  return counts
}

/** How often that may have run of which an error says this. */
const possible = { no: [0, 0], unknown: [0, 1], answered: [1, 1] } as const

// biome-ignore lint/suspicious/noExplicitAny: the client's types are tested elsewhere.
type Untyped = any

async function length(items: AsyncIterable<unknown>): Promise<number> {
  let count = 0
  for await (const _ of items) count++
  return count
}

/** A call of each kind, what it gives, and what it runs. */
const kinds: readonly ((api: Untyped, id: string) => readonly [PromiseLike<unknown>, unknown, string[]])[] = [
  (api, id) => [api.add(id), id, [id]],
  (api, id) => [api.box(id).put(), id, [id, `${id}/put`]],
  (api, id) => [api.read(id), id, []],
  (api, id) => [api.upload(id, blob(new Uint8Array(100_000))), 100_000, [id]],
  (api, id) => [api.download(id).then((file: Untyped) => file.bytes().then(() => id)), id, [id]],
  (api, id) => [Promise.resolve(api.count(id)).then(length), 50, [id]],
]

test('servers that are killed under load: every call ends truly, and the same page works on when they are back', async () => {
  const port = await start()
  const api: Untyped = await get(`http://127.0.0.1:${port}/`, { transport: undici(agent), timeout: 10_000 })
  let number = 0
  const ends: { outcome: PromiseSettledResult<unknown>; expected: unknown; marks: string[] }[] = []
  let values = 0
  let stopped = false
  const work = async () => {
    while (!stopped) {
      const id = `c${++number}`
      const kind = kinds[number % kinds.length] as (typeof kinds)[number]
      const [call, expected, marks] = kind(api, id)
      const [outcome] = await Promise.allSettled([call])
      ends.push({ outcome, expected, marks })
      if (outcome.status === 'fulfilled') values++
      // So that a server that is gone is not asked all the time.
      else await sleep(5)
    }
  }
  const workers = Array.from({ length: 12 }, work)
  for (let round = 0; round < 2; round++) {
    const before = values
    while (values < before + 80) await sleep(5)
    await kill()
    await sleep(30)
    await start(port)
  }
  stopped = true
  await Promise.all(workers)
  const ran = ledgerOf()
  const untrue = ends.filter(({ outcome, expected, marks }) => {
    const counts = marks.map(mark => ran.get(mark) ?? 0)
    if (outcome.status === 'fulfilled') return outcome.value !== expected || counts.some(count => count !== 1)
    if (!(outcome.reason instanceof NetworkError)) return true
    const [least, most] = possible[outcome.reason.sent]
    return counts.some(count => count < least || count > most)
  })
  expect(untrue).toEqual([])
  expect(values).toBeGreaterThanOrEqual(160)
  expect(ends.length).toBeGreaterThan(values)
  expect(await api.add('last')).toBe('last')
})

test('a server that is killed while it keeps an upload leaves no file', async () => {
  const port = await start()
  const api: Untyped = await get(`http://127.0.0.1:${port}/`, { transport: undici(agent) })
  const slowly = async function* () {
    for (let count = 0; count < 1000; count++) {
      yield new Uint8Array(100_000)
      if (count > 50) await sleep(20)
      if (count === 60) child.kill('SIGKILL')
    }
  }
  await expect(api.upload('id', blob(slowly()))).rejects.toMatchObject({
    name: 'NetworkError',
    sent: 'unknown',
  })
  expect(ledgerOf().get('id')).toBeUndefined()
  expect(readdirSync(directory)).toEqual(['ledger'])
})

test('a server that has no file descriptors left goes on when it has some again', async () => {
  const limited = join(directory, 'limited')
  writeFileSync(limited, `#!/bin/sh\nulimit -n 64\nexec '${process.execPath}' "$@"\n`, { mode: 0o755 })
  const port = await start(0, limited)
  const one = new Agent({ connections: 1 })
  const api: Untyped = await get(`http://127.0.0.1:${port}/`, { transport: undici(one), timeout: 10_000 })
  const sockets = Array.from({ length: 100 }, () => connect(port, '127.0.0.1').on('error', () => undefined))
  await Promise.all(sockets.map(socket => Promise.race([once(socket, 'connect'), once(socket, 'close')])))
  await sleep(100)
  // The connection that is there goes on; what needs a file as well is told.
  expect(await api.read('there')).toBe('there')
  await expect(api.upload('id', blob(new Uint8Array(3_000_000)))).rejects.toMatchObject({
    status: 503,
    code: 'overloaded',
  })
  for (const socket of sockets) socket.destroy()
  await expect
    .poll(() => api.upload('again', blob(new Uint8Array(3_000_000))).catch(() => 0), { timeout: 8000 })
    .toBe(3_000_000)
  await one.close()
})
