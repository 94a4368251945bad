// Bodies that middleware of Hono, or a parser of Express, has read before the router: nothing that was sent is lost
// without a word.

import { getRequestListener } from '@hono/node-server'
import express from 'express'
import type { MiddlewareHandler } from 'hono'
import { describe, expect, test } from 'vitest'
import { get } from '../../../../client/index.js'
import { cbor } from '../../../../lib/codecs.js'
import { blob } from '../../../../lib/values/blob.js'
import { behind, listening, posted, reads, router, served, type WebContext } from './behind.js'

const json = 'application/json'
const urlencoded = 'application/x-www-form-urlencoded'

describe('a body that middleware of Hono has read', () => {
  const reading: [how: string, read: MiddlewareHandler][] = [
    ['text', reads(({ req }) => req.text())],
    ['json', reads(({ req }) => req.json().catch(() => 0))],
    ['bytes', reads(({ req }) => req.arrayBuffer())],
    ['blob', reads(({ req }) => req.blob())],
    ['a copy', reads(({ req }) => req.raw.clone().text())],
    ['text twice', reads(({ req }) => Promise.all([req.text(), req.arrayBuffer()]))],
  ]
  test.each(reading)('as %s is there for the router', async (_, read) => {
    const at = await served(behind(read))
    expect(await posted(`${at}hello/`, '{"name":"ü"}', json)).toEqual({ status: 200, text: '["ü",null]' })
    expect(await posted(`${at}hello/`, 'name=ü&more=1', urlencoded)).toEqual({
      status: 200,
      text: '["ü","1"]',
    })
    expect((await posted(`${at}put/`, '{"a": 1}', json, 'PUT')).text).toBe('8')
    expect(await posted(`${at}hello/`, '', undefined)).toMatchObject({ status: 200 })
    // Without a server.
    const request = new Request('http://test/api/hello/', {
      method: 'POST',
      body: '{"name":"x"}',
      headers: { 'content-type': json },
    })
    expect(await (await behind(read).fetch(request)).json()).toEqual(['x', null])
  })

  test.each([
    ['formData', ({ req }: WebContext) => req.formData()],
    ['parseBody', ({ req }: WebContext) => req.parseBody()],
  ])('as %s is there for the router', async (_, read) => {
    const at = await served(behind(reads(read)))
    expect((await posted(`${at}hello/`, new URLSearchParams({ name: 'ü' }))).text).toBe('["ü",null]')
    const form = new FormData()
    form.set('file', new File([new Uint8Array([0, 255, 254])], 'ä.bin'))
    expect((await posted(`${at}upload/`, form)).text).toBe('["ä.bin",3]')
  })

  test('as text, which loses bytes, is refused where it has lost some', async () => {
    const app = behind(reads(({ req }) => req.text()))
    const at = await served(app)
    const lost = await posted(`${at}hello/`, cbor.encode({ name: 'x'.repeat(200) }) as never, cbor.type)
    expect([lost.status, lost.text]).toEqual([500, expect.stringContaining('body_read')])
    expect((await posted(`${at}hello/`, '{"name":"\ufffd"}', json)).text).toBe('["\ufffd",null]')
  })

  test('as a form, which it is not, is an error that says so', async () => {
    const at = await served(behind(reads(({ req }) => req.formData().catch(() => 0))))
    const refused = await posted(`${at}hello/`, '{"name":"x"}', json)
    expect([refused.status, refused.text]).toEqual([500, expect.stringContaining('body_read')])
  })

  test('past Hono, so that nothing is left, is an error and no call without arguments', async () => {
    const app = behind(reads(({ req }) => req.raw.text()))
    const at = await served(app)
    const refused = await posted(`${at}hello/`, '{"name":"x"}', json)
    expect([refused.status, refused.text]).toEqual([500, expect.stringContaining('body_read')])
    const local = new Request('http://test/api/hello/', {
      method: 'POST',
      body: '{}',
      headers: { 'content-type': json },
    })
    expect((await app.fetch(local)).status).toBe(500)
  })
})

