// Walking: from the first page along names, which are read or called, to the value that is printed.

import { inspect } from 'node:util'
import { handleOf, pageHandleOf } from '../client/calls/handles.js'
import { didYouMean, missing } from '../client/calls/page-words.js'
import { Blob } from '../lib/values/blob.js'
import { Form, type Input } from '../lib/values/nodes.js'
import { argumentsOf, type Fetch } from './arguments.js'
import type { PathCall, WrittenArgument } from './chain.js'
import { UsageError } from './exit-codes.js'

type RemoteCall = (...parameters: unknown[]) => PromiseLike<unknown>

/** The inputs of a remote function; undefined for any other value. */
export function inputsOf(value: unknown): readonly Input[] | undefined {
  const node = typeof value === 'function' ? handleOf(value)?.node : undefined
  return node && (node instanceof Form ? node.inputs : [])
}

/** Throws UsageError, and the errors of calls. */
export async function walk(start: unknown, calls: readonly PathCall[], fetch: Fetch): Promise<unknown> {
  if (start instanceof Blob && calls.length > 0)
    throw new UsageError(`here is ${start.type}, and no page: is this the URL of a hyperglyph server?`)
  let value = start
  for (const { path, args } of calls) value = await take(value, path, args, fetch)
  return value
}

/** Reads the names of a path; the last one gets the arguments. */
async function take(
  from: unknown,
  path: string,
  args: readonly WrittenArgument[],
  fetch: Fetch,
): Promise<unknown> {
  let value = from
  for (let rest = path; ; ) {
    // A link in a list, or one that a call gave, is followed.
    if (inputsOf(value)?.every(input => input.optional)) value = await (value as RemoteCall)()
    const name = nameIn(value, rest)
    const member = memberOf(value, name)
    rest = rest.slice(name.length + 1)
    const inputs = inputsOf(member)
    const last = rest === ''
    if (inputs === undefined) {
      if (last && args.length > 0) throw new UsageError(`"${name}" is data: it takes no arguments`)
      value = member
    } else {
      const label = signature(name, inputs)
      const given = last ? args : []
      checkPresent(label, inputs, given)
      value = await (member as RemoteCall)(...(await argumentsOf(label, inputs, given, fetch)))
    }
    if (last) return value
  }
}

/** Throws UsageError for missing arguments, with the signature: the client's error names one of them alone. */
function checkPresent(label: string, inputs: readonly Input[], args: readonly WrittenArgument[]): void {
  const byPlace = args.filter(({ name }) => name === undefined).length
  const open = inputs.filter(input => !args.some(({ name }) => name === input.argument))
  const absent = open.slice(byPlace).filter(input => !input.optional)
  if (absent.length === 0) return
  throw new UsageError(`${label}: missing ${absent.map(input => `"${input.argument}"`).join(', ')}`)
}

/** `message(subject, body = '')`; an optional argument without a default has a question mark. */
export function signature(name: string, inputs: readonly Input[]): string {
  const shown = inputs.map(input =>
    input.optional && input.value !== null
      ? `${input.argument} = ${inspect(input.value, { breakLength: Number.POSITIVE_INFINITY })}`
      : input.argument + (input.optional ? '?' : ''),
  )
  return `${name}(${shown.join(', ')})`
}

/** The names that a value has, as they are walked along. */
export function namesOf(value: unknown): string[] {
  if (value instanceof Map) return [...value.keys()].map(String)
  if (Array.isArray(value)) return [...value.keys()].map(String)
  if (typeof value !== 'object' || value === null || value instanceof Set) return []
  return (
    pageHandleOf(value)
      ?.members()
      .map(([name]) => name) ?? Object.keys(value)
  )
}

/** The longest start of a path that is a name here: names may have dots in them. */
function nameIn(value: unknown, path: string): string {
  const names = new Set(namesOf(value))
  for (let end = path.length; end > 0; end = path.lastIndexOf('.', end - 1)) {
    if (names.has(path.slice(0, end))) return path.slice(0, end)
  }
  return path.split('.', 1)[0] as string
}

function memberOf(value: unknown, name: string): unknown {
  const page = pageHandleOf(value)
  if (value instanceof Map) {
    for (const [key, item] of value) if (String(key) === name) return item
  } else if (namesOf(value).includes(name)) {
    // A page gives no `then` by itself.
    return page?.member(name) ?? (value as Record<string, unknown>)[name]
  }
  if (page !== undefined) throw new UsageError(missing(page, name).message)
  const names = namesOf(value)
  const hint = didYouMean(name, names)
  const has = names.length === 0 ? '' : ` It has: ${names.slice(0, 50).join(', ')}`
  throw new UsageError(
    `there is no "${name}" in ${kindWord(value)}${hint}${hint === '' && has !== '' ? '.' : ''}${has}`,
  )
}

function kindWord(value: unknown): string {
  if (value === null) return 'nothing: the call gave no value'
  if (Array.isArray(value)) return `a list of ${value.length}`
  if (inputsOf(value) !== undefined) return 'a function that wants arguments'
  if (typeof value !== 'object') return `a ${typeof value}`
  const kind = value.constructor?.name ?? 'Object'
  return `a ${kind === 'Object' ? 'dict' : kind.toLowerCase()}`
}
