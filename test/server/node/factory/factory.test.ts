// What stands at /factory: status, health, metrics, files; who may see them, and that the application has the last word.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Hono } from 'hono'
import { Counter, Registry } from 'prom-client'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { get } from '../../../../client/index.js'
import {
  type DirectoryPage,
  factory,
  Router,
  type Server,
  type Status,
  safe,
  serve,
} from '../../../../server/index.js'
import { ask, members, start } from './site.js'

const folders: string[] = []
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true })
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
  // Counted once its connection has no more to do with it.
  await vi.waitFor(async () => {
    const status = await (await ask(server, 'status')).json()
    expect(status.requests.names).toMatchObject({ 'factory.static': { statuses: { 200: 1 } } })
  })
  expect((await ask(server, 'static/page.css', { range: 'bytes=0-1' })).status).toBe(206)
  const { entries } = await (await get<{ static(): DirectoryPage }>(`${server.url}factory/`)).static()
  expect(entries.map(({ name }) => name)).toEqual(['page.css'])
  await expect(start({ factory: { static: join(folder, 'none') } })).rejects.toThrow(/is no directory/)
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
    const server = await start({}, app)
    expect((await ask(server, 'status')).status).toBe(401)
    expect((await ask(server, 'status', { authorization: 'me' })).status).toBe(200)
  })

  test('mounts it by hand', async () => {
    const app = new Hono()
    const router = new Router(members)
    app.route('/api', router.app)
    app.route('/ops', factory(app).app)
    const server = await start({ factory: false }, app)
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

test('mounted by hand, without `serve`, it says what it has not, and what failed is logged', async () => {
  const failing = { contentType: 'text/plain', metrics: () => Promise.reject(new Error('no figures today')) }
  const app = new Hono().route('/ops', factory(new Router({ hello: () => 'hi' }), { open: 'all' }).app)
  for (const part of ['status', 'metrics', 'metrics/']) {
    const answer = await app.request(`http://local/ops/${part}`)
    expect([part, answer.status, await answer.text()]).toEqual([
      part,
      501,
      expect.stringContaining('there are no figures'),
    ])
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
  }
  const logged = vi.spyOn(console, 'error').mockImplementation(() => undefined)
  const server = await serve(new Router({ hello: () => 'hi' }), { port: 0, factory: { register: failing } })
  const answer = await fetch(`${server.url}factory/metrics`)
  expect([answer.status, await answer.text()]).toEqual([500, expect.not.stringContaining('today')])
  expect(logged.mock.calls.flat().map(String).join()).toContain('no figures today')
  logged.mockRestore()
  await server.close(0)
})
