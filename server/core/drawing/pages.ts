// Drawing: from functions, classes, objects and references to the nodes that stand for them on the wire.

import { EncodeError, EncodeLimitError } from '../../../lib/errors.js'
import { defaultLimits } from '../../../lib/limits.js'
import { nameOf, refuse, relocate } from '../../../lib/message/unencodable.js'
import { dropped, isPromise, someParts } from '../../../lib/promises.js'
import { setOwn } from '../../../lib/values/dict.js'
import { Form, Link, Page } from '../../../lib/values/nodes.js'
import { isStream } from '../../../lib/values/stream.js'
import { Drawing } from '../../../lib/values/template.js'
import type { Guard } from '../access/guard.js'
import { isHiddenClass } from '../registration/marks.js'
import { methodOf, visibleKeys } from '../registration/members.js'
import type { Offers } from '../registration/offers.js'
import { Created, Reference } from '../registration/reference.js'
import { baseOf, type ClassMapper, type Namespace, type Registry } from '../registration/registry.js'
import { earlier } from '../sealing/expiry.js'
import { referenceTo, segmentOf } from '../urls/paths.js'
import { draw, isDrawable } from './drawable.js'
import { Expiries } from './expiries.js'
import { constructorNode, describe, operationNode } from './operation-node.js'
import { offered, Presence } from './presence.js'
import { Promises } from './promises.js'
import { shapeOf } from './shapes.js'

interface Place {
  readonly path: string
  readonly url: string
  readonly expires: number | undefined
}

/** Draws for one response. Promises met on the way are waited for, and what was drawn is drawn again. */
export class Pages {
  readonly #registry: Registry
  readonly #isHere: (url: string) => boolean
  readonly #inlining: boolean
  readonly #guard: Guard | undefined
  readonly presence: Presence
  /** May these objects be shown? By object, a promise, since a function has to decide. */
  #decisions: Map<object, Promise<boolean>> | undefined
  /** By instance, for each expiry, since what stands on a page is relative to the page's path. */
  #drawn: Map<number | undefined, Map<object, Drawing>> | undefined
  /** The instants at which URLs expire, which go on to everything that is drawn. */
  readonly expiries = new Expiries()
  readonly promises = new Promises(
    value => this.#registry.mapperOf(value) !== undefined,
    (promise, result) => this.expiries.settled(promise, result),
  )
  /** The object at the root of the answer, and where pipelines are posted to. */
  #top: { readonly object: object; readonly pipeline: string } | undefined

  constructor(parts: {
    readonly registry: Registry
    readonly isHere: (url: string) => boolean
    /** May methods be called that are inline? Not where each call has to be allowed. */
    readonly inlining: boolean
    readonly guard?: Guard | undefined
    readonly offers: () => Offers
  }) {
    this.presence = new Presence(parts.offers, this.promises, parts.guard)
    this.#guard = parts.guard
    this.#registry = parts.registry
    this.#isHere = parts.isHere
    this.#inlining = parts.inlining
  }

  /** Encodes; where that met promises, once more when they are settled. Throws what they reject with. */
  async encode<T>(label: string, encode: () => T): Promise<T> {
    for (let round = 0; round <= defaultLimits.depth; round++) {
      let encoded: T
      try {
        encoded = encode()
      } catch (error) {
        throw error instanceof EncodeError ? this.#located(error, label) : error
      }
      const pending = this.settle()
      if (pending === undefined) return encoded
      await pending
    }
    throw new EncodeError('promises that lead to more of them without end', label)
  }

