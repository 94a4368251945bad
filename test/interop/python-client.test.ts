// The Python client of 2012 against our router: what it sends, byte by byte, over real sockets.

import { Hono } from 'hono'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { Resource, Router, redirect, type Server, safe, serve } from '../../server/index.js'
import { appFor, fixedTime } from './app.js'
import { converse } from './conversation.js'
import { PythonClient, pythonRequest, Wire } from './python-client.js'
import { PythonBlob, PythonExtension, urljoin } from './python-reader.js'
import { D, O, u, X } from './wire.js'

let server: Server
let python: PythonClient
beforeAll(async () => {
  server = await serve(appFor(), { port: 0 })
})
afterAll(() => server.close())
beforeEach(() => {
  python = new PythonClient()
})

const root = () => python.fetch('GET', server.url)
const member = (page: unknown, name: string) =>
  ((page as PythonExtension).content as Map<string, unknown>).get(name) as PythonExtension
const call = async (name: string, args: unknown[] = [], named: Record<string, unknown> = {}) =>
  python.call(await root(), name, args, named)
/** A page's path to nested pages and nodes. */
const nodesIn = (value: unknown): PythonExtension[] => {
  if (value instanceof PythonExtension) {
    return [value, ...nodesIn([...value.attributes.values()]), ...nodesIn(value.content)]
  }
  if (value instanceof Map || value instanceof Set) return nodesIn([...value].flat())
  return Array.isArray(value) ? value.flatMap(nodesIn) : []
}
/** Posts a body as it is. */
const post = (path: string, body: string) => {
  const url = new URL(path, server.url).href
  return converse(url, pythonRequest('POST', url, body))
}

describe('pages', () => {
  test('the root is a page in the text format, without a redirect before it', async () => {
    const page = (await root()) as PythonExtension
    expect(page.name).toBe('resource')
    expect(page.attributes.get('url')).toBe(server.url)
    expect(python.answers).toHaveLength(1)
    expect(python.answers[0]?.header('content-type')).toBe('application/vnd.hyperglyph')
  })

  test('every form has a URL, its values and no envelope, also where its method is GET', async () => {
    const pages = [await root(), await call('find', [4]), await call('pair')]
    const nodes = nodesIn(pages)
    const forms = nodes.filter(node => node.name === 'form')
    expect(forms.length).toBeGreaterThan(20)
    expect(forms.map(form => form.attributes.get('method'))).toContain('GET')
    for (const { attributes } of forms) {
      expect([...attributes.keys()].sort()).toEqual(['method', 'url', 'values'])
    }
    for (const node of nodes.filter(({ name }) => name !== 'input')) {
      expect(node.attributes.get('url')).toMatch(new RegExp(`^${server.url}(?!.*/\\.)`))
    }
    expect(new Set(nodes.map(node => node.name))).toEqual(new Set(['resource', 'form', 'input', 'link']))
  })

  test('links and embedded links are followed, in pages within pages', async () => {
    const page = await call('find', [4])
    expect(member(page, 'value')).toBe(4)
    expect(await python.call(page, 'double')).toBe(8)
    const sent = python.answers.length
    expect(await python.call(page, 'half')).toBe(2)
    const [note, double] = (await python.call(page, 'near')) as PythonExtension[]
    expect(python.answers).toHaveLength(sent)
    expect(await python.call(note, 'length')).toBe(4)
    expect(await python.invoke(double)).toBe(8)
    const [, nested] = (await call('pair')) as [unknown, Map<string, unknown>]
    expect(await python.call(nested.get('second'), 'double')).toBe(4)
  })

  test('a page below a page of names is reached', async () => {
    const down = member(member(await root(), 'deep'), 'down')
    expect(member(await python.call(down, 'here'), 'value')).toBe(5)
  })

  test('a form that constructs leads to the new object by 303, with a reference that urljoin resolves', async () => {
    const page = await call('Counter', [], { value: 3 })
    expect(python.answers.map(answer => answer.status)).toEqual([200, 303, 200])
    expect(member(page, 'value')).toBe(3)
    expect(member(await python.call(page, 'advance', [2]), 'value')).toBe(5)
    expect(member(await python.call(page, 'increase', [2, true]), 'value')).toBe(7)
  })

  test('a router mounted below a path is found without its slash, too', async () => {
    const hono = new Hono().route('/some/api', appFor().app)
    const mounted = await serve(hono, { port: 0 })
    try {
      for (const path of ['some/api', 'some/api/']) {
        const page = await python.fetch('GET', mounted.url + path)
        expect((page as PythonExtension).attributes.get('url')).toBe(`${mounted.url}some/api/`)
        const found = await python.call(page, 'find', [4])
        expect(await python.call(found, 'double')).toBe(8)
        expect(await python.call(page, 'value_of', [found])).toBe(4)
      }
    } finally {
      await mounted.close()
    }
  })

  test('an object that lives on another server is followed there, by 303 alone', async () => {
    let home = ''
    const members = () => {
      class Pet extends Resource {
        constructor(readonly name: string) {
          super()
        }
        @safe sound() {
          return `${this.name} barks`
        }
      }
      return { Pet, adopt: redirect((name: string) => new Pet(name)) }
    }
    const second = await serve(new Router(members()), { port: 0 })
    const first = await serve(new Router(members(), { locate: () => home }), { port: 0 })
    try {
      const before = (await python.call(await python.fetch('GET', first.url), 'adopt', [
        'Rex',
      ])) as PythonExtension
      home = second.url
      const stored = before.attributes.get('url') as string
      const page = (await python.fetch('GET', stored)) as PythonExtension
      expect(page.attributes.get('url')).toBe(stored.replace(first.url, second.url))
      expect(await python.call(before, 'sound')).toBe('Rex barks')
      expect(new Set(python.answers.map(answer => answer.status))).toEqual(new Set([200, 303]))
    } finally {
      await Promise.all([first.close(), second.close()])
    }
  })

  test('a created object comes as a link to it', async () => {
    const made = (await call('made')) as PythonExtension
    expect(python.answers.at(-1)?.status).toBe(201)
    expect(member(await python.invoke(made), 'value')).toBe(9)
  })

  test('what answers a GET form answers the POST that is sent instead, and is not kept', async () => {
    expect(await call('search', ['shoes'])).toBe('shoes to 10')
    expect(python.answers.at(-1)?.header('cache-control')).toBe('no-store')
  })
})

