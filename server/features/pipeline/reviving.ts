// The arguments of steps, and the results of walks: earlier results and objects in the place of what refers to them.

import { isDict } from '../../../lib/plain.js'
import { setOwn } from '../../../lib/values/dict.js'
import { Fault } from '../../../lib/values/fault.js'
import type { Accepting, Arguments, NamedArguments } from '../../core/calling/arguments.js'
import { type LookupScope, References } from '../../core/calling/references.js'
import { earlier } from '../../core/sealing/expiry.js'
import { found, type Scope } from './scope.js'
import { type Held, resultOf } from './steps.js'

/** The arguments of a step's call as they came: by name, or in order. */
export interface Given {
  readonly args: Arguments | readonly unknown[]
  readonly held: Held
  readonly scope: Scope
}

/** The result of a walk for one item. In a box: a promise would call an object's method called `then`. */
interface Revived {
  readonly value: unknown
  readonly expires: number | undefined
}

/** Values from which on they are looked up with rests: as many as take some milliseconds. */
const longValues = 4096

export class Reviving {
  /** When the first of the URLs expires that were reached so far. */
  first: number | undefined
  readonly #scope: LookupScope

  constructor(scope: LookupScope) {
    this.#scope = scope
  }

  /** Throws a Fault for more arguments than there are parameters. */
  args(accepting: Accepting, { args, held, scope }: Given): NamedArguments | Promise<NamedArguments> {
    const named = inDict(accepting, args)
    if (held.bare) return { named }
    const references = this.#references(scope)
    const revived = (given: NamedArguments) => {
      this.reached(given.expires)
      return given
    }
    return held.values > longValues
      ? references.longArgs(named).then(revived)
      : revived(references.args(named))
  }

  /** The result of a walk for one item. */
  result(value: unknown, held: Held, scope: Scope): Revived | Promise<Revived> {
    if (held.bare) return { value, expires: undefined }
    const references = this.#references(scope)
    const revived = (value: unknown) => {
      this.reached(references.expires)
      return { value, expires: references.expires }
    }
    return held.values > longValues
      ? references.longValue(value).then(([value]) => revived(value))
      : revived(references.value(value))
  }

  /** A URL was reached that expires then. */
  reached(expires: number | undefined): void {
    this.first = earlier(this.first, expires)
  }

  #references(scope: Scope): References {
    const references = new References(this.#scope, node => {
      const result = resultOf(node)
      if (result === undefined) return node
      const { value, expires } = found(result, scope)
      references.expires = earlier(references.expires, expires)
      return value
    })
    return references
  }
}

/** Positional arguments by name. Throws a Fault for more than there are parameters. */
function inDict({ label, marks, parameters }: Accepting, args: Given['args']): Arguments {
  if (!isList(args)) return args
  const [only] = args
  if (marks.input !== undefined && args.length === 1 && isDict(only)) return only
  if (args.length > parameters.length) {
    const problem = `${label}: ${args.length} arguments, where it takes ${parameters.length}`
    throw new Fault(problem, { code: 'surplus_argument' })
  }
  const named: Record<string, unknown> = {}
  for (const [index, { name }] of parameters.entries())
    if (index < args.length) setOwn(named, name, args[index])
  return named
}

const isList = (args: Given['args']): args is readonly unknown[] => Array.isArray(args)
