// `get`, and the functions that go around the names of a page: `call`, `withOptions`, `url`.

import { defaultTransport, prepare } from '#transport'
import { isDict } from '../lib/plain.js'
import { setOwn } from '../lib/values/dict.js'
import { type Form, Link, Page } from '../lib/values/nodes.js'
import { requireAddress } from './calls/address.js'
import { memberAhead } from './calls/call.js'
import { handleOf, type PageHandle, pageHandleOf } from './calls/handles.js'
import { missing } from './calls/page-words.js'
import { attend } from './calls/travel.js'
import { basicAuthorization } from './exchange/basic.js'
import { exchange } from './exchange/exchange.js'
import type { Options } from './exchange/options.js'
import { type Origin, Session } from './exchange/session.js'
import { receive, remoteFunction } from './page.js'
import type { MemberArguments, MemberName, MemberResult, Remote } from './remote.js'

/**
 * Fetches a URL. The functions of a page are called like an object's own. `T` is the server's router, an API type, or
 * the type of an instance; without one nothing is checked. A user in the URL is sent by basic authentication, unless
 * `headers` have `authorization`. Rejects with RemoteError, NetworkError or DecodeError; with TypeError for another URL
 * than one of http(s), and for unknown options.
 */
// biome-ignore lint/suspicious/noExplicitAny: without a type the page is untyped, as its names are JavaScript's.
export async function get<T = any>(url: string | URL, options: Options = {}): Promise<Remote<T>> {
  if (!URL.canParse(url)) throw new TypeError(`get: not a URL: ${JSON.stringify(String(url))}`)
  const target = new URL(url)
  const { protocol, username, password } = target
  if (protocol !== 'http:' && protocol !== 'https:')
    throw new TypeError(`not an http(s) URL, but one of ${protocol}`)
  target.username = target.password = ''
  const { href } = target
  const headers = username === '' && password === '' ? undefined : basic(username, password)
  const session = new Session({ url: href, options, transport: defaultTransport, receive, headers })
  const loading = options.transport === undefined ? prepare() : undefined
  if (loading !== undefined) await loading
  return (await exchange(session, { method: 'GET', url: href })) as Remote<T>
}

/** The user of a URL, as a header: sent with the others for that origin, and nowhere else. */
function basic(username: string, password: string): Readonly<Record<string, string>> {
  return { authorization: basicAuthorization(`${decoded(username)}:${decoded(password)}`) }
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}

/** Calls a member by its name, also by one that JavaScript has taken: `call(page, 'then', …)`. */
export function call<P extends object, Name extends MemberName<P> | (string & {})>(
  page: P,
  name: Name,
  ...args: MemberArguments<P, Name>
): MemberResult<P, Name> {
  attend(args)
  const ahead = memberAhead(page, name)
  if (ahead !== undefined) return ahead(...args) as MemberResult<P, Name>
  const handle = pageHandleOf(page)
  if (handle === undefined) throw new TypeError('call: expected a page that get() or a call gave')
  const member = handle.member(name)
  if (member === undefined) throw missing(handle, name)
  if (typeof member !== 'function') throw new TypeError(`"${name}" is data, not a function`)
  return member(...args) as MemberResult<P, Name>
}

/**
 * A member of a page, where the page offers it in the state that it was drawn in; else undefined: `offers(ticket,
 * 'resolve')?.()`. Servers draw what their objects offer now, and to whom. Throws TypeError for what is no page.
 */
export function offers<P extends object, Name extends MemberName<P>>(
  page: P,
  name: Name | (string & {}),
): P[Name] | undefined {
  const handle = pageHandleOf(page)
  if (handle === undefined) throw new TypeError('offers: expected a page that get() or a call gave')
  return handle.member(name) as P[Name] | undefined
}

/**
 * The same page or remote function with other options, which hold for all that is reached through it. Throws TypeError
 * for other objects, and for unknown options.
 */
export function withOptions<P extends object>(page: P, options: Options): P {
  const handle = handleOf(page)
  if (handle === undefined) throw new TypeError('withOptions: expected a page or a remote function')
  const { node, origin } = handle
  const session = origin.session.derived(requireAddress(node, 'withOptions: the page'), options)
  const changed = { ...origin, session }
  const ofPage = pageHandleOf(page)
  if (ofPage === undefined) {
    const call: object = remoteFunction(node as Link | Form, changed)
    return Object.defineProperty(call, 'name', { value: (page as { name?: string }).name }) as P
  }
  return rebuild(ofPage, changed) as P
}

/** The page again, its members moved to another session. */
function rebuild(page: PageHandle, origin: Origin): unknown {
  const { node } = page
  const content: Record<string, unknown> = {}
  for (const [name, value] of page.members()) setOwn(content, name, moved(value, origin))
  return receive(new Page(node.given, content, { base: node.base }), origin)
}

function moved(value: unknown, origin: Origin): unknown {
  const page = pageHandleOf(value)
  if (page !== undefined) return rebuild(page, origin)
  const { node } = handleOf(value) ?? {}
  if (node instanceof Link)
    return receive(new Link(node.given, moved(node.content, origin), { base: node.base }), origin)
  if (node !== undefined) return receive(node, origin)
  if (Array.isArray(value)) return value.map(item => moved(item, origin))
  if (value instanceof Set) return new Set(Array.from(value, item => moved(item, origin)))
  if (value instanceof Map)
    return new Map(Array.from(value, ([key, item]) => [moved(key, origin), moved(item, origin)]))
  if (!isDict(value)) return value
  const copy = {}
  for (const [key, item] of Object.entries(value)) setOwn(copy, key, moved(item, origin))
  return copy
}

/** The URL of a page or remote function: to be stored, sent to others, and given to `get` again. */
export function url(page: object): string {
  const { node } = handleOf(page) ?? {}
  if (node === undefined) throw new TypeError('url: expected a page or a remote function')
  return requireAddress(node, 'url: the page')
}
