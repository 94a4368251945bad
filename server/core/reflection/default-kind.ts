// What kind of value a default is that only running it would tell: `new Date()` is a date whenever it runs. For the
// controls of forms, and for what they send. Names are taken for the platform's; a wrong guess costs a control that
// fits badly. Not here: literals, whose values are known (literal.ts).

import { type Takes, takesOf } from './argument-kind.js'
import { literalOf } from './literal.js'
import type { CallExpression, Expression } from './source.js'

const constructors: ReadonlyMap<string, Takes> = new Map([
  ['Date', 'date'],
  ['Set', 'set'],
  ['Map', 'map'],
  ['Array', 'list'],
  ['Object', 'json'],
  ['Uint8Array', 'bytes'],
  ['Blob', 'blob'],
  ['File', 'blob'],
  ['Duration', 'duration'],
])

/** By how they are called; `*` stands for any name. */
const functions: ReadonlyMap<string, Takes> = new Map([
  ['String', 'text'],
  ['Number', 'number'],
  ['BigInt', 'bigint'],
  ['Boolean', 'boolean'],
  ['Array', 'list'],
  ['Math.*', 'number'],
  ['Date.now', 'number'],
  ['performance.now', 'number'],
  ['crypto.randomUUID', 'text'],
  ['Array.from', 'list'],
  ['Array.of', 'list'],
  ['Object.keys', 'list'],
  ['Object.values', 'list'],
  ['Object.fromEntries', 'json'],
  ['Uint8Array.from', 'bytes'],
  ['Uint8Array.of', 'bytes'],
  ['Duration.parse', 'duration'],
  ['JSON.stringify', 'text'],
])

/** Undefined where different runs might give different kinds, for all that can be seen. */
export function kindOfDefault(node: Expression): Takes | undefined {
  const known = literalOf(node)
  if (known !== undefined) {
    const takes = takesOf(known.value)
    return takes === 'any' ? undefined : takes
  }
  switch (node.type) {
    case 'TemplateLiteral':
      return 'text'
    case 'ArrayExpression':
      return 'list'
    case 'ObjectExpression':
      return 'json'
    case 'NewExpression':
      return constructors.get(nameOf(node.callee) ?? '')
    case 'CallExpression':
      return kindOfCall(node)
    case 'UnaryExpression':
      if (node.operator === '!' || node.operator === 'delete') return 'boolean'
      if (node.operator === 'typeof') return 'text'
      if (node.operator === '+') return 'number'
      return node.operator === '-' ? arithmetic(kindOfDefault(node.argument)) : undefined
    case 'BinaryExpression':
      return node.left.type === 'PrivateIdentifier'
        ? 'boolean'
        : kindOfOperation(node.operator, node.left, node.right)
    case 'ConditionalExpression':
      return same(kindOfDefault(node.consequent), kindOfDefault(node.alternate))
    case 'LogicalExpression':
      return same(kindOfDefault(node.left), kindOfDefault(node.right))
    case 'SequenceExpression':
      return kindOfDefault(node.expressions.at(-1) as Expression)
    case 'ParenthesizedExpression':
      return kindOfDefault(node.expression)
    default:
      return undefined
  }
}

const arithmetic = (kind: Takes | undefined) => (kind === 'number' || kind === 'bigint' ? kind : undefined)

const same = <T>(one: T | undefined, other: T | undefined): T | undefined => (one === other ? one : undefined)

function kindOfCall({ callee }: CallExpression): Takes | undefined {
  const name = nameOf(callee) ?? ''
  return functions.get(name) ?? functions.get(name.replace(/\.\w+$/, '.*'))
}

const comparing = new Set(['==', '!=', '===', '!==', '<', '<=', '>', '>=', 'in', 'instanceof'])

function kindOfOperation(operator: string, left: Expression, right: Expression): Takes | undefined {
  if (comparing.has(operator)) return 'boolean'
  const kinds = [kindOfDefault(left), kindOfDefault(right)]
  if (operator === '+' && kinds.includes('text')) return 'text'
  // Anything else beside a number is a number by then, but not in a sum.
  if (operator === '+') return same(kinds[0], kinds[1]) === 'number' ? 'number' : undefined
  return kinds.includes('number') ? 'number' : undefined
}

/** `Date.now`, `Date`; of what a module has imported, as bundlers write it (`module_1.Duration`), its own name. */
function nameOf(node: CallExpression['callee']): string | undefined {
  if (node.type === 'Identifier') return node.name
  if (node.type === 'SequenceExpression') return nameOf(node.expressions.at(-1) as Expression)
  if (node.type !== 'MemberExpression' || node.computed || node.property.type !== 'Identifier')
    return undefined
  const of = node.object.type === 'Super' ? undefined : nameOf(node.object)
  if (of === undefined) return undefined
  const isModule = of === 'globalThis' || /^__vi_import|^__vite_ssr_import|_\d+$/.test(of)
  return isModule ? node.property.name : `${of}.${node.property.name}`
}
