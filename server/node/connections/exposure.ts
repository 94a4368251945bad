// Exposure: what other machines reach wants its URLs sealed, or the application to say that they are not.

/** Handlers of routers that have not said whether their URLs are sealed. */
export const unsealed = new WeakSet<object>()

export const unsaid =
  'other machines reach this address, and could write the state of any object into a URL: give the Router a ' +
  'secret (openssl rand -base64 32), or say secret: false'

/** Is it this machine alone that reaches an address, or a name of one? */
export const isLoopback = (host: string): boolean =>
  /^(?:127(?:\.\d+){3}|(?:.+\.)?localhost|\[?(?:::1|::ffff:127(?:\.\d+){3})\]?)$/i.test(host)

/**
 * Is there a router among these routes that has not said it? Those that a Hono application hides, by `mount` or
 * in functions of its own, say it when they are asked.
 */
export function isUnsaid(app: object): boolean {
  const { routes } = app as { readonly routes?: unknown }
  return Array.isArray(routes) && routes.some(route => unsealed.has(route?.handler ?? {}))
}
