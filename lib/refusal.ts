// From a value that could not be encoded to an EncodeError that says where it is. Encoders keep no path
// while they work: it is looked for once something has failed.

import { EncodeError } from './errors.js'

class Refusal {
  readonly value: unknown
  readonly problem: string

  constructor(value: unknown, problem: string) {
    this.value = value
    this.problem = problem
  }
}

/** Gives up on a value; `encoding` makes an EncodeError of it. */
export function refuse(value: unknown, problem: string): never {
  throw new Refusal(value, problem)
}

/** Runs an encoder on a root value, and turns a refusal into an EncodeError with the path. */
export function encoding<T>(root: unknown, encode: () => T): T {
  try {
    return encode()
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    throw new EncodeError(error.problem, `$${pathTo(root, error.value) ?? ''}`)
  }
}

const searchLimit = 100_000

/** The first path to a value, breadth first; undefined where it isn't found, as with what a getter made. */
function pathTo(root: unknown, sought: unknown): string | undefined {
  const queue: [unknown, string][] = [[root, '']]
  const seen = new Set<unknown>()
  for (const [value, path] of queue) {
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

/** How a message names a value that cannot travel. */
export function nameOf(value: unknown): string {
  if (typeof value === 'function')
    return value.name === '' ? 'a function without a name' : `the function ${value.name}`
  if (typeof value === 'symbol') return String(value)
  if (typeof value !== 'object' || value === null) return String(value)
  const name: unknown = value.constructor?.name
  return typeof name === 'string' && name !== '' ? `an instance of ${name}` : 'an object without a class'
}
