// The seams of requests, each with a toy: what a package that adds something to a router would write.

import { type Codec, json } from 'hyperglyph/codecs'
import {
  allow,
  basic,
  Fault,
  type Middleware,
  mount,
  type Plugin,
  Router,
  safe,
  writer,
} from 'hyperglyph/server'
import { expect, test } from 'vitest'
import { fetched, members, open } from './members.js'

const plainText = writer('text/plain', (value, options): string => {
  // The JSON of a value says what stands for its objects.
  // biome-ignore lint/suspicious/noExplicitAny: JSON of whatever is drawn.
  const drawn: any = JSON.parse(Buffer.from((json as Codec).encode(value, options)).toString())
  const { $extension: kind, attributes, content } = drawn ?? {}
  if (kind === 'fault' || kind === 'error') return `failed: ${attributes.message ?? content}\n`
  if (kind !== 'resource') return `${typeof drawn === 'string' ? drawn : JSON.stringify(drawn)}\n`
  return `${attributes.name}: ${Object.keys(content).join(', ')}\n`
})

test('a representation: plain text for curl, negotiated like any other', async () => {
  const router = new Router(members, { use: [{ representations: [plainText] }] })
  const text = async (path: string, accept = 'text/plain', method = 'GET') => {
    const response = await fetched(router, path, { method, headers: { accept } })
    return [response.status, response.headers.get('content-type'), await response.text()]
  }
  const type = 'text/plain; charset=utf-8'
  expect(await text('/hello/?name=you')).toEqual([200, type, 'Hello you\n'])
  expect(await text('/')).toEqual([200, type, 'Router: Note, hello, note, fail, count\n'])
  const [status, , problem] = await text('/fail/', 'text/plain', 'POST')
  expect([status, problem]).toEqual([409, expect.stringContaining('no more')])
  expect(await text('/count/', 'text/plain', 'POST')).toEqual([200, type, '1\n\n2\n\n'])
  expect((await text('/hello/', 'image/png'))[2]).toContain('text/plain')
  // Whoever accepts anything gets what they got before.
  expect((await text('/hello/', '*/*'))[1]).toBe('application/json')
  expect(await (await open(router)).hello('you')).toBe('Hello you')
})

test('a middleware that answers from a store, once the caller may call', async () => {
  const store = new Map<string, string>()
  const seen: string[] = []
  const replaying: Middleware = {
    before: ({ path }) => void seen.push(`before ${path}`),
    resolved({ request, responses, pages }, { label, marks }) {
      seen.push(`resolved ${label}`)
      const kept = store.get(request.headers.get('idempotency-key') ?? '')
      return kept === undefined ? undefined : responses.result(kept, { label, marks, method: 'POST', pages })
    },
    fault: fault => new Fault(`${fault.message} (told)`, { status: fault.status, code: fault.code }),
    after(response, { path }) {
      seen.push(`after ${path} ${response.status}`)
      response.headers.set('x-seen', 'yes')
      return response
    },
  }
  const router = new Router(members, { use: [{ middleware: replaying }] })
  const post = async (path: string, key?: string) => {
    const headers = { accept: 'application/json', ...(key && { 'idempotency-key': key }) }
    const response = await fetched(router, path, { method: 'POST', headers })
    return [response.status, await response.json(), response.headers.get('x-seen')]
  }
  store.set('k', 'from the store')
  expect(await post('/hello/', 'k')).toEqual([200, 'from the store', 'yes'])
  expect(await post('/hello/')).toEqual([200, 'Hello World', 'yes'])
  // Of what may not be called nothing is answered, also not from a store.
  expect((await post('/secret/', 'k'))[0]).toBe(401)
  const [status, failure] = await post('/fail/')
  expect([status, JSON.stringify(failure)]).toEqual([409, expect.stringContaining('no more (told)')])
  expect(await post('/nowhere/')).toEqual([404, expect.anything(), 'yes'])
  expect(seen).toEqual([
    ...['before /hello/', 'resolved hello', 'after /hello/ 200'],
    ...['before /hello/', 'resolved hello', 'after /hello/ 200'],
    ...['before /secret/', 'after /secret/ 401'],
    ...['before /fail/', 'resolved fail', 'after /fail/ 409'],
    ...['before /nowhere/', 'after /nowhere/ 404'],
  ])
})

test('middleware that answers before anything is looked for, says who calls, or fails', async () => {
  const middleware: Middleware = {
    before(exchange) {
      if (exchange.path === '/down/') throw new Fault('down', { status: 503 })
      exchange.user = { rights: ['admin'] }
      return exchange.path === '/teapot/' ? new Response('short', { status: 418 }) : undefined
    },
    after(response, { path }) {
      if (path === '/note/') throw new Error('broken')
      return response
    },
  }
  const router = new Router(members, { log: { ...console, error: () => undefined }, use: [{ middleware }] })
  const status = async (path: string) => (await fetched(router, path, { method: 'POST' })).status
  expect(await Promise.all(['/teapot/', '/down/', '/secret/', '/note/'].map(status))).toEqual([
    418, 503, 200, 500,
  ])
})

