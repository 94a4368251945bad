// Hono's part: the applications that routers are mounted in, where that is, and what is registered in them.

import { Hono, type Context as HonoContext } from 'hono'
import { basePath, routePath } from 'hono/route'
import type { Rights } from './core/access/guard.js'
import type { NodeBindings } from './core/context/bindings.js'
import type { Plugin } from './core/handler/plugin.js'
import type { Registry } from './core/registration/registry.js'
import { pathAsSent } from './core/urls/paths.js'
import type { IdentityProviders } from './features/identity/identity-providers.js'

/** The values that a web server, and middleware in front, pass along. */
interface Environment {
  Bindings: NodeBindings
  Variables: { user: unknown }
}

/** The context of Hono's handlers. */
export type WebContext = HonoContext<Environment>

export type WebApplication = Hono<Environment>

/** An application of Hono's, with nothing in it. */
export const application = (): WebApplication => new Hono<Environment>()

/** The path that the application of a handler is mounted at, as it was sent, without a slash at the end. */
export const mountOf = (context: HonoContext): string =>
  /^\/\*?$/.test(routePath(context)) ? '' : pathAsSent(context.req.raw.url, basePath(context))

/** A router, as the factory and `serve` know it. */
interface Registered {
  readonly registry: Registry
  readonly identities: IdentityProviders
  readonly rights: Rights | undefined
  /** Adds plugins, behind those that it has. Each once. */
  readonly use: (plugins: readonly Plugin[]) => void
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
