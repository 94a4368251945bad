// The two phases of a server's end, and who holds them up.

import { afterEach, expect, test } from 'vitest'
import { Router, type ServeOptions, type Server, serve } from '../../../../server/index.js'

const servers: Server[] = []
afterEach(async () => {
  await Promise.all(servers.splice(0).map(server => server.close(0)))
})

async function start(options: ServeOptions = {}): Promise<Server> {
  const quiet = { error: () => undefined, warn: () => undefined, info: () => undefined }
  const server = await serve(new Router({ hello: () => 'hello' }), { port: 0, log: quiet, ...options })
  servers.push(server)
  return server
}

const answers = async (server: Server) =>
  fetch(`${server.url}hello/`, { method: 'POST' }).then(
    ({ status }) => status,
    () => 'refused',
  )

function held(): [Promise<void>, () => void] {
  let release: (() => void) | undefined
  const promise = new Promise<void>(resolve => (release = resolve))
  return [promise, () => release?.()]
}

test('pending, it answers; arrived, it takes no more; each is told once', async () => {
  const seen: [string, unknown][] = []
  const server = await start()
  server.on('stop', async ({ phase }) => {
    seen.push([phase, await answers(server)])
  })
  await server.close()
  expect(seen).toEqual([
    ['pending', 200],
    ['arrived', 'refused'],
  ])
  expect(server.closing).toBe(true)
})

test('a listener holds a phase up by waitUntil, and lets it go', async () => {
  const server = await start()
  const phases: string[] = []
  const [work, done] = held()
  server.on('stop', ({ phase, waitUntil }) => {
    phases.push(phase)
    if (phase === 'pending') waitUntil(work)
  })
  const closed = server.close()
  expect(await answers(server)).toBe(200)
  expect(phases).toEqual(['pending'])
  done()
  await closed
  expect(phases).toEqual(['pending', 'arrived'])
  expect(await answers(server)).toBe('refused')
})

test('work that was begun before holds the end up, also where it is prolonged', async () => {
  const server = await start()
  const [first, endFirst] = held()
  const [second, endSecond] = held()
  server.waitUntil(first.then(() => server.waitUntil(second)))
  let closed = false
  const closing = server.close().then(() => (closed = true))
  endFirst()
  expect(await answers(server)).toBe(200)
  expect(closed).toBe(false)
  endSecond()
  await closing
})

test.each([
  ['work that fails', () => Promise.reject(new Error('work'))],
  ['work that is over', () => Promise.resolve()],
])('%s holds nothing up', async (_what, work) => {
  const server = await start()
  server.waitUntil(work())
  await server.close()
  expect(await answers(server)).toBe('refused')
})

test.each([
  ['the deadline is over', { deadline: 20 }, 1],
  ['close is called again', { deadline: 60_000 }, 2],
])('work that never ends is not waited for once %s', async (_when, options, times) => {
  const server = await start(options)
  server.waitUntil(new Promise(() => undefined))
  server.on('stop', () => new Promise(() => undefined))
  await Promise.all(Array.from({ length: times }, () => server.close()))
  expect(await answers(server)).toBe('refused')
})
