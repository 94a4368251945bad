// The client: whatever a server answers, a program gets a value or one of the errors that are documented; its
// headers reach no other origin; and no request is made but by http.

import { setTimeout as sleep } from 'node:timers/promises'
import {
  call,
  DecodeError,
  EncodeError,
  get,
  NetworkError,
  named,
  RemoteError,
  type Transport,
  type TransportRequest,
  Unsent,
} from '../../client/index.js'
import { Blob } from '../../lib/values/blob.js'
import { Fault } from '../../lib/values/fault.js'
import { ItemStream } from '../../lib/values/stream.js'
import { hostileAnswers, parseAnswers, type RawAnswer, urls, writeAnswers } from './hostile.js'
import { Finding, hashOf, isAccident, latin1, type Target } from './target.js'

const origin = 'http://fuzz.example'
const secret = 'what-other-origins-may-not-see'
const mostRequests = 30
const mostCalls = 6

/** A server that says what it was told to, over and over. */
class Hostile {
  readonly #answers: readonly RawAnswer[]
  readonly #cut: number
  #count = 0
  broken: Finding | undefined

  constructor(bytes: Uint8Array) {
    this.#answers = parseAnswers(bytes)
    this.#cut = hashOf(bytes) % 5
  }

  readonly transport: Transport = async request => {
    this.#look(request)
    if (this.#count >= mostRequests) throw new Unsent(new Error('enough'))
    const answer = this.#answers[this.#count++ % this.#answers.length] as RawAnswer
    return {
      status: answer.status,
      header: header => answer.headers.get(header),
      body: this.#body(answer.body),
    }
  }

  #look({ url, headers, method }: TransportRequest): void {
    const { protocol, origin: asked } = new URL(url)
    if (protocol !== 'http:' && protocol !== 'https:') this.broken ??= new Finding('another protocol', url)
    if (asked !== origin && Object.values(headers).some(value => value.includes(secret))) {
      this.broken ??= new Finding('credentials of another origin', url)
    }
    const lines = [method, ...Object.entries(headers).flat()]
    if (lines.some(line => /[\r\n\0]/.test(line)))
      this.broken ??= new Finding('a header of two lines', lines.join('|'))
  }

  /** In two pieces; now and then it breaks in between. */
  async *#body(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
    const half = bytes.length >> 1
    yield bytes.slice(0, half)
    if (this.#cut === 0 && this.#count > 1) throw new Error('reset')
    yield bytes.slice(half)
  }
}

/** What the client says where a result has no such method: the words are those of the language. */
const ownWords = /\.(?:next|map) is not a function$/

/** Throws Finding for an error that is none of those that a program is told of. */
function classified(error: unknown): void {
  if (error instanceof RemoteError || error instanceof NetworkError || error instanceof DecodeError) return
  if (error instanceof EncodeError || error instanceof Fault) return
  if (error instanceof TypeError && (!isAccident(error) || ownWords.test(error.message))) return
  throw new Finding('unclassified error', String(error), { cause: error })
}

async function settled(run: () => unknown): Promise<unknown> {
  try {
    return await run()
  } catch (error) {
    classified(error)
    return undefined
  }
}

const sent: readonly (readonly unknown[])[] = [
  [],
  ['x'],
  [1, { a: [new Uint8Array(1)] }],
  [named({ name: 'x' })],
]

/** Uses what came, as programs do. */
class Explorer {
  #left = mostCalls
  #seed: number

  constructor(seed: number) {
    this.#seed = seed
  }

  async value(value: unknown, depth: number): Promise<void> {
    if (value instanceof Blob) await settled(() => value.bytes())
    else if (value instanceof ItemStream) await settled(() => this.#items(value))
    else if (typeof value === 'function') await this.#call(value as (...args: unknown[]) => unknown, depth)
    else if (typeof value === 'object' && value !== null) await this.#page(value, depth)
  }

  async #items(stream: ItemStream): Promise<void> {
    for await (const item of stream) void item
  }

  async #page(page: object, depth: number): Promise<void> {
    await settled(() => JSON.stringify(page, (_, item) => (typeof item === 'bigint' ? String(item) : item)))
    for (const name of Object.getOwnPropertyNames(page).slice(0, mostCalls)) {
      const member: unknown = Object.getOwnPropertyDescriptor(page, name)?.value
      if (typeof member !== 'function' || this.#left === 0) continue
      const args = sent[this.#seed % sent.length] as readonly unknown[]
      await this.#called(() => call(page as { [name: string]: unknown }, name, ...(args as [])), depth)
      // Two in one turn, and one on the other's result: a pipeline, where the page names one.
      const ahead = () => (member as (...args: unknown[]) => { next(other: unknown): unknown })(...args)
      await this.#called(() => ahead().next(ahead()), depth)
      if (this.#seed % 2 === 0) await this.#called(() => mapped(ahead()), depth)
    }
  }

  async #call(member: (...args: unknown[]) => unknown, depth: number): Promise<void> {
    await this.#called(() => member(...(sent[this.#seed % sent.length] as readonly unknown[])), depth)
  }

  async #called(run: () => unknown, depth: number): Promise<void> {
    if (this.#left === 0) return
    this.#left--
    this.#seed = (this.#seed >>> 1) + 1
    const value = await settled(run)
    if (depth > 0) await this.value(value, depth - 1)
  }
}

const mapped = (list: unknown) =>
  (list as { map(each: (item: { next(): unknown }) => unknown): unknown }).map(item => item.next())

async function check(bytes: Uint8Array): Promise<void> {
  const server = new Hostile(bytes)
  const unobserved: unknown[] = []
  const options = {
    transport: server.transport,
    headers: { authorization: secret },
    retries: 0,
    limits: { retryAfter: 0 },
    onUnobserved: (error: unknown) => void unobserved.push(error),
  }
  const page = await settled(() => get(`${origin}/start/`, options))
  await new Explorer(hashOf(bytes)).value(page, 2)
  await sleep(0)
  for (const error of unobserved) classified(error)
  if (server.broken !== undefined) throw server.broken
}

const seeds = [
  { status: 200, headers: new Map([['content-type', 'text/html']]), body: latin1('<p>') },
  { status: 302, headers: new Map([['location', '/x']]), body: latin1('') },
  { status: 500, headers: new Map([['content-type', 'text/plain']]), body: latin1('Traceback\nError: x') },
]

export const clientTarget = (): Target => ({
  name: 'client',
  seeds: seeds.map(answer => writeAnswers([answer])),
  words: [
    ...urls,
    'content-type: ',
    'location: ',
    '200',
    '303',
    '307',
    '\n--next--\n',
    '\n\n',
    'Xu8:resource;',
    'Xu6:stream',
  ].map(latin1),
  fresh: hostileAnswers,
  check,
})
