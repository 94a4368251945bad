// From the words behind the URL to calls: `find_user bob . inbox` (spec/command-line.md, "Names and arguments").

import { UsageError } from './exit-codes.js'

/** Where the bytes or the object of an argument are to be had. */
export type Given =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'json'; readonly text: string }
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'input' }
  | { readonly kind: 'object'; readonly url: string }

export interface Argument {
  /** Undefined: by its place. */
  readonly name: string | undefined
  readonly given: Given
}

/** One name, or several joined by dots, and the arguments for the last. */
export interface Step {
  readonly path: string
  readonly args: readonly Argument[]
}

/** Throws UsageError where a name is missing. */
export function chainOf(words: readonly string[]): Step[] {
  const steps: Step[] = []
  let rest = words
  while (rest.length > 0) {
    const end = rest.indexOf('.')
    const [path, ...args] = end < 0 ? rest : rest.slice(0, end)
    if (path === undefined || end === rest.length - 1)
      throw new UsageError('a name is missing beside "." (as an argument, a dot is :=\'"."\')')
    steps.push({ path, args: args.map(argumentOf) })
    rest = end < 0 ? [] : rest.slice(end + 1)
  }
  return steps
}

/** A name that could be an argument's, so that text such as `1+1=2` needs no care. */
const byName = /^([\p{ID_Start}_$][\p{ID_Continue}$-]*)(:?=)(.*)$/su

function argumentOf(word: string): Argument {
  const [, name, sign, value = ''] = byName.exec(word) ?? []
  if (name !== undefined)
    return { name, given: sign === ':=' ? { kind: 'json', text: value } : givenBy(value) }
  const json = word.startsWith(':=')
  return { name: undefined, given: json ? { kind: 'json', text: word.slice(2) } : givenBy(word) }
}

function givenBy(text: string): Given {
  if (text === '-' || text === '@-') return { kind: 'input' }
  if (!text.startsWith('@') || text === '@') return { kind: 'text', text }
  const rest = text.slice(1)
  return /^https?:\/\//i.test(rest) ? { kind: 'object', url: rest } : { kind: 'file', path: rest }
}
