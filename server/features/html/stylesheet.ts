// The stylesheet of the face: the one file that its pages load. It is at a path that has its hash in it, so that
// caches never ask for it again; under a hash of another release it is sent too, not to be kept.

import { hash } from 'node:crypto'
import { css } from './style.js'

/** Where the face's own files are: a name that nothing can be registered under. */
const folder = '/_face/'

const bytes = new TextEncoder().encode(css)
const digest = hash('sha1', css, 'hex').slice(0, 16)

export const stylesheetPath = `${folder}${digest}.css`

/** The answer to a request for one of the face's own files; undefined for other paths. */
export function faceFile(path: string, method: string): Response | undefined {
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
