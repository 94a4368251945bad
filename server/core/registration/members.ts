// The members of a class that callers can see: one table, which serves pages and calls alike.

import { kindOf } from '../../../lib/values/kind.js'
import { type Rule, restricts } from '../access/rules.js'
import { Resource } from '../context/resource.js'
import { RegistrationError } from '../faults/registration-error.js'
import { byNames, type Parameter, parametersOf } from '../reflection/index.js'
import { type Envelope, isHiddenField, type Marks, marksOf, type Verb } from './marks.js'
import type { When } from './when.js'

// biome-ignore lint/suspicious/noExplicitAny: whatever the application's function takes and returns.
export type Callable = (this: any, ...parameters: any[]) => any

/** A function or a method, which can be called by a name. */
export interface Operation {
  /** For messages: `User.message`, `hello`. */
  readonly label: string
  readonly name: string
  readonly call: Callable
  readonly marks: Marks
  /** The HTTP method that calls it. */
  readonly method: 'GET' | Verb
  /** How its arguments travel. */
  readonly envelope: Envelope
  readonly parameters: readonly Parameter[]
  /** Is it a generator function? Then what it gives is known to be a stream before it runs. */
  readonly stream: boolean
  /** All of them are to be kept; a method's class has others. */
  readonly rules: readonly Rule[]
}

export interface Members {
  readonly methods: ReadonlyMap<string, Operation>
  /** Names of getters, shown as data. */
  readonly getters: readonly string[]
  /** Of the getters that are there in some states only, when. */
  readonly whens: ReadonlyMap<string, When>
  /** Are there members that depend on state, or on rules that functions decide? */
  readonly conditional: boolean
}

/** Is it offered in some states only, or to those whom a function lets in? */
export const isConditional = ({ marks, rules }: Pick<Operation, 'marks' | 'rules'>): boolean =>
  marks.when !== undefined || rules.some(rule => restricts(rule) && rule.conditions.length > 0)

/** Names that no path segment can be. */
export const isUnusable = (name: string): boolean =>
  name === '' || name === '.' || name === '..' || /\p{Surrogate}/u.test(name)

export function operationOf(
  call: Callable,
  label: string,
  name: string,
  rules: readonly Rule[] = rulesOf(call),
): Operation {
  const marks = marksOf(call)
  if (marks.hidden)
    throw new RegistrationError(`${label} is hidden, so nobody could call it; don't register it`)
  const parameters = marks.input ? byNames(marks.names ?? [], label) : parametersOf(call, label, marks.names)
  checkEnvelope(marks, parameters, label)
  return {
    label,
    name,
    call,
    marks,
    ...wayOf(marks),
    parameters,
    stream: isGenerator(marks.input ?? call),
    rules,
  }
}

/** How it is called, by its marks. */
export function wayOf({ safe, verb, envelope }: Marks): Pick<Operation, 'method' | 'envelope'> {
  const method = safe ? 'GET' : (verb ?? 'POST')
  return { method, envelope: envelope ?? (safe ? 'query' : 'form') }
}

/** Its own mark, and for a class that has none, that of the class which it is derived from. */
export function rulesOf(target: object): readonly Rule[] {
  for (let at: object | null = target; typeof at === 'function'; at = Object.getPrototypeOf(at)) {
    const { allow } = marksOf(at)
    if (allow !== undefined) return [allow]
  }
  const { allow } = marksOf(target)
  return allow === undefined ? [] : [allow]
}

const isGenerator = (call: object): boolean =>
  /^\[object (Async)?GeneratorFunction\]$/.test(Object.prototype.toString.call(call))

function checkEnvelope(marks: Marks, parameters: readonly Parameter[], label: string): void {
  if (marks.safe && marks.verb !== undefined) {
    throw new RegistrationError(`${label} cannot be both safe (GET) and ${marks.verb}`)
  }
  const required = marks.inline ? parameters.find(parameter => !parameter.optional) : undefined
  if (required !== undefined)
    throw new RegistrationError(`${label} is inline, so it cannot require the argument "${required.name}"`)
  if (marks.envelope === 'blob' && parameters.length !== 1) {
    throw new RegistrationError(`${label} has the envelope "blob", so it must take exactly one argument`)
  }
  if (marks.envelope === 'none' && parameters.length > 0) {
    throw new RegistrationError(`${label} has the envelope "none", so it must take no arguments`)
  }
}

/** Reads a class from its own prototype up to, but not including, Resource or Object. */
export function membersOf(
  type: Callable | (abstract new (...parameters: never[]) => unknown),
  label: string,
): Members {
  const methods = new Map<string, Operation>()
  const getters: string[] = []
  const whens = new Map<string, When>()
  const seen = new Set<string>(['constructor'])
  const hidden = new Set<string>()
  for (let prototype = type.prototype; isOurs(prototype); prototype = Object.getPrototypeOf(prototype)) {
    for (const [name, { value, get }] of Object.entries(Object.getOwnPropertyDescriptors(prototype))) {
      const fn: unknown = get ?? value
      if (typeof fn !== 'function' || name.startsWith('_')) continue
      const marks = marksOf(fn)
      if (get !== undefined && marks.allow !== undefined)
        throw new RegistrationError(`${label}.${name}: allow marks no getters; make it a method`)
      // A member that a base class hides stays hidden where it is overridden.
      if (marks.hidden) hidden.add(name)
      if (seen.has(name)) {
        // And what it allows to some is allowed to them alone.
        const over = methods.get(name)
        if (over?.rules.length === 0) methods.set(name, { ...over, rules: rulesOf(fn) })
        continue
      }
      seen.add(name)
      if (marksOf(fn).hidden) continue
      if (isUnusable(name)) throw new RegistrationError(`${label}: a method cannot be called "${name}"`)
      if (get !== undefined) {
        getters.push(name)
        if (marks.when !== undefined) whens.set(name, marks.when)
      } else methods.set(name, operationOf(fn as Callable, `${label}.${name}`, name))
    }
  }
  for (const name of hidden) methods.delete(name)
  const conditional = whens.size > 0 || [...methods.values()].some(isConditional)
  return { methods, getters: getters.filter(name => !hidden.has(name)), whens, conditional }
}

const isOurs = (prototype: unknown): prototype is object =>
  prototype !== null && prototype !== Object.prototype && prototype !== Resource.prototype

/** The names of an instance's own properties that a page shows. */
export function visibleKeys(instance: object): string[] {
  return Object.keys(instance).filter(key => !key.startsWith('_') && !isHiddenField(instance, key))
}

/** Can `name` be called on this instance? An own property of that name hides the method. */
export function methodOf(members: Members, instance: object, name: string): Operation | undefined {
  return Object.hasOwn(instance, name) ? undefined : members.methods.get(name)
}

/**
 * Is it of what a page shows of plain data? Lists may have properties that no list does, such as the `input` of a
 * match; objects, what isn't enumerable.
 */
export function isDrawn(data: object, name: string): boolean {
  const kind = kindOf(data)
  if (kind === 'list') return name === 'length' || (/^\d+$/.test(name) && Object.hasOwn(data, name))
  return kind === 'dict' && Object.prototype.propertyIsEnumerable.call(data, name)
}
