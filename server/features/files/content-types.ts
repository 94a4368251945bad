// Content types by file names, from Hono's table.

import { getMimeType } from 'hono/utils/mime'

/** Of a file with this name; `application/octet-stream` where its extension says nothing. */
export const contentTypeOf = (name: string): string => getMimeType(name) ?? 'application/octet-stream'
