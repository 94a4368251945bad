// A path has one spelling: what guards paths in front of a router, with their escapes or without, by middleware or in a
// proxy, has seen the path that is routed.

import { Hono } from 'hono'
import { describe, expect, test } from 'vitest'
import { segmentOf } from '../../server/core/urls/paths.js'
import { allow, factory, files, Router, safe } from '../../server/index.js'

class Box {
  constructor(readonly content = 1) {}
  $open() {
    return this.content
  }
}

class Door {
  open() {
    return 'open'
  }
}

const inner = new Router(
  {
    open: safe(() => 'open'),
    ops: { status: safe(() => 'secret'), 'größe 1': safe(() => 'secret') },
    $admin: { reset: safe(() => 'secret') },
    'a+b@c;d=e,f&g': safe(() => 'secret'),
    docs: files(import.meta.dirname),
    Box,
    Door,
  },
  { pipeline: true },
)

/** Guards that know paths as they are written: Hono's, decoded by `decodeURI`, and the URL's own. */
function guarded(): Hono {
  const app = new Hono()
  const forbidden = ['/api/ops', '/api/$admin', '/api/docs', '/api/a+b', '/ops']
  app.use(async (context, next) => {
    const { pathname } = new URL(context.req.url)
    if (!forbidden.some(path => pathname.startsWith(path))) return next()
    context.res = context.text('forbidden', 403)
  })
  app.all('/api/größe', context => context.text('forbidden', 403))
  app.route('/api', inner.app)
  app.route('/', new Router({ files: files(import.meta.dirname) }).app)
  app.route('/ops', factory(inner, { open: 'all' }).app)
  return app
}

const app = guarded()

/** Where one ends up who follows redirects. */
async function reach(url: string, method = 'GET'): Promise<Response> {
  let at = new URL(url, 'http://local/')
  for (let hops = 0; hops < 3; hops++) {
    const answer = await app.fetch(new Request(at, { method }))
    if (answer.status !== 308) return answer
    at = new URL(answer.headers.get('location') ?? '', at)
  }
  throw new Error('redirects without end')
}

const everything = (path: string) =>
  path.replace(/[^/]/g, char => Array.from(new TextEncoder().encode(char), hex).join(''))
const hex = (byte: number) => `%${byte.toString(16).padStart(2, '0')}`

const hidden = [
  '/api/ops/status/',
  '/api/$admin/reset/',
  '/api/a+b@c;d=e,f&g/',
  '/api/docs/spelling.test.ts',
  '/ops/status/',
  '/ops/metrics',
  '/ops/openapi.json',
]

const ways: readonly (readonly [way: string, spell: (path: string) => string])[] = [
  ['as it is', path => path],
  ['all escaped', everything],
  ['all escaped in capitals', path => everything(path).toUpperCase()],
  ['the first letter escaped', path => path.replace(/o|\$|d|a\+/, char => everything(char))],
  ['the mount escaped', path => path.replace(/^\/(\w)/, (_, char) => `/${everything(char)}`)],
  [
    'the last letter escaped',
    path => path.replace(/(\w)(\/?)$/, (_, char, slash) => everything(char) + slash),
  ],
  ['reserved characters escaped', path => path.split('/').map(encodeURIComponent).join('/')],
  ['slashes twice', path => path.replace(/\//g, '//')],
  ['one slash twice', path => path.replace(/^\/(\w+)\//, '/$1//')],
  ['escaped slashes', path => path.replace(/(\w)\/(.)/, '$1%2f$2')],
  ['segments of dots', path => `/api/open/..${path.replace('/api', '/.')}`],
  ['escaped dots', path => `/x/%2e%2E${path}`],
]

describe.each(ways)('what is guarded is not reached: %s', (_, spell) => {
  test.each(hidden)('%s', async path => {
    for (const method of ['GET', 'HEAD', 'POST']) {
      const answer = await reach(spell(path), method)
      expect([403, 404]).toContain(answer.status)
      expect(await answer.text()).not.toMatch(/secret|Spelling|describe|hyperglyph_/)
    }
  })
})

test.each([
  ['/files/%61.txt?a=%6f', 308, '../files/a.txt?a=%6f'],
  ['/%66iles/gr%c3%b6%C3%9fe%281%29', 308, '../files/gr%C3%B6%C3%9Fe(1)'],
  ['/files/%24none/', 308, '../../files/$none/'],
  ['/files/%', 404, null],
  ['/api/%6Fpen/', 404, null],
  ['/%61pi/open/', 404, null],
])(
  'of files another spelling leads to the right one, of nothing else: %s',
  async (path, status, location) => {
    const answer = await app.fetch(new Request(`http://local${path}`))
    expect([answer.status, answer.headers.get('location')]).toEqual([status, location])
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
  },
)

test('nothing else is done by another spelling', async () => {
  const ran: string[] = []
  const router = new Router(
    { act: () => ran.push('act'), secret: allow('x')(() => 1), Box },
    { pipeline: true },
  )
  const post = (path: string, body = '{}') =>
    router.fetch(
      new Request(`http://local${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', accept: 'application/json' },
        body,
      }),
    )
  expect((await post('/%61ct/')).status).toBe(404)
  const answer = await post('/_pipeline', JSON.stringify({ steps: [['./%61ct/', {}]] }))
  expect(await answer.text()).toContain('not_found')
  expect(ran).toEqual([])
  expect((await post('/act/')).status).toBe(200)
})

test('names of all kinds are published in the one spelling that leads to them', async () => {
  const names = [
    '$x',
    'a b',
    'ü',
    '100%',
    "it's",
    '(a)',
    'a+b',
    'a:b',
    '[a]',
    'a|b',
    'x^y',
    'a,b;c=d&e@f',
    '%41',
    '~a!*',
  ]
  const router = new Router(Object.fromEntries(names.map(name => [name, safe(() => `this is ${name}`)])))
  for (const name of names) {
    const url = `http://local/${segmentOf(name)}/`
    expect(new URL(url).href).toBe(url)
    const answer = await router.fetch(new Request(url, { headers: { accept: 'application/json' } }))
    expect(await answer.json()).toBe(`this is ${name}`)
  }
})

test('what a proxy that decodes paths sends of them leads there too', async () => {
  const router = new Router({ '[a|b]:c^': safe(() => 'here') })
  const answer = await router.fetch(new Request('http://local/[a|b]:c^/'))
  expect(answer.status).toBe(200)
})

test('an object without state has no second URL', async () => {
  for (const path of ['/Door//', '/Door/oA//', '/Door//open', '/Door/%6fA/open', '/Door/oA//open'])
    expect((await inner.fetch(new Request(`http://local${path}`, { method: 'POST' }))).status).not.toBe(200)
})
