// A Call: a result on its way, whose members can be used before it is there.

import type { Transport } from './transport.js'

/** What the application does with a result that has not arrived. */
interface Progress {
  /** The request, once it is needed. */
  readonly promise: () => Promise<unknown>
  readonly failure: Failure
}

/** Whether anybody will hear of a failure. */
interface Failure {
  observed: boolean
  failed: boolean
  error: unknown
  readonly report: (error: unknown) => void
}

const progresses = new WeakMap<object, Progress>()

/** Failures that may still be observed: by whoever holds their Call, until it is collected. */
const unobserved = new Set<Failure>()
const collected = /* @__PURE__ */ new FinalizationRegistry<Failure>(reportFailure)

function reportFailure(failure: Failure): void {
  if (!unobserved.delete(failure) || failure.observed) return
  failure.report(failure.error)
}

// When a process is about to end, nobody will look any more.
const { process } = globalThis as { process?: { on?(event: string, listener: () => void): void } }
process?.on?.('beforeExit', () => {
  for (const failure of unobserved) reportFailure(failure)
})

/** Names that tools probe any object for: asking a Call for them starts nothing. */
const isProbe = (name: string): boolean => /^[_$@]/.test(name) || probes.has(name)
const probes = new Set(['toJSON', 'nodeType', 'tagName', 'hasAttribute', 'asymmetricMatch', 'constructor'])

/**
 * Starts once the microtasks of this turn have run, awaited or not. `describe` is what the console shows.
 */
export function startCall(
  run: () => Promise<unknown>,
  transport: Transport,
  report: (error: unknown) => void,
  describe: string,
): object {
  const afterTurn = transport.afterTurn ?? queueMicrotask
  const promise = new Promise<unknown>((resolve, reject) => {
    afterTurn(() => run().then(resolve, reject))
  })
  return callOf({ promise: () => promise, failure: watch(promise, report) }, describe)
}

function watch(promise: Promise<unknown>, report: (error: unknown) => void): Failure {
  const failure: Failure = { observed: false, failed: false, error: undefined, report }
  promise.catch(error => {
    failure.failed = true
    failure.error = error
    if (!failure.observed) unobserved.add(failure)
  })
  return failure
}

function observe({ failure, promise }: Progress): Promise<unknown> {
  failure.observed = true
  unobserved.delete(failure)
  return promise()
}

function promiseMember(progress: Progress, name: string): unknown {
  switch (name) {
    case 'then':
      return (...handlers: Parameters<Promise<unknown>['then']>) => observe(progress).then(...handlers)
    case 'catch':
      return (handler: (error: unknown) => unknown) => observe(progress).catch(handler)
    case 'finally':
      return (handler: () => void) => observe(progress).finally(handler)
    default:
      return undefined
  }
}

const promiseMembers = new Set<PropertyKey>(['then', 'catch', 'finally'])

const inspect = Symbol.for('nodejs.util.inspect.custom')

/** Tells encoders, and people, that it is no plain object. */
class Call {}

function noPrimitive(): never {
  throw new TypeError('a result that is not there yet is used as text or a number: await it first')
}

function callOf(progress: Progress, describe: string): object {
  // An object, not a function: test tools call functions that they are given.
  const target = Object.defineProperty(new Call(), inspect, { value: () => `Call { ${describe} }` })
  const call: object = new Proxy(target, {
    get(_, name) {
      if (name === Symbol.asyncIterator) return () => iterate(observe(progress))
      if (name === Symbol.toPrimitive) return noPrimitive
      if (typeof name === 'symbol') return Reflect.get(target, name)
      const own = promiseMember(progress, name)
      if (own !== undefined) return own
      return isProbe(name) ? undefined : memberOf(progress, name, `${describe}.${name}`)
    },
    has: (_, name) => promiseMembers.has(name) || Reflect.has(target, name),
    set: () => false,
    defineProperty: () => false,
    deleteProperty: () => false,
  })
  progresses.set(call, progress)
  collected.register(call, progress.failure)
  return call
}

/** A member of a result that isn't there: awaited, a property; called, a method. */
function memberOf(parent: Progress, name: string, describe: string): object {
  let read: Progress | undefined
  const progress = (): Progress => {
    if (read === undefined) {
      const promise = observe(parent).then(value => memberIn(value, name))
      read = { promise: () => promise, failure: watch(promise, parent.failure.report) }
    }
    return read
  }
  const invoke = (...parameters: unknown[]) => {
    const promise = observe(parent).then(value => {
      const method = memberIn(value, name)
      if (typeof method !== 'function') throw new TypeError(`${describe} is not a function`)
      return method.apply(value, parameters)
    })
    return callOf({ promise: () => promise, failure: watch(promise, parent.failure.report) }, `${describe}()`)
  }
  Object.defineProperty(invoke, inspect, { value: () => `Call { ${describe} }` })
  return new Proxy(invoke, {
    get(target, name) {
      if (name === Symbol.asyncIterator) return () => iterate(observe(progress()))
      if (name === Symbol.toPrimitive) return noPrimitive
      if (typeof name === 'symbol') return Reflect.get(target, name)
      if (promiseMembers.has(name)) return promiseMember(progress(), name)
      return isProbe(name) ? undefined : memberOf(progress(), name, `${describe}.${name}`)
    },
  })
}

/** A method of what a Call will give, also one whose name is a promise's; undefined for what is no Call. */
export function memberAhead(call: object, name: string): ((...parameters: unknown[]) => object) | undefined {
  const progress = progresses.get(call)
  return progress && (memberOf(progress, name, name) as (...parameters: unknown[]) => object)
}

function memberIn(value: unknown, name: string): unknown {
  if (value === null || value === undefined) {
    throw new TypeError(`cannot read "${name}" of a call that gave ${String(value)}`)
  }
  // A page gives no `then` by itself.
  if (name === 'then') return Object.getOwnPropertyDescriptor(value, name)?.value
  return (value as Record<string, unknown>)[name]
}

async function* iterate(value: Promise<unknown>): AsyncGenerator<unknown> {
  yield* (await value) as AsyncIterable<unknown>
}