test('hooks go in the order of `use`, answers back through them', async () => {
  const order: string[] = []
  const told = (name: string): Plugin => ({
    middleware: {
      before: () => void order.push(`${name} before`),
      resolved: () => void order.push(`${name} resolved`),
      after: response => {
        order.push(`${name} after`)
        return response
      },
    },
    interceptor: (_, next) => {
      order.push(`${name} around`)
      return next()
    },
  })
  await fetched(new Router(members, { use: [told('one'), told('two')] }), '/hello/')
  const there = ['before', 'resolved', 'around'].flatMap(hook => [`one ${hook}`, `two ${hook}`])
  expect(order).toEqual([...there, 'two after', 'one after'])
})

test('the first `before` that answers does, at once or later, and no other is asked after it', async () => {
  const asked: string[] = []
  const before = (
    name: string,
    answer: () => Response | undefined | Promise<Response | undefined>,
  ): Plugin => ({
    middleware: {
      before() {
        asked.push(name)
        return answer()
      },
    },
  })
  const use = [
    before('one', async () => undefined),
    before('two', () => undefined),
    before('three', async () => new Response('three')),
    before('four', () => new Response('four')),
  ]
  const response = await fetched(new Router(members, { use }), '/hello/')
  expect([await response.text(), asked]).toEqual(['three', ['one', 'two', 'three']])
  asked.length = 0
  const late = await fetched(new Router(members, { use: use.toReversed() }), '/hello/')
  expect([await late.text(), asked]).toEqual(['four', ['four']])
})

test('an answer that an `after` refuses is ended, and the others see the refusal', async () => {
  const seen: unknown[] = []
  const numbers: AsyncIterableIterator<number> = {
    [Symbol.asyncIterator]: () => numbers,
    next: async () => ({ value: 1, done: false }),
    async return() {
      seen.push('ended')
      return { value: undefined, done: true }
    },
  }
  const use: Plugin[] = [
    {
      middleware: {
        after(response) {
          seen.push(response.status)
          return response
        },
      },
    },
    {
      middleware: {
        after() {
          throw new Fault('enough', { status: 429 })
        },
      },
    },
  ]
  const response = await fetched(new Router({ count: () => numbers }, { use }), '/count/', { method: 'POST' })
  expect([response.status, await response.text()]).toEqual([429, expect.stringContaining('enough')])
  await expect.poll(() => seen).toEqual(['ended', 429])
})

test('a `fault` that fails gives a Fault of its own, or an internal error', async () => {
  const failing = (error: Error) =>
    new Router(members, {
      log: { ...console, error: () => undefined },
      use: [
        {
          middleware: {
            fault() {
              throw error
            },
          },
        },
      ],
    })
  const status = async (error: Error) => (await fetched(failing(error), '/fail/', { method: 'POST' })).status
  expect(await status(new Fault('worse', { status: 410 }))).toBe(410)
  expect(await status(new Error('broken'))).toBe(500)
})

test('an endpoint answers at its reserved path, and at no other', async () => {
  const endpoint: Plugin = {
    name: 'ping',
    endpoints: {
      _ping: {
        answer({ path, method, query }) {
          if (path === '/_ping/none') return undefined
          if (path === '/_ping/wrong') throw new Fault('wrong', { status: 422 })
          return new Response(`${method} ${path}?${query}`)
        },
      },
    },
  }
  const router = new Router(members, { use: [endpoint] })
  const text = async (path: string) => (await fetched(router, path)).text()
  const status = async (path: string) => (await fetched(router, path)).status
  expect(await text('/_ping/here?a=1')).toBe('GET /_ping/here?a=1')
  expect(await status('/_ping')).toBe(200)
  expect(await Promise.all(['/_ping/none', '/_pong', '/_ping/wrong'].map(status))).toEqual([404, 404, 422])
  expect(() => new Router({}, { use: [{ endpoints: { ping: endpoint.endpoints!._ping! } }] })).toThrow(
    'a plugin: the name of an endpoint is "_" and letters, not "ping"',
  )
  expect(() => new Router({}, { use: [endpoint, { ...endpoint }] })).toThrow(
    'ping: there is an endpoint _ping',
  )
  expect(() => new Router({}, { use: [{ endpoints: { _pipeline: endpoint.endpoints!._ping! } }] })).toThrow(
    'there is an endpoint _pipeline',
  )
})

test('a mount answers for everything below its path, for those who may', async () => {
  const tree = mount(
    safe(() => 'the root of the tree'),
    ({ names, slash }, { query }) => new Response(JSON.stringify([names, slash, query])),
  )
  const identify = basic({
    verify: (_, password) => (password === 'right' ? { rights: ['admin'] } : undefined),
  })
  const router = new Router({}, { identify, use: [{ members: { tree: allow('admin')(tree) } }] })
  const headers = { authorization: `Basic ${btoa('x:right')}` }
  const text = async (path: string) => (await fetched(router, path, { headers })).text()
  expect(await text('/tree/a%20b/c?q=1')).toBe('[["a b","c"],false,"q=1"]')
  expect(await text('/tree/')).toBe('[[],true,""]')
  expect((await fetched(router, '/tree/a')).status).toBe(401)
  expect((await fetched(router, '/tree/a', { headers, method: 'POST' })).status).toBe(405)
  expect((await fetched(router, '/treetop/a', { headers })).status).toBe(404)
})
