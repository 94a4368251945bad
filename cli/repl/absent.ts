// Names that a page lacks, at the prompt. For programs such a name is undefined; at the prompt it is most likely
// misspelt. A line that is nothing but such a name, or a call of it, is answered with the name that was probably meant.

import { pageHandleOf } from '../../client/calls/handles.js'
import { missing } from '../../client/calls/page-words.js'
import { isPage } from '../../client/index.js'

/** `api.helo`, `api.admin.rest('now')`: names up to the last one. */
const member = /^\s*([A-Za-z_$][\w$]*(?:\.[A-Za-z_$][\w$]*)*)\.([A-Za-z_$][\w$]*)\s*(?:\(.*)?$/s

/** The error for a line; null where it asks no page for a name that it lacks. */
export function absentIn(code: string, context: object): Error | null {
  const [, path = '', name = ''] = member.exec(code) ?? []
  let value: unknown = context
  for (const step of path.split('.')) {
    if (typeof value !== 'object' || value === null) return null
    value = (value as Record<string, unknown>)[step]
  }
  const page = isPage(value) && name !== 'then' && !(name in value) ? pageHandleOf(value) : undefined
  return page === undefined ? null : missing(page, name)
}
