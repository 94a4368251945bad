// Running the steps of a pipeline against live objects, with nothing encoded in between. A walk reaches only
// what a page would have shown; what it cannot do here is left to the client, which can.

import type { RouterLimits } from '../../../lib/limits.js'
import { attempt, isPromise, unwaited } from '../../../lib/met.js'
import { rest } from '../../../lib/turn.js'
import { setOwn } from '../../../lib/values/dict.js'
import { Fault } from '../../../lib/values/fault.js'
import { kindOf } from '../../../lib/values/kind.js'
import { iteratorOf } from '../../../lib/values/stream.js'
import { type Accepting, type Arguments, incomplete } from '../../core/calling/arguments.js'
import type { Calls } from '../../core/calling/calls.js'
import type { Permission } from '../../core/calling/permission.js'
import { type LookupScope, References } from '../../core/calling/references.js'
import type { Observer } from '../../core/context/observer.js'
import type { Pages } from '../../core/drawing/pages.js'
import { overLimit } from '../../core/faults/faults.js'
import { notFound } from '../../core/faults/http.js'
import { isDrawn, methodOf, type Operation, visibleKeys } from '../../core/registration/members.js'
import { Created, Reference } from '../../core/registration/reference.js'
import type { ClassMapper, Registry, Target } from '../../core/registration/registry.js'
import { earlier } from '../../core/sealing/expiry.js'
import {
  type CallStep,
  type Held,
  type MapStep,
  type MemberStep,
  type Result,
  resultOf,
  type Step,
} from './steps.js'

export type Outcome =
  | {
      readonly kind: 'value'
      readonly value: unknown
      readonly expires?: number | undefined
      /** Why no other step may have it: a call gave its caller an object whom only drawing may show. */
      readonly closed?: Fault
    }
  | { readonly kind: 'failed'; readonly fault: Fault }
  /** An object that lives on another server: what depends on it goes on there. */
  | { readonly kind: 'moved'; readonly value: object; readonly expires?: number | undefined }
  /** Left to the client, and not done. */
  | { readonly kind: 'unresolved' }
  /** A walk of which some is left to the client: for each item, the outcomes of the item and of each step. */
  | { readonly kind: 'partial'; readonly items: readonly (readonly Outcome[])[] }

/** Arguments that stand for themselves. */
const unrevived = (value: unknown): Revived => ({ value, foreign: false, expires: undefined })
const unresolved: Outcome = { kind: 'unresolved' }
const outcomeOf = (value: unknown): Outcome => ({ kind: 'value', value })

interface Revived {
  readonly value: unknown
  readonly foreign: boolean
  readonly expires: number | undefined
}

type Revive = () => Revived | Promise<Revived>

/** Values in arguments from which on they are looked up with rests: as many as take some milliseconds. */
const longValues = 4096

/** The results of one body, and of those around it. */
interface Scope {
  readonly results: (Outcome | Promise<Outcome>)[]
  readonly outer: Scope | undefined
}

type PipelineLimits = Pick<RouterLimits, 'concurrentSteps' | 'executedSteps' | 'mappedItems' | 'mappedValues'>

export class Pipeline {
  readonly #registry: Registry
  readonly #calls: Calls
  readonly #pages: Pages
  readonly #scope: LookupScope
  readonly #toFault: (error: unknown) => Fault
  readonly #limits: PipelineLimits
  readonly #observer: Observer | undefined
  #executed = 0
  #mapped = 0
  #copied = 0
  #running = 0
  /** When the first of the URLs expires that were reached so far. */
  #first: number | undefined
  readonly #waiting: (() => void)[] = []
  /** What URLs lead to that are functions': the calls of a turn often are of the same one. */
  readonly #functions = new Map<string, Target>()
  #abandoned = false
  /** In the place of what has not started. */
  #stopped: Fault | undefined

  constructor(parts: {
    registry: Registry
    calls: Calls
    pages: Pages
    scope: LookupScope
    toFault: (error: unknown) => Fault
    limits: PipelineLimits
    observer?: Observer | undefined
  }) {
    this.#registry = parts.registry
    this.#calls = parts.calls
    this.#pages = parts.pages
    this.#scope = parts.scope
    this.#toFault = parts.toFault
    this.#limits = parts.limits
    this.#observer = parts.observer
  }

