// From a value that could not be encoded to an EncodeError that says where it is. Encoders keep no path
// while they work: it is looked for once something has failed.

import { EncodeError } from '../errors.js'
import { isStream } from '../values/stream.js'

/** Thrown inside of an encoder only: it knows the value, but not the path to it. */
class Unencodable {
  readonly value: unknown
  readonly problem: string

  constructor(value: unknown, problem: string) {
    this.value = value
    this.problem = problem
  }
}

/** Gives up on a value; `encoding` makes an EncodeError of it. */
export function refuse(value: unknown, problem: string): never {
  throw new Unencodable(value, problem)
}

/** Runs an encoder on a root value, and turns an Unencodable into an EncodeError with the path. */
export function encoding<T>(root: unknown, encode: () => T): T {
  try {
    return encode()
  } catch (error) {
    if (!(error instanceof Unencodable)) throw error
    const located = new EncodeError(error.problem, `$${pathTo(root, error.value) ?? ''}`)
    unencodables.set(located, error.value)
    throw located
  }
}

/** The value that an error is about, to look for it again from elsewhere. */
const unencodables = new WeakMap<EncodeError, unknown>()

/**
 * The error again, its path starting at the nearest of some values, each under the name of its own; undefined
 * where none of them leads to the value. `mend` is added to the problem: it gets the path's first key.
 * `settled` knows what stands in the place of promises.
 */
export function relocate(
  error: EncodeError,
  roots: Iterable<readonly [name: string, root: unknown]>,
  mend: (key: string) => string,
  settled: Settled,
): EncodeError | undefined {
  if (!unencodables.has(error)) return undefined
  const sought = unencodables.get(error)
  let shortest: readonly [name: string, path: string] | undefined
  for (const [name, root] of roots) {
    const path = pathTo(root, sought, settled)
    if (path !== undefined && (shortest === undefined || path.length < shortest[1].length))
      shortest = [name, path]
  }
  if (shortest === undefined) return undefined
  const [name, path] = shortest
  return new EncodeError(error.problem + mend(/[\w$]+/.exec(path)?.[0] ?? ''), name + path, { cause: error })
}

/** The value that a promise has become; undefined for other values. */
type Settled = (promise: unknown) => { readonly value: unknown } | undefined

const searchLimit = 100_000

/** The first path to a value, breadth first; undefined where it isn't found, as with what a getter made. */
function pathTo(root: unknown, sought: unknown, settled?: Settled): string | undefined {
  const queue: [unknown, string][] = [[root, '']]
  const seen = new Set<unknown>()
  for (const [given, path] of queue) {
    const known = settled?.(given)
    const value = known === undefined ? given : known.value
    if (Object.is(value, sought)) return path
    if (typeof value !== 'object' || value === null || seen.has(value) || queue.length > searchLimit) continue
    seen.add(value)
    for (const [key, item] of childrenOf(value)) queue.push([item, path + key])
  }
  return undefined
}

function* childrenOf(value: object): Generator<[string, unknown]> {
  if (value instanceof Set) {
    for (const item of value) yield ['<item>', item]
  } else if (value instanceof Map) {
    for (const [key, item] of value) {
      yield ['<key>', key]
      yield [`[${typeof key === 'string' ? JSON.stringify(key) : String(key)}]`, item]
    }
  } else if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) yield [`[${index}]`, item]
  } else {
    for (const [key, descriptor] of Object.entries(Object.getOwnPropertyDescriptors(value))) {
      const name = /^[A-Za-z_$][\w$]*$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`
      if ('value' in descriptor) yield [name, descriptor.value]
    }
    for (const name of ['attributes', 'content']) {
      if (name in value && !Object.hasOwn(value, name))
        yield [`.${name}`, (value as Record<string, unknown>)[name]]
    }
  }
}

const streamName = 'a stream, which can only be the whole result of a call: as a part of a value it'

/** How a message names a value that cannot travel. */
export function nameOf(value: unknown): string {
  if (typeof value === 'function')
    return value.name === '' ? 'a function without a name' : `the function ${value.name}`
  if (typeof value === 'symbol') return String(value)
  if (typeof value !== 'object' || value === null) return String(value)
  if (isStream(value)) return streamName
  const name: unknown = value.constructor?.name
  return typeof name === 'string' && name !== '' ? `an instance of ${name}` : 'an object without a class'
}
