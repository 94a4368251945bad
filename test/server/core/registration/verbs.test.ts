// Methods, envelopes and statuses: through our client, and as requests written by hand.

import { expect, test } from 'vitest'
import { get, local, RemoteError } from '../../../../client/index.js'
import { cbor } from '../../../../lib/codecs.js'
import { blob } from '../../../../lib/values/blob.js'
import { Fault } from '../../../../lib/values/fault.js'
import type { Form, Page } from '../../../../lib/values/nodes.js'
import { created, form, Resource, Router, redirect, safe, verb } from '../../../../server/index.js'
import { ask, construct } from '../../peer.js'

const done: unknown[] = []
const note = (...what: unknown[]) => {
  done.push(what)
  return what
}

class Note extends Resource {
  constructor(readonly id: string) {
    super()
  }
  post(one: unknown, two = 2) {
    return note('post', one, two)
  }
  @verb('POST', { envelope: 'blob' }) async upload(content: Blob) {
    return note('upload', content.type, await content.text())
  }
  @verb('POST', { envelope: 'none' }) bump() {
    return note('bump')
  }
  @verb('PUT') replace(content: unknown, tag = 'none') {
    return note('replace', content, tag)
  }
  @verb('PUT', { envelope: 'blob' }) async store(content: Blob) {
    return note('store', content.type, await content.text())
  }
  @verb('PATCH') change(changes: Record<string, unknown>) {
    return note('change', changes)
  }
  @verb('PATCH', { envelope: 'blob' }) async append(content: Blob) {
    return note('append', await content.text())
  }
  @verb('DELETE') remove() {
    return note('remove')
  }
  @verb('DELETE') remove_for(reason: string) {
    return note('remove_for', reason)
  }
  @verb('DELETE', { envelope: 'query' }) remove_at(at: Date, reason = 'none') {
    return note('remove_at', at, reason)
  }
  @verb('DELETE', { envelope: 'blob' }) async remove_with(content: Blob) {
    return note('remove_with', await content.text())
  }
  @safe find(query: unknown, page = 1) {
    return note('find', query, page)
  }
  @safe read() {
    return note('read')
  }
}

const router = new Router({
  Note,
  nothing: () => null,
  undefined: () => undefined,
  made: () => created(new Note('made')),
  moved: redirect(() => new Note('moved')),
  conditional: () => form(new Note('x'), 'post', { headers: { 'If-Match': '"tag"' } }),
  refuse: (status: number) => {
    throw new Fault('refused', { status, code: 'refused' })
  },
})
// biome-ignore lint/suspicious/noExplicitAny: the client's types are tested elsewhere.
const api = (await get('http://local/', { transport: local(router) })) as any
const path = await construct(router, 'Note', { id: 'x' })

test.each<[method: string, name: string, args: unknown[], result: unknown[]]>([
  ['POST', 'post', [{ deep: [1] }], [{ deep: [1] }, 2]],
  ['POST', 'upload', [blob('text', 'text/csv')], ['text/csv', 'text']],
  ['POST', 'bump', [], []],
  ['PUT', 'replace', ['c', 't'], ['c', 't']],
  ['PUT', 'store', [new TextEncoder().encode('bytes')], ['application/octet-stream', 'bytes']],
  ['PATCH', 'change', [{ a: null }], [{ a: null }]],
  ['PATCH', 'append', ['more'], ['more']],
  ['DELETE', 'remove', [], []],
  ['DELETE', 'remove_for', ['old'], ['old']],
  ['DELETE', 'remove_at', [new Date(5), '=&? ü'], [new Date(5), '=&? ü']],
  ['DELETE', 'remove_with', ['why'], ['why']],
  ['GET', 'find', [{ a: new Set([1]) }, 2], [{ a: new Set([1]) }, 2]],
  ['GET', 'find', ['q=1&r'], ['q=1&r', 1]],
  ['GET', 'read', [], []],
])('our client sends a %s for %s(%j)', async (method, name, given, result) => {
  const sent: Request[] = []
  const watched = local({
    fetch: request => {
      sent.push(request)
      return router.fetch(request)
    },
  })
  // biome-ignore lint/suspicious/noExplicitAny: as above.
  const page = (await get(`http://local${path}`, { transport: watched })) as any
  done.length = 0
  expect(await page[name](...given)).toEqual([name, ...result])
  expect(done).toEqual([[name, ...result]])
  expect(sent.at(-1)?.method).toBe(method)
})

