// What stands behind a page or a remote function that the application holds: its node, and where it came from.

import { type Form, type Link, Page } from '../../lib/values/nodes.js'
import type { Origin } from '../exchange/session.js'

export interface Handle {
  readonly node: Page | Link | Form
  readonly origin: Origin
}

/** What a page has beside its data, also for a copy of it. */
export interface PageHandle extends Handle {
  readonly node: Page
  /** Data, or a remote function; undefined for what the page lacks. */
  member(name: string): unknown
  /** All that the page has, by name, what is called `then` too. */
  members(): readonly (readonly [name: string, value: unknown])[]
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

/** The handle of a page; undefined for anything else. */
export function pageHandleOf(holder: unknown): PageHandle | undefined {
  const handle = typeof holder === 'object' ? handleOf(holder) : undefined
  return handle?.node instanceof Page ? (handle as PageHandle) : undefined
}
