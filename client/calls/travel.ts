// Steps that can travel with others, and the steps on which an action depends.

import { defaultLimits } from '../../lib/limits.js'
import { dropped, isUnderWay, someParts } from '../../lib/promises.js'
import { readableValues } from '../../lib/values/dict.js'
import { kindOf } from '../../lib/values/kind.js'
import { Form, Link } from '../../lib/values/nodes.js'
import { itemsOf } from '../../lib/values/parts.js'
import { addressOf } from './address.js'
import { handleOf } from './handles.js'
import { NamedArguments } from './named.js'
import { type Action, type Step, stepOf } from './step.js'

/** The steps that an action depends on: its target, and those in its arguments, whose promises get a handler (`attend`). */
export function references(action: Action): Step[] {
  const found: Step[] = []
  if (action.kind === 'item') return found
  if (action.kind !== 'call') found.push(action.of)
  if (action.kind !== 'map') for (const value of action.parameters ?? []) collect(value, found)
  return found
}

export const isThenable = (value: unknown): value is PromiseLike<unknown> =>
  typeof (value as Partial<PromiseLike<unknown>> | null | undefined)?.then === 'function'

/**
 * Gives promises that were handed over a handler, whatever becomes of the call: their rejection is nobody else's. Other
 * thenables are left alone: to ask one may begin its work.
 */
export function attend(value: unknown): void {
  collect(value, [])
}

/** Adds the steps in a value. Steps of properties, which are made when they are needed, are made by this. */
export function collect(value: unknown, found: Step[]): void {
  search(value, item => {
    const step = stepOf(item)
    if (step !== undefined) found.push(step)
    return step === undefined ? undefined : false
  })
}

/**
 * Looks through arguments, at each object once, as deep as an encoder goes: it refuses cycles, and deeper values. `test`
 * gives true to end the search, false to leave an item aside, undefined to look into it.
 */
function search(
  value: unknown,
  test: (item: object) => boolean | undefined,
  depth = 0,
  seen?: Set<object>,
): boolean {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return false
  const verdict = test(value)
  if (verdict !== undefined || typeof value === 'function') return verdict ?? false
  if (depth > defaultLimits.depth || seen?.has(value)) return false
  const inside = depth === 0 ? new Set<object>() : seen
  inside?.add(value)
  return partsLookedAt(value).some(part => search(part, test, depth + 1, inside))
}

function partsLookedAt(value: object): readonly unknown[] {
  if (value instanceof NamedArguments) return Object.values(value.values)
  const kind = kindOf(value)
  // A page is another server's affair, whose members are made as they are asked for.
  if ((kind === 'other' || kind === 'node') && handleOf(value) === undefined)
    dropped(value, isUnderWay(value) ? undefined : someParts)
  return itemsOf(value, readableValues)
}

/** Is a node known to give a stream? That is a message of its own. */
const givesStream = ({ given }: Link | Form): boolean => given.stream === true

/**
 * True for plain POSTs, for links and GETs only where other steps depend on them, so that caches see the others. `origin`
 * is that of the pipeline.
 */
export function canTravel({ action }: Step, needed: boolean, origin: string): boolean {
  if (action.kind === 'item') return false
  if (action.kind === 'map') return true
  if (holdsMore(action.parameters ?? [])) return false
  if (action.kind === 'member') return true
  const { node, parameters } = action
  if (givesStream(node)) return false
  const url = addressOf(node)
  if (!url?.startsWith(origin) || 'headers' in node.given) return false
  if (node instanceof Link) return needed && !node.inline && node.method === 'GET' && parameters.length === 0
  const plain = node.method === 'POST' && (node.envelope ?? 'form') === 'form'
  return plain || (needed && node instanceof Form && node.method === 'GET')
}

const isScalar = (value: unknown): boolean =>
  value === null || (typeof value !== 'object' && typeof value !== 'function')

/** Do arguments hold something that no batch takes: a blob, a stream, or a promise? */
const holdsMore = (parameters: readonly unknown[]): boolean =>
  !parameters.every(isScalar) &&
  search(parameters, item => {
    if (stepOf(item) !== undefined) return false
    if (item instanceof ReadableStream) return true
    const kind = kindOf(item)
    return kind === 'blob' || (kind === 'other' && handleOf(item) === undefined && isThenable(item))
      ? true
      : undefined
  })
