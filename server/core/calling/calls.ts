// Calling what the application registered: every call, of a request or of a step, goes through here, and so
// through `authorize` and `onCall`.

import { met } from '../../../lib/met.js'
import { rest } from '../../../lib/turn.js'
import type { Guard, Rights } from '../access/guard.js'
import type { Context } from '../context/context.js'
import type { ClassMapper, Target } from '../registration/mappers.js'
import type { Operation } from '../registration/members.js'
import { Reference } from '../registration/reference.js'
import type { Registry } from '../registration/registry.js'
import { type Arguments, bind, inOrder } from './arguments.js'
import { Gate, statusOf, tell } from './gate.js'
import { ObjectSet } from './object-set.js'
import type { Permission } from './permission.js'
import { reachable } from './reachable.js'

/**
 * How a call or an object was reached: by a request of its own, as a step of many, or as an argument; `page`: it is
 * about to be shown on one, which only the functions of `allow` are asked.
 */
export type Via = 'request' | 'pipeline' | 'argument' | 'page'

/** What somebody is about to do. */
export interface Access {
  /** Who, as the application's middleware found out. */
  readonly user: unknown
  /** The object; undefined for a function or a constructor. A method in arguments has its object. */
  readonly object: object | undefined
  /** The method, function or class by name; undefined where only the object is reached. */
  readonly member: string | undefined
  /** `User.message`, `hello`, `User`. */
  readonly label: string
  /**
   * What it is called with. A call is asked about before its body is read: then this is empty, and what a function says
   * that looks at it doesn't count; it is asked again once they are bound. One that doesn't is asked once.
   */
  readonly args: readonly unknown[]
  readonly via: Via
  readonly context: Context
}

/** False, or a Fault that it throws, refuses. */
export type Authorize = (access: Access) => boolean | undefined | Promise<boolean | undefined>

/** One call as it ended, for logs and rate limits. */
export interface CallEntry {
  readonly label: string
  readonly via: Via
  readonly user: unknown
  /** The HTTP status that it has, or would have had as a request. */
  readonly status: number
  readonly milliseconds: number
}

export interface CallOptions {
  /**
   * Asked before every call and before its body is read, every object that is reached, and every object, method and
   * function in arguments, about each of those once in a request; by a walk, for each item. Middleware on paths doesn't
   * see the steps of a pipeline: this does. Where it is given,
   * no page has results inline, since drawing asks nobody. Default: all are allowed.
   */
  readonly authorize?: Authorize
  /**
   * Told of every call once it has ended, steps of a pipeline included: for logs and rate limits. Not of objects
   * that are only reached, nor of calls whose arguments were refused. Nobody waits for it: what it throws, or rejects
   * with, is logged, and the call is as it was.
   */
  readonly onCall?: (entry: CallEntry) => unknown
  /** Names of the rights of a user, for `allow`. Default: the user's property `rights`, a list or a set. */
  readonly rights?: Rights
}

/** What a call gave, not to be waited for again. */
export interface Result {
  readonly value: unknown
}

/** Objects that are remembered before others may have their turn. */
const addedAtOnce = 4096

export class Calls {
  readonly #registry: Registry
  readonly #options: CallOptions
  readonly #context: Context
  readonly #via: Via
  readonly #gate: Gate
  /** What has been looked through, and allowed: many steps may be given the same. */
  readonly #allowed = new ObjectSet()
  /** What somebody is being asked about, or has been. */
  #asking: WeakMap<object, Promise<void>> | undefined
  /** What is known to hold no links. */
  readonly #linkless = new ObjectSet()

  /** `guard`: where there are rules. */
  constructor(registry: Registry, options: CallOptions, context: Context, via: Via, guard?: Guard) {
    this.#registry = registry
    this.#options = options
    this.#context = context
    this.#via = via
    this.#gate = new Gate(guard, options, context, via)
  }

  /** Is there nobody to ask for each object? */
  get open(): boolean {
    return this.#gate.open
  }

  /** Asks about an object that is reached without a call, and about those that its URL held. */
  async reach(object: object, via: Via = this.#via): Promise<void> {
    await this.#reach(object, via, new ObjectSet())
  }

