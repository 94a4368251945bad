// A class's state: its constructor's parameters, which a URL carries, and the properties an instance keeps them in.
// Public names come from those properties, because printers rename parameters (`this.id = id2`) but not properties.
// Not here: how state is written into a URL.

// biome-ignore-all lint/complexity/noBannedTypes: whatever can be registered is reflected on, functions and classes alike

import { RegistrationError } from '../faults/registration-error.js'
import {
  checkNames,
  count,
  type Parameter,
  published,
  readParameter,
  type SourceParameter,
} from './parameters.js'
import {
  type CallExpression,
  type Expression,
  isClass,
  type Pattern,
  type Statement,
  sourceOf,
} from './source.js'

export interface StateParameter extends Parameter {
  /** The instance property the constructor keeps it in, e.g. 'id' or '_id'. */
  readonly property: string
}

/** Where a value went: a property, a private field, or neither. */
type Place = { readonly property: string } | 'private' | undefined

interface Kept {
  readonly parameter: SourceParameter
  readonly place: Place
}

const states = new WeakMap<Function, readonly StateParameter[]>()

/**
 * Constructor parameters of a class, which are its state. A parameter is kept where the constructor assigns it,
 * unchanged, at its top level (`this.id = id`), or else where the parent keeps what `super(id)` passes on. A
 * leading underscore of the property is not part of the name. `static state = ['id']` declares the properties
 * instead, one for each parameter, on the class or on one it inherits its constructor from. A constructor
 * inherited from a native class or a plain function is taken to be called with nothing.
 * `label` is how errors name the class. Throws RegistrationError.
 */
export function stateOf(cls: Function, label: string): readonly StateParameter[] {
  const known = states.get(cls)
  if (known) return known
  if (!isClass(cls)) throw new RegistrationError(`${label}: a class was expected`)
  const state = keptBy(cls, label).map(({ parameter, place }, position) => {
    const name = parameter.name === undefined ? `number ${position + 1}` : `"${parameter.name}"`
    if (parameter.rest)
      throw new RegistrationError(
        `${label}: the constructor's parameter ...${name} has no fixed names; take a list`,
      )
    if (place === 'private')
      throw new RegistrationError(
        `${label}: the constructor's parameter ${name} is kept in a private field, which the router cannot read; ` +
          `keep it in this._${parameter.name}, which no page shows`,
      )
    if (place === undefined || place.property === '__proto__') {
      const id = parameter.name ?? 'id'
      throw new RegistrationError(
        `${label}: the constructor's parameter ${name} is not kept in a property, so its URL could not carry it; ` +
          (parameter.name === undefined ? 'give it a name and ' : '') +
          `write this.${id} = ${id}, or name the property that holds it: static state = ['${id}']`,
      )
    }
    return Object.freeze({
      ...published(place.property.replace(/^_+/, ''), parameter),
      property: place.property,
    })
  })
  checkNames(
    state.map(parameter => parameter.name),
    label,
  )
  states.set(cls, Object.freeze(state))
  return state
}

/** What becomes of each parameter of the constructor that `new cls` runs. */
function keptBy(cls: Function, label: string): Kept[] {
  let declared: readonly string[] | undefined
  for (let owner: unknown = cls; isClass(owner); owner = Object.getPrototypeOf(owner)) {
    const current = owner as Function
    declared ??= declaredState(current, label)
    const own = constructorOf(current, label)
    if (!own || passesAllOn(own)) continue
    if (!declared)
      return own.params.map(pattern => ({ parameter: readParameter(pattern), place: place(pattern) }))
    if (declared.length !== own.params.length) throw mismatch(declared, own.params.length)
    return own.params.map((pattern, position) => ({
      parameter: readParameter(pattern),
      place: { property: declared![position]! },
    }))

    function place(pattern: Pattern): Place {
      const target = pattern.type === 'AssignmentPattern' ? pattern.left : pattern
      if (target.type !== 'Identifier') return undefined
      let found: Place
      for (const expression of expressionsOf(own!.body)) {
        const here = placeOf(expression, target.name)
        if (here && here !== 'private') return here
        found ??= here
      }
      if (found) return found
      const position = superArguments(own!.body).findIndex(argument => isName(argument, target.name))
      const parent: unknown = Object.getPrototypeOf(current)
      return position < 0 || !isClass(parent) ? undefined : keptBy(parent as Function, label)[position]?.place
    }
  }
  if (declared?.length) throw mismatch(declared, 0)
  return []

  function mismatch(names: readonly string[], length: number): RegistrationError {
    return new RegistrationError(
      `${label}: static state has ${count(names.length, 'name')} and the constructor ${count(length, 'parameter')}; ` +
        'name one property for each parameter, in order',
    )
  }
}

function declaredState(cls: Function, label: string): readonly string[] | undefined {
  if (!Object.hasOwn(cls, 'state')) return undefined
  const state: unknown = (cls as Function & { state: unknown }).state
  if (Array.isArray(state) && state.every(name => typeof name === 'string')) return state
  throw new RegistrationError(
    `${label}: static state must list the properties that hold the constructor's parameters, such as ['id']; ` +
      'call a static member with another purpose something else',
  )
}

