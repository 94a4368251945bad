// The syntax tree of a function or class, from the text the engine keeps of it. The only file that knows acorn.
// Not here: what the tree says about parameters (parameters.ts) and constructors (constructor-state.ts).

// biome-ignore-all lint/complexity/noBannedTypes: whatever can be registered is reflected on, functions and classes alike

import {
  type Class,
  type Expression,
  type Function as FunctionNode,
  type Options,
  parseExpressionAt,
} from 'acorn'
import { RegistrationError } from '../faults/registration-error.js'

export type {
  CallExpression,
  Class as ClassNode,
  Expression,
  Function as FunctionNode,
  MemberExpression,
  ObjectExpression,
  Pattern,
  Statement,
} from 'acorn'

/** A function's tree, a class's, or `undefined` for native and bound functions, which keep no text. */
export type Source =
  | { readonly kind: 'function'; readonly node: FunctionNode | Expression }
  | { readonly kind: 'class'; readonly node: Class }
  | { readonly kind: 'native' }
  | { readonly kind: 'unreadable'; readonly problem: string }

// A function is a fragment of its module: what surrounded it (a class with the private names, a module with
// `import.meta`) is not in its text, so what only the surroundings allow is allowed here.
const options: Options = {
  ecmaVersion: 'latest',
  sourceType: 'script',
  checkPrivateFields: false,
  allowSuperOutsideMethod: true,
  allowImportExportEverywhere: true,
}

/** A class of any parameters. */
export type AnyClass = abstract new (...parameters: never[]) => object

/** Is it a class (rather than a callable function)? Native constructors such as `Number` count as functions. */
export function isClass(value: unknown): value is AnyClass {
  // A method named `class` prints as `class(…) {…}` too, but has no prototype.
  return typeof value === 'function' && /^class\b/.test(textOf(value)) && Object.hasOwn(value, 'prototype')
}

/** Parses what `Function.prototype.toString` prints, whichever kind of function it is. Never throws. */
export function sourceOf(fn: Function): Source {
  const text = textOf(fn)
  let problem = ''
  // Functions, arrows and classes are expressions; methods need an object around them, private ones a class.
  // V8 prints a class's method called `static` without its name, as `(a = 1) {…}`.
  for (const [before, after] of [
    ['(', '\n)'],
    ['({', '\n})'],
    ['({ static', '\n})'],
    ['(class {', '\n})'],
  ] as const) {
    try {
      const node = parseExpressionAt(before + text + after, 0, options)
      if (before === '(')
        return node.type === 'ClassExpression' ? { kind: 'class', node } : { kind: 'function', node }
      const member =
        node.type === 'ObjectExpression'
          ? node.properties[0]
          : node.type === 'ClassExpression'
            ? node.body.body[0]
            : undefined
      if ((member?.type === 'Property' || member?.type === 'MethodDefinition') && member.value)
        return { kind: 'function', node: member.value }
    } catch (error) {
      problem ||= (error as SyntaxError).message
    }
  }
  if (/\[native code\]\s*\}\s*$/.test(text)) return { kind: 'native' }
  return { kind: 'unreadable', problem }
}

/**
 * The comments of a class's methods and getters, by name, as far as the engine has kept them: what is between `/**`
 * and the end, without stars. Decorators may stand in between.
 */
export function commentsOf(cls: Function): ReadonlyMap<string, string> {
  const text = textOf(cls)
  const found = new Map<string, string>()
  if (!text.includes('/**')) return found
  const comments: { readonly text: string; readonly end: number }[] = []
  const onComment: Options['onComment'] = (isBlock, content, _start, end) => {
    if (isBlock && content.startsWith('*')) comments.push({ text: content.slice(1), end: end - 1 })
  }
  let node: Expression
  try {
    node = parseExpressionAt(`(${text}\n)`, 0, { ...options, onComment })
  } catch {
    return found
  }
  if (node.type !== 'ClassExpression') return found
  for (const member of node.body.body) {
    if (member.type !== 'MethodDefinition' || member.static || member.computed) continue
    const before = comments.findLast(
      ({ end }) => text.slice(end, member.start - 1).trim() === '' && end < member.start,
    )
    const name = member.key.type === 'Identifier' ? member.key.name : undefined
    if (before === undefined || name === undefined) continue
    found.set(name, before.text.replace(/^\s*\* ?/gm, '').trim())
  }
  return found
}

/**
 * The name the author gave a class. esbuild without `keepNames` (vitest) prints a class that mentions itself and
 * has decorators as `const _User = class _User`: one leading underscore is dropped, also an author's own, since
 * no published name has one. Throws for anonymous classes, whose name would be an accident of the printer
 * (`default`, or `user_default` after the file). Not detectable: a minifier's names without its keep-names
 * option, and the `User2` that esbuild without `keepNames` makes of a class that shadows another.
 */
export function classNameOf(cls: Function): string {
  const own: unknown = Object.getOwnPropertyDescriptor(cls, 'name')?.value
  let name = typeof own === 'string' ? own : ''
  if (typeof own !== 'string') {
    // A static member called `name` hides the class's; the text still has it.
    const source = sourceOf(cls)
    if (source.kind === 'class') name = source.node.id?.name ?? ''
  }
  if (name === '' || name === 'default' || name.endsWith('_default'))
    throw new RegistrationError(
      'an anonymous class has no name to be registered under; name it, or register it as { Name: class … }',
    )
  return name.replace(/^_(?=\p{L})/u, '')
}

function textOf(fn: Function): string {
  // Not fn.toString(), which a class may have replaced by a static member.
  return Function.prototype.toString.call(fn)
}
