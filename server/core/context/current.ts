// The context of the call that runs, wherever its code goes: after an `await`, in a getter that is drawn later, in a
// stream that is read later. Kept by AsyncLocalStorage, which Node, Deno, Bun and workerd (`nodejs_compat`) have, and
// nothing that an object holds: an application may keep objects, which then are of many requests at once.

import type { AsyncLocalStorage } from 'node:async_hooks'
import type { Context } from './context.js'

type Storage = Pick<typeof AsyncLocalStorage, 'snapshot'> & (new () => AsyncLocalStorage<Context>)

let contexts: AsyncLocalStorage<Context> | undefined

/**
 * Looked for when it is needed, since a runtime may be without it: where Node's modules are, or as a global that an
 * application has set (`globalThis.AsyncLocalStorage`). Never imported: that would end a program that has no use for it.
 */
function storageOf(): Storage | undefined {
  const { process, AsyncLocalStorage } = globalThis as {
    readonly process?: { getBuiltinModule?(name: string): { AsyncLocalStorage?: Storage } | undefined }
    readonly AsyncLocalStorage?: Storage
  }
  return process?.getBuiltinModule?.('node:async_hooks')?.AsyncLocalStorage ?? AsyncLocalStorage
}

/** Runs with a context, and all that it begins; without one in a runtime that cannot keep it. */
export function runIn<T>(context: Context, run: () => T): T {
  if (contexts === undefined) {
    const Found = storageOf()
    if (Found === undefined) return run()
    contexts = new Found()
  }
  return contexts.run(context, run)
}

/** Undefined outside of requests, in those that were not run in a context, and where nothing can keep it. */
export const currentContext = (): Context | undefined => contexts?.getStore()

/** Can contexts be kept here? */
export const keepsContexts = (): boolean => contexts !== undefined || storageOf() !== undefined

/**
 * What runs things later as if they ran now: in this context, and in whatever else was entered around it, by
 * middleware and tracers. For bodies, which are made when their reader asks for more.
 */
export function asNow(): <T>(run: () => T) => T {
  return storageOf()?.snapshot?.() ?? (run => run())
}
