// Where an application has mounted its routers, and what is registered in them: for those who describe it whole.

import type { Rights } from './core/access/guard.js'
import type { Registry } from './core/registration/registry.js'
import type { Identities } from './features/identity/visit.js'

/** What there is to know of a router. */
interface Registered {
  readonly registry: Registry
  readonly identities: Identities
  readonly rights: Rights | undefined
}

/** By the handler of the router's one route. */
const routers = new WeakMap<object, Registered>()

export const registered = (handler: object, router: Registered): void => {
  routers.set(handler, router)
}

export interface Mounted extends Registered {
  /** Without a slash at the end; empty at the root. */
  readonly path: string
}

/** The routers among an application's routes, its own first. Those that it hides (`mount`, functions) are not seen. */
export function mountedIn(app: object): Mounted[] {
  const { routes } = app as { readonly routes?: unknown }
  if (!Array.isArray(routes)) return []
  return routes.flatMap(({ handler, path }: { readonly handler: object; readonly path: string }) => {
    const router = routers.get(handler)
    return router === undefined ? [] : [{ path: path.replace(/\/?\*$/, ''), ...router }]
  })
}
