// What a Fault holds: its objects are pages, its references functions, whether it was the answer of a call by itself, of
// one among others, or the end of a stream.

import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { get, isPage, local, RemoteError, url } from '../../../client/index.js'
import { cbor, codecs, json, text } from '../../../lib/codecs.js'
import { ItemStream } from '../../../lib/values/stream.js'
import { Fault, link, Resource, Router, safe } from '../../../server/index.js'
import { failure } from '../failure.js'

class User extends Resource {
  constructor(readonly id: string) {
    super()
  }
  hello() {
    return `hello ${this.id}`
  }
}

const slowly = async <T>(value: T): Promise<T> => {
  await sleep(5)
  return value
}

const fault = () =>
  new Fault('taken', {
    code: 'taken',
    status: 409,
    details: {
      by: new User('bob'),
      all: [new User('tef'), { deep: slowly(new User('eve')) }],
      hello: link(new User('bob'), 'hello'),
      find: members.find,
    },
  })

const members = {
  User,
  find: (id: string) => new User(id),
  ok: () => 1,
  fails: () => {
    throw fault()
  },
  asked: safe(() => {
    throw fault()
  }),
  *stream() {
    yield new User('first')
    throw fault()
  },
  late: safe(async function* () {
    yield 1
    await sleep(5)
    throw fault()
  }),
}
const router = new Router(members, { pipeline: true })

// biome-ignore lint/suspicious/noExplicitAny: what is called is chosen by name.
type Untyped = any

async function readAll(stream: Promise<AsyncIterable<unknown>>): Promise<unknown> {
  for await (const _ of await stream);
  return undefined
}

const ways: readonly (readonly [string, (api: Untyped) => Promise<unknown>])[] = [
  ['a call', api => api.fails()],
  ['a safe call', api => api.asked()],
  ['one of many calls', api => Promise.all([api.ok(), api.fails()])],
  ['what another depends on', api => api.find(api.fails())],
  ['a walk', api => api.fails().map((item: Untyped) => item.id)],
  ['a stream', api => readAll(api.stream())],
  ['a stream that is late', api => readAll(api.late())],
]

describe.each([true, false])('with coalesce %s', coalesce => {
  test.each(ways)('the error of %s holds pages and functions', async (_, run) => {
    const api: Untyped = await get('http://a.example/', { transport: local(router), coalesce, retries: 0 })
    const error = await failure((async () => run(api))())
    expect(error).toBeInstanceOf(RemoteError)
    const { details } = error as Untyped
    expect(error).toMatchObject({ status: 409, code: 'taken' })
    expect(isPage(details.by)).toBe(true)
    expect(url(details.by)).toMatch(/^http:\/\/a\.example\/User\//)
    expect(await details.by.hello()).toBe('hello bob')
    expect(details.all.map((item: Untyped) => isPage(item))).toEqual([true, false])
    expect(await details.all[1].deep.hello()).toBe('hello eve')
    expect(await details.hello()).toBe('hello bob')
    expect(await (await details.find('x')).hello()).toBe('hello x')
    // What was caught goes on as an argument.
    expect(await (await api.find(details.by.id)).hello()).toBe('hello bob')
  })
})

test.each([cbor, json, text].map(codec => [codec.type, codec] as const))(
  'the end of a stream in %s has its objects by the URLs of the request',
  async (accept, codec) => {
    expect(codecs.get(accept)).toBe(codec)
    for (const name of ['stream', 'late']) {
      const request = new Request(`http://a.example/${name}/`, {
        method: 'POST',
        headers: { accept },
        body: '',
      })
      const { body } = await router.fetch(request)
      const stream = await codec.decodeStream(body as never, { baseUrl: request.url })
      expect(stream).toBeInstanceOf(ItemStream)
      const error = (await failure(readAll(Promise.resolve(stream as ItemStream)))) as Untyped
      expect(error).toBeInstanceOf(Fault)
      expect(error.details.by.url).toMatch(/^http:\/\/a\.example\/User\/[\w-]+\/$/)
      expect(error.details.all[1].deep.url).toMatch(/^http:\/\/a\.example\/User\/[\w-]+\/$/)
    }
  },
)

test('a stream whose Fault holds what cannot travel, or a promise that rejects, ends in an internal error', async () => {
  const lines: unknown[] = []
  const log = { error: (...said: unknown[]) => lines.push(said), warn: () => 0, info: () => 0 }
  const broken = new Router(
    {
      *closure() {
        yield 1
        throw new Fault('no', { details: { of: () => 1 } })
      },
      *rejecting() {
        yield 1
        throw new Fault('no', { details: { of: slowly(0).then(() => Promise.reject(new Error('late'))) } })
      },
    },
    { log },
  )
  const api: Untyped = await get('http://a.example/', { transport: local(broken) })
  for (const name of ['closure', 'rejecting'])
    expect(await failure(readAll(api[name]()))).toMatchObject({ status: 500, code: 'internal' })
  expect(lines).toHaveLength(2)
})
