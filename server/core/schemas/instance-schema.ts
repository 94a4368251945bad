// A class in the place of a schema: `args({ user: User })` takes objects of it, by reference. What is sent is a link;
// by the time that arguments are checked it is the object that it leads to (references.ts).

import { Extension } from '../../../lib/values/nodes.js'
import { classNameOf, isClass } from '../reflection/source.js'
import type { Schemas } from './standard-schema.js'

// biome-ignore lint/suspicious/noExplicitAny: objects of any class, whatever makes them.
type AnyClass = abstract new (...parameters: any[]) => any

/** A class; or what gives it, where it is not there yet: a class that its own decorators name. */
export type ClassGiven = AnyClass | (() => AnyClass)

const classes = new WeakMap<object, () => AnyClass>()

/** What the class is called whose objects a schema takes; undefined for other schemas. */
export function classTaken(schema: object): string | undefined {
  const type = classes.get(schema)
  return type === undefined ? undefined : nameOf(type())
}

/** For people, to whom a class without a name is an object of some kind. */
function nameOf(type: AnyClass): string {
  try {
    return classNameOf(type)
  } catch {
    return 'object'
  }
}

/** What no object of the server's is of: `Date`, `Number`, and the platform's `Blob`, which files do not arrive as. */
const isPlatforms = (given: { readonly name: string; readonly prototype?: unknown }): boolean =>
  (!isClass(given) && given.prototype !== undefined) ||
  (globalThis as Readonly<Record<string, unknown>>)[given.name] === given

/** Undefined for what is no class, nor gives one. A function that has a schema of its own, as ArkType's, is not asked for here. */
export function instanceSchema(given: unknown): Schemas[string] | undefined {
  if (typeof given !== 'function' || isPlatforms(given)) return undefined
  const type = isClass(given) ? () => given as AnyClass : (given as () => AnyClass)
  const schema: Schemas[string] = {
    '~standard': {
      version: 1,
      vendor: 'hyperglyph',
      validate: value =>
        value instanceof type() ? { value } : { issues: [{ message: refusal(value, nameOf(type())) }] },
    },
  }
  classes.set(schema, type)
  return schema
}

const refusal = (value: unknown, name: string): string =>
  value instanceof Extension
    ? `expected an object of this server, a ${name}, not a ${value.name} to another one`
    : `expected a ${name}, by reference`
