// The conversation that is shown in spec/protocol.md: what a client does in one encoding, and every message of it.

import { expect } from 'vitest'
import { get, local, RemoteError, type Transport } from '../client/index.js'
import { blob } from '../lib/values/blob.js'
import { Fault } from '../lib/values/fault.js'
import { created, type Fetcher, inline, Resource, Router, redirect, safe } from '../server/index.js'

class User extends Resource {
  constructor(readonly id: string) {
    super()
    if (id === 'nobody') throw new Fault('no such user', { status: 404, code: 'not_found', details: { id } })
  }
  @safe bio() {
    return `the life of ${this.id}`
  }
  message(subject: string, body = '') {
    return subject + body === '' ? undefined : null
  }
}

class Note {
  constructor(readonly number: number) {}
  @inline text() {
    return 'Milk'
  }
}

const find_user = redirect((name: string) => new User(name))

/** The server of the first example: a root page that fits a page. */
const small = new Router({ User, find_user })

const router = new Router({
  User,
  Note,
  find_user,
  search: safe((words: string[], most = 10) => words.slice(0, most)),
  upload: (title: string, content: unknown) => [title, content],
  knows: (one: User, other: User) => one.id < other.id,
  friends: () => [new User('bob'), new User('eve')],
  write: () => created(new Note(1)),
  photo: () => blob('pixels', 'image/png'),
  *count(to: number) {
    for (let number = 1; number <= to; number++) yield number
  },
  *tail() {
    yield 'a line'
    throw new Fault('the disk is gone', { status: 503, code: 'unavailable' })
  },
  *scans() {
    yield blob('pixels', 'image/png')
  },
})

/** The same, as it answers pipelines. */
const pipelined: Fetcher = { fetch: request => router.fetch(request, { pipeline: true } as never) }
const smallPipelined: Fetcher = { fetch: request => small.fetch(request, { pipeline: true } as never) }

export interface Message {
  readonly head: string
  readonly body: Uint8Array
}
export interface Exchange {
  readonly request: Message
  readonly response: Message
}

const shownHeaders = [
  'accept',
  'content-type',
  'location',
  'allow',
  'cache-control',
  'vary',
  'referrer-policy',
]

const headOf = (line: string, header: (name: string) => string | null | undefined): string =>
  [line, ...shownHeaders.flatMap(name => (header(name) ? [`${name}: ${header(name)}`] : []))].join('\n')

async function gathered(body: AsyncIterable<Uint8Array> | Uint8Array | undefined): Promise<Uint8Array> {
  if (body === undefined || body instanceof Uint8Array) return body ?? new Uint8Array(0)
  const chunks: Uint8Array[] = []
  for await (const chunk of body) chunks.push(chunk)
  return Buffer.concat(chunks)
}

/** Every exchange of a client that reads one media type. */
function recording(type: string, exchanges: Exchange[], served: Fetcher): Transport {
  const transport = local(served)
  const exchange: Transport = async request => {
    const body = await gathered(request.body)
    const headers = { ...request.headers, accept: type }
    const path = request.url.slice('http://example.org'.length)
    const response = await transport({ ...request, headers, body: body.length === 0 ? undefined : body })
    const answer = await gathered(response.body)
    exchanges.push({
      request: {
        head: headOf(`${request.method} ${path} HTTP/1.1`, name => headers[name as keyof typeof headers]),
        body,
      },
      response: { head: headOf(`HTTP/1.1 ${response.status}`, response.header), body: answer },
    })
    return {
      ...response,
      header: response.header,
      body: (async function* () {
        yield answer
      })(),
    }
  }
  // As over a socket: what is asked for in one turn of the event loop travels together.
  return Object.assign(exchange, { afterTurn: process.nextTick })
}

/** What a client does, and which of its exchanges are the examples. */
export async function play(type: string): Promise<ReadonlyMap<string, Exchange>> {
  const exchanges: Exchange[] = []
  const examples = new Map<string, Exchange>()
  const last = (name: string, back = 1) => examples.set(name, exchanges.at(-back) as Exchange)
  await get('http://example.org/', { transport: recording(type, exchanges, small) })
  last('root')
  const transport = recording(type, exchanges, router)
  const api = await get<typeof router>('http://example.org/', { transport })
  const bob = await api.find_user('bob')
  last('redirect', 2)
  last('page')
  await bob.message('lol')
  last('form')
  await api.search(['a', 'b'])
  last('query')
  await api.knows(bob, await api.User('eve'))
  last('reference')
  await api.friends()
  last('pages')
  await api.write()
  last('created')
  await api.upload('two words', blob('Hello', 'text/plain'))
  last('blob')
  await api.photo()
  last('photo')
  await collect(api.count(3))
  last('stream')
  await expect(collect(api.tail())).rejects.toThrow('the disk is gone')
  last('broken')
  for await (const scan of await api.scans()) await scan.bytes()
  last('scans')
  await expect(get('http://example.org/User/oWJpZGZub2JvZHk/', { transport })).rejects.toThrow(RemoteError)
  last('error')
  await playPipelines(type, exchanges, last)
  return examples
}

async function collect<T>(source: AsyncIterable<T> | PromiseLike<AsyncIterable<T>>): Promise<T[]> {
  const items: T[] = []
  for await (const item of await source) items.push(item)
  return items
}

async function playPipelines(
  type: string,
  exchanges: Exchange[],
  last: (name: string, back?: number) => void,
): Promise<void> {
  await get('http://example.org/', { transport: recording(type, exchanges, smallPipelined) })
  last('pipeline')
  const transport = recording(type, exchanges, pipelined)
  const api = await get<typeof router>('http://example.org/', { transport })
  await api.find_user('bob').bio()
  last('chain')
  await Promise.allSettled([api.User('nobody').bio(), api.upload('a', 'b')])
  last('failing')
  const bob = api.User('bob')
  await Promise.all([api.knows(bob, api.User('eve')), bob.id])
  last('branches')
  await api.friends().map(friend => ({ id: friend.id, bio: friend.bio() }))
  last('walk')
  await api.friends().map(one => api.friends().map(other => api.knows(one, other)))
  last('walks')
  await (api.User('bob').bio() as unknown as { length: Promise<number> }).length
  last('left')
  await api.friends().map(friend => (friend.bio() as unknown as { length: Promise<number> }).length)
  last('rest')
}
