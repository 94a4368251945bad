// Routers that have not declared whether their URLs are sealed: what other machines reach has to.

/** Handlers of routers that have not said whether their URLs are sealed. */
export const undeclaredHandlers = new WeakSet<object>()

export const undeclared =
  'other machines reach this address, and could write the state of any object into a URL: give the Router a ' +
  'secret (openssl rand -base64 32), or say secret: false'

/**
 * Is there a router among these routes that has not said it? Those that a Hono application hides, by `mount` or
 * in functions of its own, say it when they are asked.
 */
export function isUndeclared(app: object): boolean {
  const { routes } = app as { readonly routes?: unknown }
  return Array.isArray(routes) && routes.some(route => undeclaredHandlers.has(route?.handler ?? {}))
}
