// What a caller may pass to a function: the names and literal defaults of its parameters, read once, when it is
// registered. Names from the source are trusted only where no printer can have changed them unseen.
// Not here: constructors, whose names come from the properties they fill (constructor-state.ts).

// biome-ignore-all lint/complexity/noBannedTypes: whatever can be registered is reflected on, functions and classes alike

import { RegistrationError } from '../faults/registration-error.js'
import type { Takes } from './argument-kind.js'
import { kindOfDefault } from './default-kind.js'
import { literalOf } from './literal.js'
import { type Expression, type FunctionNode, isClass, type Pattern, sourceOf } from './source.js'

export interface Parameter {
  readonly name: string
  /** May the caller leave it out? True when there is a default of any kind. */
  readonly optional: boolean
  /** The default if it is a literal: present iff known. An optional parameter without it is published as nil. */
  readonly fallback?: { readonly value: unknown }
  /** What kind of value the default is where it is not known, but its source tells that much. */
  readonly takes?: Takes
}

/** A parameter as the source has it: `name` is missing when it is destructured. */
export interface SourceParameter {
  readonly name?: string
  readonly rest: boolean
  readonly optional: boolean
  readonly fallback?: { readonly value: unknown }
  readonly takes?: Takes
}

const undeclared = new WeakMap<Function, readonly Parameter[]>()

/**
 * Parameters of a function, arrow, method (as found on a prototype), async, generator. `declared` are names given
 * by the application (`@args('a', 'b')`): they win over the source's and must name every parameter, in order, while
 * defaults are still read from the source, by position. Native and bound functions need declared names, all required.
 * `label` is how errors name the function, e.g. "User.message". Throws RegistrationError.
 */
export function parametersOf(
  fn: Function,
  label: string,
  declared?: readonly string[],
): readonly Parameter[] {
  const known = declared ? undefined : undeclared.get(fn)
  if (known) return known
  const parameters = Object.freeze(declared ? withNames(fn, label, declared) : withoutNames(fn, label))
  if (!declared) undeclared.set(fn, parameters)
  return parameters
}

function withNames(fn: Function, label: string, declared: readonly string[]): Parameter[] {
  checkNames(declared, label)
  const source = read(fn, label)
  if (typeof source === 'string') return declared.map(name => ({ name, optional: false }))
  refuseRest(source, label)
  if (source.length !== declared.length) throw misnamed(declared.length, source.length, label)
  refuseReordered(
    source.map(parameter => parameter.name),
    declared,
    label,
  )
  return source.map((parameter, position) => published(declared[position]!, parameter))
}

/** Parameters that schemas judge alone: those of a function that takes them by name. Throws RegistrationError. */
export function byNames(names: readonly string[], label: string): readonly Parameter[] {
  checkNames(names, label)
  return Object.freeze(names.map(name => Object.freeze({ name, optional: false })))
}

/** A constructor's parameters under other names than their properties have, for those who call it. */
export function renamed(
  parameters: readonly Parameter[],
  names: readonly string[],
  label: string,
): readonly Parameter[] {
  checkNames(names, label)
  if (names.length !== parameters.length) throw misnamed(names.length, parameters.length, label)
  refuseReordered(
    parameters.map(parameter => parameter.name),
    names,
    label,
  )
  return parameters.map((parameter, position) => ({ ...parameter, name: names[position]! }))
}

function misnamed(names: number, parameters: number, label: string): RegistrationError {
  return new RegistrationError(
    `${label}: ${count(names, 'name')} declared for ${count(parameters, 'parameter')}; ` +
      'declare one for each, in order',
  )
}

/**
 * Refuses the source's own names declared in another order, which would give each parameter another one's argument.
 * Names that are not the source's, such as those of minified code, can only be taken in order.
 */
function refuseReordered(
  source: readonly (string | undefined)[],
  declared: readonly string[],
  label: string,
): void {
  const written = source.map(name =>
    name === undefined || declared.includes(name) ? name : name.replace(/\$?\d+$/, ''),
  )
  const isSame = declared.every(name => written.includes(name))
  if (!isSame || declared.every((name, position) => name === written[position])) return
  throw new RegistrationError(
    `${label}: its parameters are (${written.join(', ')}), but their names are declared as ` +
      `(${declared.join(', ')}), and declared names are taken in order; declare them as (${written.join(', ')})`,
  )
}

function withoutNames(fn: Function, label: string): Parameter[] {
  const source = read(fn, label)
  if (typeof source === 'string') throw new RegistrationError(source)
  refuseRest(source, label)
  const names = source.map(parameter => parameter.name)
  source.forEach(({ name }, position) => {
    if (name === undefined)
      throw new RegistrationError(
        `${label}: parameter ${position + 1} is destructured and so has no name; ${declare(names, position)}`,
      )
    if (mayBeRenamed(name, names))
      throw new RegistrationError(
        `${label}: parameter "${name}" may have been renamed by a bundler (esbuild writes name2 for a name that ` +
          `shadows an outer one), and callers would see it; ${declare(names, position)}`,
      )
  })
  const parameters = source.map(parameter => published(parameter.name!, parameter))
  checkNames(
    parameters.map(parameter => parameter.name),
    label,
  )
  return parameters
}

/** What gets published of a source parameter. A default of `undefined` is nil, as an unknown one is. */
export function published(name: string, { optional, fallback, takes }: SourceParameter): Parameter {
  if (!fallback) return Object.freeze({ name, optional, ...(takes && { takes }) })
  return Object.freeze({ name, optional, fallback: Object.freeze({ value: fallback.value ?? null }) })
}

