// The context of a request: who has it, and what it knows.

import { connect } from 'node:net'
import { Hono } from 'hono'
import { basicAuth } from 'hono/basic-auth'
import { afterEach, expect, test } from 'vitest'
import { get } from '../../../../client/index.js'
import {
  type Context,
  inline,
  link,
  Resource,
  Router,
  type Server,
  safe,
  serve,
} from '../../../../server/index.js'
import { ask, construct, logbook, outline } from '../../peer.js'

const servers: Server[] = []
afterEach(() => Promise.all(servers.splice(0).map(server => server.close(0))))
async function started(app: Parameters<typeof serve>[0]): Promise<Server> {
  const server = await serve(app, { port: 0 })
  servers.push(server)
  return server
}

class Thing extends Resource {
  readonly made: string
  constructor(readonly id: string) {
    super()
    this.made = this.context.request.headers.get('x-name') ?? 'nobody'
  }
  get seen() {
    return this.context.request.headers.get('x-name')
  }
  @inline later() {
    return Promise.resolve().then(() => this.context.request.method)
  }
  @safe path() {
    return new URL(this.context.request.url).pathname.split('/').at(-1)
  }
  async slow() {
    await new Promise(resolve => setTimeout(resolve, 5))
    return this.context.request.headers.get('x-name')
  }
}

test('a Resource has the context in its constructor, getters, and methods, inline or called later', async () => {
  const router = new Router({ Thing })
  const { location } = await ask(router, '/Thing/', { args: { id: 'x' }, headers: { 'x-name': 'maker' } })
  const path = new URL(location as string, 'http://test/Thing/').pathname
  const { value } = await ask(router, path, { headers: { 'x-name': 'reader' } })
  const shown = { id: 'x', made: 'reader', seen: 'reader', later: { inline: 'GET' } }
  expect(outline(value)).toMatchObject(shown)
  expect((await ask(router, `${path}path`)).value).toBe('path')
})

test('requests that run at once have each their own context', async () => {
  const router = new Router({ Thing })
  const path = await construct(router, 'Thing', { id: 'x' })
  const names = Array.from({ length: 20 }, (_, index) => `caller ${index}`)
  const asked = names.map(name => ask(router, `${path}slow`, { args: {}, headers: { 'x-name': name } }))
  expect((await Promise.all(asked)).map(({ value }) => value)).toEqual(names)
})

test('objects that a function returns have the context when they are drawn', async () => {
  class Plain extends Resource {
    constructor(readonly id: string) {
      super()
    }
    get method() {
      return this.context.request.method
    }
  }
  const router = new Router({
    Plain,
    list: () => [new Plain('a'), link(new Plain('b')), { c: new Plain('c') }],
  })
  const { value } = await ask(router, '/list/', { args: {} })
  expect(outline(value)).toEqual([
    { id: 'a', method: 'POST' },
    'GET link',
    { c: { id: 'c', method: 'POST' } },
  ])
})

test('outside of a request there is no context, and the error says so', () => {
  class Plain extends Resource {
    constructor(readonly id: string) {
      super()
    }
  }
  expect(() => new Plain('x').context).toThrow('Plain: there is no context outside a request')
})

test('plain functions have the context as this; arrow functions do not need it', async () => {
  const router = new Router({
    who(name: string) {
      return [name, this.request.headers.get('x-name'), this.user ?? null]
    },
    arrow: () => 'arrow',
    space: {
      inner: function (this: Context) {
        return this.request.method
      },
    },
  })
  const who = await ask(router, '/who/', { args: { name: 'n' }, headers: { 'x-name': 'x' } })
  expect(who.value).toEqual(['n', 'x', null])
  expect((await ask(router, '/space/inner/', { args: {} })).value).toBe('POST')
  expect((await ask(router, '/arrow/', { args: {} })).value).toBe('arrow')
})

test('the user is who middleware of Hono says it is', async () => {
  const router = new Router({
    me() {
      return this.user
    },
  })
  const app = new Hono<{ Variables: { user: unknown } }>()
    .use('/api/*', basicAuth({ verifyUser: (name, password) => password === `${name}'s` }))
    .use('/api/*', async (context, next) => {
      const [name] = atob(context.req.header('authorization')?.slice(6) ?? '').split(':')
      context.set('user', { name })
      await next()
    })
    .route('/api', router.app)
  const authorization = `Basic ${btoa("bob:bob's")}`
  const { value } = await ask(app, '/api/me/', { args: {}, headers: { authorization } })
  expect(value).toEqual({ name: 'bob' })
  expect((await ask(app, '/api/me/', { args: {} })).status).toBe(401)
  const { url } = await started(app)
  // biome-ignore lint/suspicious/noExplicitAny: the client's types are tested elsewhere.
  const api = (await get(`${url}api/`, { headers: { authorization } })) as any
  expect(await api.me()).toEqual({ name: 'bob' })
})

test('the log is the one that the router was given', async () => {
  const { log, lines } = logbook()
  const router = new Router(
    {
      note(text: string) {
        this.log.info('noted:', text)
      },
    },
    { log },
  )
  await ask(router, '/note/', { args: { text: 'hello' } })
  expect(lines).toEqual(['noted: hello'])
})

/** A function that says when it starts, and what ended it. */
function waiting() {
  const events: string[] = []
  let wake: () => void
  const changed = () => new Promise<void>(resolve => (wake = resolve))
  const note = (event: string) => {
    events.push(event)
    wake?.()
  }
  const router = new Router({
    async wait() {
      const { signal } = this
      note('started')
      await new Promise<void>(resolve => signal.addEventListener('abort', () => resolve()))
      note(`aborted: ${signal.aborted}`)
    },
    done() {
      const { signal } = this
      signal.addEventListener('abort', () => note('aborted after the end'))
      return 'done'
    },
  })
  const until = async (count: number) => {
    while (events.length < count) await changed()
  }
  return { router, events, until }
}

test('the signal is aborted when the client hangs up', async () => {
  const { router, events, until } = waiting()
  const { port } = await started(router)
  const socket = connect(port, '127.0.0.1')
  socket.write('POST /wait/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n')
  await until(1)
  socket.destroy()
  await until(2)
  expect(events).toEqual(['started', 'aborted: true'])
})

test('the signal is aborted when our client aborts its call', async () => {
  const { router, events, until } = waiting()
  const { url } = await started(new Hono().route('/api', router.app))
  const controller = new AbortController()
  // biome-ignore lint/suspicious/noExplicitAny: as above.
  const api = (await get(`${url}api/`, { signal: controller.signal })) as any
  const call = api.wait()
  const failed = expect(call).rejects.toThrow('enough')
  await until(1)
  controller.abort(new Error('enough'))
  await failed
  await until(2)
  expect(events).toEqual(['started', 'aborted: true'])
})

test('the signal of a request that was answered is not aborted', async () => {
  const { router, events } = waiting()
  const server = await started(router)
  // biome-ignore lint/suspicious/noExplicitAny: as above.
  expect(await ((await get(server.url)) as any).done()).toBe('done')
  await server.close()
  expect(events).toEqual([])
})
