// Hooks: what an application can listen to while a server runs. What a listener throws is logged, and breaks nothing.

import { dropped, someParts } from '../../../lib/promises.js'
import { type Log, report } from '../../core/context/log.js'
import type { Hook, HookEvents, Listener, Listeners } from './server.js'

const names: ReadonlySet<string> = new Set<Hook>(['start', 'request', 'beat', 'error', 'stop'])

export class Hooks {
  readonly #listeners = new Map<Hook, Set<Listener<never>>>()
  readonly #log: () => Log

  /** Throws TypeError for a hook that is none. */
  constructor(log: () => Log, listeners: Listeners = {}) {
    this.#log = log
    for (const [hook, listener] of Object.entries(listeners))
      this.on(hook as Hook, listener as Listener<Hook>)
  }

  /** Adds a listener; what is returned takes it away. Throws TypeError for a hook that is none. */
  on<H extends Hook>(hook: H, listener: Listener<H>): () => void {
    if (!names.has(hook))
      throw new TypeError(`there is no hook ${String(hook)}, but ${[...names].join(', ')}`)
    if (typeof listener !== 'function') throw new TypeError(`the listener of ${hook} must be a function`)
    const added: Listener<never> = event => listener(event)
    const listeners = this.#listeners.get(hook) ?? new Set()
    this.#listeners.set(hook, listeners.add(added))
    return () => {
      listeners.delete(added)
    }
  }

  has(hook: Hook): boolean {
    return (this.#listeners.get(hook)?.size ?? 0) > 0
  }

  /** Settled, never rejected, once all listeners are. */
  async emit<H extends Hook>(hook: H, event: HookEvents[H]): Promise<void> {
    const listeners = [...(this.#listeners.get(hook) ?? [])]
    await Promise.all(listeners.map(listener => this.#tell(hook, listener as Listener<H>, event)))
  }

  async #tell<H extends Hook>(hook: H, listener: Listener<H>, event: HookEvents[H]): Promise<void> {
    const failed = (error: unknown) => report(this.#log(), `a listener of the hook ${hook} failed`, error)
    try {
      dropped(await listener(event), someParts, failed)
    } catch (error) {
      failed(error)
    }
  }
}