  async #reach(object: object, via: Via, seen: ObjectSet): Promise<void> {
    const { name: label = '', rules = [] } = this.#registry.mapperOf(object) ?? {}
    await this.#gate.authorize({ object, member: undefined, label, args: [], via }, rules)
    await this.#reachAll(this.#registry.openedFrom(object), seen)
  }

  /** Asks about the objects, methods and functions in a value, about each once in a request. */
  async #reachAll(value: unknown, seen: ObjectSet): Promise<void> {
    const looked: object[] = []
    for (const found of await reachable(value, this, [seen, this.#allowed], looked)) {
      await rest()
      if (found instanceof Reference) await this.#reachReference(found, seen)
      else if (typeof found === 'function') await this.#reachFunction(found, seen)
      else await this.#reachOnce(found)
    }
    for (const [index, each] of looked.entries()) {
      if (index % addedAtOnce === 0) await rest()
      this.#allowed.add(each)
    }
  }

  /** Steps that run at the same time wait for one answer. */
  #reachOnce(object: object): Promise<void> {
    this.#asking ??= new WeakMap()
    let asking = this.#asking.get(object)
    if (asking === undefined) {
      asking = met(this.#reach(object, 'argument', new ObjectSet()))
      this.#asking.set(object, asking)
    }
    return asking
  }

  /** Whoever is given a reference has what it names. */
  async #reachReference(reference: Reference, seen: ObjectSet): Promise<void> {
    const { target, member } = reference
    if (typeof target === 'function' || member !== undefined)
      return this.#reachFunction(typeof target === 'function' ? target : reference, seen)
    await this.#reachAll(target, seen)
  }

  /** Whoever is given a function may call it: that is to be allowed as if it were called here. */
  async #reachFunction(value: object, seen: ObjectSet): Promise<void> {
    const reference = value instanceof Reference ? value : this.#registry.bound.referenceOf(value)
    const { target, member } = reference ?? {}
    if (typeof target === 'object' && !seen.has(target)) {
      seen.add(target)
      await this.#reachAll(this.#registry.openedFrom(target), seen)
    }
    const object = typeof target === 'object' ? target : undefined
    const known = this.#registry.functionOf(value) ?? this.#registry.classOf(value)
    const mapper = object && this.#registry.mapperOf(object)
    const label = mapper === undefined ? known?.name : `${mapper.name}.${member}`
    if (label === undefined) return
    const own = mapper?.members.methods.get(member ?? '')?.rules ?? []
    const rules = [...(mapper?.rules ?? []), ...own, ...(known?.kind === 'class' ? known.rules : [])]
    if (known?.kind === 'function') rules.push(...known.operation.rules)
    await this.#gate.authorize(
      { object, member: member ?? known?.name, label, args: [], via: 'argument' },
      rules,
    )
  }

  /** The parameters, in order. A promise only where a schema or an `authorize` is to be asked. */
  bind(operation: Operation, given: Arguments, foreign: boolean): unknown[] | Promise<unknown[]> {
    const direct = operation.marks.schemas === undefined && !foreign && this.open
    return direct ? inOrder(operation, given) : this.#bound(operation, given, foreign)
  }

  async #bound(operation: Operation, given: Arguments, foreign: boolean): Promise<unknown[]> {
    if (!this.open) await this.#reachAll(given, new ObjectSet())
    return bind(operation, given, foreign, this.#linkless)
  }

  /**
   * Asks about a call before anything is read for it or drawn of it; undefined where nobody is to be asked. What is to
   * be asked about its arguments `call` asks, unless they are known by now. Throws the Fault of a refusal.
   */
  permit(
    operation: Pick<Operation, 'name' | 'label' | 'rules'>,
    object?: object,
    args?: readonly unknown[],
  ): Permission | undefined | Promise<Permission> {
    return this.open ? undefined : this.#gate.permit(operation, object, args)
  }

  /** Asks about what a URL leads to: its object, and then what would be called. */
  async enter(target: Target): Promise<Permission | undefined> {
    if ('instance' in target) await this.reach(target.instance)
    switch (target.kind) {
      case 'function':
        return this.permit(target.mapper.operation, undefined, target.below && [target.below.join('/')])
      case 'method':
        return this.permit(target.operation, target.instance)
      case 'class':
        return this.permit({ ...target.mapper, label: target.mapper.name })
      default:
        return undefined
    }
  }

  /** What to say in the place of an error that a call had before it began. */
  async instead(permission: Permission | undefined, error: unknown, args?: readonly unknown[]) {
    return permission === undefined ? error : this.#gate.instead(permission, error, args)
  }

  /** Calls. `object` is the instance whose method it is; `permission`: what `permit` gave for it. */
  call(
    operation: Operation,
    object: object | undefined,
    args: readonly unknown[],
    permission?: Permission,
  ): Result | Promise<Result> {
    const run = () => operation.call.apply(object ?? this.#context, args as unknown[])
    return this.#run(permission ?? this.permit(operation, object, args), operation.label, args, run)
  }

  /** Constructs, asked about like a call. */
  construct(
    mapper: ClassMapper,
    args: readonly unknown[],
    make: () => object,
    permission?: Permission,
  ): Result | Promise<Result> {
    const asked = permission ?? this.permit({ ...mapper, label: mapper.name }, undefined, args)
    return this.#run(asked, mapper.name, args, make)
  }

  #run(
    permission: Permission | undefined | Promise<Permission>,
    label: string,
    args: readonly unknown[],
    run: () => unknown,
  ): Result | Promise<Result> {
    if (permission instanceof Promise)
      return permission.then(permission => this.#watched(permission, label, args, run))
    const ask = permission?.given === false
    if (!ask && this.#options.onCall === undefined) {
      permission?.with(args)
      return this.#settled(run())
    }
    return this.#watched(permission, label, args, run)
  }

  /** In a box: an object of the application may have a method called `then`, and is no promise for that. */
  #settled(value: unknown): Result | Promise<Result> {
    if (typeof value !== 'object' || value === null || this.isObject(value)) return { value }
    const { then } = value as Partial<PromiseLike<unknown>>
    return typeof then === 'function' ? Promise.resolve(value).then(value => ({ value })) : { value }
  }

  async #watched(
    permission: Permission | undefined,
    label: string,
    args: readonly unknown[],
    run: () => unknown,
  ): Promise<Result> {
    const started = permission?.started ?? performance.now()
    const entry = { label, via: this.#via, user: this.#context.user }
    const ended = (status: number) =>
      tell(this.#options, this.#context, { ...entry, status, milliseconds: performance.now() - started })
    try {
      if (permission !== undefined) await this.#gate.settle(permission, args)
      const result = await this.#settled(run())
      ended(result.value === undefined || result.value === null ? 204 : 200)
      return result
    } catch (error) {
      ended(statusOf(error))
      throw error
    }
  }

  /** An instance of a registered class. */
  isObject(value: unknown): boolean {
    return typeof value === 'object' && value !== null && this.#registry.mapperOf(value) !== undefined
  }
}