const types = ['application/json', 'application/vnd.hyperglyph', 'application/vnd.hyperglyph+json']
const more = ['application/vnd.hyperglyph+cbor', 'application/x-www-form-urlencoded', 'multipart/form-data']
test.each([...types, ...more])('a blob of type %s is sent as it is, and arrives so', async type => {
  const page = await get<typeof api>(`http://local${path}`, { transport: local(router) })
  for (const name of ['upload', 'store', 'append', 'remove_with']) {
    for (const content of ['{"content":1}', 'Nothing that could be read', '']) {
      expect((await page[name](blob(content, type))).at(-1)).toBe(content)
    }
  }
})

test('a JSON file from anybody is the blob, with its type and to the byte', async () => {
  for (const body of ['{"a":1}', '[1, 2]', '{"content":"x"}', 'null', '{"$extension":"link"', '"x" ']) {
    const { value } = await ask(router, `${path}store`, { method: 'PUT', body, type: 'application/json' })
    expect(value).toEqual(['store', 'application/json', body])
  }
})

test.each<[method: string, name: string, question: object, result: unknown[]]>([
  ['PUT', 'replace', { body: 'content=c&tag=t', type: 'application/x-www-form-urlencoded' }, ['c', 't']],
  ['PUT', 'store', { body: 'raw', type: 'image/png' }, ['image/png', 'raw']],
  ['PUT', 'store', { args: { content: blob('in a dict', 'text/x') } }, ['text/x', 'in a dict']],
  ['PUT', 'store', { args: blob('by itself', 'text/y') }, ['text/y', 'by itself']],
  [
    'POST',
    'upload',
    { body: '', type: 'text/plain', headers: { 'content-length': '0' } },
    ['text/plain', ''],
  ],
  ['POST', 'bump', {}, []],
  ['DELETE', 'remove', {}, []],
  ['DELETE', 'remove_at?at=today', {}, ['today', 'none']],
  ['POST', 'find', { args: { query: 'posted' } }, ['posted', 1]],
  ['POST', 'read', { args: {} }, []],
  ['GET', 'find?query=q', {}, ['q', 1]],
])('a request by hand does: %s %s %j', async (method, name, question, result) => {
  const { value, headers } = await ask(router, path + name, { method, ...question })
  expect(value).toEqual([name.split('?')[0], ...result])
  expect(headers.get('cache-control')).toBe(cacheable[`${method} ${name.split('?')[0]}`] ?? null)
})
const cacheable: Record<string, string> = {
  'GET find': 'private, no-cache',
  'POST find': 'no-store',
  'POST read': 'no-store',
}

test.each<[method: string, name: string, question: object, status: number]>([
  ['PUT', 'replace', { args: { content: 'c' } }, 200],
  ['put', 'replace', { args: { content: 'c' } }, 200],
  ['DELETE', 'remove', {}, 200],
  ['DELETE', 'remove_at?at=x', {}, 200],
  ['GET', 'find?query=x', {}, 200],
  ['GET', 'replace', { args: { content: 'c' } }, 405],
  ['PATCH', 'replace', { args: { content: 'c' } }, 405],
])('a POST that names %s in the header Method is one, for %s', async (method, name, question, status) => {
  const answer = await ask(router, path + name, { method: 'POST', headers: { Method: method }, ...question })
  expect(answer.status).toBe(status)
})

test('the header Method changes POST only', async () => {
  const { status } = await ask(router, `${path}remove`, { method: 'GET', headers: { Method: 'DELETE' } })
  expect(status).toBe(405)
})

test.each<[path: string, methods: string[], allow: string]>([
  ['/', ['POST', 'PUT', 'DELETE'], 'GET, HEAD'],
  ['/Note/', ['GET', 'HEAD', 'PUT'], 'POST'],
  [path, ['POST', 'PATCH', 'OPTIONS'], 'GET, HEAD'],
  [`${path}post`, ['GET', 'HEAD', 'PUT', 'DELETE'], 'POST'],
  [`${path}read`, ['PUT', 'DELETE'], 'GET, HEAD, POST'],
  [`${path}replace`, ['GET', 'POST', 'PATCH'], 'PUT'],
  [`${path}remove`, ['GET', 'POST'], 'DELETE'],
])('other methods than %s has are answered with 405 and what it allows', async (at, methods, allow) => {
  for (const method of methods) {
    const { status, headers } = await ask(router, at, { method })
    expect([method, status, headers.get('allow')]).toEqual([method, 405, allow])
  }
})

