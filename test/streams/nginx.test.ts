// Streams through a real nginx that nothing was said to: by default it gathers some KB before it passes them on.

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { blob, get, NetworkError } from '../../client/index.js'
import { Router, type Server, safe, serve } from '../../server/index.js'
import { Nginx } from '../nginx.js'
import { freePort } from '../ports.js'
import { ensure } from '../system.js'

let open: () => void = () => undefined
let gate = Promise.resolve()
const close = () => {
  gate = new Promise(resolve => {
    open = resolve
  })
}

async function* pieces() {
  yield new TextEncoder().encode('item 1\n')
  await gate
  yield new TextEncoder().encode('item 2\n')
}

const router = new Router({
  items: safe(async function* () {
    yield 'item 1'
    await gate
    yield 'item 2'
  }),
  growing: safe(() => blob(pieces(), 'text/plain')),
  known: safe(() => blob(new Uint8Array(1_000_000))),
  nested: safe(() => [blob(pieces())]),
  list: safe(() => ['item 1']),
  soon: () => 'soon',
  async later() {
    await gate
    return 'later'
  },
})
type Api = typeof router

const types = [
  'application/vnd.hyperglyph',
  'application/vnd.hyperglyph+cbor',
  'application/vnd.hyperglyph+json',
  'application/json',
  'text/html',
]

test.each([
  ...types.map(accept => ['items', accept, 'no'] as const),
  ['growing', '*/*', 'no'],
  ['growing', types[1], 'no'],
  ['known', '*/*', null],
  ['known', types[1], null],
  ['nested', types[1], null],
  ['list', types[3], null],
] as const)('%s in %s has X-Accel-Buffering: %s', async (name, accept, value) => {
  open()
  const response = await router.fetch(
    new Request(`http://localhost/${name}/`, { headers: { accept: accept as string } }),
  )
  expect(response.status).toBe(200)
  expect(response.headers.get('x-accel-buffering')).toBe(value)
  await response.body?.cancel()
})

const nginx = ensure('nginx')

describe.skipIf(nginx === undefined)('behind nginx as it is by default', () => {
  let server: Server
  let proxy: Nginx | undefined
  let base: string

  beforeAll(async () => {
    server = await serve(router, { port: 0 })
    const port = await freePort()
    base = `http://127.0.0.1:${port}/`
    const http = () => `
      server {
        listen 127.0.0.1:${port};
        location / { proxy_pass http://127.0.0.1:${server.port}; }
        location /impatient/ { proxy_pass http://127.0.0.1:${server.port}/; proxy_read_timeout 1s; }
      }`
    proxy = await Nginx.start(nginx as string, [port], http)
  }, 60_000)

  afterAll(async () => {
    await proxy?.stop()
    await server?.close(0)
  })

  test.each([
    ...types.map(accept => ['items', accept] as const),
    ['growing', '*/*'],
    ['growing', types[1] as string],
  ] as const)('the first item of %s in %s arrives before the second is made', async (name, accept) => {
    close()
    const response = await fetch(`${base}${name}/`, { headers: { accept } })
    expect(response.status).toBe(200)
    const reader = (response.body as ReadableStream<Uint8Array>).getReader()
    let read = ''
    const until = async (text: string) => {
      while (!read.includes(text)) {
        const { value, done } = await reader.read()
        if (done) throw new Error(`the answer ended without ${text}: ${read}`)
        read += Buffer.from(value).toString('latin1')
      }
    }
    await until('item 1')
    expect(read).not.toContain('item 2')
    open()
    await until('item 2')
    while (!(await reader.read()).done);
  })

  test('a call is answered before one that was sent in the same request has ended', async () => {
    close()
    const api = await get<Api>(base)
    let isLater = false
    const later = api.later().then(value => {
      isLater = true
      return value
    })
    expect(await api.soon()).toBe('soon')
    expect(isLater).toBe(false)
    open()
    expect(await later).toBe('later')
  })

  test('a stream that is quiet for longer than proxy_read_timeout ends in an error', async () => {
    close()
    const items: unknown[] = []
    const read = async () => {
      for await (const item of await get<AsyncIterable<string>>(`${base}impatient/items/`)) items.push(item)
    }
    await expect(read()).rejects.toThrow(NetworkError)
    expect(items).toEqual(['item 1'])
    open()
  })
})
