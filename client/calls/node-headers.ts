// Headers that a link or form asks a client to send (the 2012 text, "requests"): a few of them are allowed.

import { Form, type Link } from '../../lib/values/nodes.js'

const byName = (...names: readonly string[]): ReadonlySet<string> =>
  new Set(names.map(name => name.toLowerCase()))

const ofForms = byName('If-None-Match', 'Accept', 'If-Match', 'If-Unmodified-Since', 'If-Modified-Since')
const ofLinks = byName('Accept')

/** Characters that could end a header, or that no header may have. */
const unsendable = /[^\t\x20-\x7e\x80-\xff]/

/** By name, in small letters. Throws TypeError for a header that is not allowed; `label` names the call. */
export function headersOf(node: Link | Form, label: string): Record<string, string> {
  const { headers } = node.given
  const sent: Record<string, string> = {}
  if (typeof headers !== 'object' || headers === null) return sent
  const allowed = node instanceof Form ? ofForms : ofLinks
  for (const [name, value] of headers instanceof Map ? headers : Object.entries(headers)) {
    const key = String(name).toLowerCase()
    if (!allowed.has(key))
      throw new TypeError(`${label} asks for the header ${String(name)}, which is not allowed`)
    const text = String(value)
    if (unsendable.test(text))
      throw new TypeError(`${label} asks for a value of ${key} that no header can have`)
    sent[key] = text
  }
  return sent
}
