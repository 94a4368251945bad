// The first line of a request: which method is meant, and where it leads within the mount.

import { malformed, safeMethods } from '../faults/http.js'

const verbs = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'])

/** The method, or what a POST says in the header `Method`, for clients that can send nothing else. */
export function methodOf(request: Request): string {
  const { method } = request
  if (method !== 'POST') return method
  const header = request.headers.get('method')
  if (header === null) return method
  const named = header.toUpperCase()
  if (!verbs.has(named)) throw malformed(`unknown method ${JSON.stringify(header)} in the header Method`)
  return named
}

/** The first field of a query that asks for a part of a page (features/html/downloads.ts). No argument can have its name. */
export const partField = '.='

export interface RequestLine {
  readonly path: string
  /** The mount: the one that was given, or one that something hides. */
  readonly mount: string
  readonly query: string
  /** The part that is asked for, which is not in the query any more; of what only reads. */
  readonly part: string | undefined
}

/** Node's request as it came; Express keeps the path that it has taken a mount from. */
interface AsSent {
  readonly url?: string | undefined
  readonly originalUrl?: string | undefined
}

/**
 * Where a reader is that is told `/`, since something hides the mount, such as Express, but has asked without the slash
 * at the end; undefined elsewhere.
 */
function hiddenMount({ url, originalUrl = url }: AsSent): string | undefined {
  const [path = ''] = (originalUrl ?? '').split(/[?#]/, 1)
  return path.startsWith('/') && !path.endsWith('/') ? path : undefined
}

/** The path within the mount, and the query, without making a URL object. */
export function split(
  { url, method }: Pick<Request, 'url' | 'method'>,
  given: string,
  incoming?: AsSent,
): RequestLine {
  const start = url.indexOf('/', url.indexOf('://') + 3)
  const mark = url.indexOf('?', start)
  const fragment = url.indexOf('#', start)
  const end = mark >= 0 ? mark : fragment >= 0 ? fragment : url.length
  const full = start < 0 ? '/' : url.slice(start, end)
  const within = given !== '' && full.startsWith(given) ? full.slice(given.length) : full
  const hidden = within === '/' && incoming !== undefined ? hiddenMount(incoming) : undefined
  const path = hidden === undefined ? within : ''
  const mount = hidden ?? given
  const query = mark < 0 ? '' : url.slice(mark + 1, fragment > mark ? fragment : url.length)
  if (!query.startsWith(partField) || !safeMethods.has(method)) return { path, mount, query, part: undefined }
  const [field = ''] = query.split('&', 1)
  return { path, mount, query: query.slice(field.length + 1), part: field.slice(partField.length) }
}
