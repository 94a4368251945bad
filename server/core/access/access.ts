// The calls and objects that rules and `authorize` are asked about. Types only.

import type { Context } from '../context/context.js'

/**
 * How a call or an object was reached: by a request of its own, as a step of many, or as an argument; `page`: it is
 * about to be shown on one, which only the functions of `allow` are asked.
 */
export type Via = 'request' | 'pipeline' | 'argument' | 'page'

/** A call that somebody is about to make, or an object that is about to be reached. */
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
   * The arguments. A call is asked about before its body is read: then they are empty, and what a function says
   * that looks at them doesn't count; it is asked again once they are bound. One that doesn't is asked once.
   */
  readonly args: readonly unknown[]
  readonly via: Via
  readonly context: Context
}

/** A question of rules and of `authorize`, before it is said who asks. */
export type AccessQuestion = Omit<Access, 'user' | 'context'>

/** False, or a Fault that it throws, refuses. */
export type Authorize = (access: Access) => boolean | undefined | Promise<boolean | undefined>
