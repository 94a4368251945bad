// A peer that speaks the protocol by hand, with no proxy client between: what it sends and reads are values of
// the codecs, and a server's log is a list.

import { cbor, codecs } from '../../lib/codecs.js'
import { Form, Link, Page } from '../../lib/values/nodes.js'
import type { Log } from '../../server/index.js'

export interface Fetching {
  fetch(request: Request): Response | Promise<Response>
}

export interface Question {
  readonly method?: string
  /** Arguments, encoded as `type`. A GET without them has no body. */
  readonly args?: unknown
  /** A body as it is, in the place of arguments. */
  readonly body?: string | Uint8Array
  readonly type?: string
  readonly accept?: string
  readonly headers?: Record<string, string>
}

export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly location: string | null
  readonly bytes: Uint8Array
  /** The body as text, for what it must not contain. */
  readonly text: string
  /** The decoded body; undefined where it is no message of ours. */
  readonly value: unknown
}

export const origin = 'http://test'

/** Asks a router, without a socket. */
export async function ask(router: Fetching, path: string, question: Question = {}): Promise<Answer> {
  const { args, type = cbor.type, accept = cbor.type } = question
  const body = question.body ?? (args === undefined ? undefined : codecs.get(type)?.encode(args))
  const method = question.method ?? (body === undefined ? 'GET' : 'POST')
  const request = new Request(new URL(path, `${origin}/`), {
    method,
    headers: { accept, ...(body === undefined ? {} : { 'content-type': type }), ...question.headers },
    ...(body === undefined ? {} : { body: body as BodyInit }),
  })
  return read(await router.fetch(request), request.url)
}

/** Reads an answer whole. */
export async function read(response: Response, baseUrl?: string): Promise<Answer> {
  const bytes = new Uint8Array(await response.arrayBuffer())
  const codec = codecs.get((response.headers.get('content-type') ?? '').split(';', 1)[0] as string)
  return {
    status: response.status,
    headers: response.headers,
    location: response.headers.get('location'),
    bytes,
    text: new TextDecoder().decode(bytes),
    value: bytes.length === 0 ? undefined : codec?.decode(bytes, baseUrl === undefined ? {} : { baseUrl }),
  }
}

/** Where a class's new instance is: what its form redirects to. */
export async function construct(router: Fetching, name: string, args: object = {}): Promise<string> {
  const { location } = await ask(router, `/${name}/`, { args })
  return new URL(location as string, `${origin}/${name}/`).pathname
}

/** What a page holds: data as they are, and for each link and form a line such as `POST message(subject, body?)`. */
export function outline(page: unknown): unknown {
  if (page instanceof Link) return page.inline ? { inline: outline(page.content) } : `${page.method} link`
  if (page instanceof Form) {
    const inputs = page.inputs.map(input =>
      input.optional ? `${input.argument} = ${JSON.stringify(input.value)}` : input.argument,
    )
    return `${page.method} (${inputs.join(', ')})`
  }
  if (page instanceof Page) return outline(page.content)
  if (Array.isArray(page)) return page.map(outline)
  if (page instanceof Map) return new Map([...page].map(pair => pair.map(outline) as [unknown, unknown]))
  if (typeof page !== 'object' || page === null || Object.getPrototypeOf(page) !== Object.prototype)
    return page
  return Object.fromEntries(Object.entries(page).map(([key, value]) => [key, outline(value)]))
}

/** A log that remembers. */
export function logbook(): { readonly log: Log; readonly lines: string[] } {
  const lines: string[] = []
  const write = (...parameters: unknown[]) => {
    lines.push(
      parameters.map(item => (item instanceof Error ? (item.stack ?? item.message) : String(item))).join(' '),
    )
  }
  return { log: { error: write, warn: write, info: write }, lines }
}
