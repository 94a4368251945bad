// Which type answers have: what Accept asks for, what a request was sent in, and what is done where neither helps.

import { expect, test } from 'vitest'
import { cbor, json, text } from '../../../../lib/codecs.js'
import { Router, safe } from '../../../../server/index.js'
import { ask, logbook } from '../../peer.js'

let runs = 0
const router = new Router(
  {
    read: safe(() => ++runs),
    write: () => ++runs,
    fail: () => {
      throw new Error('broken')
    },
  },
  { log: logbook().log },
)
const plain = 'application/json'
const page = 'text/html; charset=utf-8'

test.each<[accept: string, type: string]>([
  ['*/*', plain],
  ['application/*', plain],
  ['application/json', plain],
  [cbor.type, cbor.type],
  [text.type, text.type],
  [json.type, json.type],
  [`${text.type};q=0.5, ${cbor.type}`, cbor.type],
  [`${text.type};q=0.5, ${cbor.type};q=0.4`, text.type],
  [`${cbor.type};q=0, */*`, plain],
  ['text/html, application/xhtml+xml, application/xml;q=0.9, image/avif, */*;q=0.8', page],
  ['text/*, */*;q=0.1', page],
  [`${plain}, text/html;q=0.9`, plain],
  [`${cbor.type.toUpperCase()} ; q=1.0`, cbor.type],
  [`application/json;q=0, application/*;q=0.5`, cbor.type],
  [`*/*;q=0.1, ${text.type};q=0.2`, text.type],
])('Accept %j is answered with %s', async (accept, type) => {
  for (const path of ['/', '/read/', '/missing/', '/fail/']) {
    const { headers } = await ask(router, path, { accept })
    expect(headers.get('content-type')).toBe(type)
    expect(headers.get('vary')).toBe('Accept, Accept-Encoding')
  }
})

test.each(['text/plain', 'text/csv', 'image/png, text/csv;q=0.4', `${cbor.type};q=0`, '*/*;q=0'])(
  'a safe request that accepts none of our types is answered with 406, before it runs: %s',
  async accept => {
    const before = runs
    for (const [path, method] of [
      ['/read/', 'GET'],
      ['/', 'GET'],
    ] as const) {
      const { status, headers, value } = await ask(router, path, { accept, method })
      expect(status).toBe(406)
      expect(headers.get('content-type')).toBe(plain)
      expect(value).toMatchObject({ code: 'not_acceptable', message: expect.stringContaining(text.type) })
    }
    expect((await ask(router, '/read/', { accept, method: 'HEAD' })).status).toBe(406)
    expect(runs).toBe(before)
  },
)

test('an unsafe request that accepts none of our types is answered all the same, in the default type', async () => {
  const { status, headers, value } = await ask(router, '/write/', { args: {}, accept: 'text/plain' })
  expect([status, headers.get('content-type'), value]).toEqual([200, plain, runs])
})

test('a request that accepts anything is answered in the type that it was sent in', async () => {
  for (const type of [text.type, cbor.type, json.type, plain]) {
    const { headers } = await ask(router, '/write/', { args: {}, type, accept: '*/*' })
    expect(headers.get('content-type')).toBe(type)
  }
})

test('an application chooses another default type', async () => {
  const old = new Router({ write: () => 1 }, { defaultType: text.type })
  expect((await ask(old, '/', { accept: '*/*' })).headers.get('content-type')).toBe(text.type)
  const unsafe = await ask(old, '/write/', { args: {}, accept: 'image/png', type: cbor.type })
  expect(unsafe.headers.get('content-type')).toBe(text.type)
  expect((await ask(old, '/', { accept: plain })).headers.get('content-type')).toBe(plain)
})

test('a request without Accept is answered in the default type', async () => {
  const response = await router.fetch(new Request('http://test/'))
  expect(response.headers.get('content-type')).toBe(plain)
})
