// What somebody is about to do, as rules and `authorize` are asked about it. Types only.

import type { Context } from '../context/context.js'

/**
 * How a call or an object was reached: by a request of its own, as a step of many, or as an argument; `page`: it is
 * about to be shown on one, which only the functions of `allow` are asked.
 */
export type Via = 'request' | 'pipeline' | 'argument' | 'page'

/** What somebody is about to do. */
export interface Access {
  /** Who, as the application's middleware found out. */
  readonly user: unknown
  /** The object; undefined for a function or a constructor. A method in arguments has its object. */
  readonly object: object | undefined
  /** The method, function or class by name; undefined where only the object is reached. */
  readonly member: string | undefined
  /** `User.message`, `hello`, `User`. */
  readonly label: string
  /**
   * What it is called with. A call is asked about before its body is read: then this is empty, and what a function says
   * that looks at it doesn't count; it is asked again once they are bound. One that doesn't is asked once.
   */
  readonly args: readonly unknown[]
  readonly via: Via
  readonly context: Context
}

/** A question of rules and of `authorize`, before it is said who asks. */
export type AccessQuestion = Omit<Access, 'user' | 'context'>

/** False, or a Fault that it throws, refuses. */
export type Authorize = (access: Access) => boolean | undefined | Promise<boolean | undefined>
