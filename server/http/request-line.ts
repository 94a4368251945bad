// The first line of a request: which method is meant, and where it leads within the mount.

import { Fault } from '../../lib/fault.js'
import { MethodFault } from '../faults.js'

/** What only reads. */
export const safeMethods: ReadonlySet<string> = new Set(['GET', 'HEAD'])

const verbs = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'])

/** The method, or what a POST says in the header `Method`, for clients that can send nothing else. */
export function methodOf(request: Request): string {
  const { method } = request
  if (method !== 'POST') return method
  const header = request.headers.get('method')
  if (header === null) return method
  const named = header.toUpperCase()
  if (!verbs.has(named))
    throw new Fault(`unknown method ${JSON.stringify(header)} in the header Method`, { code: 'malformed' })
  return named
}

export function allow(method: string, methods: readonly string[]): void {
  if (!methods.includes(method)) throw new MethodFault(method, methods)
}

/** The first field of a query that asks for a part of a page (face/downloads.ts). No argument can have its name. */
export const partField = '.='

export interface RequestLine {
  readonly path: string
  readonly query: string
  /** The part that is asked for, which is not in the query any more; of what only reads. */
  readonly part: string | undefined
}

/** The path within the mount, and the query, without making a URL object. */
export function split({ url, method }: Pick<Request, 'url' | 'method'>, mount: string): RequestLine {
  const start = url.indexOf('/', url.indexOf('://') + 3)
  const mark = url.indexOf('?', start)
  const fragment = url.indexOf('#', start)
  const end = mark >= 0 ? mark : fragment >= 0 ? fragment : url.length
  const full = start < 0 ? '/' : url.slice(start, end)
  const path = mount !== '' && full.startsWith(mount) ? full.slice(mount.length) : full
  const query = mark < 0 ? '' : url.slice(mark + 1, fragment > mark ? fragment : url.length)
  if (!query.startsWith(partField) || !safeMethods.has(method)) return { path, query, part: undefined }
  const [field = ''] = query.split('&', 1)
  return { path, query: query.slice(field.length + 1), part: field.slice(partField.length) }
}
