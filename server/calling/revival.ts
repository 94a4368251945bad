// Pages, links and forms in arguments become the objects that they lead to: pass by reference.

import { describeUrl } from '../../lib/describe-url.js'
import { isDict, setOwn } from '../../lib/dict.js'
import { Fault } from '../../lib/fault.js'
import type { RouterLimits } from '../../lib/limits.js'
import { Extension, Form, Link, Page } from '../../lib/nodes.js'
import { overLimit } from '../faults.js'
import type { OwnUrls } from '../http/own-urls.js'
import type { Enter, Registry, Target } from '../registration/registry.js'
import { earlier } from '../sealing/expiry.js'

/** Where references in arguments lead. */
export interface Surroundings {
  readonly registry: Registry
  /** The path within the mount that relative references resolve against. */
  readonly path: string
  readonly own: OwnUrls
  readonly limits: RouterLimits
  readonly enter: Enter | undefined
}

/** How many objects the links of a request have led to: to open one costs as much as to read hundreds of bytes. */
const opened = new WeakMap<Surroundings, number>()

/**
 * What JavaScript calls by itself where it finds it, in `await`, a template string, `JSON.stringify`: a function
 * of the server's that somebody else put there would run without being asked for, by nobody's authority.
 */
const calledUnasked: ReadonlySet<string> = new Set([
  'then',
  'toJSON',
  'toString',
  'valueOf',
  'toLocaleString',
])
const neverCalled: ReadonlySet<string> = new Set()

/** Puts objects in the place of the pages, links and forms that lead to them. */
export class Revival {
  /** Were there links to other servers? */
  foreign = false
  /** When the first of the URLs that led to objects expires. */
  expires: number | undefined
  readonly #surroundings: Surroundings
  readonly #extension: ((node: Extension) => unknown) | undefined

  /** `extension` says what other extensions stand for. */
  constructor(surroundings: Surroundings, extension?: (node: Extension) => unknown) {
    this.#surroundings = surroundings
    this.#extension = extension
  }

  /** Arguments by name, or in order. Their names are parameters', and nothing that JavaScript looks for. */
  args(args: unknown): unknown {
    return isDict(args) ? this.#dict(args, neverCalled) : this.value(args)
  }

  /** As `value`; a Fault for a URL that leads to nothing, or to what may not be reached, names the argument. */
  argument(name: string, value: unknown): unknown {
    try {
      return this.value(value)
    } catch (error) {
      if (!(error instanceof Fault)) throw error
      const { message, status, code, origin, logref } = error
      const said = { status, code, logref, ...(origin === undefined ? {} : { origin }) }
      // What a constructor says of its own arguments is about no field of these.
      const details = { ...error.details, invalid: { [name]: message } }
      throw new Fault(message, { ...said, details, cause: error })
    }
  }

  value(value: unknown): unknown {
    if (typeof value !== 'object' || value === null) return value
    if (value instanceof Link || value instanceof Form || value instanceof Page) return this.#node(value)
    if (value instanceof Extension) return this.#extension === undefined ? value : this.#extension(value)
    if (Array.isArray(value)) return value.map(item => this.value(item))
    if (value instanceof Set) return new Set(Array.from(value, item => this.value(item)))
    if (value instanceof Map)
      return new Map(Array.from(value, pair => pair.map(item => this.value(item)) as never))
    return isDict(value) ? this.#dict(value, calledUnasked) : value
  }

  /** A copy: the steps of a pipeline are revived once for each item that they are mapped over. */
  #dict(dict: Record<string, unknown>, forbidden: ReadonlySet<string>): Record<string, unknown> {
    const copy: Record<string, unknown> = {}
    for (const [key, item] of Object.entries(dict)) {
      const revived = this.value(item)
      if (typeof revived === 'function' && forbidden.has(key)) {
        throw new Fault(`a function cannot be passed as ${JSON.stringify(key)}`, { code: 'unknown_argument' })
      }
      setOwn(copy, key, revived)
    }
    return copy
  }

  #count(): void {
    const { references } = this.#surroundings.limits
    const count = (opened.get(this.#surroundings) ?? 0) + 1
    if (count > references)
      throw overLimit(`more than ${references} references to objects`, 'references', references)
    opened.set(this.#surroundings, count)
  }

  #node(node: Extension): unknown {
    const { registry, path, own, enter } = this.#surroundings
    this.#count()
    const url = node.url ?? ''
    const ownPath = own.resolve(url, path)
    const isSure = ownPath !== undefined && own.isSure(url, path)
    const target =
      ownPath !== undefined
        ? registry[isSure ? 'find' : 'findPerhaps'](ownPath, enter)
        : URL.canParse(url)
          ? registry.findElsewhere(url, enter)
          : undefined
    if (target === undefined && !isSure) {
      this.foreign = true
      return node
    }
    if (target !== undefined && 'expires' in target) this.expires = earlier(this.expires, target.expires)
    const object = target && objectOf(registry, target)
    if (object === undefined) {
      throw new Fault(`no object of this server is at ${describeUrl(url)}`, { code: 'unknown_argument' })
    }
    return object
  }
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
