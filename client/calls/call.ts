// A Call: a result on its way, whose members can be used before it has arrived. It is a proxy around a step.

import { handleOf } from './handles.js'
import { enqueueAfter } from './queue.js'
import { describeStep, type Step, stepKey, stepOf } from './step.js'

/** Names that tools probe any object for: asking a Call for them starts nothing. */
const isProbe = (name: string): boolean => /^[_$@]/.test(name) || probes.has(name)
const probes = new Set(['toJSON', 'nodeType', 'tagName', 'hasAttribute', 'asymmetricMatch', 'constructor'])

function promiseMember(step: () => Step, name: PropertyKey): unknown {
  switch (name) {
    case 'then':
      return (...handlers: Parameters<Promise<unknown>['then']>) =>
        step()
          .result()
          .then(...handlers)
    case 'catch':
      return (handler: (error: unknown) => unknown) => step().result().catch(handler)
    case 'finally':
      return (handler: () => void) => step().result().finally(handler)
    case Symbol.asyncIterator:
      return () => iterate(step().result())
    case Symbol.toPrimitive:
      return noPrimitive
    default:
      return undefined
  }
}

const promiseMembers = new Set<PropertyKey>(['then', 'catch', 'finally'])

const inspect = Symbol.for('nodejs.util.inspect.custom')

/** The properties that React's `use` writes on a promise, and reads again; before that they are members of the result. */
const marks = new Set<PropertyKey>(['status', 'value', 'reason'])

/** A class, so that encoders and the console see no plain object. */
class Call {
  readonly step: Step
  /** The properties that tools have written on it. */
  marks: Map<PropertyKey, unknown> | undefined

  constructor(step: Step) {
    this.step = step
  }

  /** The console calls it on the proxy, which has no `step`. */
  [inspect](): string {
    const step = stepOf(this)
    return step === undefined ? 'Call' : `Call { ${describeStep(step)} }`
  }
}

function noPrimitive(): never {
  throw new TypeError('a result that is not there yet is used as text or a number: await it first')
}

const handler: ProxyHandler<Call> = {
  get(target, name) {
    const ofPromise = promiseMember(() => target.step, name)
    if (ofPromise !== undefined) return ofPromise
    if (name === stepKey) return target.step
    if (target.marks?.has(name)) return target.marks.get(name)
    if (typeof name === 'symbol' || isProbe(name)) return undefined
    return memberOf(
      () => target.step,
      name,
      () => `${describeStep(target.step)}.${name}`,
    )
  },
  has: (_, name) => promiseMembers.has(name),
  ownKeys: () => [],
  getOwnPropertyDescriptor: () => undefined,
  set(target, name, value) {
    if (!marks.has(name) && (typeof name === 'symbol' || !isProbe(name))) return false
    target.marks ??= new Map()
    target.marks.set(name, value)
    return true
  },
  defineProperty: () => false,
  deleteProperty: () => false,
}

/** The Call for a step. An object, not a function: test tools call functions that they are given. */
export function callOf(step: Step): object {
  const call = new Proxy(new Call(step), handler)
  step.heldBy(call)
  return call
}

/** A member of a result that has not arrived: a property where it is awaited or passed on, a method where it is called. */
function memberOf(parent: () => Step, name: string, describe: () => string): object {
  let read: Step | undefined
  const step = (): Step => {
    if (read === undefined) {
      read = after({ kind: 'member', of: parent(), name, parameters: undefined }, parent())
      read.heldBy(member)
    }
    return read
  }
  const invoke = (...parameters: unknown[]) => {
    const of = parent()
    const [callback, ...more] = parameters
    const walks = name === 'map' && typeof callback === 'function' && more.length === 0 && !isRemote(callback)
    const next = walks
      ? after(walk(of, callback as (item: unknown) => unknown), of)
      : after({ kind: 'member', of, name, parameters }, of)
    return callOf(next)
  }
  Object.defineProperty(invoke, inspect, { value: () => `Call { ${describe()} }` })
  const member = new Proxy(invoke, {
    get(target, key) {
      const ofPromise = promiseMember(step, key)
      if (ofPromise !== undefined) return ofPromise
      if (key === stepKey) return step()
      if (typeof key === 'symbol') return Reflect.get(target, key)
      return isProbe(key) ? undefined : memberOf(step, key, () => `${describe()}.${key}`)
    },
  })
  return member
}

/** A method of the result of a Call, also one with the name of a promise's; undefined for other objects than Calls. */
export function memberAhead(call: object, name: string): ((...parameters: unknown[]) => object) | undefined {
  const step = stepOf(call)
  return (
    step &&
    (memberOf(
      () => step,
      name,
      () => name,
    ) as (...parameters: unknown[]) => object)
  )
}

/** A step that depends on its parent: a failure of the parent is observed by the step. */
function after(action: Parameters<typeof enqueueAfter>[0], parent: Step): Step {
  parent.depend()
  return enqueueAfter(action)
}

const walk = (of: Step, callback: (item: unknown) => unknown) => ({
  kind: 'map' as const,
  of,
  callback,
  stand: (item: Step) => callback(callOf(item)),
})

/** Remote functions are passed as arguments; the callback of a walk is a function of the application's own. */
const isRemote = (fn: unknown): boolean => handleOf(fn) !== undefined

async function* iterate(value: Promise<unknown>): AsyncGenerator<unknown> {
  yield* (await value) as AsyncIterable<unknown>
}
