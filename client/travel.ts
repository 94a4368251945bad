// Which steps can travel with others, and what they depend on.

import { kindOf } from '../lib/kind.js'
import { Form, Link } from '../lib/nodes.js'
import { NamedArguments } from './named.js'
import { type Action, type Step, stepOf } from './step.js'

/** The steps that an action depends on: its target, and those in its arguments. */
export function references(action: Action): Step[] {
  const found: Step[] = []
  if (action.kind === 'item') return found
  if (action.kind !== 'call') found.push(action.of)
  if (action.kind !== 'map') for (const value of action.parameters ?? []) collect(value, found)
  return found
}

/** The steps in a value. Those of properties, which are made when they are needed, are made now. */
export function collect(value: unknown, found: Step[]): void {
  if (typeof value !== 'object' && typeof value !== 'function') return
  if (value === null) return
  const step = stepOf(value)
  if (step !== undefined) found.push(step)
  else if (value instanceof NamedArguments) collect(value.values, found)
  else if (Array.isArray(value)) for (const item of value) collect(item, found)
  else if (value instanceof Map) for (const pair of value) collect(pair, found)
  else if (value instanceof Set) for (const item of value) collect(item, found)
  else if (typeof value === 'object' && kindOf(value) === 'dict') {
    for (const item of Object.values(value)) collect(item, found)
  }
}

/** Is a node known to give a stream? That is a message of its own. */
const givesStream = ({ given }: Link | Form): boolean => given.stream === true

/** Forms that are plain POSTs; links only with what depends on them, so that caches see the others. */
export function canTravel({ action }: Step, needed: boolean, pipeline: string): boolean {
  if (action.kind === 'item') return false
  if (action.kind === 'map') return true
  if (holdsBlob(action.parameters ?? [])) return false
  if (action.kind === 'member') return true
  const { node, parameters } = action
  if (givesStream(node)) return false
  if (node.url === undefined || originOf(node.url) !== originOf(pipeline) || 'headers' in node.given)
    return false
  if (node instanceof Link) return needed && !node.inline && node.method === 'GET' && parameters.length === 0
  const plain = node.method === 'POST' && (node.envelope ?? 'form') === 'form'
  return plain || (needed && node instanceof Form && node.method === 'GET')
}

const originOf = (url: string): string => url.slice(0, url.indexOf('/', url.indexOf('//') + 2))

function holdsBlob(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || stepOf(value) !== undefined) return false
  if (value instanceof ReadableStream) return true
  if (value instanceof NamedArguments) return holdsBlob(value.values)
  switch (kindOf(value)) {
    case 'blob':
      return true
    case 'list':
      return (value as readonly unknown[]).some(holdsBlob)
    case 'set':
    case 'map':
      return Array.from(value as Iterable<unknown>).some(holdsBlob)
    case 'dict':
      return Object.values(value).some(holdsBlob)
    default:
      return false
  }
}