  /** Says `User.db` where a property of a page cannot be encoded, and `hello()[0]` of another result. */
  #located(error: EncodeError, label: string): EncodeError {
    if (error instanceof EncodeLimitError) return new EncodeLimitError(error.bytes, label, { cause: error })
    const drawn = [...(this.#drawn?.values() ?? [])].flatMap(drawings => [...drawings])
    const pages = drawn.map(([instance, drawing]): [string, unknown] => [
      this.#registry.mapperOf(instance)?.name ?? '',
      drawing.page().content,
    ])
    const mend = (key: string) => `; if no caller needs it, make it "#${key}", "_${key}" or @hidden`
    const onPage = relocate(error, pages, mend, given => this.promises.became(given))
    return onPage ?? new EncodeError(error.problem, error.path.replace('$', label), { cause: error })
  }

  /** The promises that the last encoding met, after which it is done again; undefined where there were none. */
  readonly settle = (): Promise<unknown> | undefined => this.promises.settle()

  readonly unsent = (value: unknown): void => this.promises.meet(value)

  /** The node or value that stands for an object on the wire, as codecs ask for it. */
  readonly inline = (value: object, from: string | undefined): unknown => {
    const at = from ?? '/'
    if (value instanceof Reference) return this.#reference(value, at)
    if (value instanceof Created) return value.value
    if (typeof value === 'function') return this.#callable(value, at)
    if (isDrawable(value)) return value[draw]({ from: at, pathOf: fn => this.#registry.functionOf(fn)?.path })
    const mapper = this.#registry.mapperOf(value)
    if (mapper !== undefined) return this.#page(mapper, value, at)
    if (isPromise(value)) return this.promises.drawn(value)?.value ?? null
    if (isStream(value)) return refuse(value, `${nameOf(value)} has no form on the wire`)
    return refuse(value, `${nameOf(value)}, a class that is not registered (router.add)`)
  }

  /** The root of an answer: a page at the top says where its server takes pipelines. */
  top(value: unknown, pipeline: string): unknown {
    if (value instanceof Page) {
      const { given, content, base, path } = value
      return new Page({ ...given, pipeline }, content, { base, path })
    }
    if (this.isObject(value)) this.#top = { object: value, pipeline }
    return value
  }

  /** Does what was drawn depend on what its caller may do? */
  get isPersonal(): boolean {
    return this.#guard?.asked === true || this.presence.asked
  }

  /** Is it an instance of a registered class? */
  readonly isObject = (value: unknown): value is object => {
    return typeof value === 'object' && value !== null && this.#registry.mapperOf(value) !== undefined
  }

  #callable(value: object, from: string): unknown {
    const fn = this.#registry.functionOf(value)
    if (fn !== undefined) return operationNode(fn.operation, referenceTo(from, fn.path))
    const mapper = this.#registry.classOf(value)
    if (mapper !== undefined) return constructorNode(mapper, referenceTo(from, mapper.path))
    const reference = this.#registry.bound.referenceOf(value)
    if (reference !== undefined) return this.#reference(reference, from, this.expiries.of(value, from))
    if (isHiddenClass(value)) return refuse(value, `${nameOf(value)} is hidden: return objects of it`)
    return refuse(
      value,
      `${nameOf(value)} is not registered: register it (router.add), or for a method say link(object, 'method')`,
    )
  }

  #reference(reference: Reference, from: string, inherited?: number): unknown {
    const { target, member, form } = reference
    const expires = earlier(earlier(reference.expires, inherited), this.expiries.of(reference, from))
    if (typeof target === 'function') {
      if (reference.expires === undefined) return this.#callable(target, from)
      return refuse(reference, `a link to ${nameOf(target)} that expires: only URLs of objects can`)
    }
    const mapper = this.#registry.mapperOf(target)
    if (mapper === undefined) return refuse(target, `a link to ${nameOf(target)}, which is not registered`)
    dropped(target, someParts)
    const { url } = this.#place(mapper, target, from, expires)
    if (member === undefined) return describe(new Link({ method: 'GET', url }), mapper)
    const operation = methodOf(mapper.members, target, member)
    if (operation === undefined) return refuse(reference, `${mapper.name} has no visible method "${member}"`)
    return operationNode(operation, url + segmentOf(member), form)
  }

  /** The path of an instance, and the reference to it, which leads to another server where it lives there. */
  #place(mapper: ClassMapper, instance: object, from: string, by?: number): Place {
    const expires = earlier(by, this.expiries.of(instance, from))
    const path = `${mapper.path}${mapper.state.seal(instance, expires)}/`
    this.expiries.at(path, expires)
    const base = this.movedTo(mapper, instance)
    return { path, expires, url: base === undefined ? referenceTo(from, path) : base + path.slice(1) }
  }

  /** The URL of the other server that an instance lives on. */
  movedTo(mapper: ClassMapper, instance: object): string | undefined {
    const base = baseOf(mapper, instance)
    return base === undefined || this.#isHere(base) ? undefined : base
  }

