// The Ruby server of 2012 (over rack and WEBrick) against our client: its answers byte by byte.

import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { get, named, RemoteError, url } from '../../client/index.js'
import { type Recorded, type Replay, replay } from './replay.js'
import { L, O, u, X } from './wire.js'

const message = (status: string, body: string, type?: string) =>
  [
    `HTTP/1.1 ${status}`,
    ...(type === undefined ? [] : [`Content-Type: ${type}`]),
    'Server: WEBrick/1.3.1 (Ruby/1.9.3/2012-04-20)',
    'Date: Sun, 12 Aug 2012 10:00:00 GMT',
    ...(status.startsWith('204') ? [] : [`Content-Length: ${Buffer.byteLength(body)}`]),
    'Connection: close',
    '',
    body,
  ].join('\r\n')
// The media type is still the one of before 1.0.
const value = (body: string) => message('200 OK ', body, 'application/vnd.glyph')

/** Every hash is ordered; where a parameter is optional, `F;` stands for its name. */
const form = (path: string, ...values: string[]) =>
  X('form', O(u('method'), u('POST'), u('url'), u(path), u('values'), L(...values)))
/** State is a list, escaped as little as it must be; instance variables keep their `@`. */
const page = (state: string, content: string) =>
  X(
    'resource',
    O(u('url'), u(`/Test/?${state}`)),
    O(
      u('double'),
      form(`/Test/double?${state}`),
      u('pair'),
      form(`/Test/pair?${state}`, u('last'), u('first')),
      u('nothing'),
      form(`/Test/nothing?${state}`, 'F;', 'F;'),
      u('boom'),
      form(`/Test/boom?${state}`),
      u('@value'),
      content,
    ),
  )

function answer({ line, body }: Recorded): string {
  switch (line) {
    case 'GET /':
      return value(
        X(
          'resource',
          O(u('url'), u('/')),
          O(u('Test'), form('/Test/', u('value'), 'F;'), u('Plain'), form('/Plain/', 'F;')),
        ),
      )
    case 'POST /Test/':
      return body.includes('i3;')
        ? value(page('Li3;;', 'i3;'))
        : value(page('Lu9:a%20+%20b&c;;', u('a + b&c')))
    case 'GET /Test/?Li3;;':
      return value(page('Li3;;', 'i3;'))
    case 'POST /Test/double?Li3;;':
      return value('f0x1.8p+2;')
    case 'POST /Test/double?Lu9:a%20+%20b&c;;':
      return value('Ld2012-08-12T10:00:00.123456789Z;fInfinity;Su1:a;;Ou1:z;i1;u1:a;i2;;;')
    case 'POST /Test/pair?Li3;;':
      return value(L(page('Li3;;', 'i3;'), 'B0:Ou12:content-type;u10:text/plain;;;').concat('c0:5:hello;c0;'))
    case 'POST /Test/nothing?Li3;;':
    case 'POST /Plain/':
      return message('204 No Content ', '')
    default:
      return message(
        '500 Internal Server Error ',
        '<HTML><BODY><H1>Internal Server Error</H1></BODY></HTML>',
        'text/html; charset=ISO-8859-1',
      )
  }
}

let ruby: Replay
beforeAll(async () => {
  ruby = await replay(answer)
})
afterAll(() => ruby.close())
beforeEach(() => {
  ruby.requests.length = 0
})

// biome-ignore lint/suspicious/noExplicitAny: the server's members are its own affair.
const root = () => get<any>(ruby.url)
const last = () => ruby.requests.at(-1) as Recorded

test('a POST to a class answers with the page at once, which has a URL of its own', async () => {
  const page = await (await root()).Test(3)
  expect(last().line).toBe('POST /Test/')
  expect(page['@value']).toBe(3)
  expect(Object.keys(page)).toEqual(['@value'])
  expect(url(page)).toBe(`${ruby.url}Test/?Li3;;`)
  expect((await get<typeof page>(url(page)))['@value']).toBe(3)
  expect(await page.double()).toBe(6)
})

test('a URL is sent on as it came, whatever it leaves unescaped', async () => {
  const page = await (await root()).Test('a + b&c')
  const [time, infinity, set, hash] = await page.double()
  expect(last().line).toBe('POST /Test/double?Lu9:a%20+%20b&c;;')
  expect(time.nanoseconds).toBe(456_789)
  expect(infinity).toBe(Number.POSITIVE_INFINITY)
  expect(set).toEqual(new Set(['a']))
  expect([...hash.keys()]).toEqual(['z', 'a'])
})

test('what is false among the values is no argument', async () => {
  const api = await root()
  await api.Plain()
  expect(last().body).toBe('O;')
  await api.Test(3)
  expect(last().body).toBe('Ou5:value;i3;;')
  await expect(api.Plain(1)).rejects.toThrow('1 arguments, where it takes 0 (none)')
})

test('arguments are in the order of the values, since their names are not looked at', async () => {
  const page = await (await root()).Test(3)
  const [again, blob] = await page.pair(named({ first: 1, last: 2 }))
  expect(last().body).toBe('Ou4:last;i2;u5:first;i1;;')
  expect(last().header('content-type')).toBe('application/vnd.hyperglyph')
  expect(last().header('content-length')).toBe(String(last().body.length))
  expect(again['@value']).toBe(3)
  expect(blob.type).toBe('text/plain')
  expect(await blob.text()).toBe('hello')
})

test('204 without a media type is nil', async () => {
  const page = await (await root()).Test(3)
  expect(await page.nothing()).toBe(null)
})

test('what it raises is an error with its status', async () => {
  const page = await (await root()).Test(3)
  const error: unknown = await page.boom().catch((reason: unknown) => reason)
  expect(error).toBeInstanceOf(RemoteError)
  expect(error).toMatchObject({ status: 500, message: 'POST /Test/boom: 500 (text/html)' })
})
