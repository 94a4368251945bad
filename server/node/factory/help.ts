// The help of a server: all that can be called, with examples to be copied.

import { Fault } from '../../../lib/values/fault.js'
import type { Rule } from '../../core/access/rules.js'
import type { Mounted } from '../../hono.js'
import {
  type Argument,
  type Callable,
  type DescribedClass,
  describe,
  type Entry,
  type Guards,
} from './description.js'
import { type Examples, examplesOf, examplesOfMethod } from './examples.js'
import type { Json } from './json.js'

export interface ArgumentHelp {
  readonly required: boolean
  readonly default?: Json
  readonly schema?: Readonly<Record<string, Json>>
}

export interface CallHelp extends Examples {
  readonly kind: 'function' | 'method' | 'class'
  readonly doc?: string
  readonly method: string
  readonly path: string
  readonly arguments: Readonly<Record<string, ArgumentHelp>>
  /** Marks: `redirect`, `inline`, `stream`. */
  readonly marks?: readonly string[]
  /** Rules of who may call it, where not everybody may: each of these is to be kept, such as `clerk or boss`. */
  readonly allow?: readonly string[]
  /** Of a class. */
  readonly properties?: readonly string[]
  readonly methods?: Readonly<Record<string, CallHelp>>
}

/**
 * By name, as clients reach it: `hello`, `admin.reset`, `User`. With a `name`, only that one: `User.message` too.
 * Throws a Fault (404) where nothing has that name, or whoever looks is not shown it.
 */
export function help(
  mounted: readonly Mounted[],
  base: string,
  name = '',
  guards?: Guards,
): Record<string, CallHelp> {
  const entries = describe(mounted, guards).map(
    entry => [entry.names.join('.'), helpOf(entry, base)] as const,
  )
  if (name === '') return Object.fromEntries(entries)
  const all = entries.flatMap(([called, found]) => [
    [called, found] as const,
    ...Object.entries(found.methods ?? {}).map(
      ([member, method]) => [`${called}.${member}`, method] as const,
    ),
  ])
  const found = all.filter(([called]) => called === name)
  if (found.length === 0)
    throw new Fault(`nothing is called ${JSON.stringify(name)} here`, { status: 404, code: 'not_found' })
  return Object.fromEntries(found)
}

function helpOf(entry: Entry, base: string): CallHelp {
  const called = call(entry, examplesOf(entry, base))
  if (entry.kind !== 'class') return called
  const methods = entry.methods.map(
    method => [method.name, call(method, examplesOfMethod(entry, method, base))] as const,
  )
  return { ...called, properties: [...entry.properties], methods: Object.fromEntries(methods) }
}

function call(entry: Callable | DescribedClass, examples: Examples): CallHelp {
  const { kind, doc, path } = entry
  const marks = kind === 'class' ? [] : marksOf(entry)
  return {
    kind,
    ...(doc === undefined ? {} : { doc }),
    method: kind === 'class' ? 'POST' : entry.method,
    path,
    arguments: Object.fromEntries(entry.arguments.map(argument => [argument.name, argumentHelp(argument)])),
    ...(marks.length === 0 ? {} : { marks }),
    ...(entry.rules.length === 0 ? {} : { allow: entry.rules.map(inWords) }),
    ...examples,
  }
}

const marksOf = ({ marks, stream }: Callable): string[] => [
  ...(marks.inline ? ['inline'] : []),
  ...(marks.redirect ? ['redirect'] : []),
  ...(stream ? ['stream'] : []),
]

function inWords({ rights, conditions }: Rule): string {
  if (rights.length + conditions.length === 0) return 'whoever has logged in'
  return [...rights, ...(conditions.length === 0 ? [] : ['whom a function admits'])].join(' or ')
}

const argumentHelp = ({ required, fallback, schema }: Argument): ArgumentHelp => ({
  required,
  ...(fallback === undefined ? {} : { default: fallback.value }),
  ...(Object.keys(schema).length === 0 ? {} : { schema }),
})
