// What stands at /factory: help whose lines run, status, health, metrics, an OpenAPI document; who may see them, and
// that the application has the last word.

import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { Validator } from '@seriousme/openapi-schema-validator'
import { Hono } from 'hono'
import { Counter, Registry } from 'prom-client'
import { afterEach, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { get } from '../../client/index.js'
import {
  args,
  type CallHelp,
  doc,
  type Fetcher,
  factory,
  Router,
  redirect,
  type ServeOptions,
  type Server,
  type Status,
  safe,
  serve,
  verb,
} from '../../server/index.js'

const servers: Server[] = []
const folders: string[] = []
afterEach(async () => {
  await Promise.all(servers.splice(0).map(server => server.close(0)))
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true })
})

class User {
  constructor(readonly id: string) {}
  get initial() {
    return this.id[0]
  }
  @doc('Sends a message') message(subject: string, body = '', urgent = false) {
    return [this.id, subject, body, urgent]
  }
  @safe inbox() {
    return ['a message']
  }
}
const members = {
  User,
  hello: doc('Greets')((greeting = "it's World") => `Hello ${greeting}`),
  add: (one = 1, two = 2) => one + two,
  find: redirect((called: string) => new User(called)),
  look: safe((what = 'a & b') => what),
  admin: { reset: () => null },
  age: args({ years: z.number().int().min(18) })((years: number) => years + 1),
  put: verb('PUT', { envelope: 'blob' })(async (file: Blob) => (await file.text()).length),
  drop: verb('DELETE')(() => 'gone'),
  *count(to = 3) {
    for (let at = 0; at < to; at++) yield at
  },
}

async function start(options: ServeOptions = {}, router: Fetcher = new Router(members)): Promise<Server> {
  const server = await serve(router, { port: 0, ...options })
  servers.push(server)
  return server
}

const ask = (server: Server, path: string, headers: Record<string, string> = {}) =>
  fetch(`${server.url}factory/${path}`, { headers })

async function helpOf(server: Server): Promise<Record<string, CallHelp>> {
  const answer = await ask(server, 'help')
  expect(answer.status).toBe(200)
  return answer.json()
}

describe('help', () => {
  test('tells of everything that can be called, its arguments, defaults, schemas and comments', async () => {
    const help = await helpOf(await start())
    expect(Object.keys(help)).toEqual([
      'User',
      'hello',
      'add',
      'find',
      'look',
      'admin.reset',
      'age',
      'put',
      'drop',
      'count',
    ])
    expect(help.hello).toMatchObject({
      doc: 'Greets',
      method: 'POST',
      arguments: { greeting: { default: "it's World" } },
    })
    expect(help.age?.arguments.years).toMatchObject({
      required: true,
      schema: { type: 'integer', minimum: 18 },
    })
    expect(help.count?.marks).toEqual(['stream'])
    expect(help.User).toMatchObject({
      kind: 'class',
      properties: ['initial'],
      arguments: { id: { required: true } },
    })
    expect(help.User?.methods?.message).toMatchObject({
      doc: 'Sends a message',
      arguments: { subject: { required: true }, body: { required: false, default: '' } },
      typescript: "await api.User('id').message('subject', '', false)",
      python: 'api.User(id="id").message(subject="subject", body="", urgent=False)',
    })
  })

  test('tells of one thing by its name, and 404 of none', async () => {
    const server = await start()
    expect(Object.keys(await (await ask(server, 'help?name=User.inbox')).json())).toEqual(['User.inbox'])
    expect((await ask(server, 'help?name=nothing')).status).toBe(404)
  })

  test.each([
    ['hello', '"Hello it\'s World"'],
    ['add', '3'],
    ['find', /"id":"called"/],
    ['look', '"a & b"'],
    ['admin.reset', ''],
    ['age', '19'],
    ['put', '7'],
    ['drop', '"gone"'],
    ['count', /"\$item":2.*"\$count":3/s],
    ['User', /"id":"id"/],
    ['User.inbox', '["a message"]'],
    ['User.message', '["id","subject","",false]'],
  ])('its line for curl runs: %s', async (name, output) => {
    const server = await start()
    const help = await (await ask(server, `help?name=${name}`)).json()
    const { stdout } = await promisify(execFile)('sh', ['-c', help[name].curl.replace(/^curl /, 'curl -sS ')])
    if (typeof output === 'string') expect(stdout).toBe(output)
    else expect(stdout).toMatch(output)
  })

  test('comments before the methods of a class count, where the engine has kept them', async () => {
    // Compilers leave comments out: what Node runs as it is has them.
    const Box = new Function(
      'return class Box { constructor(id) { this.id = id }\n/** Opens\n * the box. */\nopen() {} shut() {} }',
    )()
    const server = await start({}, new Router({ Box }))
    const { Box: help } = await helpOf(server)
    expect(help?.methods?.open?.doc).toBe('Opens\nthe box.')
    expect(help?.methods?.shut?.doc).toBeUndefined()
  })

  test('is a page that clients can call', async () => {
    const api = await get(`${(await start()).url}factory/`)
    expect(Object.keys(await api.help('hello'))).toEqual(['hello'])
    expect(await api.ready()).toBe('ready')
    expect(await (await api.metrics()).text()).toContain('# EOF')
  })
})