describe('arguments', () => {
  test('published defaults are sent back: literals as themselves, others as nil', async () => {
    expect(await call('hello')).toBe('Hello World')
    expect(await call('year')).toBe(2012)
    const page = await call('Counter')
    expect(member(page, 'value')).toBe(0)
  })

  test('a page handed back whole is the object again, and so are links and forms', async () => {
    const page = await call('find', [6])
    expect(await call('value_of', [page])).toBe(6)
    const link = new PythonExtension('link', (page as PythonExtension).attributes, null)
    expect(await call('value_of', [link])).toBe(6)
    expect(await call('call_it', [member(page, 'double')])).toBe(12)
    expect(await call('call_it', [member(await root(), 'nothing')])).toBe(null)
  })

  test('a page of another server is refused where an object belongs', async () => {
    const foreign = X('resource', D(u('name'), u('Counter'), u('url'), u('http://other.example/C/')), D())
    await expect(call('value_of', [new Wire(foreign)])).rejects.toThrow('HTTPError: 400')
  })

  test.each([
    ['spelt by float.hex', 'f0x1.0000000000000p-1;', 'f0x1.0000000000000p-1;'],
    ['infinite', 'finf;', 'finf;'],
    ['not a number', 'fnan;', 'fnan;'],
    ['zero below zero', 'f-0x0.0p+0;', 'f-0x0.0p+0;'],
    ['a long integer', 'i1267650600228229401496703205376;', 'i1267650600228229401496703205376;'],
    ['a native string', 'b3:abc;', 'b3:abc;'],
    ['empty strings', 'Lu;b;;', 'Lu;b;;'],
    ['a tuple', 'Li1;T;F;N;;', 'Li1;T;F;N;;'],
    ['a sorted set', 'Si1;i2;i3;;', 'Si1;i2;i3;;'],
    ['a dict with native strings as keys', 'Db1:a;i1;b1:b;i2;;', 'Ob1:a;i1;b1:b;i2;;'],
    ['a time', 'd2012-08-12T10:00:00.123456Z;', 'd2012-08-12T10:00:00.123456Z;'],
    ['a whole second', 'd2012-08-12T10:00:00.000000Z;', 'd2012-08-12T10:00:00.000000Z;'],
    ['a duration in short', 'pP3DT2H;', 'pP0Y0M3DT2H0M0S;'],
    ['no duration', 'pP0D;', 'pP0Y0M0DT0H0M0S;'],
    ['a duration below zero', 'p-P1D;', 'p-P0Y0M1DT0H0M0S;'],
  ])('a value is taken and given back: %s', async (_, sent, expected) => {
    const answer = await post('/echo/', O(u('value'), sent))
    expect(answer.status).toBe(200)
    expect(answer.body.toString()).toBe(expected)
  })

  test('blobs come in with their pieces one after the other, or interleaved', async () => {
    const first = 'B0:Du12:content-type;u10:text/plain;;;'
    const second = 'B1:Du12:content-type;b4:Test;;;'
    const root = `Ou5:first;${first}u6:second;${second};`
    for (const pieces of ['c0:2:ab;c0:1:c;c0;c1:3:xyz;c1;', 'c1:1:x;c0:2:ab;c1:2:yz;c1;c0:1:c;c0;']) {
      const answer = await post('/join/', root + pieces)
      expect(answer.body.toString()).toBe('u7:abc|xyz;')
    }
  })

  test('blobs of more than is held in memory come in interleaved', async () => {
    const attributes = 'Du12:content-type;b4:Test;;'
    const root = `Ou5:first;B0:${attributes};u6:second;B1:${attributes};;`
    const piece = (id: number, letter: string) => `c${id}:8192:${letter.repeat(8192)};`
    const pieces = Array.from({ length: 200 }, () => piece(0, 'a') + piece(1, 'b')).join('')
    const answer = await post('/join/', `${root}${pieces}c1;c0;`)
    const size = 200 * 8192
    expect(answer.body.length).toBe(`u${2 * size + 1}:;`.length + 2 * size + 1)
    expect(answer.body.subarray(9 + size - 1, 9 + size + 2).toString()).toBe('a|b')
  })

  test('arguments under byte strings are taken, each once', async () => {
    expect((await post('/hello/', 'Db4:name;u3:bob;;')).body.toString()).toBe('u9:Hello bob;')
    expect((await post('/hello/', 'Db4:name;u3:bob;u4:name;u3:eve;;')).status).toBe(400)
  })

  test('a GET with what requests makes of parameters gives its arguments as text', async () => {
    const url = new URL('/search/?query=red+shoes%C3%A9&limit=5', server.url).href
    expect(await python.fetch('GET', url)).toBe('red shoesé to 5')
  })

  test('a GET with encoded arguments gives them by type', async () => {
    const query = encodeURIComponent('Ou5:limit;i5;u5:query;u9:red shoes;;').replaceAll('%20', '+')
    const url = new URL(`/search/?${query}`, server.url).href
    expect(await python.fetch('GET', url)).toBe('red shoes to 5')
  })
})

