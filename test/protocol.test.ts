// The worked examples of spec/protocol.md are what our client and server send each other: this test plays them
// in each encoding, and compares. `UPDATE=1 npx vitest run test/protocol.test.ts` writes them into the document.

import { readFileSync, writeFileSync } from 'node:fs'
import { beforeAll, expect, test } from 'vitest'
import { get, local, RemoteError, type Transport } from '../client/index.js'
import { blob } from '../lib/blob.js'
import { codecs } from '../lib/codecs.js'
import { Fault } from '../lib/fault.js'
import { created, type Fetcher, inline, Resource, Router, redirect, safe } from '../server/index.js'
import { annotated, bytesOf } from './diagnostic.js'

const file = new URL('../spec/protocol.md', import.meta.url)
const names = ['text', 'cbor', 'json'] as const
type Encoding = (typeof names)[number]

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
})

interface Message {
  readonly head: string
  readonly body: Uint8Array
}
interface Exchange {
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
  return async request => {
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
}

/** What a client does, and which of its exchanges are the examples. */
async function play(type: string): Promise<ReadonlyMap<string, Exchange>> {
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
  for await (const _ of await api.count(3)) last('stream')
  await expect(get('http://example.org/User/oWJpZGZub2JvZHk/', { transport })).rejects.toThrow(RemoteError)
  last('error')
  return examples
}

const played = new Map<Encoding, ReadonlyMap<string, Exchange>>()
let document = ''

beforeAll(async () => {
  for (const [encoding, type] of [
    ['text', 'application/vnd.hyperglyph'],
    ['cbor', 'application/vnd.hyperglyph+cbor'],
    ['json', 'application/vnd.hyperglyph+json'],
  ] as const) {
    played.set(encoding, await play(type))
  }
  document = readFileSync(file, 'utf8')
  if (process.env.UPDATE === undefined) return
  document = document.replace(fence, (_, ...groups) => {
    const [info, example, part] = groups as string[]
    return `\`\`\`${info} ${example} ${part}\n${shown(info, example, part)}\n\`\`\``
  })
  writeFileSync(file, document)
})

/** ```` ```cbor page response ````: how, which exchange, and which half of it. */
const fence = /```(http|text|json|cbor) (\w+) (request|response)\n([\s\S]*?)\n?```/g

interface Block {
  readonly info: string
  readonly example: string
  readonly part: string
  readonly content: string
}

const blocks = (): Block[] =>
  Array.from(
    readFileSync(file, 'utf8').matchAll(fence),
    ([, info = '', example = '', part = '', content = '']) => ({
      info,
      example,
      part,
      content,
    }),
  )

function exchangeOf(info: string, example: string): Exchange {
  const found = played.get(info === 'http' ? 'text' : (info as Encoding))?.get(example)
  if (found === undefined) throw new Error(`no exchange is called ${example}`)
  return found
}

function shown(info = '', example = '', part = ''): string {
  const message = exchangeOf(info, example)[part as keyof Exchange]
  switch (info) {
    case 'http':
      return message.head
    case 'cbor':
      return annotated(message.body)
    case 'json':
      return prettyJson(Buffer.from(message.body).toString())
    default:
      return wrapped(Buffer.from(message.body).toString())
  }
}

/** The root on lines of its own; pieces stay on one line each, as they are. */
function prettyJson(text: string): string {
  const [root = '', ...pieces] = text.trimEnd().split('\n')
  return [pretty(JSON.parse(root), ''), ...pieces].join('\n')
}

/** Objects that fit a line stay on it. */
function pretty(value: unknown, indent: string): string {
  const line = JSON.stringify(value)
  if (line.length + indent.length < 100 || typeof value !== 'object' || value === null) return line
  const inner = `${indent}  `
  const list = Array.isArray(value)
  const items = list
    ? value.map(item => inner + pretty(item, inner))
    : Object.entries(value).map(([key, item]) => `${inner}${JSON.stringify(key)}: ${pretty(item, inner)}`)
  return `${list ? '[' : '{'}\n${items.join(',\n')}\n${indent}${list ? ']' : '}'}`
}

/** Line breaks after tokens, which the format allows there. */
function wrapped(text: string): string {
  let line = ''
  const lines: string[] = []
  for (const token of text.match(/[^;]*;+/g) ?? []) {
    if (line.length + token.length > 110) {
      lines.push(line)
      line = ''
    }
    line += token
  }
  return [...lines, line].join('\n')
}

test('the examples of the protocol are what client and server send each other', () => {
  const found = blocks()
  for (const { info, example, part, content } of found) {
    expect(`${info} ${example} ${part}\n${content}`).toBe(
      `${info} ${example} ${part}\n${shown(info, example, part)}`,
    )
  }
  const examples = [...(played.get('text')?.keys() ?? [])]
  expect([...new Set(found.map(({ example }) => example))].sort()).toEqual(examples.sort())
})

test('the hexadecimal of the document is the message, byte for byte', () => {
  const found = blocks().filter(({ info }) => info === 'cbor')
  for (const { info, example, part, content } of found) {
    expect(Buffer.from(bytesOf(content))).toEqual(
      Buffer.from(exchangeOf(info, example)[part as keyof Exchange].body),
    )
  }
  expect(found.length).toBeGreaterThan(8)
})

test('the text of the document is the message, apart from its line breaks', () => {
  const found = blocks().filter(({ info }) => info === 'text')
  for (const { info, example, part, content } of found) {
    const { body } = exchangeOf(info, example)[part as keyof Exchange]
    expect(content.replaceAll('\n', '')).toBe(Buffer.from(body).toString().replaceAll('\n', ''))
  }
  expect(found.length).toBeGreaterThan(8)
})

test('the three encodings of an example hold the same', () => {
  // But for what servers of text need: their own defaults, and absolute URLs.
  const others = ['form request', 'reference request']
  const alike = [...(played.get('text')?.keys() ?? [])].flatMap(example =>
    (['request', 'response'] as const).map(part => [example, part] as const),
  )
  for (const [example, part] of alike.filter(pair => !others.includes(pair.join(' ')))) {
    const [first, ...rest] = names.map(encoding => {
      const { head, body } = exchangeOf(encoding, example)[part]
      const type = /^content-type: (.*)$/m.exec(head)?.[1] ?? ''
      const value = codecs.get(type)?.decode(body)
      return JSON.stringify(value instanceof Map ? Object.fromEntries(value) : value)
    })
    for (const other of rest) expect(other).toBe(first)
  }
  expect(alike.length).toBeGreaterThan(20)
})
