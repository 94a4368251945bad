// Mistakes that callers make: each gets an error that says what was wrong, before anything is sent if possible.

import { afterAll, beforeAll, expect, test } from 'vitest'
import { EncodeError, get, local, RemoteError } from '../../client/index.js'
import { Router, type Server, serve } from '../../server/index.js'

const router = new Router(
  {
    echo: (value: unknown) => value,
    crash: () => {
      throw new Error('accident')
    },
  },
  { log: { error: () => undefined, warn: () => undefined, info: () => undefined } },
)

let server: Server
beforeAll(async () => {
  server = await serve(router, { port: 0 })
})
afterAll(() => server.close())

test('an argument that holds itself cannot be encoded', async () => {
  const api = await get<typeof router>(server.url)
  const circle: { self?: unknown; list: unknown[] } = { list: [] }
  circle.self = circle
  circle.list.push(circle)
  const outcomes = await Promise.allSettled([api.echo(circle), api.echo(1)])
  expect((outcomes[0] as PromiseRejectedResult).reason).toBeInstanceOf(EncodeError)
  expect(outcomes[1]).toEqual({ status: 'fulfilled', value: 1 })
})

test.each(['nonsense', '', '/path', 'http://'])('%j is no URL to get', async url => {
  await expect(get(url)).rejects.toThrow(`get: not a URL: ${JSON.stringify(url)}`)
})

test('a URL of another scheme is refused by name', async () => {
  await expect(get('ftp://localhost/')).rejects.toThrow('not an http(s) URL, but one of ftp:')
})

test.each([0.5, -1, Number.NaN])('a timeout of %d is refused', async timeout => {
  const transport = local(router)
  await expect(get('http://local/', { transport, timeout })).rejects.toThrow(
    'the option timeout is in whole milliseconds',
  )
})

test('an accident of the server is told with the name that its log has it under', async () => {
  const api = await get<typeof router>(server.url)
  const [outcome] = await Promise.allSettled([api.crash()])
  const error: unknown = (outcome as PromiseRejectedResult).reason
  expect(error).toBeInstanceOf(RemoteError)
  const { logref, message } = error as RemoteError
  expect(logref).not.toBe('')
  expect(message).toBe(`POST /crash/: 500 internal error (logref ${logref})`)
})