describe('a body that a parser of Express has read', () => {
  const parsed = async (...parsers: express.RequestHandler[]) => {
    const app = express()
    if (parsers.length > 0) app.use(...parsers)
    app.use('/api', getRequestListener(router.fetch))
    return listening(app)
  }
  const keep: express.RequestHandler = express.json({
    verify: (request, _, bytes) => Object.assign(request, { rawBody: bytes }),
  })
  test.each<[string, express.RequestHandler[]]>([
    ['none', []],
    ['json', [express.json()]],
    ['text', [express.text({ type: [json, urlencoded] })]],
    ['raw', [express.raw({ type: '*/*' })]],
    ['json that keeps the bytes', [keep]],
    ['all', [express.json(), express.urlencoded(), express.text(), express.raw()]],
  ])('(%s) is there for the router', async (_, parsers) => {
    const at = await parsed(...parsers)
    const sent = '{"name":"ü","more":[1.5,{"a":null},-0,{"$datetime":"2026-01-01T00:00:00Z"}]}'
    expect(await posted(`${at}hello/`, sent, json)).toEqual({
      status: 200,
      text: '["ü",[1.5,{"a":null},{"$float":"-0"},{"$datetime":"2026-01-01T00:00:00.000000Z"}]]',
    })
    expect((await posted(`${at}hello/`, 'name=a&more=b', urlencoded)).text).toBe('["a","b"]')
    expect((await posted(`${at}hello/`, '', json)).text).toBe('["World",null]')
    expect((await posted(`${at}hello/`, '{}', json)).text).toBe('["World",null]')
    const form = new FormData()
    form.set('file', new File(['abc'], 'a.txt'))
    expect((await posted(`${at}upload/`, form)).text).toBe('["a.txt",3]')
    // biome-ignore lint/suspicious/noExplicitAny: its types are tested elsewhere.
    const api = (await get(at)) as any
    expect(await api.hello('client', new Set([1n]))).toEqual(['client', new Set([1])])
    expect(await api.size(blob(new Uint8Array(100_000)))).toEqual([100_000, null])
  })

  test.each<[string, express.RequestHandler, string, string, string]>([
    ['rounds a number', express.json(), 'hello/', '{"name":9007199254740993}', json],
    ['loses a number', express.json(), 'hello/', '{"name":1e400}', json],
    ['changes a file', express.json(), 'put/', '{"a":  1}', json],
    ['nests fields', express.urlencoded({ extended: true }), 'hello/', 'name[a]=1', urlencoded],
    [
      'leaves nothing',
      (request, _, next) => void request.resume().on('end', next),
      'hello/',
      '{"name":1}',
      json,
    ],
  ])('which %s is an error, and no other call', async (_, parser, path, body, type) => {
    const at = await parsed(parser)
    const answer = await posted(at + path, body, type, path === 'put/' ? 'PUT' : 'POST')
    expect([answer.status, answer.text]).toEqual([500, expect.stringContaining('body_read')])
    expect(answer.text).toContain('mount the router before body parsers')
  })

  test('as text of another encoding is refused where its bytes would be others', async () => {
    const at = await parsed(express.text({ type: '*/*' }))
    const type = 'text/plain; charset=iso-8859-1'
    const refused = await posted(`${at}put/`, new Uint8Array([0xe9]) as never, type, 'PUT')
    expect([refused.status, refused.text]).toEqual([500, expect.stringContaining('body_read')])
    expect(await posted(`${at}put/`, 'abc', type, 'PUT')).toMatchObject({ status: 200, text: '3' })
  })

  test('of no bytes is none, whatever its type', async () => {
    const at = await parsed(express.json({ type: () => true }))
    expect((await posted(`${at}hello/`, '', undefined)).text).toBe('["World",null]')
  })

  test('fields of one name, in their order', async () => {
    const at = await parsed(express.urlencoded())
    const body = 'more=%5B2%5D&name=a'
    expect((await posted(`${at}hello/`, body, urlencoded)).text).toBe('["a","[2]"]')
  })
})
