// `serve` where other machines reach it: it wants to be told whether URLs are sealed, by each router, however it is
// mounted.

import { Hono } from 'hono'
import { expect, test } from 'vitest'
import { type Fetcher, Router, type RouterOptions, safe, serve } from '../../../../server/index.js'
import { logbook } from '../../peer.js'

const first = 'a secret for these tests, of 32 bytes or so'

class User {
  constructor(readonly id: string) {}
}
const server = (options: RouterOptions) => new Router({ User }, options)

const hosts = ['0.0.0.0', '::', '', 'some-machine.example', '192.0.2.1']

test.each(hosts)('serve on %o wants it said whether URLs are sealed', async host => {
  const unsaid = new Router({ User })
  const below = new Hono().route('/api', new Hono().route('/v1', unsaid.app))
  for (const app of [unsaid, unsaid.app, below] as Fetcher[]) {
    await expect(serve(app, { port: 0, host })).rejects.toThrow(
      /give the Router a secret .* or say secret: false$/,
    )
  }
})

test.each<[what: string, make: () => Fetcher]>([
  ['a router with a secret', () => server({ secret: first })],
  ['a router that has none, and says so', () => server({ secret: false })],
  ['an application with such a router', () => new Hono().route('/api', server({ secret: false }).app)],
  ['an application without a router', () => new Hono().get('/', context => context.text('hello'))],
])('%s is served on any address', async (_, make) => {
  const running = await serve(make(), { port: 0, host: '0.0.0.0' })
  await running.close()
})

test.each(['127.0.0.1', '127.1.2.3', 'localhost', '::1', '::ffff:127.0.0.1'])(
  'serve on %s wants no secret',
  async host => {
    const running = await serve(new Router({ User }), { port: 0, host })
    await running.close()
  },
)

test('a router that an application hides from serve refuses what comes from other machines', async () => {
  const { log, lines } = logbook()
  const hidden = new Router({ hello: safe(() => 'hello') }, { log })
  const apps: Fetcher[] = [
    new Hono().mount('/', hidden.fetch as never),
    { fetch: (request, bindings) => hidden.fetch(request, bindings) },
  ]
  for (const app of apps) {
    for (const [host, status] of [
      ['0.0.0.0', 500],
      ['127.0.0.1', 200],
    ] as const) {
      const running = await serve(app, { port: 0, host })
      const answer = await fetch(`http://127.0.0.1:${running.port}/hello/`)
      await answer.text()
      expect(answer.status).toBe(status)
      await running.close()
    }
  }
  expect(lines).toHaveLength(2)
  expect(lines[0]).toContain('give the Router a secret')
})
