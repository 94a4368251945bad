// Pages and remote functions, as the application holds them: what the nodes of an answer become.

import { describeUrl } from '../lib/describe-url.js'
import { setOwn } from '../lib/dict.js'
import type { Node } from '../lib/fault.js'
import { Form, Link, Page, resolveUrl } from '../lib/nodes.js'
import { closest } from '../lib/suggest.js'
import { addressOf } from './address.js'
import { callOf } from './call.js'
import type { Receive } from './exchange.js'
import { type Handle, handleKey, handleOf, setHandle } from './handles.js'
import { enqueue } from './queue.js'
import type { Origin } from './session.js'

/** What the nodes of an answer become: pages, remote functions, or themselves. */
export const receive: Receive = (node: Node, origin: Origin): unknown => {
  if (node instanceof Page) {
    const { pipeline } = node.given
    if (typeof pipeline === 'string') origin.pipeline = pipelineAt(pipeline, node.base)
    return pageOf(node, origin)
  }
  if (node instanceof Link || node instanceof Form) return remoteFunction(node, origin)
  return node
}

/** Undefined for what is no URL: the calls then go one by one. */
function pipelineAt(reference: string, base: string | undefined): string | undefined {
  return URL.canParse(reference, base) ? resolveUrl(reference, base) : undefined
}

type RemoteCall = (...parameters: unknown[]) => object

export function remoteFunction(node: Link | Form, origin: Origin): RemoteCall {
  const call = unnamed((...parameters) => {
    const label = call.name === '' ? describeUrl(addressOf(node) ?? '') : call.name
    const step = enqueue({ kind: 'call', node, label, parameters, origin }, origin, receive)
    return callOf(step)
  })
  setHandle(call, { node, origin })
  return call
}

/** Its name, for messages and the console, is the one that it gets on a page: `User.message`. */
const unnamed = (call: RemoteCall): RemoteCall => call

const inspect = Symbol.for('nodejs.util.inspect.custom')

/**
 * A plain object behind a proxy: data are enumerable, remote functions are not, so that tools see the data.
 * The proxy is for names that are not there, which it explains instead of giving undefined, and for remote
 * functions that are made when they are first looked at.
 */
function pageOf(node: Page, origin: Origin): object {
  const { shared } = node
  // What was decoded for this page alone is the page: a copy of it would cost more than the decoding.
  const target = shared === undefined ? targetOf(node.content) : (shared.data as Target)
  for (const key of Object.keys(target)) {
    const value = target[key]
    if (typeof value === 'function') setMember(target, key, value, node)
  }
  Object.defineProperty(target, inspect, inspection)
  return new Proxy(target, new PageHandler(node, origin))
}

type Target = Record<PropertyKey, unknown>

/** A remote function on the page: not among the data, and named after the page. */
function setMember(target: Target, key: string, value: unknown, node: Page): void {
  Object.defineProperty(target, key, { value, enumerable: false, configurable: true, writable: true })
  Object.defineProperty(value, 'name', { value: `${node.title ?? 'page'}.${key}` })
}

function targetOf(content: unknown): Target {
  if (!(content instanceof Map)) return (content ?? {}) as Target
  const target = {}
  for (const [name, value] of content) setOwn(target, String(name), value)
  return target
}

/** How the console shows a page: it calls this on the proxy. */
const inspection: PropertyDescriptor = {
  value(this: object, depth: number, options: object, show: (value: unknown, options: object) => string) {
    const node = handleOf(this)?.node
    const title = node instanceof Page ? (node.title ?? 'Page') : 'Page'
    return depth < 0 ? `[${title}]` : describe(title, this, data => show(data, options))
  },
}

/** Names that are asked of any object: by `await`, JSON.stringify, the DOM, test tools. */
const probes = new Set(['then', 'toJSON', 'nodeType', 'tagName', 'hasAttribute', 'asymmetricMatch'])

const readOnly = (_target: object, name: PropertyKey): boolean => {
  throw new TypeError(`a page is read-only: "${String(name)}" cannot be changed on it`)
}

class PageHandler implements ProxyHandler<Target>, Handle {
  readonly node: Page
  readonly origin: Origin
  readonly set = readOnly
  readonly defineProperty = readOnly
  readonly deleteProperty = readOnly

  constructor(node: Page, origin: Origin) {
    this.node = node
    this.origin = origin
  }

  get(target: Target, name: PropertyKey, receiver: unknown): unknown {
    if (name === 'then') return undefined
    if (name === handleKey) return this
    if (typeof name === 'symbol' || this.has(target, name)) return Reflect.get(target, name)
    if (probes.has(name as string) || /^[_$@]/.test(name as string)) return undefined
    throw missing(receiver as object, name as string)
  }

  has(target: Target, name: PropertyKey): boolean {
    this.#make(target, name)
    return name in target
  }

  getOwnPropertyDescriptor(target: Target, name: PropertyKey): PropertyDescriptor | undefined {
    this.#make(target, name)
    return Reflect.getOwnPropertyDescriptor(target, name)
  }

  ownKeys(target: Target): (string | symbol)[] {
    const names = this.node.shared?.names
    if (names === undefined) return Reflect.ownKeys(target)
    return [...names, ...Object.getOwnPropertySymbols(target)]
  }

  setPrototypeOf(target: Target): boolean {
    return readOnly(target, '__proto__')
  }

  preventExtensions(target: Target): boolean {
    for (const name of this.node.shared?.names ?? []) this.#make(target, name)
    return Reflect.preventExtensions(target)
  }

  /** A remote function that is asked for the first time. */
  #make(target: Target, name: PropertyKey): void {
    const { shared } = this.node
    if (shared === undefined || typeof name === 'symbol' || Object.hasOwn(target, name)) return
    if (shared.has(name as string)) setMember(target, name as string, shared.make(name as string), this.node)
  }
}

/** The error for a name that a page lacks: what it offers, and what was probably meant. */
export function missing(page: object, name: string): TypeError {
  const names = Object.getOwnPropertyNames(page)
  const near = closest(name, names)
  const { node } = handleOf(page) ?? {}
  const where = node === undefined ? '' : ` at ${describeUrl(addressOf(node) ?? '')}`
  const title = node instanceof Page && node.title !== undefined ? `the page "${node.title}"` : 'the page'
  const hint = near === undefined ? '.' : `; did you mean "${near}"?`
  return new TypeError(`${title}${where} has no "${name}"${hint} It offers: ${names.join(', ') || 'nothing'}`)
}

/** `User { id: 'bob', message(subject, body?) }`. */
function describe(title: string, page: object, show: (data: unknown) => string): string {
  const data = show(Object.fromEntries(Object.entries(page)))
  const methods: string[] = []
  for (const [name, { value, enumerable }] of Object.entries(Object.getOwnPropertyDescriptors(page))) {
    if (!enumerable && typeof value === 'function') methods.push(signature(name, handleOf(value)?.node))
  }
  const parts = [data === '{}' ? '' : data.replace(/^\{\s?|\s?\}$/g, ''), methods.join(', ')].filter(Boolean)
  return `${title} ${parts.length === 0 ? '{}' : `{ ${parts.join(', ')} }`}`
}

function signature(name: string, node: unknown): string {
  const inputs = node instanceof Form ? node.inputs : []
  return `${name}(${inputs.map(input => input.argument + (input.optional ? '?' : '')).join(', ')})`
}
