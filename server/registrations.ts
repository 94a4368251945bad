// Where an application has mounted its routers, and what is registered in them: for those who describe it whole.

import type { Registry } from './registry.js'

/** By the handler of the router's one route. */
const registries = new WeakMap<object, Registry>()

export const registered = (handler: object, registry: Registry): void =>
  void registries.set(handler, registry)

export interface Mounted {
  /** Without a slash at the end; empty at the root. */
  readonly path: string
  readonly registry: Registry
}

/** The routers among an application's routes, its own first. Those that it hides (`mount`, functions) are not seen. */
export function mountedIn(app: object): Mounted[] {
  const { routes } = app as { readonly routes?: unknown }
  if (!Array.isArray(routes)) return []
  return routes.flatMap(({ handler, path }: { readonly handler: object; readonly path: string }) => {
    const registry = registries.get(handler)
    return registry === undefined ? [] : [{ path: path.replace(/\/?\*$/, ''), registry }]
  })
}