/** Reads one parameter of a parsed function. */
export function readParameter(pattern: Pattern): SourceParameter {
  if (pattern.type === 'RestElement') return { ...readParameter(pattern.argument), rest: true }
  if (pattern.type === 'AssignmentPattern') {
    const fallback = literalOf(pattern.right)
    const takes = fallback ? undefined : kindOfDefault(pattern.right)
    return {
      ...readParameter(pattern.left),
      optional: true,
      ...(fallback && { fallback }),
      ...(takes && { takes }),
    }
  }
  return { ...(pattern.type === 'Identifier' && { name: pattern.name }), rest: false, optional: false }
}

/** Refuses names that no argument can have, and names given twice. `__proto__` is a name like any other. */
export function checkNames(names: readonly string[], label: string): void {
  const seen = new Set<string>()
  for (const name of names) {
    if (typeof name !== 'string' || name === '' || name === '.' || name === '..')
      throw new RegistrationError(`${label}: ${JSON.stringify(name)} cannot name an argument; choose a word`)
    if (seen.has(name))
      throw new RegistrationError(`${label}: two parameters are named "${name}"; rename one`)
    seen.add(name)
  }
}

/** "no parameters", "1 parameter", "2 parameters", for messages. */
export function count(number: number, noun: string): string {
  return `${number || 'no'} ${noun}${number === 1 ? '' : 's'}`
}

/** The parameters in the source, or why there are none to be had. */
function read(fn: Function, label: string): SourceParameter[] | string {
  if (isClass(fn))
    throw new RegistrationError(`${label}: a class is registered as a class, not as a function`)
  const source = sourceOf(fn)
  const mend = "wrap it in an arrow function, or declare its names: args('name')(fn)"
  if (source.kind === 'native')
    return `${label}: a native or bound function does not show its parameters; ${mend}`
  if (source.kind === 'unreadable') return `${label}: its source cannot be read (${source.problem}); ${mend}`
  // What sourceOf gives for a function that is no class is a function: the cast only drops the rest of the union.
  const node = asWritten(source.node as FunctionNode)
  return node.params.map(pattern => {
    const parameter = readParameter(pattern)
    return parameter.name !== undefined && isUnpacked(parameter.name, node)
      ? { rest: parameter.rest, optional: parameter.optional }
      : parameter
  })
}

/**
 * For old targets tsc prints async functions and generators that have defaults as a wrapper,
 * `f(name_1) { return __awaiter(this, arguments, void 0, function* (name, n = 1) {…}) }`: the inner one is the
 * author's. A wrapper that does not pass `arguments` on has kept the parameters itself.
 */
function asWritten(node: FunctionNode): FunctionNode {
  const only =
    node.body.type === 'BlockStatement' && node.body.body.length === 1 ? node.body.body[0] : undefined
  if (only?.type !== 'ReturnStatement' || only.argument?.type !== 'CallExpression') return node
  const [self, passed] = only.argument.arguments
  const inner = only.argument.arguments.at(-1)
  const isWrapper =
    self?.type === 'ThisExpression' && passed?.type === 'Identifier' && passed.name === 'arguments'
  return isWrapper && inner?.type === 'FunctionExpression' && inner.generator ? inner : node
}

/** For old targets `({ a, ...others })` is printed as `(_a) { var { a } = _a, others = __rest(_a, …) }`. */
function isUnpacked(name: string, node: FunctionNode): boolean {
  if (!/^_[a-z]\d*$/.test(name) || node.body.type !== 'BlockStatement') return false
  const first = node.body.body[0]
  if (first?.type !== 'VariableDeclaration') return false
  const is = (init: Expression | null | undefined) => init?.type === 'Identifier' && init.name === name
  return first.declarations.some(declaration => is(declaration.init))
}

/**
 * esbuild renames a parameter that shadows an outer name even without minifying: `name` becomes `name2`, then
 * `name3`, `name10`; rollup writes `name$1`. A number from 2 on is believed only when all the smaller ones are
 * there too, down to `name`, `name1` or `name0`: no renaming leaves such a row, since the first would have moved.
 */
function mayBeRenamed(name: string, siblings: readonly (string | undefined)[]): boolean {
  if (/\$\d+$/.test(name)) return true
  const [, base, digits] = /^(.*?)([2-9]|[1-9]\d+)$/.exec(name) ?? []
  if (base === undefined) return false
  for (let number = Number(digits) - 1; number > 1; number--)
    if (!siblings.includes(base + number)) return true
  return !siblings.some(sibling => sibling === base || sibling === `${base}1` || sibling === `${base}0`)
}

function refuseRest(parameters: readonly SourceParameter[], label: string): void {
  const rest = parameters.find(parameter => parameter.rest)
  if (rest)
    throw new RegistrationError(
      `${label}: arguments go by name, so "...${rest.name ?? ''}" cannot be filled; take a list instead`,
    )
}

/** The mend, with the names that are plausible filled in. */
function declare(names: readonly (string | undefined)[], position: number): string {
  const guesses = names.map((name, index) => {
    if (name === undefined) return names.length === 1 ? 'name' : `name${index + 1}`
    return index === position || mayBeRenamed(name, names) ? name.replace(/\$?\d+$/, '') : name
  })
  const list = guesses.map(guess => `'${guess}'`).join(', ')
  return `declare the names: @args(${list}) on a method, args(${list})(fn) on a function`
}
