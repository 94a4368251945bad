// What stands behind a page or a remote function that the application holds: its node, and where it came from.

import type { Form, Link, Page } from '../lib/nodes.js'
import type { Origin } from './session.js'

export interface Handle {
  readonly node: Page | Link | Form
  readonly origin: Origin
}

const handles = new WeakMap<object, Handle>()

export function setHandle(holder: object, handle: Handle): void {
  handles.set(holder, handle)
}

export const handleOf = (holder: unknown): Handle | undefined =>
  typeof holder === 'object' || typeof holder === 'function' ? handles.get(holder as object) : undefined
