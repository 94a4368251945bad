// The stylesheet of HTML pages: the one file that they load. It is at a path that has its hash in it, so that
// caches never ask for it again; under a hash of another release it is sent too, not to be kept.

import { hash } from 'node:crypto'
import { css } from './style.js'

/** Where the files of HTML pages are: a name that nothing can be registered under. */
const folder = '/_face/'

const bytes = new TextEncoder().encode(css)
const digest = hash('sha1', css, 'hex').slice(0, 16)

export const stylesheetPath = `${folder}${digest}.css`

/** The answer to a request for the stylesheet; undefined for other paths. */
export function stylesheetAt(path: string, method: string): Response | undefined {
  if (!path.startsWith(folder) || !/^[\da-f]+\.css$/.test(path.slice(folder.length))) return undefined
  if (method !== 'GET' && method !== 'HEAD') return undefined
  return new Response(bytes, {
    headers: {
      'content-type': 'text/css; charset=utf-8',
      'content-length': String(bytes.length),
      'cache-control': path === stylesheetPath ? 'public, max-age=31536000, immutable' : 'no-cache',
      etag: `"${digest}"`,
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
    },
  })
}