describe('status', () => {
  test('counts every request once, and every step once, by name and outcome', async () => {
    const server = await start()
    const api = await get(server.url)
    await Promise.all([api.User('bob').inbox(), api.User('eve').inbox()])
    await Promise.allSettled([api.hello(), api.age(1), api.admin.reset()])
    await fetch(`${server.url}hello/`, { method: 'POST' })
    await fetch(`${server.url}nowhere/`)
    const status: Status = (await get<{ status(): Status }>(`${server.url}factory/`).then(door =>
      door.status(),
    )) as never
    const counts = Object.entries(status.requests.names).map(([name, { statuses }]) => [name, statuses])
    expect(Object.fromEntries(counts)).toEqual({
      Router: { 200: 1 },
      pipeline: { 200: 2 },
      hello: { 200: 1 },
      '(other)': { 404: 1 },
      'factory.factory': { 200: 1 },
    })
    expect(
      Object.fromEntries(Object.entries(status.steps).map(([name, { statuses }]) => [name, statuses])),
    ).toEqual({
      User: { 200: 2 },
      'User.inbox': { 200: 2 },
      hello: { 200: 1 },
      age: { 422: 1 },
      reset: { 204: 1 },
    })
    expect(status.requests.running).toBe(1)
    expect(status.phase).toBe('serving')
    expect(status.bytes.received).toBeGreaterThan(500)
    expect(status.properties.limits.requests).toBe(1024)
    const { latency } = status.requests.names.hello as Status['requests']['names'][string]
    expect(latency.p50).toBeGreaterThan(0)
    expect(latency.max).toBeGreaterThanOrEqual(latency.p99)
  })
})

test('ready is 503 as soon as the server is about to stop, and health goes on', async () => {
  const server = await start()
  let release: (() => void) | undefined
  server.waitUntil(new Promise<void>(resolve => (release = resolve)))
  expect((await ask(server, 'ready')).status).toBe(200)
  const closed = server.close()
  expect([(await ask(server, 'ready')).status, (await ask(server, 'health')).status]).toEqual([503, 200])
  release?.()
  await closed
})

describe('metrics', () => {
  const open = { accept: 'application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5' }

  test.each([
    [open, 'application/openmetrics-text; version=1.0.0; charset=utf-8'],
    [{ accept: 'text/plain' }, 'text/plain; version=0.0.4; charset=utf-8'],
    [{}, 'text/plain; version=0.0.4; charset=utf-8'],
  ])('are given to %o as %s', async (headers, type) => {
    const server = await start()
    await fetch(`${server.url}hello/`, { method: 'POST' })
    const answer = await ask(server, 'metrics', headers)
    expect(answer.headers.get('content-type')).toBe(type)
    const text = await answer.text()
    expect(text).toContain('\nhyperglyph_requests_total{name="hello",status="200"} 1\n')
    expect(text).toMatch(/\nhyperglyph_request_duration_seconds_count\{name="hello"\} 1\n/)
    expect(text.endsWith('# EOF\n')).toBe(type.includes('openmetrics'))
  })

  test('include those of the application’s own register', async () => {
    const register = new Registry()
    register.setContentType(Registry.OPENMETRICS_CONTENT_TYPE as never)
    new Counter({ name: 'sold', help: 'things that were sold', registers: [register] }).inc(3)
    const text = await (await ask(await start({ factory: { register } }), 'metrics', open)).text()
    expect(text).toContain('\nsold_total 3\n')
    expect(text.match(/# EOF/g)).toHaveLength(1)
  })
})

describe('openapi.json', () => {
  test('is valid, and has every path', async () => {
    const document = await (await ask(await start(), 'openapi.json')).json()
    expect(await new Validator().validate(document)).toMatchObject({ valid: true })
    expect(document.openapi).toBe('3.1.0')
    expect(Object.keys(document.paths).sort()).toEqual(
      [
        '/',
        '/User/',
        '/User/{state}/',
        '/User/{state}/inbox',
        '/User/{state}/message',
        '/add/',
        '/admin/reset/',
        '/age/',
        '/count/',
        '/drop/',
        '/find/',
        '/hello/',
        '/look/',
        '/put/',
      ].sort(),
    )
    const { schema } = document.paths['/age/'].post.requestBody.content['application/json']
    expect(schema).toMatchObject({
      required: ['years'],
      properties: { years: { type: 'integer', minimum: 18 } },
    })
    expect(document.paths['/look/'].get.parameters).toMatchObject([
      { name: 'what', in: 'query', required: false },
    ])
  })

  test('has the routers of an application where they are mounted, whatever they are called', async () => {
    const app = new Hono()
    app.route('/api/v1', new Router({ 'a {b}': () => 1, 'x/y': { 'ü.': () => 2 } }).app)
    app.route('/other', new Router({ hello: () => 1 }).app)
    const server = await serve(app, { port: 0 })
    servers.push(server)
    const document = await (await ask(server, 'openapi.json')).json()
    expect(await new Validator().validate(document)).toMatchObject({ valid: true })
    expect(Object.keys(document.paths)).toEqual([
      '/api/v1/',
      '/other/',
      '/api/v1/a%20%7Bb%7D/',
      '/api/v1/x%2Fy/%C3%BC./',
      '/other/hello/',
    ])
  })
})

test('static serves the files of a directory, and nothing beside it', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'static-'))
  folders.push(folder)
  writeFileSync(join(folder, 'page.css'), 'a {}')
  const server = await start({ factory: { static: folder } })
  const file = await ask(server, 'static/page.css')
  expect([file.status, file.headers.get('content-type'), await file.text()]).toEqual([
    200,
    'text/css; charset=utf-8',
    'a {}',
  ])
  for (const path of ['static/none', 'static/..%2f..%2fetc%2fpasswd', 'static/%2e%2e/%2e%2e/etc/passwd']) {
    expect((await ask(server, path)).status).toBe(404)
  }
  expect((await ask(await start(), 'static/page.css')).status).toBe(404)
})

