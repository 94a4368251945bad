// Views: how an application shows the objects of one of its classes to people, in its own way.

import { checkArgument, fn } from '../../../lib/options.js'
import type { Markup } from './markup.js'

/** What a view is given besides its object: the parts of the page that there would be without it. */
export interface Parts {
  /** The page as it would be. */
  page(): Markup
  /** What it is called, as a heading with a link to its own page. */
  heading(): Markup
  /** Its data, all or those that are named, as a list of names and values. */
  data(...names: string[]): Markup
  /** The link or form of a method. Throws TypeError where the page has none of that name. */
  call(name: string): Markup
  /** All links and forms, but for those that are named. */
  calls(...except: string[]): Markup
  /** Any value, or object of a registered class, as it is shown elsewhere. */
  value(value: unknown): Markup
}

/**
 * The page of an object as HTML, made with `html` of `hono/html`, or plain text. What stands around it, and the
 * policy that forbids scripts and styles within it, stays.
 */
// biome-ignore lint/suspicious/noExplicitAny: objects of whatever class it is given for.
export type View<T = any> = (object: T, parts: Parts) => unknown

const views = new WeakMap<object, View>()

/** `@view((user: User, parts) => html\`…\`)` on a class; the same as its `static view`. */
export function view<T extends object>(draw: View<T>) {
  checkArgument('view', draw, fn)
  // biome-ignore lint/suspicious/noExplicitAny: the constructor parameters of any class.
  return <C extends abstract new (...parameters: any[]) => T>(
    type: C,
    _context?: ClassDecoratorContext,
  ): C => {
    views.set(type, draw)
    return type
  }
}

/** The view of an object's class, or of the nearest class that it extends. */
export function viewOf(instance: object): View | undefined {
  for (let type = constructorOf(instance); type !== null; type = Object.getPrototypeOf(type)) {
    const declared: unknown = Object.hasOwn(type, 'view') ? (type as { view?: unknown }).view : undefined
    const found = views.get(type) ?? declared
    if (typeof found === 'function') return found as View
  }
  return undefined
}

/** By prototype, since an instance may have a property called `constructor`. */
const constructorOf = (instance: object): object | null => {
  const type: unknown = Object.getPrototypeOf(instance)?.constructor
  return typeof type === 'function' ? type : null
}
