// Pages as objects. Data are enumerable and remote functions are not, so that tools see the data. Pages have a class of
// their own: tools that copy plain objects (stores, caches of queries, merges) keep a page as it is.

import { setOwn } from '../lib/values/dict.js'
import type { Page } from '../lib/values/nodes.js'
import { handleKey, type PageHandle, pageHandleOf } from './calls/handles.js'
import { describe } from './calls/page-words.js'
import type { Origin } from './exchange/session.js'

const inspect = Symbol.for('nodejs.util.inspect.custom')

/** The class of all pages, as tools see it. No page is made by `new`. */
class RemotePage {}
// Vue makes no object reactive that has this mark (`markRaw`).
Object.defineProperty(RemotePage.prototype, '__v_skip', { value: true })

/** For the console, which looks for it on the target of a proxy, and calls it on the proxy. */
const inspection: PropertyDescriptor = {
  value(this: object, depth: number, options: object, show: (value: unknown, options: object) => string) {
    const title = pageHandleOf(this)?.node.title ?? 'Page'
    return depth < 0 ? `[${title}]` : describe(title, this, data => show(data, options))
  },
}

type Target = Record<PropertyKey, unknown>

/** The page of a node. Its decoded content becomes the target: a copy would cost more than the decoding. */
export function pageOf(node: Page, origin: Origin): object {
  const { shared } = node
  const target = shared === undefined ? targetOf(node.content) : (shared.data as Target)
  for (const key of Object.keys(target)) {
    const value = target[key]
    if (typeof value === 'function') setMember(target, key, value, node)
  }
  Object.defineProperty(target, inspect, inspection)
  return new Proxy(target, new PageHandler(node, origin, target))
}

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

/** Is it a page, or a copy of one by a tool that keeps prototypes? Not a remote function, nor a Call. */
export const isPage = (value: unknown): value is Readonly<Record<string, unknown>> =>
  pageHandleOf(value) !== undefined

const readOnly = (name: PropertyKey): never => {
  throw new TypeError(`a page is read-only: "${String(name)}" cannot be changed on it`)
}

/**
 * Makes remote functions when they are first read, hides `then`, which `await` would call, and refuses changes, which
 * would change a copy alone. Absent names are undefined, as everywhere in JavaScript.
 */
class PageHandler implements ProxyHandler<Target>, PageHandle {
  readonly node: Page
  readonly origin: Origin
  readonly #target: Target
  #prototype: object | undefined
  /** The remote function called `then`, once the page is frozen: on a frozen target it could not be read as undefined. */
  #then: unknown

  constructor(node: Page, origin: Origin, target: Target) {
    this.node = node
    this.origin = origin
    this.#target = target
  }

  get(target: Target, name: PropertyKey, receiver: unknown): unknown {
    if (name === 'then') return undefined
    if (name === handleKey) return this
    this.#make(target, name)
    return Object.hasOwn(target, name) ? target[name] : Reflect.get(RemotePage.prototype, name, receiver)
  }

  has(target: Target, name: PropertyKey): boolean {
    this.#make(target, name)
    return Object.hasOwn(target, name) || name in RemotePage.prototype
  }

  getOwnPropertyDescriptor(target: Target, name: PropertyKey): PropertyDescriptor | undefined {
    this.#make(target, name)
    return Reflect.getOwnPropertyDescriptor(target, name)
  }

  ownKeys(target: Target): (string | symbol)[] {
    const names = this.node.shared?.names
    if (names === undefined || !Object.isExtensible(target)) return Reflect.ownKeys(target)
    return [...new Set([...names, ...Reflect.ownKeys(target)])]
  }

  /**
   * A prototype of this page alone, which has the remote functions. A tool that copies the data and keeps the prototype,
   * such as lodash's `cloneDeep`, so makes a page with the same functions, which travels as the same reference.
   */
  getPrototypeOf(): object {
    const get = (above: object, name: PropertyKey, copy: unknown): unknown => {
      if (name === handleKey) return this
      const member = typeof name === 'string' && name !== 'then' ? this.member(name) : undefined
      return typeof member === 'function' ? member : Reflect.get(above, name, copy)
    }
    return (this.#prototype ??= new Proxy<object>(Object.create(RemotePage.prototype), { get }))
  }

  set(_: Target, name: PropertyKey): boolean {
    return readOnly(name)
  }

  deleteProperty(_: Target, name: PropertyKey): boolean {
    return readOnly(name)
  }

  setPrototypeOf(_: Target, prototype: object | null): boolean {
    return prototype === this.getPrototypeOf() || readOnly('__proto__')
  }

  /** Allows freezing, and the hidden marks of tools: they change nothing of the page. */
  defineProperty(target: Target, name: PropertyKey, descriptor: PropertyDescriptor): boolean {
    this.#make(target, name)
    const now = Reflect.getOwnPropertyDescriptor(target, name)
    const same =
      now === undefined
        ? (typeof name !== 'string' || name.startsWith('_')) && descriptor.enumerable !== true
        : !('get' in descriptor || 'set' in descriptor) &&
          (!('value' in descriptor) || Object.is(descriptor.value, now.value)) &&
          (descriptor.enumerable ?? now.enumerable) === now.enumerable
    return same ? Reflect.defineProperty(target, name, descriptor) : readOnly(name)
  }

  preventExtensions(target: Target): boolean {
    for (const name of this.node.shared?.names ?? []) this.#make(target, name)
    this.#then ??= target.then
    delete target.then
    Object.setPrototypeOf(target, this.getPrototypeOf())
    return Reflect.preventExtensions(target)
  }

  /** Makes a remote function that is asked for the first time. */
  #make(target: Target, name: PropertyKey): void {
    const { shared } = this.node
    if (shared === undefined || typeof name !== 'string' || Object.hasOwn(target, name)) return
    if (Object.isExtensible(target) && shared.has(name)) setMember(target, name, shared.make(name), this.node)
  }

  member(name: string): unknown {
    const target = this.#target
    if (name === 'then' && this.#then !== undefined) return this.#then
    this.#make(target, name)
    return Object.hasOwn(target, name) ? target[name] : undefined
  }

  members(): [name: string, value: unknown][] {
    const names = this.node.shared?.names ?? Object.getOwnPropertyNames(this.#target)
    const all = this.#then === undefined ? names : [...new Set([...names, 'then'])]
    return all.map(name => [name, this.member(name)])
  }
}