describe('who sees it', () => {
  const all = ['', 'help', 'status', 'health', 'ready', 'metrics', 'metrics/', 'openapi.json']
  const statuses = async (server: Server, headers = {}) =>
    Promise.all(all.map(async path => (await ask(server, path, headers)).status))

  test('on an address of this machine alone, everybody on it', async () => {
    expect(await statuses(await start())).toEqual([200, 200, 200, 200, 200, 200, 200, 200])
  })

  test.each(['x-forwarded-for', 'forwarded', 'via', 'x-real-ip'])(
    'not who comes by a proxy that says %s',
    async name => {
      expect(await statuses(await start(), { [name]: '1' })).toEqual([403, 403, 403, 200, 200, 403, 403, 403])
    },
  )

  test('on another address, of health and readiness alone, and of what is open', async () => {
    const router = () => new Router(members, { secret: false })
    const exposed = { host: '0.0.0.0', domain: 'any' } as const
    const closed = await start(exposed, router())
    expect(await statuses(closed)).toEqual([403, 403, 403, 200, 200, 403, 403, 403])
    const open = await start({ ...exposed, factory: { open: ['metrics'] } }, router())
    expect(await statuses(open)).toEqual([403, 403, 403, 200, 200, 200, 200, 403])
    const wide = await start({ ...exposed, factory: { open: 'all' } }, router())
    expect(await statuses(wide)).toEqual([200, 200, 200, 200, 200, 200, 200, 200])
  })
})

describe('the application', () => {
  test('denies parts, or all', async () => {
    const server = await start({ factory: { deny: ['status', 'metrics'] } })
    const found = await Promise.all(['status', 'metrics', 'metrics/', 'help'].map(path => ask(server, path)))
    expect(found.map(({ status }) => status)).toEqual([404, 404, 404, 200])
    expect(Object.keys(await get(`${server.url}factory/`))).toEqual([])
    expect('status' in (await get(`${server.url}factory/`))).toBe(false)
    expect((await ask(await start({ factory: false }), 'health')).status).toBe(404)
  })

  test('moves it', async () => {
    const server = await start({ factory: { path: '/ops/door' } })
    expect((await ask(server, 'health')).status).toBe(404)
    expect((await fetch(`${server.url}ops/door/health`)).status).toBe(200)
    expect((await fetch(`${server.url}ops/doorway/health`)).status).toBe(404)
    expect(Object.keys(await (await fetch(`${server.url}ops/door/help?name=add`)).json())).toEqual(['add'])
  })

  test('puts something of its own in place of a part', async () => {
    const own = { ...members, factory: { health: safe(() => 'well') } }
    const server = await start({}, new Router(own))
    expect(await (await ask(server, 'health')).json()).toBe('well')
    expect(await (await ask(server, 'ready')).json()).toBe('ready')
  })

  test('guards it with what it guards itself', async () => {
    const app = new Hono()
    app.use('*', async (context, next) => {
      if (context.req.header('authorization') === undefined) return context.text('who?', 401)
      await next()
      return undefined
    })
    app.route('/', new Router(members).app)
    const server = await serve(app, { port: 0 })
    servers.push(server)
    expect((await ask(server, 'status')).status).toBe(401)
    expect((await ask(server, 'status', { authorization: 'me' })).status).toBe(200)
  })

  test('mounts it by hand', async () => {
    const app = new Hono()
    const router = new Router(members)
    app.route('/api', router.app)
    app.route('/ops', factory(app).app)
    const server = await serve(app, { port: 0, factory: false })
    servers.push(server)
    await fetch(`${server.url}api/hello/`, { method: 'POST' })
    const help = await (await fetch(`${server.url}ops/help`)).json()
    expect(help.hello.curl).toContain(`${server.url}api/hello/`)
    expect(Object.keys(help)).not.toContain('status')
    const status = await (await fetch(`${server.url}ops/status`)).json()
    expect(status.requests.names.hello.count).toBe(1)
  })

  test('is read only where nothing of its own is: a form is its affair', async () => {
    expect((await fetch(`${(await start()).url}factory/health`, { method: 'POST' })).status).toBe(404)
  })
})
