// Pages and remote functions, as the application holds them: what the nodes of an answer become.

import { describeUrl } from '../lib/describe-url.js'
import type { Node } from '../lib/fault.js'
import { Form, Link, Page, resolveUrl } from '../lib/nodes.js'
import { setOwn } from '../lib/template.js'
import { callOf } from './call.js'
import type { Receive } from './exchange.js'
import { handleOf, setHandle } from './handles.js'
import { enqueue } from './queue.js'
import type { Origin } from './session.js'
import { closest } from './suggest.js'

/** What the nodes of an answer become: pages, remote functions, or themselves. */
export const receive: Receive = (node: Node, origin: Origin): unknown => {
  if (node instanceof Page) {
    const { pipeline } = node.given
    if (typeof pipeline === 'string') origin.pipeline = resolveUrl(pipeline, node.base)
    return pageOf(node, origin)
  }
  if (node instanceof Link || node instanceof Form) return remoteFunction(node, origin)
  return node
}

type RemoteCall = (...parameters: unknown[]) => object

export function remoteFunction(node: Link | Form, origin: Origin): RemoteCall {
  const call = unnamed((...parameters) => {
    const label = call.name === '' ? describeUrl(node.url ?? '') : call.name
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
 * The proxy is for names that are not there, which it explains instead of giving undefined.
 */
function pageOf(node: Page, origin: Origin): object {
  // What was decoded for this page alone is the page: a copy of it would cost more than the decoding.
  const target = targetOf(node.content)
  const title = node.title ?? 'page'
  for (const key of Object.keys(target)) {
    const value = target[key]
    if (typeof value !== 'function') continue
    Object.defineProperty(target, key, { enumerable: false })
    Object.defineProperty(value, 'name', { value: `${title}.${key}` })
  }
  Object.defineProperty(target, inspect, inspection)
  const page = new Proxy(target, handler)
  setHandle(page, { node, origin })
  return page
}

function targetOf(content: unknown): Record<string, unknown> {
  if (!(content instanceof Map)) return (content ?? {}) as Record<string, unknown>
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

const handler: ProxyHandler<Record<string, unknown>> = {
  get(target, name, receiver) {
    if (name === 'then') return undefined
    if (typeof name === 'symbol' || name in target) return Reflect.get(target, name)
    if (probes.has(name) || /^[_$@]/.test(name)) return undefined
    throw missing(receiver as object, name)
  },
  set: readOnly,
  defineProperty: readOnly,
  deleteProperty: readOnly,
  setPrototypeOf: target => readOnly(target, '__proto__'),
}

/** The error for a name that a page lacks: what it offers, and what was probably meant. */
export function missing(page: object, name: string): TypeError {
  const names = Object.getOwnPropertyNames(page)
  const near = closest(name, names)
  const { node } = handleOf(page) ?? {}
  const where = node === undefined ? '' : ` at ${describeUrl(node.url ?? '')}`
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
