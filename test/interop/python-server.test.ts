// The Python server of 2012 (over werkzeug 0.8) against our client: its answers byte by byte.

import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { blob, call, get, named, RemoteError, url } from '../../client/index.js'
import { Blob } from '../../lib/values/blob.js'
import { Duration } from '../../lib/values/duration.js'
import { answer, three } from './python-server.js'
import { type Recorded, type Replay, replay } from './replay.js'
import { D, u, X } from './wire.js'

let python: Replay
beforeAll(async () => {
  python = await replay(answer)
})
afterAll(() => python.close())
beforeEach(() => {
  python.requests.length = 0
})

// The server's members are its own affair: nothing is known of its types here.
// biome-ignore lint/suspicious/noExplicitAny: as said.
const root = () => get<any>(python.url)
const last = () => python.requests.at(-1) as Recorded

describe('pages', () => {
  test('the root is found behind its redirect', async () => {
    const api = await root()
    expect(python.requests.map(request => request.line)).toEqual(['GET /', 'GET /__default__/'])
    expect(url(api)).toBe(`${python.url}__default__/?`)
    expect(await api.now()).toBe(5)
  })

  test('a class constructs: the redirect leads to the object, whose URL holds its state', async () => {
    const api = await root()
    const three = await api.Test(3)
    expect(three.value).toBe(3)
    expect(three.title).toEqual(new Uint8Array(Buffer.from('Test')))
    expect(await three.double()).toBe(6)
    expect(await three.add2()).toBe(5)
    expect((await three.inc(1)).value).toBe(3)
    expect((await api.Test("it's 50% + 1")).value).toBe("it's 50% + 1")
    expect((await get<typeof three>(url(three))).value).toBe(3)
  })

  test('an embedded link needs no request', async () => {
    const page = await (await root()).Test(3)
    python.requests.length = 0
    expect(await page.half()).toBe(1)
    expect(python.requests).toEqual([])
  })

  test('an answer that says nothing of its length ends with its connection', async () => {
    // biome-ignore lint/suspicious/noExplicitAny: as above.
    const api = await get<any>(`${python.url}__default__/unsized`)
    expect(await api.now()).toBe(5)
  })

  test('pages in lists and dicts are pages', async () => {
    const [first, second] = await (await root()).pair()
    expect(await first.double()).toBe(6)
    const [nested] = [...second.values()]
    expect(await nested.add2()).toBe(5)
  })

  test.each(['made', 'made_silently'])('what was created is a link to it: %s', async name => {
    const made = (await call(await root(), name)) as () => Promise<{ value: number }>
    expect((await made()).value).toBe(3)
  })
})

describe('requests', () => {
  test.each([
    ['no arguments', 'nothing', [], 'O;'],
    ['a class without values', 'Bare', [], 'O;'],
    ['one argument', 'echo', ['é'], 'Ou5:value;u2:é;;'],
    [
      'arguments in the order of the values',
      'join',
      [named({ other: 2, value: 1 })],
      'Ou5:value;i1;u5:other;i2;;',
    ],
    ['a default as it was published', 'greet', [named({ mark: '!' })], 'Ou4:name;u5:World;u4:mark;u1:!;;'],
    ['a float', 'echo', [0.5], 'Ou5:value;f0x1.0000000000000p-1;;'],
    ['a time', 'echo', [new Date(0)], 'Ou5:value;d1970-01-01T00:00:00.000000Z;;'],
    ['a dict and a Map', 'join', [{ a: 1 }, new Map([[1, 'b']])], 'Ou5:value;Du1:a;i1;;u5:other;Oi1;u1:b;;;'],
    [
      'a blob',
      'echo',
      [blob('hello', 'a/b')],
      'Ou5:value;B0:Du12:content-type;u3:a/b;u4:size;i5;;;;c0:5:hello;c0;',
    ],
    [
      'a stream of unknown length',
      'echo',
      [new globalThis.Blob(['abc'], { type: 'a/b' }).stream()],
      'Ou5:value;B0:Du12:content-type;u24:application/octet-stream;;;;c0:3:abc;c0;',
    ],
  ])('a form is posted with its length, in text: %s', async (_, name, args, body) => {
    await call(await root(), name, ...(args as never[]))
    expect(last().line).toBe(`POST /${name}`)
    expect(Buffer.from(last().body, 'latin1').toString()).toBe(body)
    expect(last().header('content-type')).toBe('application/vnd.hyperglyph')
    expect(last().header('content-length')).toBe(String(Buffer.byteLength(body)))
    expect(last().header('transfer-encoding')).toBe(undefined)
  })

  test('an object is passed by its whole URL, which the server has nothing to resolve against', async () => {
    const api = await root()
    const page = await api.Test(3)
    await api.echo(page)
    const reference = X('link', D(u('method'), u('GET'), u('url'), u(`${python.url}Test/?${three}`)))
    expect(last().body).toBe(`Ou5:value;${reference};`)
    await api.echo(api.nothing)
    expect(last().body).toContain(u(`${python.url}nothing`))
  })

  test('nothing but text is ever sent, and links are fetched without a body', async () => {
    const page = await (await root()).Test(3)
    await page.add2()
    await page.inc(1)
    for (const request of python.requests) {
      expect(request.head).not.toMatch(/^content-type: (?!application\/vnd\.hyperglyph$)/im)
      expect(request.header('transfer-encoding')).toBe(undefined)
      expect(request.line.startsWith('GET') && request.body !== '').toBe(false)
      expect(request.header('accept')).toContain('application/vnd.hyperglyph;')
    }
  })

  test('an argument without a published default is missed before anything is sent', async () => {
    const api = await root()
    python.requests.length = 0
    await expect(api.join(1)).rejects.toThrow('missing argument "other"')
    expect(python.requests).toEqual([])
  })
})

describe('answers', () => {
  test('204 is nil', async () => {
    expect(await (await root()).nothing()).toBe(null)
  })

  test('times, durations and floats of Python are read', async () => {
    const [time, duration, float] = await (await root()).dated()
    expect(time.toISOString()).toBe('2012-08-12T10:00:00.000Z')
    expect(time.nanoseconds).toBe(250_000)
    expect(duration).toEqual(Duration.parse('P3DT2H'))
    expect(float).toBe(0.75)
  })

  test('a blob is read, its content type a byte string', async () => {
    const picture = await (await root()).picture()
    expect(picture).toBeInstanceOf(Blob)
    expect(picture.type).toBe('image/png')
    expect(await picture.bytes()).toEqual(new Uint8Array([0x89, 0x50]))
  })

  test.each([
    ['a traceback', 'broken', 500, 'POST /broken: 500 KeyError: bob'],
    ['400', 'malformed', 400, 'POST /malformed: 400 (text/html)'],
    ['405', 'refused', 405, 'POST /refused: 405 (text/html)'],
    ['404', 'missing', 404, 'POST /missing: 404 (text/html)'],
  ])('an error page is an error with its status: %s', async (_, name, status, text) => {
    const error: unknown = await call(await root(), name).catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(RemoteError)
    expect(error).toMatchObject({ status, message: text, code: '', method: 'POST' })
  })
})
