// The Ruby client of 2012 against our router: what it sends, byte by byte, over real sockets.

import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type Server, serve } from '../../server/index.js'
import { appFor, fixedTime } from './app.js'
import { converse } from './conversation.js'
import { RubyClient, type RubyExtension, rubyRequest, Wire } from './ruby-client.js'
import { D, O, u, X } from './wire.js'

let server: Server
let ruby: RubyClient
beforeAll(async () => {
  server = await serve(appFor({ defaultType: 'application/vnd.hyperglyph' }), { port: 0 })
})
afterAll(() => server.close())
beforeEach(() => {
  ruby = new RubyClient()
})

const root = () => ruby.fetch('GET', server.url)
const call = async (name: string, args: unknown[] = []) => ruby.call(await root(), name, args)
const member = (page: unknown, name: string) =>
  ((page as RubyExtension).content as Map<unknown, unknown>).get(name)
const post = (path: string, body: string) => {
  const url = new URL(path, server.url).href
  return converse(url, rubyRequest('POST', url, body))
}

test('a GET that accepts anything gets text where that is the default type', async () => {
  const page = (await root()) as RubyExtension
  expect(page.name).toBe('resource')
  expect(page.attributes.get('url')).toBe(server.url)
})

test('a POST under the type of before 1.0 is read, and answered in text whatever the default is', async () => {
  const other = await serve(appFor(), { port: 0 })
  try {
    const url = new URL('/hello/', other.url).href
    const answer = await converse(url, rubyRequest('POST', url, O(u('name'), u('you'))))
    expect(answer.header('content-type')).toBe('application/vnd.hyperglyph')
    expect(answer.body.toString()).toBe('u9:Hello you;')
    const picture = new URL('/picture/', other.url).href
    const blob = await converse(picture, rubyRequest('POST', picture, 'O;'))
    expect(blob.header('content-type')).toBe('application/vnd.hyperglyph')
    expect(blob.body.subarray(0, 34).toString()).toBe('B0:Du12:content-type;u9:image/png;')
  } finally {
    await other.close()
  }
})

test('links, embedded links and pages within pages are followed', async () => {
  const page = await call('find', [4])
  expect(ruby.answers.map(answer => answer.status)).toEqual([200, 303, 200])
  expect(member(page, 'value')).toBe(4)
  expect(await ruby.call(page, 'double')).toBe(8)
  const sent = ruby.answers.length
  expect(await ruby.call(page, 'half')).toBe(2)
  const [note] = (await ruby.call(page, 'near')) as unknown[]
  expect(ruby.answers).toHaveLength(sent)
  expect(await ruby.call(note, 'length')).toBe(4)
  const [, nested] = (await call('pair')) as [unknown, Map<unknown, unknown>]
  expect(await ruby.call(nested.get('second'), 'double')).toBe(4)
})

test('a created object comes as its page, since every success is read', async () => {
  expect(member(await call('made'), 'value')).toBe(9)
  expect(ruby.answers.at(-1)?.status).toBe(201)
})

test('arguments go by name, whatever order they come in', async () => {
  // It hands them out from the end.
  expect(await call('note', ['text', 'name'])).toBe(null)
  expect(await call('notes')).toEqual(new Map([['name', 'text']]))
})

test('nil in the place of a default that was published as nil is the default', async () => {
  expect(await call('year')).toBe(2012)
})

test('a GET form is fetched without its arguments, and the missing one named', async () => {
  await expect(call('search', ['shoes'])).rejects.toThrow('FetchError: 400')
  expect(ruby.answers.at(-1)?.body.toString()).toContain('missing argument "query"')
})

test('a page handed back whole, its dicts ordered, is the object again', async () => {
  expect(await call('value_of', [await call('find', [6])])).toBe(6)
})

test('a page of another server is refused where an object belongs', async () => {
  const foreign = X('resource', O(u('url'), u('http://other.example/C/')), O())
  await expect(call('value_of', [new Wire(foreign)])).rejects.toThrow('FetchError: 400')
})

test.each([
  ['a half', 'f0x1p-1;', 'f0x1.0000000000000p-1;'],
  ['a float that is whole', 'f-0x1.8p+1;', 'i-3;'],
  ['zero below zero', 'f-0x0p+0;', 'f-0x0.0p+0;'],
  ['the smallest', 'f0x0.0000000000001p-1022;', 'f0x0.0000000000001p-1022;'],
  ['infinite', 'fInfinity;', 'finf;'],
  ['infinite below', 'f-Infinity;', 'f-inf;'],
  ['not a number', 'fNaN;', 'fnan;'],
  ['a Time', 'd2012-08-12T10:00:00.123Z;', 'd2012-08-12T10:00:00.123000Z;'],
  ['a DateTime', 'd2012-08-12T10:00:00.123456789Z;', 'd2012-08-12T10:00:00.123456789Z;'],
  ['a DateTime of a whole second', 'd2012-08-12T10:00:00.000000000Z;', 'd2012-08-12T10:00:00.000000Z;'],
  ['a hash', 'Ou1:z;i1;u1:a;Oi1;u1:b;;;', 'Ou1:z;i1;u1:a;Oi1;u1:b;;;'],
  ['a set in its own order', 'Si3;i1;;', 'Si3;i1;;'],
  ['a StringIO', 'b3:abc;', 'b3:abc;'],
  ['an empty StringIO', 'b;', 'b;'],
  ['a symbol', 'u3:sym;', 'u3:sym;'],
  ['an array', 'LT;F;N;i-1;;', 'LT;F;N;i-1;;'],
])('a value is taken and given back: %s', async (_, sent, expected) => {
  const answer = await post('/echo/', O(u('value'), sent))
  expect(answer.status).toBe(200)
  expect(answer.body.toString()).toBe(expected)
})

test('blobs come in, each as one piece or none, and a lone one goes out encoded', async () => {
  const attributes = (type: string) => O(u('content-type'), u(type))
  const root = O(u('first'), `B0:${attributes('a/b')};`, u('second'), `B1:${attributes('c/d')};`)
  expect((await post('/join/', `${root}c0:3:abc;c0;c1;`)).body.toString()).toBe('u4:abc|;')
  const body = `${O(u('file'), `B0:${attributes('a/b')};`)}c0:4:TEST;c0;`
  expect((await post('/lower/', body)).body.toString()).toBe(
    `B0:${D(u('content-type'), u('a/b'), u('size'), 'i4;')};c0:4:test;c0;`,
  )
  expect(await call('picture')).toEqual({
    attributes: new Map<string, unknown>([
      ['content-type', 'image/png'],
      ['size', 2],
    ]),
    content: Buffer.from([0x89, 0x50]),
  })
})

test('every value is read, and a time has digits after its seconds', async () => {
  const values = (await call('everything')) as Map<string, unknown>
  expect(values.get('integer')).toBe(2 ** 53 - 1)
  expect(values.get('float')).toBe(0.5)
  expect(values.get('text')).toBe('naïve 💩')
  expect(values.get('set')).toEqual(new Set([1, 'one']))
  expect(values.get('date')).toEqual(fixedTime)
})

test('nil is 204, and what fails has its status', async () => {
  expect(await call('nothing')).toBe(null)
  expect(ruby.answers.at(-1)?.status).toBe(204)
  await expect(call('missing')).rejects.toThrow('FetchError: 404')
  await expect(call('crash')).rejects.toThrow('FetchError: 500')
})
