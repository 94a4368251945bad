// What stands behind a page or a remote function that the application holds: its node, and where it came from.

import type { Form, Link, Page } from '../lib/nodes.js'
import type { Origin } from './session.js'

export interface Handle {
  readonly node: Page | Link | Form
  readonly origin: Origin
}

/** Under this, a page gives its handle: it is a proxy, and asking it costs less than a table of all pages. */
export const handleKey: unique symbol = Symbol('handle')

const functions = new WeakMap<object, Handle>()

/** For remote functions. */
export function setHandle(call: object, handle: Handle): void {
  functions.set(call, handle)
}

export function handleOf(holder: unknown): Handle | undefined {
  if (typeof holder === 'function') return functions.get(holder)
  return typeof holder === 'object' && holder !== null
    ? (holder as { readonly [handleKey]?: Handle })[handleKey]
    : undefined
}