interface Constructor {
  readonly params: readonly Pattern[]
  readonly body: readonly Statement[]
}

function constructorOf(cls: Function, label: string): Constructor | undefined {
  const source = sourceOf(cls)
  if (source.kind !== 'class') {
    const problem = source.kind === 'unreadable' ? ` (${source.problem})` : ''
    throw new RegistrationError(
      `${label}: the source of the class cannot be read${problem}; register another class`,
    )
  }
  for (const member of source.node.body.body)
    if (member.type === 'MethodDefinition' && member.kind === 'constructor')
      return { params: member.value.params, body: member.value.body.body }
  return undefined
}

/**
 * Printers that move field initialisers write a constructor where the author had none, with
 * `super(...arguments)`; by hand it is `constructor(...args) { super(...args) }`.
 */
function passesAllOn({ params, body }: Constructor): boolean {
  const [only] = params
  if (params.length > 1 || (only && only.type !== 'RestElement')) return false
  const name = only ? only.argument.type === 'Identifier' && only.argument.name : 'arguments'
  const [first] = superArguments(body)
  return first?.type === 'SpreadElement' && name !== false && isName(first.argument, name)
}

/**
 * The expressions a constructor always evaluates: its statements, with `a, b`, `a = b = c` and the arguments of calls
 * taken apart, which is where Babel puts them that come before decorators are run: `init((super(), this.id = id, this))`.
 */
function* expressionsOf(body: readonly Statement[]): Generator<Expression> {
  for (const statement of body)
    if (statement.type === 'ExpressionStatement') yield* parts(statement.expression)
}

function* parts(expression: Expression): Generator<Expression> {
  if (expression.type === 'SequenceExpression') for (const part of expression.expressions) yield* parts(part)
  else yield expression
  if (expression.type === 'AssignmentExpression') yield* parts(expression.right)
  if (expression.type === 'CallExpression')
    for (const argument of expression.arguments) if (argument.type !== 'SpreadElement') yield* parts(argument)
}

/** What is passed to `super(…)`; `__super(…)` is esbuild's, for a call that is not a statement of its own. */
function superArguments(body: readonly Statement[]): CallExpression['arguments'] {
  for (const expression of expressionsOf(body))
    if (expression.type === 'CallExpression')
      if (expression.callee.type === 'Super' || isName(expression.callee, '__super'))
        return expression.arguments
  return []
}

// Helpers that define a field, as esbuild, babel, oxc and swc name them, and those that write a private one.
const definesField = /^(?:__publicField|_?_?defineProperty|_define_property)$/
const setsPrivate = /private/i

/** Where an expression keeps the variable `name`, if it does. */
function placeOf(expression: Expression, name: string): Place {
  if (expression.type === 'AssignmentExpression') {
    const { left, operator, right } = expression
    if (operator !== '=' || left.type !== 'MemberExpression' || left.object.type !== 'ThisExpression')
      return undefined
    if (!isValue(right, name)) return undefined
    if (left.property.type === 'PrivateIdentifier') return 'private'
    if (!left.computed && left.property.type === 'Identifier') return { property: left.property.name }
    return left.property.type === 'Literal' ? { property: String(left.property.value) } : undefined
  }
  if (expression.type !== 'CallExpression') return undefined
  const { callee } = expression
  const [self, key, value] = expression.arguments
  const helper = callee.type === 'MemberExpression' ? callee.property : callee
  if (self?.type !== 'ThisExpression' || helper.type !== 'Identifier' || !key || !value) return undefined
  if (setsPrivate.test(helper.name)) return isValue(value, name) ? 'private' : undefined
  if (!definesField.test(helper.name) || key.type !== 'Literal') return undefined
  return isValue(descriptorValue(value) ?? value, name) ? { property: String(key.value) } : undefined
}

/** The `value` of a property descriptor: `Object.defineProperty(this, 'id', { value: id })`. */
function descriptorValue(node: Expression | { type: 'SpreadElement' }): Expression | undefined {
  if (node.type !== 'ObjectExpression') return undefined
  for (const property of node.properties)
    if (property.type === 'Property' && !property.computed && isName(property.key, 'value'))
      return property.value
  return undefined
}

/** Is it the variable itself, unchanged? tsc writes `this.id = (__runInitializers(this, …), id)`. */
function isValue(node: { type: string }, name: string): boolean {
  const expression = node as Expression
  if (expression.type === 'SequenceExpression') return isValue(expression.expressions.at(-1)!, name)
  if (expression.type === 'AssignmentExpression')
    return expression.operator === '=' && isValue(expression.right, name)
  return isName(expression, name)
}

function isName(node: { type: string }, name: string): boolean {
  return (node as Expression).type === 'Identifier' && (node as { name?: string }).name === name
}
