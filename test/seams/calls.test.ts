// The seams of calls and of what they give, of clients and of servers, each with a toy.

import { get, local, type Transport, type TransportRequest } from 'hyperglyph/client'
import { type Drawable, type DrawnAt, draw, Fault, type Plugin, Router, safe, serve } from 'hyperglyph/server'
import { expect, test } from 'vitest'
import { Link, Page } from '../../index.js'
import { fetched, members, open } from './members.js'

test('an interceptor counts every call, of a request, a step, a walk and a constructor', async () => {
  const counts = new Map<string, number>()
  const counting: Plugin = {
    async interceptor({ operation, args, via, object, context }, next) {
      const result = await next()
      const text = typeof result.value === 'string' ? result.value : typeof result.value
      const key =
        `${via} ${operation.label}(${args.join()}) ${text} ${object === undefined ? '' : 'on'}`.trim()
      counts.set(key, (counts.get(key) ?? 0) + 1)
      expect(context.request).toBeInstanceOf(Request)
      return operation.name === 'hello' ? { value: `${text}!` } : result
    },
  }
  const router = new Router(members, { pipeline: true, use: [counting] })
  const api = await open(router)
  expect(await api.hello('you')).toBe('Hello you!')
  expect(await api.note('a').shout('?')).toBe('A?')
  expect(await api.Note('b').shout()).toBe('B!')
  expect((await fetched(router, '/secret/', { method: 'POST' })).status).toBe(401)
  const response = await fetched(router, '/hello/?name=me', { headers: { accept: 'application/json' } })
  expect(await response.json()).toBe('Hello me!')
  expect([...counts.keys()].sort()).toEqual(
    [
      ...['pipeline Note(b) object', 'pipeline Note.shout() B! on', 'pipeline Note.shout(?) A? on'],
      ...['request hello(you) Hello you', 'pipeline note(a) object', 'request hello(me) Hello me'],
    ].sort(),
  )
})

test('around is the outermost of the interceptors, for requests and for steps', async () => {
  const order: string[] = []
  const router = new Router(members, {
    pipeline: true,
    async around({ via, operation, args }, next) {
      order.push(`${via} ${operation.name}(${args})`)
      const result = await next()
      order.push(`${operation.name} gave ${typeof result.value}`)
      return result
    },
    use: [
      {
        interceptor(_, next) {
          order.push('inner')
          return next()
        },
      },
    ],
  })
  const api = await open(router)
  await api.hello('you')
  await expect(api.fail()).rejects.toThrow('no more')
  await api.note('b').shout()
  expect(order).toEqual([
    ...['request hello(you)', 'inner', 'hello gave string', 'request fail()', 'inner'],
    ...['pipeline note(b)', 'inner', 'note gave object', 'pipeline shout()', 'inner', 'shout gave string'],
  ])
})

test('an interceptor may answer in the place of a call, or fail it', async () => {
  let called = 0
  const router = new Router(
    { work: (name = '') => `${name} ${++called}` },
    {
      use: [
        {
          interceptor({ args: [name] }, next) {
            if (name === 'kept') return { value: 'from elsewhere' }
            if (name === 'bad') throw new Fault('not at night', { status: 403 })
            return next()
          },
        },
      ],
    },
  )
  const api = await open(router)
  expect([await api.work('kept'), await api.work('a')]).toEqual(['from elsewhere', 'a 1'])
  await expect(api.work('bad')).rejects.toMatchObject({
    status: 403,
    message: expect.stringContaining('not at night'),
  })
  expect(called).toBe(1)
})

test('a drawable draws itself wherever it stands, relative to its page', async () => {
  const list = safe(() => [new Cards(['a', 'b'])])
  class Cards implements Drawable {
    constructor(readonly names: readonly string[]) {}

    [draw]({ from, pathOf }: DrawnAt) {
      const links = this.names.map(name => [name, new Link({ method: 'GET', url: `./${name}` })])
      return new Page({ name: 'cards', url: `.${pathOf(list)}` }, { from, ...Object.fromEntries(links) })
    }
  }
  const router = new Router({ list, lone: safe(() => new Cards([])) })
  const json = async (path: string) =>
    (await fetched(router, path, { headers: { accept: 'application/json' } })).text()
  expect(await json('/list/')).toContain('"name":"cards"')
  const [page] = await (await open(router)).list()
  expect([page.from, typeof page.a]).toEqual(['/list/', 'function'])
  expect((await (await open(router)).lone()).from).toBe('/lone/')
})

test('a transport over a transport', async () => {
  const router = new Router(members)
  const sent: string[] = []
  const logging =
    (inner: Transport): Transport =>
    async (request: TransportRequest) => {
      const response = await inner(request)
      sent.push(`${request.method} ${new URL(request.url).pathname} ${response.status}`)
      return response
    }
  const api = await get<typeof router>('http://local/', { transport: logging(local(router)) })
  expect(await api.hello('you')).toBe('Hello you')
  expect(sent).toEqual(['GET / 200', 'GET /hello/ 200'])
})

test('serve takes the same list, for the router or for those that are mounted', async () => {
  const plugin: Plugin = {
    middleware: {
      after(response) {
        response.headers.set('x-by', 'serve')
        return response
      },
    },
  }
  const router = new Router(members)
  for (let time = 0; time < 2; time++) {
    const server = await serve(router, { port: 0, use: [plugin] })
    const response = await fetch(`${server.url}hello/`)
    expect(response.headers.get('x-by')).toBe('serve')
    await server.close(0)
  }
  await expect(serve({ fetch: () => new Response() }, { port: 0, use: [plugin] })).rejects.toThrow(
    'no router',
  )
})

test.each<[problem: string, plugin: object]>([
  ['plugin has no option "middlewares"; did you mean "middleware"?', { middlewares: {} }],
  ['mine has no option "fault"', { name: 'mine', fault: () => undefined }],
  ['plugin: the option interceptor must be a function', { interceptor: {} }],
  ['a representation, with encode', { representations: [{ type: 'text/plain' }] }],
  ['two things are registered as "hello"', { members: { hello: () => 1 } }],
])('%s', (problem, plugin) => {
  expect(() => new Router(members, { use: [plugin as Plugin] })).toThrow(problem)
})