describe('answers', () => {
  test('every value is read, and a time has digits after its seconds', async () => {
    const values = (await call('everything')) as Map<string, unknown>
    expect(values.get('integer')).toBe(2 ** 53 - 1)
    expect(values.get('large')).toBe(2n ** 100n)
    expect(values.get('float')).toBe(0.5)
    expect(values.get('infinity')).toBe(Number.NEGATIVE_INFINITY)
    expect(values.get('text')).toBe('naïve 💩')
    expect(values.get('empty')).toBe('')
    expect(values.get('bytes')).toEqual(Buffer.from([1, 2, 3]))
    expect(values.get('set')).toEqual(new Set([1, 'one']))
    expect([...(values.get('ordered') as Map<string, unknown>).keys()]).toEqual(['z', 'a'])
    expect(values.get('date')).toEqual(fixedTime)
    expect(await call('wait')).toBe('P0Y0M3DT2H0M0S')
  })

  test('nil is 204 without a body', async () => {
    expect(await call('nothing')).toBe(null)
    expect(python.answers.at(-1)?.status).toBe(204)
    expect(await call('note', ['a', 'b'])).toBe(null)
    expect(await call('notes')).toEqual(new Map([['a', 'b']]))
  })

  test('a lone blob comes encoded, with its content type as text', async () => {
    const picture = (await call('picture')) as PythonBlob
    expect(picture).toBeInstanceOf(PythonBlob)
    expect(picture.content).toEqual(Buffer.from([0x89, 0x50]))
    expect(python.answers.at(-1)?.header('content-type')).toBe('application/vnd.hyperglyph')
    const answer = await post('/lower/', 'Ou4:file;B0:Du12:content-type;b4:Test;;;;c0:4:TEST;c0;')
    expect(answer.body.toString()).toBe('B0:Du12:content-type;u4:Test;u4:size;i4;;;c0:4:test;c0;')
    const echoed = await post('/echo/', 'Ou5:value;B0:Du12:content-type;b4:Test;;;;c0:4:TEST;c0;')
    expect(echoed.body.toString()).toBe('B0:Du12:content-type;u4:Test;u4:size;i4;;;c0:4:TEST;c0;')
  })

  test.each([
    ['a fault', '/missing/', 'O;', 404, 'not_found'],
    ['an accident', '/crash/', 'O;', 500, 'internal'],
    ['no such path', '/absent/', 'O;', 404, 'not_found'],
    ['a missing argument', '/echo/', 'O;', 400, 'missing_argument'],
    ['a body that breaks off', '/echo/', 'Ou5:value;', 400, 'malformed'],
    ['a POST to a page', '/', 'O;', 405, 'method_not_allowed'],
  ])(
    'an error has its status and an error extension as its body: %s',
    async (_, path, body, status, code) => {
      const answer = await post(path, body)
      expect(answer.status).toBe(status)
      expect(answer.body.toString()).toMatch(/^Xu5:error;D.*u6:logref;/)
      expect(answer.body.toString()).toContain(u('code') + u(code))
      expect(answer.body.toString()).not.toContain('secret')
    },
  )

  test('an empty body is no arguments, too', async () => {
    expect((await post('/hello/', '')).body.toString()).toBe('u11:Hello World;')
  })
})

test.each([
  ['http://h/a/b/c', '../d', 'http://h/a/d'],
  ['http://h/a/b/c', './', 'http://h/a/b/'],
  ['http://h/a/b/?q', '', 'http://h/a/b/?q'],
  ['http://h/a/b/?q', '?r', 'http://h/a/b/?r'],
  ['http://h/a/b/', '../..', 'http://h/'],
  ['http://h/a', '/x/../y', 'http://h/x/../y'],
])('urljoin of Python 2, as used here: %s and %s', (base, reference, expected) => {
  expect(urljoin(base, reference)).toBe(expected)
})
