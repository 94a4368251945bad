// The reason this project exists: servers change, and clients go on. Each row replaces the server on its port
// while a client that was compiled once holds pages and stored URLs. spec/evolution.md has the same table.

import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { get } from '../client/index.js'
import { type Fetcher, type Server, serve } from '../server/index.js'
import { before, changes } from './evolution-changes.js'
import { compiled, type Program } from './fixtures/compiled.js'
import type { Heard, Transcript } from './fixtures/evolution-client.js'

let program: Program
beforeAll(() => {
  program = compiled('evolution-client')
})
afterAll(() => program.remove())

const running: Server[] = []
let client: ChildProcess | undefined
afterEach(async () => {
  client?.kill()
  for (const server of running.splice(0)) await server.close(100)
})

const start = async (app: Fetcher, port = 0): Promise<Server> => {
  const server = await serve(app, { port })
  running.push(server)
  return server
}

/** What the client says next; rejects if it ends without a word. */
async function said<T>(process: ChildProcess): Promise<T> {
  const ended = once(process, 'exit').then(([code]) => ({ error: `the client ended with ${code}` }))
  const message = (await Promise.race([once(process, 'message').then(([value]) => value), ended])) as object
  if ('error' in message) throw new Error(String(message.error))
  return message as T
}

test.each(changes)('a client goes on when $name', async ({ after, seen, shows }) => {
  const old = await start(before())
  const second = await start(before())
  client = fork(program.path, [old.url], { execArgv: [] })
  const first = await said<Transcript>(client)

  await old.close()
  const current = await start(after(second.url), old.port)
  client.send('the server has been replaced')
  expect(await said<Heard>(client)).toEqual({ held: first, stored: first, fresh: first })
  expect(await seen(await get(current.url), current.url, second.url)).toEqual(shows)
})
