// Pages, links and forms in arguments become the objects that they lead to: pass by reference.

import { describeUrl } from '../../../lib/describe-url.js'
import type { RouterLimits } from '../../../lib/limits.js'
import { inParts } from '../../../lib/long.js'
import { isDict } from '../../../lib/plain.js'
import { setOwn } from '../../../lib/values/dict.js'
import { Fault } from '../../../lib/values/fault.js'
import { Extension, Form, Link, Page } from '../../../lib/values/nodes.js'
import { overLimit } from '../faults/faults.js'
import type { Enter, Registry, Target } from '../registration/registry.js'
import { earlier } from '../sealing/expiry.js'
import type { OwnUrls } from '../urls/own-urls.js'
import type { Arguments, NamedArguments } from './arguments.js'

/** Where references in arguments lead. */
export interface LookupScope {
  readonly registry: Registry
  /** The path within the mount that relative references resolve against. */
  readonly path: string
  readonly own: OwnUrls
  readonly limits: RouterLimits
  readonly enter: Enter | undefined
}

/** How many objects the links of a request have led to: to open one costs as much as to read hundreds of bytes. */
const opened = new WeakMap<LookupScope, number>()

/**
 * Names of methods that JavaScript calls by itself, in `await`, a template string, `JSON.stringify`: a function
 * of the server's that somebody else put there would run without being asked for, by nobody's authority.
 */
const calledUnasked: ReadonlySet<string> = new Set([
  'then',
  'toJSON',
  'toString',
  'valueOf',
  'toLocaleString',
])

/** Lists, dicts and nodes that are looked at before others may have their turn. */
const lookedAtOnce = 256

/** Puts objects in the place of the pages, links and forms that lead to them. */
export class References {
  /** When the first of the URLs that led to objects expires. */
  expires: number | undefined
  /** By argument, the first node in it that leads to another server. */
  #foreign: Map<string, Extension> | undefined
  /** The name of the argument that is looked through. */
  #argument = ''
  #looked = 0
  #items = 0
  readonly #scope: LookupScope
  readonly #extension: ((node: Extension) => unknown) | undefined

  /** `extension` says what other extensions stand for. */
  constructor(scope: LookupScope, extension?: (node: Extension) => unknown) {
    this.#scope = scope
    this.#extension = extension
  }

  /** A copy of arguments: a pipeline gives the same to each item that it maps over. */
  args(args: Arguments): NamedArguments {
    const named: Record<string, unknown> = {}
    for (const [name, value] of Object.entries(args)) {
      this.#argument = name
      setOwn(named, name, this.value(value))
    }
    return this.named(named)
  }

