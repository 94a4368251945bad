// References to the objects of a server, relative to where they are sent: no server needs to know its own name.

import { Form, Link } from '../../lib/values/nodes.js'
import { requireAddress } from './address.js'

/**
 * The shortest reference from one URL's directory to another URL, or that URL itself where the origins
 * differ. It names no more of the path than it must: a proxy may have put something before it.
 */
export function relativeUrl(from: string, to: string): string {
  // Both were resolved before, so that they are in the URL Standard's one spelling: text is enough.
  const path = from.indexOf('/', from.indexOf('//') + 2)
  if (to.slice(0, path + 1) !== from.slice(0, path + 1)) return to
  const end = from.search(/[?#]/)
  const directory = from.lastIndexOf('/', end < 0 ? from.length : end) + 1
  let common = path + 1
  for (let index = path; index < directory && from[index] === to[index]; index++) {
    if (from[index] === '/') common = index + 1
  }
  let up = ''
  for (let index = common; index < directory; index++) if (from[index] === '/') up += '../'
  const fragment = to.indexOf('#')
  return `${up === '' ? './' : up}${fragment < 0 ? to.slice(common) : to.slice(common, fragment)}`
}

/** An object by reference: relative to `from` where that is of the same origin; without `from` absolute. */
export function referenceTo(
  node: { readonly url: string | undefined; readonly name: string },
  from: string | undefined,
): Link | Form {
  const own = requireAddress(node, 'an argument')
  const url = from === undefined ? own : relativeUrl(from, own)
  return node instanceof Form
    ? new Form({ method: node.method, url, values: node.given.values ?? [] })
    : new Link({ method: 'GET', url })
}
