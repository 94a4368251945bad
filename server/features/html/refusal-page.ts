// The page of a Fault that was made before any router was asked (refusal.ts). It stands alone, with its stylesheet in
// it: a server that sheds one request would shed that for the stylesheet too, and no router has said where it is.

import { hash } from 'node:crypto'
import type { Fault } from '../../../lib/values/fault.js'
import { Refusal } from '../../core/responses/refusal.js'
import type { Representation } from '../../core/responses/representation.js'
import { closing, head } from './document.js'
import { Downloads } from './downloads.js'
import { html, verbatim } from './markup.js'
import { References } from './references.js'
import { Renderer } from './renderer.js'
import { HtmlPage } from './representation.js'
import { plain } from './style.js'
import { failureTitle } from './titles.js'

const style = html`<style>${verbatim(plain)}</style>`
const nowhere = { path: '/', depth: 0, level: 1 }
const encoder = new TextEncoder()

function page(fault: Fault): Uint8Array {
  const title = failureTitle(fault)
  const downloads = new Downloads({ query: undefined, part: undefined })
  const alert = new Renderer({ references: new References('/', ''), downloads }).fault(fault, nowhere)
  return encoder.encode(
    String(html`${head(title, style)}<body>\n<main>\n<h1>${title}</h1>${alert}${closing}`),
  )
}

const written = new HtmlPage({ path: '/', mount: '', method: 'GET', query: '', part: undefined, root: '' })

/** HTML of Faults alone. What the page may do is told by the hash of its one stylesheet: nothing else. */
export const refusalPage: Representation = {
  ...written.representation,
  headers: {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': `default-src 'none'; style-src 'sha256-${hash('sha256', plain, 'base64')}'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
  },
  encode: value => page(value as Fault),
}

/** A Fault that is said without asking the application, in HTML too. */
export const refusalOf = (fault: Fault): Refusal => new Refusal(fault, [refusalPage])
