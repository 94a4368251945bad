// A server whose output nobody reads any more, as after `node server.js | head -1`: it goes on, and ends when it is told to.

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { Router, serve } from '../../../../server/index.js'
import { compiled, type Program } from '../../../fixtures/compiled.js'

let program: Program
let child: ChildProcess | undefined
beforeAll(() => {
  program = compiled('unheard-server')
})
afterAll(() => program.remove())
afterEach(() => child?.kill('SIGKILL'))

const calls = ['hello/', 'fails/', 'factory/status', 'nothing/']

test.each([
  ['script', []],
  ['program that logs what it did not catch', ['guarded']],
])(
  'a %s whose reader has gone answers, and ends at SIGTERM',
  async (_, parameters) => {
    const started = spawn(process.execPath, [program.path, ...parameters], {
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    child = started
    const ended = once(started, 'exit')
    const [first] = await once(started.stdout, 'data')
    const url = String(first).trim()
    started.stdout.destroy()
    started.stderr.destroy()
    for (let round = 0; round < 3; round++) {
      const statuses: number[] = []
      for (const path of calls) {
        const method = path.startsWith('factory') ? 'GET' : 'POST'
        statuses.push((await fetch(url + path, { method })).status)
      }
      expect(statuses).toEqual([200, 500, 200, 404])
      await sleep(20)
    }
    started.kill('SIGTERM')
    expect(await ended).toEqual([null, 'SIGTERM'])
  },
  60_000,
)

test('listeners to outputs are there while servers are', async () => {
  const count = () => process.stdout.listenerCount('error') + process.stderr.listenerCount('error')
  const before = count()
  const servers = await Promise.all([1, 2].map(() => serve(new Router(), { port: 0 })))
  await servers[0]?.close(0)
  await servers[0]?.close(0)
  expect(count()).toBe(before + 2)
  await servers[1]?.close(0)
  expect(count()).toBe(before)
})
