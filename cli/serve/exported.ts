// From the exports of a module to what is served: an application or router of its own, or the members of a new router.

import { isDict } from '../../lib/plain.js'
import { isClass } from '../../server/core/reflection/index.js'
import type { Fetcher } from '../../server/serve.js'
import { LocalError } from '../exit-codes.js'

type Members = Record<string, unknown>

/** An application of the module's own, or the members to register. */
export type Exported = { readonly app: Fetcher } | { readonly members: Members }

/** Throws LocalError for a module that exports nothing to serve. */
export function exportedBy(module: Readonly<Members>, isRouter: (value: unknown) => boolean): Exported {
  const { default: main } = module
  if (isFetcher(main)) return { app: main }
  const routers = Object.values(module).filter(isRouter)
  if (routers.length === 1) return { app: routers[0] as Fetcher }
  const members: Members = isNamespace(main) ? { ...main } : {}
  for (const [name, value] of Object.entries(module)) {
    if (name === 'default' || name.startsWith('_') || !isMember(value)) continue
    members[name] = value
  }
  if (typeof main === 'function' && main.name !== '' && main.name !== 'default') members[main.name] = main
  if (Object.keys(members).length > 0) return { members }
  throw new LocalError(
    'the module exports nothing to serve: export functions and classes, or a Router as default',
  )
}

const isFetcher = (value: unknown): value is Fetcher =>
  typeof value === 'object' && value !== null && typeof (value as Partial<Fetcher>).fetch === 'function'

const isMember = (value: unknown): boolean =>
  typeof value === 'function' || isClass(value) || isNamespace(value)

/** A plain object of nothing but functions, classes, and such objects. */
function isNamespace(value: unknown): value is Members {
  if (!isDict(value)) return false
  const items = Object.values(value)
  return items.length > 0 && items.every(isMember)
}