  /** The reference that leads to an object or to what a reference names; undefined where it has no URL. */
  locationOf(value: unknown, from: string): string | undefined {
    if (typeof value !== 'object' && typeof value !== 'function') return undefined
    if (value === null) return undefined
    const node = value instanceof Reference ? this.#reference(value, from) : value
    if (node instanceof Link || node instanceof Form || node instanceof Page) return node.url
    const mapper = this.#registry.mapperOf(value)
    if (mapper !== undefined) return this.#place(mapper, value, from).url
    const path = (this.#registry.functionOf(value) ?? this.#registry.classOf(value))?.path
    return path && referenceTo(from, path)
  }

  /** May its page be shown? Until that is decided it may not, and then all is drawn again. */
  #mayShow({ name, rules }: ClassMapper, object: object): boolean {
    if (this.#guard === undefined || this.#guard.admits(rules)) return true
    if (!this.#guard.shows(rules)) return false
    this.#decisions ??= new Map()
    let decision = this.#decisions.get(object)
    if (decision === undefined) {
      const asked = { object, member: undefined, label: name, args: [], via: 'page' } as const
      decision = this.#guard.keeps(rules, this.#guard.of(asked))
      this.#decisions.set(object, decision)
    }
    return this.promises.drawn(decision)?.value === true
  }

  /** A caller who may not see an object is given its URL alone. */
  #page(mapper: ClassMapper, instance: object, from: string): Drawing | Link {
    const { path, url, expires } = this.#place(mapper, instance, from)
    if (!this.#mayShow(mapper, instance)) {
      dropped(instance, someParts)
      return new Link({ method: 'GET', url })
    }
    this.#drawn ??= new Map()
    const drawings = this.#drawn.get(expires) ?? new Map<object, Drawing>()
    this.#drawn.set(expires, drawings)
    const drawn = drawings.get(instance)
    if (drawn !== undefined) {
      return drawn.values[0] === url
        ? drawn
        : new Drawing(drawn.template, [url, ...drawn.values.slice(1)], path)
    }
    const keys = visibleKeys(instance)
    if (Object.keys(instance).length > keys.length) dropped(instance, someParts)
    const top = this.#top?.object === instance ? this.#top.pipeline : undefined
    const absent = this.presence.absent(mapper, instance)
    const { template, inline } = shapeOf(mapper, {
      keys,
      top: top !== undefined,
      inlining: this.#inlining,
      guard: this.#guard,
      absent: absent.names,
    })
    const values: unknown[] = top === undefined ? [url] : [url, top]
    const record = instance as Record<string, unknown>
    for (const key of keys) values.push(record[key] ?? null)
    for (const name of mapper.members.getters) {
      // A getter under the name of an own property that isn't shown isn't shown either.
      if (!keys.includes(name) && !absent.names.has(name))
        values.push(Object.hasOwn(instance, name) ? null : this.#made(record[name]))
    }
    for (const [name, operation] of inline) {
      const content = this.#made(operation.call.call(instance))
      const { maxAge } = operation.marks
      const fresh = maxAge === undefined ? {} : { 'max-age': maxAge }
      const attributes = { method: 'GET', url: segmentOf(name), inline: true, ...fresh }
      this.expiries.at(path + segmentOf(name), expires)
      values.push(new Link(attributes, content, { path: path + segmentOf(name) }))
    }
    const drawing = new Drawing(template, values, path)
    // Until all is decided, it is drawn again.
    if (!absent.pending) drawings.set(instance, drawing)
    return drawing
  }

  /** What was made for a page, which may not come to be encoded. */
  #made(value: unknown): unknown {
    this.promises.meet(value)
    return value ?? null
  }

  /**
   * The page of a namespace: what is registered in it, and may be called. `url` where it is not at its own path.
   * Throws a Fault where there is nothing in it for this caller.
   */
  namespace(namespace: Namespace, from: string, url = referenceTo(from, namespace.path)): Page {
    if (!this.presence.permits(namespace)) throw (this.#guard as Guard).refusal(namespace.name)
    const content: Record<string, unknown> = {}
    for (const [name, mapper] of offered(namespace)) {
      if (!this.presence.shows(mapper)) continue
      const reference = `${segmentOf(name)}/`
      const node =
        mapper.kind === 'namespace'
          ? this.namespace(mapper, namespace.path)
          : mapper.kind === 'class'
            ? constructorNode(mapper, reference)
            : operationNode(mapper.operation, reference)
      setOwn(content, name, node)
    }
    return new Page({ name: namespace.name, url }, content, { path: namespace.path })
  }
}
