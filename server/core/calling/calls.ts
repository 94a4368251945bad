// Calling what the application registered: every call, of a request or of a step, goes through here, and so
// through `authorize` and `onCall`.

import { rest } from '../../../lib/event-loop.js'
import { met } from '../../../lib/promises.js'
import type { Via } from '../access/access.js'
import type { Permission } from '../access/permission.js'
import type { Context } from '../context/context.js'
import type { Target } from '../registration/mappers.js'
import type { Operation } from '../registration/members.js'
import type { Offers } from '../registration/offers.js'
import { Reference } from '../registration/reference.js'
import type { Registry } from '../registration/registry.js'
import { bind, inOrder, type NamedArguments } from './arguments.js'
import { Gate, type GateParts, statusOf, tell } from './gate.js'
import type { Interceptor, Result } from './interceptor.js'
import { ObjectSet } from './object-set.js'
import type { CallOptions } from './options.js'
import { reachable } from './reachable.js'

/** Objects that are remembered before others may have their turn. */
const addedAtOnce = 4096

interface CallsParts extends GateParts {
  readonly registry: Registry
  readonly options: CallOptions
  readonly offers: () => Offers
  readonly interceptor?: Interceptor | undefined
}

export class Calls {
  readonly #registry: Registry
  readonly #options: CallOptions
  readonly #context: Context
  readonly #via: Via
  readonly #interceptor: Interceptor | undefined
  readonly #gate: Gate
  readonly #offers: () => Offers
  /** Values that were looked through, and allowed: many steps may be given the same. */
  readonly #allowed = new ObjectSet()
  /** The objects that somebody is being asked about, or has been. */
  #asking: WeakMap<object, Promise<void>> | undefined

  constructor(parts: CallsParts) {
    this.#registry = parts.registry
    this.#options = parts.options
    this.#context = parts.context
    this.#via = parts.via
    this.#interceptor = parts.interceptor
    this.#gate = new Gate(parts)
    this.#offers = parts.offers
  }

  /** Is there nobody to ask for each object? */
  get open(): boolean {
    return this.#gate.open
  }

  /** Asks about an object that is reached without a call, and about those that its URL held. */
  async admit(object: object, via: Via = this.#via): Promise<void> {
    await this.#admit(object, via, new ObjectSet())
  }

