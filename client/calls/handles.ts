// Handles: the node behind a page or a remote function that the application holds, and its origin.

import { type Form, type Link, Page } from '../../lib/values/nodes.js'
import type { Origin } from '../exchange/session.js'

export interface Handle {
  readonly node: Page | Link | Form
  readonly origin: Origin
}

/** The handle of a page, and of a copy of it: its members too. */
export interface PageHandle extends Handle {
  readonly node: Page
  /** Data, or a remote function; undefined for a name that the page lacks. */
  member(name: string): unknown
  /** All members, that called `then` too. */
  members(): readonly (readonly [name: string, value: unknown])[]
}

/** Under this, a page gives its handle: it is a proxy, and asking it costs less than a table of all pages. */
export const handleKey: unique symbol = Symbol('handle')

const functions = new WeakMap<object, Handle>()

/** Gives a remote function its handle. */
export function setHandle(call: object, handle: Handle): void {
  functions.set(call, handle)
}

export function handleOf(holder: unknown): Handle | undefined {
  if (typeof holder === 'function') return functions.get(holder)
  return typeof holder === 'object' && holder !== null
    ? (holder as { readonly [handleKey]?: Handle })[handleKey]
    : undefined
}

/** The handle of a page; undefined for anything else. */
export function pageHandleOf(holder: unknown): PageHandle | undefined {
  const handle = typeof holder === 'object' ? handleOf(holder) : undefined
  return handle?.node instanceof Page ? (handle as PageHandle) : undefined
}
