// The gate before every call and every object: the rules of `allow`, then `authorize`. Of a call it asks before its body
// is read and its form is drawn, and what needs the arguments once they are there.

import { attempt, dropped, someParts } from '../../../lib/promises.js'
import { Fault } from '../../../lib/values/fault.js'
import type { AccessQuestion, Via } from '../access/access.js'
import type { Guard } from '../access/guard.js'
import { Permission } from '../access/permission.js'
import type { Rule } from '../access/rules.js'
import type { Context } from '../context/context.js'
import { report } from '../context/log.js'
import { forbidden, MethodFault } from '../faults/http.js'
import type { Operation } from '../registration/members.js'
import type { CallEntry, CallOptions } from './options.js'

export interface GateParts {
  /** Where there are rules. */
  readonly guard: Guard | undefined
  readonly options: Pick<CallOptions, 'authorize' | 'onCall'>
  readonly context: Context
  /** How calls come. */
  readonly via: Via
}

export class Gate {
  readonly #guard: Guard | undefined
  readonly #options: Pick<CallOptions, 'authorize' | 'onCall'>
  readonly #context: Context
  readonly #via: Via

  constructor({ guard, options, context, via }: GateParts) {
    this.#guard = guard
    this.#options = options
    this.#context = context
    this.#via = via
  }

  /** Is there nobody to ask? */
  get open(): boolean {
    return this.#options.authorize === undefined && this.#guard === undefined
  }

  /** A promise only where functions are asked. Throws the Fault of a refusal. */
  permit(
    { name: member, label, rules }: Pick<Operation, 'name' | 'label' | 'rules'>,
    object?: object,
    args?: readonly unknown[],
  ): Permission | Promise<Permission> {
    const { user } = this.#context
    const about = { user, object, member, label, via: this.#via, context: this.#context }
    const permission = new Permission(about, rules)
    if (args !== undefined) permission.with(args)
    if (this.#guard?.shows(rules) === false) throw this.#told(permission, this.#guard.refusal(label))
    permission.kept = this.#guard === undefined || this.#guard.admits(rules)
    permission.given = permission.kept && this.#options.authorize === undefined
    return permission.given ? permission : this.#permitted(permission)
  }

  async #permitted(permission: Permission): Promise<Permission> {
    try {
      await this.#ask(permission)
      return permission
    } catch (error) {
      throw this.#told(permission, error)
    }
  }

  /** The rules first, so that `authorize` is asked about what is left. */
  async #ask(permission: Permission): Promise<void> {
    const { authorize } = this.#options
    const { access, rules } = permission
    if (!permission.kept) {
      const kept = await permission.ask(access => this.#guard?.keeps(rules, access))
      if (kept === 'unknown') return
      if (!kept.said) throw this.#guard?.refusal(access.label)
      permission.kept = true
    }
    const allowed = authorize && (await permission.ask(authorize))
    if (allowed === 'unknown') return
    if (allowed?.said === false) throw forbidden(access.label)
    permission.given = true
  }

  /** Asks what is left, now that the arguments are known. */
  async settle(permission: Permission, args: readonly unknown[]): Promise<void> {
    permission.with(args)
    if (permission.given) return
    try {
      await this.#ask(permission)
    } catch (error) {
      permission.refused = true
      throw error
    }
  }

  /**
   * The error of a call that fails before it is known to be allowed: what is wrong with its arguments is for those
   * alone who may call it with them, as far as there are any. That another method is asked for is no secret to whom
   * pages show the form.
   */
  async instead(permission: Permission, error: unknown, args: readonly unknown[] = []): Promise<unknown> {
    if (permission.given || permission.refused || !(error instanceof Fault)) return error
    if (error instanceof MethodFault && !permission.kept) return error
    try {
      await this.settle(permission, args)
      return error
    } catch (refusal) {
      // The question was incomplete: what fails on that is nobody's accident.
      return this.#told(permission, refusal instanceof Fault ? refusal : forbidden(permission.access.label))
    }
  }

  /** Tells `onCall` of a call that was refused before it began. */
  #told({ access: { label }, started }: Permission, error: unknown): unknown {
    const milliseconds = performance.now() - started
    const { user } = this.#context
    tell(this.#options, this.#context, { label, via: this.#via, user, status: statusOf(error), milliseconds })
    return error
  }

  /** About what is reached, and has no arguments. */
  async authorize(question: AccessQuestion, rules: readonly Rule[]): Promise<void> {
    const { authorize } = this.#options
    const access = { ...question, user: this.#context.user, context: this.#context }
    if (this.#guard !== undefined && !(await this.#guard.keeps(rules, access)))
      throw this.#guard.refusal(access.label)
    const allowed = authorize && (await authorize(access))
    dropped(allowed, someParts)
    if (allowed === false) throw forbidden(access.label)
  }
}

/** Nobody waits for `onCall`: what it throws, or rejects with, is logged. */
export function tell({ onCall }: Pick<CallOptions, 'onCall'>, { log }: Context, entry: CallEntry): void {
  if (onCall === undefined) return
  attempt(
    () => onCall(entry),
    error => report(log, 'onCall failed', error),
  )
}

/** The status of what a call has thrown. */
export const statusOf = (error: unknown): number => (error instanceof Fault ? error.status : 500)