  async #admit(object: object, via: Via, seen: ObjectSet): Promise<void> {
    const { name: label = '', rules = [] } = this.#registry.mapperOf(object) ?? {}
    await this.#gate.authorize({ object, member: undefined, label, args: [], via }, rules)
    await this.#admitAll(this.#registry.resolver.openedFrom(object), seen)
  }

  /** Asks about the objects, methods and functions in a value, about each once in a request. */
  async #admitAll(value: unknown, seen: ObjectSet): Promise<void> {
    const looked: object[] = []
    for (const found of await reachable(value, this, [seen, this.#allowed], looked)) {
      await rest()
      if (found instanceof Reference) await this.#admitReference(found, seen)
      else if (typeof found === 'function') await this.#admitFunction(found, seen)
      else await this.#admitOnce(found)
    }
    for (const [index, each] of looked.entries()) {
      if (index % addedAtOnce === 0) await rest()
      this.#allowed.add(each)
    }
  }

  /** Steps that run at the same time wait for one answer. */
  #admitOnce(object: object): Promise<void> {
    this.#asking ??= new WeakMap()
    let asking = this.#asking.get(object)
    if (asking === undefined) {
      asking = met(this.#admit(object, 'argument', new ObjectSet()))
      this.#asking.set(object, asking)
    }
    return asking
  }

  /** A reference gives its holder the function or the object that it names. */
  async #admitReference(reference: Reference, seen: ObjectSet): Promise<void> {
    const { target, member } = reference
    if (typeof target === 'function' || member !== undefined)
      return this.#admitFunction(typeof target === 'function' ? target : reference, seen)
    await this.#admitAll(target, seen)
  }

  /** A function in arguments may be called by the application: that is to be allowed as if it were called here. */
  async #admitFunction(value: object, seen: ObjectSet): Promise<void> {
    const reference = value instanceof Reference ? value : this.#registry.bound.referenceOf(value)
    const { target, member } = reference ?? {}
    if (typeof target === 'object' && !seen.has(target)) {
      seen.add(target)
      await this.#admitAll(this.#registry.resolver.openedFrom(target), seen)
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
  bind(operation: Operation, given: NamedArguments): unknown[] | Promise<unknown[]> {
    const direct = operation.marks.schemas === undefined && given.foreign === undefined && this.open
    return direct ? inOrder(operation, given.named) : this.#bound(operation, given)
  }

  async #bound(operation: Operation, given: NamedArguments): Promise<unknown[]> {
    if (!this.open) await this.#admitAll(given.named, new ObjectSet())
    return bind(operation, given)
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
    if ('instance' in target) await this.admit(target.instance)
    switch (target.kind) {
      case 'function':
        return this.permit(target.mapper.operation, undefined, target.below && [target.below.join('/')])
      case 'method':
        return this.permit(target.operation, target.instance)
      case 'class':
        return this.permit(target.mapper.operation)
      default:
        return undefined
    }
  }

  /** The error to answer in the place of one that a call had before it began. */
  async instead(permission: Permission | undefined, error: unknown, args?: readonly unknown[]) {
    return permission === undefined ? error : this.#gate.instead(permission, error, args)
  }

  /** Calls. `object` is the instance whose method it is; `permission`: what `permit` gave for it. */
  call(
    operation: Operation,
    object: object | undefined,
    args: readonly unknown[],
    permission: Permission | undefined | Promise<Permission> = this.permit(operation, object, args),
  ): Result | Promise<Result> {
    if (permission instanceof Promise)
      return permission.then(permission => this.call(operation, object, args, permission))
    if (permission?.given === false || this.#options.onCall !== undefined)
      return this.#watched(permission, operation.label, args, () =>
        this.#intercepted(operation, object, args),
      )
    permission?.with(args)
    return this.#intercepted(operation, object, args)
  }

  #intercepted(
    operation: Operation,
    object: object | undefined,
    args: readonly unknown[],
  ): Result | Promise<Result> {
    if (this.#interceptor === undefined) return this.#run(operation, object, args)
    const invocation = { operation, object, args, via: this.#via, context: this.#context }
    return this.#interceptor(invocation, () => this.#run(operation, object, args))
  }

  /** Throws the Fault (409) of what there is not in the present state; a promise only where that has to be waited for. */
  now(operation: Operation, object: object | undefined): undefined | Promise<undefined> {
    const { when } = operation.marks
    if (when === undefined) return undefined
    const holds = this.#offers().holds(when, object)
    if (holds === true) return undefined
    return Promise.resolve(holds).then(async holds => {
      const mapper = object && this.#registry.mapperOf(object)
      if (!holds) throw await this.#offers().notNow(operation, object, mapper)
      return undefined
    })
  }

  #run(operation: Operation, object: object | undefined, args: readonly unknown[]): Result | Promise<Result> {
    const asking = this.now(operation, object)
    if (asking !== undefined) return asking.then(() => this.#made(operation, object, args))
    return this.#made(operation, object, args)
  }

  #made(
    operation: Operation,
    object: object | undefined,
    args: readonly unknown[],
  ): Result | Promise<Result> {
    return this.#settled(operation.call.apply(object ?? this.#context, args as unknown[]))
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
    run: () => Result | Promise<Result>,
  ): Promise<Result> {
    const started = permission?.started ?? performance.now()
    const entry = { label, via: this.#via, user: this.#context.user }
    const ended = (status: number) =>
      tell(this.#options, this.#context, { ...entry, status, milliseconds: performance.now() - started })
    try {
      if (permission !== undefined) await this.#gate.settle(permission, args)
      const result = await run()
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