  /** The same for what is long, with rests. Not the dict by itself: a promise would call an argument called `then`. */
  longArgs(args: Arguments): Promise<NamedArguments> {
    return inParts(this.#argsInParts(args))
  }

  *#argsInParts(args: Arguments): Generator<undefined, NamedArguments> {
    const named: Record<string, unknown> = {}
    for (const [name, value] of Object.entries(args)) {
      if (this.#isDue()) yield
      this.#argument = name
      setOwn(named, name, yield* this.#inParts(value))
    }
    return this.named(named)
  }

  /** Arguments that were looked through, with what is known of them by now. */
  named(named: Arguments): NamedArguments {
    return { named, foreign: this.#foreign, expires: this.expires }
  }

  /** As `value`; a Fault for a URL that leads to nothing, or to what may not be reached, names the argument. */
  argument(name: string, value: unknown): unknown {
    this.#argument = name
    try {
      return this.value(value)
    } catch (error) {
      throw naming(name, error)
    }
  }

  /**
   * The same for what is long, with rests, since nobody has been asked yet whether it is allowed. In a box: a promise would
   * call an object's method called `then`.
   */
  async longArgument(name: string, value: unknown): Promise<readonly [unknown]> {
    this.#argument = name
    try {
      return await this.longValue(value)
    } catch (error) {
      throw naming(name, error)
    }
  }

  /** As `value`, for what is long. */
  longValue(value: unknown): Promise<readonly [unknown]> {
    return inParts(this.#boxed(value))
  }

  *#boxed(value: unknown): Generator<undefined, readonly [unknown]> {
    return [yield* this.#inParts(value)]
  }

  *#inParts(value: unknown): Generator<undefined, unknown> {
    if (typeof value !== 'object' || value === null) return value
    if (++this.#looked % lookedAtOnce === 0) yield
    if (Array.isArray(value)) return yield* this.#all(value)
    if (value instanceof Set) return yield* this.#set(value)
    if (value instanceof Map) {
      const copy = new Map<unknown, unknown>()
      for (const [key, item] of value) {
        if (this.#isDue()) yield
        copy.set(yield* this.#inParts(key), yield* this.#inParts(item))
      }
      return copy
    }
    return isDict(value) ? yield* this.#dictInParts(value) : this.value(value)
  }

  /** Of millions of items in one collection, too, others may have their turn between some. */
  #isDue(): boolean {
    return ++this.#items % lookedAtOnce === 0
  }

  *#dictInParts(dict: Record<string, unknown>): Generator<undefined, Record<string, unknown>> {
    const copy: Record<string, unknown> = {}
    for (const key of Object.keys(dict)) {
      if (this.#isDue()) yield
      this.#put(copy, key, yield* this.#inParts(dict[key]))
    }
    return copy
  }

  *#set(set: Set<unknown>): Generator<undefined, Set<unknown>> {
    const copy = new Set<unknown>()
    for (const item of set) {
      if (this.#isDue()) yield
      copy.add(yield* this.#inParts(item))
    }
    return copy
  }

  *#all(items: readonly unknown[]): Generator<undefined, unknown[]> {
    const copy: unknown[] = []
    for (const item of items) {
      if (this.#isDue()) yield
      copy.push(typeof item === 'object' && item !== null ? yield* this.#inParts(item) : item)
    }
    return copy
  }

  value(value: unknown): unknown {
    if (typeof value !== 'object' || value === null) return value
    if (value instanceof Link || value instanceof Form || value instanceof Page) return this.#node(value)
    if (value instanceof Extension) return this.#extension === undefined ? value : this.#extension(value)
    if (Array.isArray(value)) return value.map(item => this.value(item))
    if (value instanceof Set) return new Set(Array.from(value, item => this.value(item)))
    if (value instanceof Map)
      return new Map(Array.from(value, ([key, item]) => [this.value(key), this.value(item)]))
    return isDict(value) ? this.#dict(value) : value
  }

  #dict(dict: Record<string, unknown>): Record<string, unknown> {
    const copy: Record<string, unknown> = {}
    for (const [key, item] of Object.entries(dict)) this.#put(copy, key, this.value(item))
    return copy
  }

  #put(copy: object, key: string, revived: unknown): void {
    if (typeof revived === 'function' && calledUnasked.has(key))
      throw new Fault(`a function cannot be passed as ${JSON.stringify(key)}`, { code: 'unknown_argument' })
    setOwn(copy, key, revived)
  }

  #count(): void {
    const { references } = this.#scope.limits
    const count = (opened.get(this.#scope) ?? 0) + 1
    if (count > references)
      throw overLimit(`more than ${references} references to objects`, 'references', references)
    opened.set(this.#scope, count)
  }

  /** The node itself: it leads to another server. */
  #leaving(node: Extension): Extension {
    this.#foreign ??= new Map()
    if (!this.#foreign.has(this.#argument)) this.#foreign.set(this.#argument, node)
    return node
  }

  #node(node: Extension): unknown {
    const { registry, path, own, enter, limits } = this.#scope
    this.#count()
    const url = node.url ?? ''
    // No object here has so long a URL, and to parse megabytes of it takes a tenth of a second.
    if (url.length > limits.urlLength) {
      return this.#leaving(node)
    }
    const ownPath = own.resolve(url, path)
    const isSure = ownPath !== undefined && own.isSure(url, path)
    const target =
      ownPath !== undefined
        ? registry.resolver[isSure ? 'find' : 'findPerhaps'](ownPath, enter)
        : URL.canParse(url)
          ? registry.resolver.findElsewhere(url, enter)
          : undefined
    if (target === undefined && !isSure) {
      return this.#leaving(node)
    }
    if (target !== undefined && 'expires' in target) this.expires = earlier(this.expires, target.expires)
    const object = target && objectOf(registry, target)
    if (object === undefined) {
      throw new Fault(`no object of this server is at ${describeUrl(url)}`, { code: 'unknown_argument' })
    }
    return object
  }
}

/** A Fault for what stands in an argument, as that of the argument. */
function naming(name: string, error: unknown): unknown {
  if (!(error instanceof Fault)) return error
  const { message, status, code, origin, logref } = error
  const kept = { status, code, logref, ...(origin === undefined ? {} : { origin }) }
  // The details of a constructor's Fault are about its own arguments, and about no field of these.
  const details = { ...error.details, invalid: { [name]: message } }
  return new Fault(message, { ...kept, details, cause: error })
}

function objectOf(registry: Registry, target: Target): unknown {
  switch (target.kind) {
    case 'instance':
      return target.instance
    case 'class':
      return target.mapper.type
    case 'function':
      return target.mapper.operation.call
    case 'method':
      return registry.bound.bind(target.instance, target.name, target.operation)
    case 'namespace':
      return undefined
  }
}
