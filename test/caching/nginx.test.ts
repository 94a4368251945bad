// A real shared cache in front of a server: nginx, on ports and in a folder of its own.

import { Agent } from 'undici'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { get, type Options, url } from '../../client/index.js'
import { undici } from '../../client/transport/undici.js'
import { type Context, Resource, Router, type Server, safe, serve } from '../../server/index.js'
import { Nginx } from '../nginx.js'
import { freePort } from '../ports.js'
import { ensure } from '../system.js'

class Front extends Resource {
  readonly title = 'Front page'
  constructor(readonly edition: number) {
    super()
  }
  @safe({ maxAge: 60, public: true }) article() {
    return `article of edition ${this.edition}`
  }
}

const router = new Router({
  Front,
  front: safe({ maxAge: 60, public: true })(() => new Front(1)),
  brief: safe({ maxAge: 1, public: true })(() => 'the same as ever'),
  mine: safe({ maxAge: 60 })(function (this: Context) {
    return this.request.headers.get('authorization')
  }),
})
type Api = typeof router

const nginx = ensure('nginx')

describe.skipIf(nginx === undefined)('behind nginx as a shared cache', () => {
  const agents: Agent[] = []
  let server: Server
  let cache: Nginx | undefined
  let base: string
  /** What reached the server. */
  let log: string[] = []

  beforeAll(async () => {
    server = await serve(
      {
        async fetch(request, bindings) {
          const response = await router.fetch(request, bindings)
          log.push(`${request.method} ${new URL(request.url).pathname} ${response.status}`)
          return response
        },
      },
      { port: 0 },
    )
    const port = await freePort()
    base = `http://127.0.0.1:${port}/`
    cache = await Nginx.start(nginx as string, [port], folder => sharedCache(folder, port, server.port))
  }, 60_000)

  afterAll(async () => {
    await Promise.all(agents.map(agent => agent.close()))
    await cache?.stop()
    await server?.close()
  })

  beforeEach(() => {
    log = []
  })

  /** A client with connections and a cache of its own, as in another process. */
  const client = <T>(path: string, options: Options = {}) => {
    const agent = new Agent()
    agents.push(agent)
    return get<T>(base + path, { transport: undici(agent), ...options })
  }

  test('a page fetched by 100 clients at once reaches the server once', async () => {
    const pages = await Promise.all(Array.from({ length: 100 }, () => client<Front>('front/')))
    expect(pages.map(page => page.title)).toEqual(Array(100).fill('Front page'))
    expect(log).toEqual(['GET /front/ 200'])
    log = []
    const articles = await Promise.all(pages.map(page => page.article()))
    expect(articles).toEqual(Array(100).fill('article of edition 1'))
    expect(log).toHaveLength(1)
    expect(new Set(pages.map(page => new URL(url(page)).port))).toEqual(new Set([new URL(base).port]))
  })

  test('each representation of a result reaches the server once', async () => {
    const types = ['application/json', 'application/vnd.hyperglyph', 'application/vnd.hyperglyph+json']
    for (const _ of [1, 2, 3]) {
      for (const accept of types) {
        const response = await fetch(`${base}front/?`, { headers: { accept } })
        expect(response.headers.get('content-type')).toBe(accept)
        await response.arrayBuffer()
      }
    }
    expect(log).toEqual(types.map(() => 'GET /front/ 200'))
  })

  test('a result that is too old is confirmed by its entity tag', async () => {
    expect(await client('brief/')).toBe('the same as ever')
    await new Promise(resolve => setTimeout(resolve, 2_100))
    log = []
    expect(await client('brief/')).toBe('the same as ever')
    expect(await client('brief/')).toBe('the same as ever')
    expect(new Set(log)).toEqual(new Set(['GET /brief/ 304']))
  })

  test('what is not marked public is never given to others', async () => {
    for (const name of ['alice', 'bob', 'alice']) {
      expect(await client('mine/', { headers: { authorization: name } })).toBe(name)
    }
    expect(log).toEqual(Array(3).fill('GET /mine/ 200'))
  })

  test('nor are pages that nothing was said about', async () => {
    const apis = [await client<Api>(''), await client<Api>('')]
    for (const api of apis) expect((await api.Front(2)).edition).toBe(2)
    expect(log.filter(line => line === 'GET / 200')).toHaveLength(2)
    expect(log.filter(line => /^GET \/Front\/\w+\/ 200$/.test(line))).toHaveLength(2)
  })
})

const sharedCache = (folder: string, port: number, upstream: number) => `
  proxy_cache_path ${folder}/cache levels=1 keys_zone=answers:1m;
  server {
    listen 127.0.0.1:${port};
    location / {
      proxy_pass http://127.0.0.1:${upstream};
      proxy_http_version 1.1;
      proxy_set_header Host $http_host;
      proxy_set_header Connection '';
      proxy_cache answers;
      proxy_cache_lock on;
      proxy_cache_lock_timeout 60s;
      proxy_cache_lock_age 60s;
      proxy_cache_revalidate on;
    }
  }
`