  /** Starts all steps in their order; a result is a promise where it has to be waited for. */
  start(steps: readonly Step[]): readonly (Outcome | Promise<Outcome>)[] {
    const scope: Scope = { results: [], outer: undefined }
    for (const step of steps) record(scope, this.#step(step, scope))
    return scope.results
  }

  #step(step: Step, scope: Scope): Outcome | Promise<Outcome> {
    const needed = this.#needs(step, scope)
    if (needed.length === 0) return this.#admit(step, scope)
    const failed = needed.find(result => !(result instanceof Promise) && !isOpen(result))
    if (failed !== undefined) return dependent(failed as Outcome)
    if (needed.some(result => result instanceof Promise)) return this.#after(needed, step, scope)
    return this.#admit(step, scope)
  }

  async #after(needed: readonly (Outcome | Promise<Outcome>)[], step: Step, scope: Scope): Promise<Outcome> {
    for (const result of needed) {
      const outcome = await result
      if (!isOpen(outcome)) return dependent(outcome)
    }
    return this.#admit(step, scope)
  }

  /** Runs a step whose needs are met, once fewer than the limit run. */
  #admit(step: Step, scope: Scope): Outcome | Promise<Outcome> {
    const { executedSteps } = this.#limits
    if (++this.#executed > executedSteps) {
      return this.#failed(
        overLimit(`more than ${executedSteps} steps to run`, 'executedSteps', executedSteps),
      )
    }
    // A map only waits for others: it takes no place, or maps in maps could fill them all.
    if (step.kind === 'map') return this.#guarded(() => this.#map(step, scope))
    if (this.#running >= this.#limits.concurrentSteps) return this.#queued(step, scope)
    return this.#run(step, scope)
  }

  /** What has not started is not run: it has failed with this. */
  stop(fault: Fault): void {
    this.#stopped ??= fault
    this.#wakeAll()
  }

  /** The client has left: what has not started is dropped. */
  abandon(): void {
    this.#abandoned = true
    this.#wakeAll()
  }

  #wakeAll(): void {
    for (const wake of this.#waiting.splice(0)) wake()
  }

  async #queued(step: Step, scope: Scope): Promise<Outcome> {
    await new Promise<void>(resolve => this.#waiting.push(resolve))
    // Each that ends wakes the next, which would else be one long turn.
    const pause = rest()
    if (pause !== undefined) await pause
    return this.#run(step, scope)
  }

  #run(step: Step, scope: Scope): Outcome | Promise<Outcome> {
    if (this.#abandoned) return unresolved
    if (this.#stopped !== undefined) return { kind: 'failed', fault: this.#stopped }
    this.#running++
    const outcome = this.#guarded(() => {
      if (step.kind === 'call') return this.#call(step, scope)
      return step.kind === 'member' ? this.#member(step, scope) : unresolved
    })
    if (outcome instanceof Promise) return outcome.finally(() => this.#release())
    this.#release()
    return outcome
  }

  #release(): void {
    this.#running--
    this.#waiting.shift()?.()
  }

  #guarded(run: () => Outcome | Promise<Outcome>): Outcome | Promise<Outcome> {
    try {
      const outcome = run()
      return outcome instanceof Promise ? outcome.catch(error => this.#failed(error)) : outcome
    } catch (error) {
      return this.#failed(error)
    }
  }

  /** What a Fault holds expires with the first of all that was reached: which of it led there it doesn't say. */
  #failed(error: unknown): Outcome {
    const fault = this.#toFault(error)
    this.#pages.expiries.inherit(fault, this.#first)
    return { kind: 'failed', fault }
  }

  /** The results that a step refers to. */
  #needs(step: Step, scope: Scope): (Outcome | Promise<Outcome>)[] {
    const needed: (Outcome | Promise<Outcome>)[] = []
    if (step.kind !== 'call') needed.push(lookUp(step.of, scope))
    // What the body of a map refers to is its steps' affair: an empty list needs none of it.
    if (step.kind !== 'map') for (const result of step.held.results) needed.push(lookUp(result, scope))
    return needed
  }

  /** Arguments with the results and objects that they refer to, and when the first of these expires. */
  #revive(args: unknown, held: Held, scope: Scope): Revived | Promise<Revived> {
    if (held.bare) return unrevived(args)
    const revival = new References(this.#scope, node => {
      const result = resultOf(node)
      if (result === undefined) return node
      const { value, expires } = found(result, scope)
      revival.expires = earlier(revival.expires, expires)
      return value
    })
    const revived = (value: unknown) => {
      this.#first = earlier(this.#first, revival.expires)
      return { value, foreign: revival.foreign, expires: revival.expires }
    }
    return held.values > longValues ? revival.longArgs(args).then(revived) : revived(revival.args(args))
  }

  #target(url: string): Target {
    const known = this.#functions.get(url)
    if (known !== undefined) return known
    const ownPath = this.#scope.own.resolve(url, this.#scope.path)
    const target =
      ownPath === undefined ? undefined : this.#registry.resolver.find(ownPath, this.#scope.enter)
    if (target === undefined) throw notFound()
    if (target.kind === 'function') this.#functions.set(url, target)
    return target
  }

  #call({ url, args, held }: CallStep, scope: Scope): Outcome | Promise<Outcome> {
    const target = this.#target(url)
    if (target.kind === 'namespace') return unresolved
    if ('instance' in target && this.#pages.elsewhere(target.mapper, target.instance) !== undefined)
      return unresolved
    const revive = () => this.#revive(args, held, scope)
    const expires = 'instance' in target ? target.expires : undefined
    this.#first = earlier(this.#first, expires)
    return expiring(this.#reached(target, revive), expires)
  }

  #reached(target: Exclude<Target, { kind: 'namespace' }>, revive: Revive): Outcome | Promise<Outcome> {
    switch (target.kind) {
      case 'instance':
        return this.#object(target.instance)
      case 'class':
        return this.#perform(target.mapper.operation, undefined, revive)
      case 'function':
        return this.#perform(target.mapper.operation, undefined, revive)
      case 'method': {
        const { operation, instance } = target
        const perform = () => this.#perform(operation, instance, revive)
        return this.#calls.open ? perform() : this.#calls.reach(instance).then(perform)
      }
    }
  }

  #member({ of, name, args, held }: MemberStep, scope: Scope): Outcome | Promise<Outcome> {
    const { value: object, expires } = found(of, scope)
    if (typeof object !== 'object' || object === null) return unresolved
    const revive = args && (() => this.#revive(args, held, scope))
    return expiring(this.#inObject(object, name, revive), expires)
  }

  #inObject(object: object, name: string, revive: Revive | undefined): Outcome | Promise<Outcome> {
    const mapper = this.#registry.mapperOf(object)
    if (mapper === undefined) return this.#inData(object, name, revive)
    if (this.#pages.elsewhere(mapper, object) !== undefined) return unresolved
    if (revive === undefined) return this.#property(mapper, object, name)
    const operation = methodOf(mapper.members, object, name)
    if (operation === undefined) return unresolved
    return this.#perform(operation, object, revive)
  }

  /** A property as the object's page shows it. */
  #property(mapper: ClassMapper, object: object, name: string): Outcome | Promise<Outcome> {
    const shown = Object.hasOwn(object, name)
      ? visibleKeys(object).includes(name)
      : mapper.members.getters.includes(name)
    if (!shown) return unresolved
    return this.#waited((object as Record<string, unknown>)[name])
  }

  /** A member of plain data as it is drawn, or a registered function that it holds. */
  #inData(data: object, name: string, revive: Revive | undefined): Outcome | Promise<Outcome> {
    if (!isDrawn(data, name)) return unresolved
    const member = (data as Record<string, unknown>)[name]
    if (revive === undefined) return typeof member === 'function' ? unresolved : this.#waited(member)
    if (member instanceof Reference || typeof member !== 'function') return unresolved
    const operation = this.#registry.functionOf(member)?.operation
    if (operation === undefined) return unresolved
    return this.#perform(operation, undefined, revive)
  }

  async #map({ of, body, result, held, values }: MapStep, scope: Scope): Promise<Outcome> {
    const { value: list, expires } = found(of, scope)
    if (!Array.isArray(list)) return unresolved
    const { mappedItems, mappedValues } = this.#limits
    this.#mapped += list.length
    if (this.#mapped > mappedItems) {
      return this.#failed(overLimit(`more than ${mappedItems} items to walk`, 'mappedItems', mappedItems))
    }
    this.#copied += list.length * values
    if (this.#copied > mappedValues) {
      return this.#failed(
        overLimit(`more than ${mappedValues} values for items`, 'mappedValues', mappedValues),
      )
    }
    const results: unknown[] = []
    let first = expires
    const scopes: Scope[] = []
    // The application may change its list while others have their turn.
    for (const item of list.slice()) {
      const pause = rest()
      if (pause !== undefined) await pause
      const inner: Scope = { results: [], outer: scope }
      record(
        inner,
        expiring(
          this.#guarded(() => this.#waited(item)),
          expires,
        ),
      )
      for (const step of body) record(inner, this.#step(step, inner))
      scopes.push(inner)
    }
    for (const inner of scopes) {
      const pause = rest()
      if (pause !== undefined) await pause
      const needed = [...inner.results]
      for (const reference of held.results) needed.push(lookUp(reference, inner))
      for (const outcome of needed) {
        const settled = await outcome
        if (settled.kind === 'failed') return settled
        // What has been called must not be called again.
        if (!isOpen(settled)) return settled.kind === 'value' ? dependent(settled) : partial(scopes)
      }
      const revived = await this.#revive(result, held, inner)
      first = earlier(first, revived.expires)
      results.push(revived.value)
    }
    return expiring(outcomeOf(results), first)
  }

  #perform(
    operation: Parameters<Calls['call']>[0],
    object: object | undefined,
    revive: Revive,
  ): Outcome | Promise<Outcome> {
    // A stream is a message of its own.
    if (operation.stream) return unresolved
    return this.#observed(operation.label, () => {
      const permission = this.#calls.permit(operation, object)
      return this.#permitted(operation, permission, revive, (named, foreign, permission) =>
        this.#performed(operation, object, named, foreign, permission),
      )
    })
  }

  /** Looks up the arguments of a call that may be made, and makes it. */
  #permitted(
    accepting: Accepting,
    permission: Permission | undefined | Promise<Permission>,
    revive: Revive,
    call: (
      named: Arguments,
      foreign: boolean,
      permission: Permission | undefined,
    ) => Outcome | Promise<Outcome>,
  ): Outcome | Promise<Outcome> {
    let named: Arguments = {}
    const begin = (permission: Permission | undefined) => {
      const revived = revive()
      return revived instanceof Promise
        ? revived.then(revived => enterWith(revived, permission))
        : enterWith(revived, permission)
    }
    const enterWith = ({ value, foreign, expires }: Revived, permission: Permission | undefined) => {
      named = inDict(accepting, value)
      return expiring(call(named, foreign, permission), expires)
    }
    const enter = async (permission: Permission) => {
      try {
        return await begin(permission)
      } catch (error) {
        throw await this.#calls.instead(permission, error, incomplete(accepting, named))
      }
    }
    if (permission instanceof Promise) return permission.then(enter)
    return permission === undefined || permission.given ? begin(permission) : enter(permission)
  }

  /** Tells who observes how a call ended: each once, what its arguments were refused for included. */
  #observed(label: string, call: () => Outcome | Promise<Outcome>): Outcome | Promise<Outcome> {
    const step = this.#observer?.step()
    if (step === undefined) return call()
    const ended = (outcome: Outcome) => {
      const isNothing = outcome.kind === 'value' && (outcome.value ?? undefined) === undefined
      if (outcome.kind === 'value' || outcome.kind === 'moved') step.ended(label, isNothing ? 204 : 200)
      return outcome
    }
    const failed = (error: unknown): never => {
      const fault = this.#toFault(error)
      step.ended(label, fault.status)
      throw fault
    }
    try {
      const outcome = step.run(call)
      return outcome instanceof Promise ? outcome.then(ended, failed) : ended(outcome)
    } catch (error) {
      return failed(error)
    }
  }

  #performed(
    operation: Parameters<Calls['call']>[0],
    object: object | undefined,
    named: Arguments,
    foreign: boolean,
    permission: Permission | undefined,
  ): Outcome | Promise<Outcome> {
    const bound = this.#calls.bind(operation, named, foreign)
    const given = (value: unknown) => this.#givenBy(operation, value)
    if (bound instanceof Promise)
      return bound.then(async args =>
        given((await this.#calls.call(operation, object, args, permission)).value),
      )
    const result = this.#calls.call(operation, object, bound, permission)
    return result instanceof Promise ? result.then(({ value }) => given(value)) : given(result.value)
  }

  /** What a function gave. That it is a stream comes out too late, unless it can be called again. */
  #givenBy(operation: Operation, value: unknown): Outcome | Promise<Outcome> {
    const iterator = this.#calls.isObject(value)
      ? undefined
      : iteratorOf(value instanceof Created ? value.value : value)
    if (iterator === undefined) return operation.marks.redirect ? this.#given(value) : this.#shown(value)
    const leaving = () => iterator.return?.()
    attempt(leaving, () => undefined)
    if (operation.marks.safe) return unresolved
    throw streamInside(operation.label)
  }

  /**
   * What a call gave that was allowed: shown as it would be by itself, also where nothing else may be done with it. Where
   * that would be a redirect, the object would be asked for, and refused.
   */
  #shown(value: unknown): Outcome | Promise<Outcome> {
    const given = this.#given(value)
    if (!(given instanceof Promise)) return given
    return given.catch(error => {
      const result = value instanceof Created ? value.value : value
      return { kind: 'value', value: result, closed: this.#toFault(error) }
    })
  }

  #waited(value: unknown): Outcome | Promise<Outcome> {
    if (this.#calls.isObject(value)) return this.#object(value as object)
    // Of whatever make: what is drawn is waited for as well.
    return isPromise(value) && kindOf(value) === 'other'
      ? Promise.resolve(value).then(result => this.#given(result))
      : this.#given(value)
  }

  /** What a call gave, as later steps see it. */
  #given(value: unknown): Outcome | Promise<Outcome> {
    const result = value instanceof Created ? value.value : value
    this.#pages.promises.meet(result)
    return this.#calls.isObject(result) ? this.#object(result as object) : outcomeOf(result)
  }

  #object(object: object): Outcome | Promise<Outcome> {
    const mapper = this.#registry.mapperOf(object) as ClassMapper
    if (this.#pages.elsewhere(mapper, object) !== undefined) return { kind: 'moved', value: object }
    if (this.#calls.open) return outcomeOf(object)
    return this.#calls.reach(object).then(() => outcomeOf(object))
  }
}

/** What a step gives expires with the URLs, and the results, that it was reached by. */
function expiring(
  outcome: Outcome | Promise<Outcome>,
  expires: number | undefined,
): Outcome | Promise<Outcome> {
  if (expires === undefined) return outcome
  if (outcome instanceof Promise) return outcome.then(settled => expiring(settled, expires))
  if (outcome.kind !== 'value' && outcome.kind !== 'moved') return outcome
  return { ...outcome, expires: earlier(outcome.expires, expires) }
}

/** Is it there for other steps? */
const isOpen = (outcome: Outcome): boolean => outcome.kind === 'value' && outcome.closed === undefined

/** What becomes of a step that depends on one with this outcome. */
function dependent(outcome: Outcome): Outcome {
  if (outcome.kind === 'value' && outcome.closed !== undefined)
    return { kind: 'failed', fault: outcome.closed }
  return outcome.kind === 'failed' ? outcome : unresolved
}

/** What there is of a walk, once all that can run has run. */
async function partial(scopes: readonly Scope[]): Promise<Outcome> {
  return { kind: 'partial', items: await Promise.all(scopes.map(({ results }) => Promise.all(results))) }
}

/** A stream that cannot be left to the client, who would have to do again what was done. */
const streamInside = (label: string): Fault =>
  new Fault(`${label} gives a stream, which cannot travel with other calls: call it by itself`, {
    status: 500,
    code: 'stream',
  })

/** Adds a result; one that has to be waited for is replaced by what it becomes, before anybody goes on. */
function record(scope: Scope, outcome: Outcome | Promise<Outcome>): void {
  const index = scope.results.push(outcome) - 1
  if (outcome instanceof Promise) unwaited(replace(scope, index, outcome))
}

async function replace({ results }: Scope, index: number, outcome: Promise<Outcome>): Promise<void> {
  results[index] = await outcome
}

function lookUp({ step, up }: Result, scope: Scope): Outcome | Promise<Outcome> {
  let at: Scope | undefined = scope
  for (let level = 0; level < up; level++) at = at?.outer
  return at?.results[step] ?? unresolved
}

/** The value of a result that is there, since a step runs when its needs are met. */
const found = (result: Result, scope: Scope) => lookUp(result, scope) as Extract<Outcome, { kind: 'value' }>

/** Positional arguments by name. Throws a Fault for more than there are parameters. */
function inDict(
  {
    label,
    parameters,
  }: { readonly label: string; readonly parameters: readonly { readonly name: string }[] },
  args: unknown,
): Record<string, unknown> {
  if (!Array.isArray(args)) return args as Record<string, unknown>
  if (args.length > parameters.length) {
    const problem = `${label}: ${args.length} arguments, where it takes ${parameters.length}`
    throw new Fault(problem, { code: 'surplus_argument' })
  }
  const named: Record<string, unknown> = {}
  for (const [index, value] of args.entries()) {
    const { name } = parameters[index] as { name: string }
    setOwn(named, name, value)
  }
  return named
}
