// The value of a literal in a syntax tree: what a parameter's default is without running any code.
// Not here: identifiers other than the three constants, calls, and anything else that only running decides.

import { setOwn } from '../../../lib/values/dict.js'
import type { Expression, ObjectExpression } from './source.js'

/** A known value, wrapped so that `undefined` can be one. Lists and dicts in it are frozen, all the way down. */
export interface Known {
  readonly value: unknown
}

const constants = new Map<string, unknown>([
  ['undefined', undefined],
  ['NaN', Number.NaN],
  ['Infinity', Number.POSITIVE_INFINITY],
])

// Minifiers fold `60 * 1000` and spell Infinity as `1/0`, so arithmetic must read the same in both spellings.
const arithmetic: Record<string, (left: number, right: number) => number> = {
  '+': (left, right) => left + right,
  '-': (left, right) => left - right,
  '*': (left, right) => left * right,
  '/': (left, right) => left / right,
  '%': (left, right) => left % right,
  '**': (left, right) => left ** right,
}

/** The value an expression has wherever it stands, or undefined when only running it would tell. */
export function literalOf(node: Expression): Known | undefined {
  switch (node.type) {
    case 'Literal':
      return node.regex ? undefined : { value: node.value }
    case 'TemplateLiteral':
      return node.expressions.length === 0 ? { value: node.quasis[0]!.value.cooked } : undefined
    case 'Identifier':
      return constants.has(node.name) ? { value: constants.get(node.name) } : undefined
    case 'UnaryExpression': {
      const operand = literalOf(node.argument)
      return operand && unary(node.operator, operand.value)
    }
    case 'BinaryExpression': {
      if (node.left.type === 'PrivateIdentifier') return undefined
      const left = literalOf(node.left)
      const right = literalOf(node.right)
      return left && right && binary(node.operator, left.value, right.value)
    }
    // Coverage tools write `(count++, 'World')` for a default.
    case 'SequenceExpression':
      return literalOf(node.expressions.at(-1)!)
    case 'ArrayExpression': {
      const items: unknown[] = []
      for (const element of node.elements) {
        if (!element || element.type === 'SpreadElement') return undefined
        const item = literalOf(element)
        if (!item) return undefined
        items.push(item.value)
      }
      return { value: Object.freeze(items) }
    }
    case 'ObjectExpression':
      return dictOf(node)
    default:
      return undefined
  }
}

function unary(operator: string, operand: unknown): Known | undefined {
  switch (operator) {
    case '-':
      if (typeof operand === 'bigint') return { value: -operand }
      return typeof operand === 'number' ? { value: -operand } : undefined
    case '+':
      return typeof operand === 'number' ? { value: operand } : undefined
    case '!':
      return { value: !operand }
    case 'void':
      return { value: undefined }
    default:
      return undefined
  }
}

function binary(operator: string, left: unknown, right: unknown): Known | undefined {
  if (operator === '+' && typeof left === 'string' && typeof right === 'string')
    return { value: left + right }
  const operation = arithmetic[operator]
  if (!operation || typeof left !== 'number' || typeof right !== 'number') return undefined
  return { value: operation(left, right) }
}

function dictOf(node: ObjectExpression): Known | undefined {
  const dict: Record<string, unknown> = {}
  for (const property of node.properties) {
    if (property.type === 'SpreadElement' || property.kind !== 'init' || property.method) return undefined
    let key: unknown
    if (!property.computed && property.key.type === 'Identifier') key = property.key.name
    else key = literalOf(property.key)?.value
    if (typeof key !== 'string' && typeof key !== 'number') return undefined
    // `{ __proto__: x }` sets the prototype; only `{ ['__proto__']: x }` is data.
    if (key === '__proto__' && !property.computed) return undefined
    const item = literalOf(property.value)
    if (!item) return undefined
    setOwn(dict, String(key), item.value)
  }
  return { value: Object.freeze(dict) }
}