test('HEAD is GET without the body', async () => {
  for (const at of ['/', path, `${path}read`, `${path}find?query=1`]) {
    const head = await ask(router, at, { method: 'HEAD' })
    const full = await ask(router, at)
    expect([head.status, head.bytes.length]).toEqual([200, 0])
    expect(Object.fromEntries(head.headers)).toEqual(Object.fromEntries(full.headers))
  }
})

test('HEAD of a streamed blob ends its producer', async () => {
  const ended: string[] = []
  let started = 0
  async function* produce() {
    started++
    try {
      yield new Uint8Array(10)
    } finally {
      ended.push('produced')
    }
  }
  const files = new Router({
    raw: safe(() => blob(produce(), 'text/plain')),
    both: safe(() => [blob(produce())]),
  })
  for (const at of ['/raw/', '/both/']) {
    const { status, bytes } = await ask(files, at, { method: 'HEAD', accept: '*/*' })
    expect([status, bytes.length]).toEqual([200, 0])
  }
  expect((await ask(files, '/raw/', { accept: '*/*' })).bytes.length).toBe(10)
  expect(ended).toHaveLength(started)
})

test('results have the status that says what they are', async () => {
  expect(await ask(router, '/nothing/', { args: {} })).toMatchObject({ status: 204, text: '' })
  expect(await ask(router, '/undefined/', { args: {} })).toMatchObject({ status: 204, text: '' })
  expect(await ask(router, '/moved/', { args: {} })).toMatchObject({ status: 303, text: '' })
  const made = await ask(router, '/made/', { args: {} })
  expect([made.status, (made.value as Page).title]).toEqual([201, 'Note'])
  expect(made.location).toMatch(/^\.\.\/Note\/[\w-]+\/$/)
  expect(await api.nothing()).toBe(null)
  expect((await api.made()).id).toBe('made')
  expect((await api.moved()).id).toBe('moved')
})

test.each([400, 403, 404, 409, 418, 422, 429, 500, 503])(
  'a Fault has the status that was given to it: %d',
  async status => {
    expect(await ask(router, '/refuse/', { args: { status } })).toMatchObject({
      status,
      value: { code: 'refused' },
    })
    const error: RemoteError = await api.refuse(status).catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(RemoteError)
    expect([error.status, error.code]).toEqual([status, 'refused'])
  },
)

test('a message above a limit is answered with 413', async () => {
  const small = new Router({ take: (value: unknown) => value }, { limits: { messageBytes: 100, depth: 4 } })
  const limit = async (args: object, type = cbor.type) => (await ask(small, '/take/', { args, type })).value
  expect(await limit({ value: 'x'.repeat(200) })).toMatchObject({
    code: 'limit',
    details: { limit: 'messageBytes' },
  })
  expect(await limit({ value: [[[[[1]]]]] })).toMatchObject({ code: 'limit', details: { limit: 'depth' } })
  const url = { body: `value=${'x'.repeat(200)}`, type: 'application/x-www-form-urlencoded' }
  expect((await ask(small, '/take/', url)).status).toBe(413)
  expect((await ask(small, '/take/', { args: { value: [[1]] } })).value).toEqual([[1]])
})

test('a form sends the headers that it was drawn with', async () => {
  const node = (await ask(router, '/conditional/', { args: {} })).value as Form
  expect(node.attributes.headers).toEqual({ 'If-Match': '"tag"' })
  const seen: (string | null)[] = []
  const transport = local({
    fetch: request => {
      seen.push(request.headers.get('if-match'))
      return router.fetch(request)
    },
  })
  // biome-ignore lint/suspicious/noExplicitAny: as above.
  const post = await ((await get('http://local/', { transport })) as any).conditional()
  expect(await post(1)).toEqual(['post', 1, 2])
  expect(seen).toEqual([null, null, '"tag"'])
})
