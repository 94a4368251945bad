// From the words behind the URL to calls: `find_user bob . inbox` (spec/command-line.md, "Names and arguments").

import { UsageError } from './exit-codes.js'

/** An argument as the shell has it: its text, or the place of its bytes or object. */
export type ArgumentSource =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'json'; readonly text: string }
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'input' }
  | { readonly kind: 'object'; readonly url: string }

export interface WrittenArgument {
  /** Undefined for an argument by its position. */
  readonly name: string | undefined
  readonly source: ArgumentSource
}

/** One name, or several joined by dots, and the arguments for the last. */
export interface PathCall {
  readonly path: string
  readonly args: readonly WrittenArgument[]
}

/** Throws UsageError where a name is missing. */
export function chainOf(words: readonly string[]): PathCall[] {
  const calls: PathCall[] = []
  let rest = words
  while (rest.length > 0) {
    const end = rest.indexOf('.')
    const [path, ...args] = end < 0 ? rest : rest.slice(0, end)
    if (path === undefined || end === rest.length - 1)
      throw new UsageError('a name is missing beside "." (as an argument, a dot is :=\'"."\')')
    calls.push({ path, args: args.map(argumentOf) })
    rest = end < 0 ? [] : rest.slice(end + 1)
  }
  return calls
}

/** A name that could be an argument's, so that text such as `1+1=2` needs no care. */
const byName = /^([\p{ID_Start}_$][\p{ID_Continue}$-]*)(:?=)(.*)$/su

function argumentOf(word: string): WrittenArgument {
  const [, name, sign, value = ''] = byName.exec(word) ?? []
  if (name !== undefined)
    return { name, source: sign === ':=' ? { kind: 'json', text: value } : sourceOf(value) }
  const json = word.startsWith(':=')
  return { name: undefined, source: json ? { kind: 'json', text: word.slice(2) } : sourceOf(word) }
}

function sourceOf(text: string): ArgumentSource {
  if (text === '-' || text === '@-') return { kind: 'input' }
  if (!text.startsWith('@') || text === '@') return { kind: 'text', text }
  const rest = text.slice(1)
  return /^https?:\/\//i.test(rest) ? { kind: 'object', url: rest } : { kind: 'file', path: rest }
}
