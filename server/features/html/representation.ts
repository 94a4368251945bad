// HTML as one more representation of an answer (spec/face.md): the page of one request. It knows what a codec doesn't:
// where the answer stands, and which form was submitted with what.

import type { EncodeOptions } from '../../../lib/message/codec.js'
import type { Format } from '../../../lib/message/format.js'
import { codecOf } from '../../../lib/message/message.js'
import { setOwn } from '../../../lib/values/dict.js'
import { Fault } from '../../../lib/values/fault.js'
import { Form } from '../../../lib/values/nodes.js'
import { isStreamRoot } from '../../../lib/values/stream.js'
import { constructorNode, operationNode } from '../../core/drawing/operation-node.js'
import { MethodFault, safeMethods } from '../../core/faults/http.js'
import type { Target } from '../../core/registration/mappers.js'
import type { Rendering, Representation, RequestedPage } from '../../core/responses/representation.js'
import { type Breadcrumb, breadcrumbsTo } from './breadcrumbs.js'
import { closing, opening } from './document.js'
import { Downloads } from './downloads.js'
import type { Attempt } from './forms.js'
import { type Markup, html as markup } from './markup.js'
import type { Place } from './place.js'
import { hostIn, isElsewhere, References } from './references.js'
import { Renderer } from './renderer.js'
import { failureTitle } from './titles.js'

const htmlType = 'text/html'

/**
 * Nothing is run, nothing is loaded from elsewhere, nothing is framed, and no form is sent elsewhere: what slipped
 * through escaping could do nothing. Pictures in pages are `data:`. The origin is sent with forms, since that is how
 * a server knows its own where browsers send no Sec-Fetch-Site (cross-origin.ts); other servers learn nothing.
 */
const headers = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy':
    "default-src 'none'; style-src 'self'; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  'referrer-policy': 'same-origin',
} as const

/** Of items, which have gone by, and of Faults. */
const passing = { query: undefined, part: undefined }

const encoder = new TextEncoder()

export class HtmlPage implements Rendering {
  readonly representation: Representation
  readonly #asked: RequestedPage
  readonly #references: References
  readonly #views = new WeakMap<object, unknown>()
  #target: Target | undefined
  #typed: ReadonlyMap<string, string> = new Map()
  #submitted = false
  readonly #downloads: Downloads

  constructor(asked: RequestedPage) {
    this.#asked = asked
    this.#references = new References(asked.path, asked.mount)
    const { query, part } = asked
    // Only what was got can be got again.
    this.#downloads = new Downloads({ query: this.#isRead ? query : undefined, part })
    this.representation = {
      ...codecOf(this.#format),
      headers,
      showsNil: true,
      leaving: location => this.#leaving(location),
      instead: () => this.#downloads.taken(),
    }
  }

  /** What the request is for, once that is known. */
  at(target: Target): void {
    this.#target = target
  }

  /** Nothing of it may be shown after all. */
  forget(): void {
    this.#target = undefined
    this.#typed = new Map()
    this.#submitted = false
  }

  /** What a person has typed into the form, as it came. */
  typed(fields: ReadonlyMap<string, string>): void {
    this.#typed = fields
    this.#submitted = true
  }

  get #isRead(): boolean {
    return safeMethods.has(this.#asked.method)
  }

  get #breadcrumbs(): readonly Breadcrumb[] {
    return breadcrumbsTo(this.#target, this.#asked)
  }

  /** The form that calls what the request is for. */
  get #form(): { readonly form: Form; readonly name: string } | undefined {
    const target = this.#target
    switch (target?.kind) {
      case 'function':
      case 'method': {
        const { operation } = target.kind === 'method' ? target : target.mapper
        // Relative to its own path, so that it leads here again.
        const node = operationNode(operation, '')
        return node instanceof Form ? { form: node, name: operation.name } : undefined
      }
      case 'class':
        return { form: constructorNode(target.mapper, ''), name: target.mapper.name }
      default:
        return undefined
    }
  }

  /** HTML as a codec that only writes. */
  get #format(): Format {
    const { path } = this.#asked
    const rendering = (options: EncodeOptions, downloads = new Downloads(passing)) =>
      new Renderer({ options, references: this.#references, views: this.#views, downloads })
    return {
      type: htmlType,
      encodeRoot: (value, options) => {
        const place = { path: options.from ?? path, depth: 0, level: 1 }
        const downloads = value instanceof Fault ? new Downloads(passing) : this.#downloads
        return {
          bytes: encoded(this.#document(value, rendering(options, downloads), place)),
          blobs: [],
        }
      },
      encodeItem: (value, options) => {
        const downloads = new Downloads(passing)
        const place = { path: options.from ?? path, depth: 0, level: 3 }
        const item = rendering(options, downloads).whole(value, place)
        downloads.taken()
        return { bytes: encoded(markup`<li>${item}</li>\n`), blobs: [] }
      },
      encodeEnd: (count, fault) => {
        const items = count === 1 ? '1 item' : `${count} items`
        const end =
          fault === undefined
            ? markup`<p class="small">That was all: ${items}.</p>`
            : markup`${rendering({}).fault(fault, { path, depth: 0, level: 2 })}<p class="small">It broke after ${items}.</p>`
        return encoded(markup`</ol>${end}${closing}`)
      },
      beforePieces: root => root,
      encodePiece: () => [],
      decode: unreadable,
      open: unreadable,
      decodeRoot: unreadable,
      decodeLongRoot: unreadable,
    }
  }

  #document(value: unknown, renderer: Renderer, place: Place): Markup {
    const breadcrumbs = this.#breadcrumbs
    const title = markup`<h1>${breadcrumbs.at(-1)?.label}</h1>`
    // Where nothing is, the root is not here, but the way out.
    const astray = value instanceof Fault && this.#target === undefined && this.#asked.path !== '/'
    const start = opening(breadcrumbs, this.#references, undefined, astray)
    if (isStreamRoot(value)) return markup`${start}${title}<ol class="stream" aria-live="polite">\n`
    if (value instanceof Fault) return markup`${start}${this.#failure(value, renderer, place)}${closing}`
    const called = this.#target?.kind === 'function' || this.#target?.kind === 'method'
    if (!called) return markup`${start}${renderer.whole(value, place)}${closing}`
    const result =
      value === null || value === undefined
        ? markup`<p>Done.</p>`
        : renderer.whole(value, { ...place, level: 2 })
    return markup`${start}${title}<section class="result" aria-label="Result">${result}</section>${this.#again(renderer)}${this.#back}${closing}`
  }

  /** The same form, with what was typed, to be submitted once more. */
  #again(renderer: Renderer): Markup | undefined {
    const call = this.#form
    if (call === undefined) return undefined
    const { form, name } = call
    const again = renderer.calls.form(form, this.#asked.path, name, { typed: this.#typed, problems: {} })
    return markup`<details class="call"><summary>Again</summary>${again}</details>`
  }

  get #back(): Markup | undefined {
    const above = this.#breadcrumbs.at(-2)
    return above && markup`<p><a href="${this.#references.to(above.path)}">Back to ${above.label}</a></p>`
  }

  /** The form or link to log in by; nothing where that is what has failed. */
  #login(renderer: Renderer): Markup | undefined {
    const login = this.#asked.login?.()
    if (login === undefined) return undefined
    if (login.kind === 'page') return markup`<p><a href="${login.url}">Log in</a></p>`
    const target = this.#target
    if (target?.kind === 'function' && target.mapper === login.mapper) return undefined
    const { path, name } = login.mapper
    const node = operationNode(login.mapper.operation, '') as Form
    const form = renderer.calls.form(node, path, name)
    return markup`<section class="call">${form}</section>`
  }

  /** What failed is told where the form is, so that it can be mended there. */
  #failure(fault: Fault, renderer: Renderer, place: Place): Markup {
    // A form that the present state does not offer is of no use.
    const call = fault.code === 'not_now' ? undefined : this.#form
    const alert = renderer.fault(fault, place)
    const login = fault.status === 401 ? this.#login(renderer) : undefined
    if (login !== undefined) return markup`<h1>Log in</h1>${alert}${login}${this.#back}`
    if (call === undefined) return markup`<h1>${failureTitle(fault)}</h1>${alert}${this.#back}`
    const { form, name } = call
    const problems = problemsIn(fault)
    const attempt: Attempt = { typed: this.#typed, problems: this.#submitted ? problems : {} }
    // Whoever comes by a link or the address bar has made no mistake: that is how one comes to a form.
    const coming = this.#isRead && !this.#submitted
    const isExpected = coming && (fault instanceof MethodFault || Object.keys(problems).length > 0)
    return markup`<h1>${name}</h1>${isExpected ? undefined : alert}<section class="call">${renderer.calls.form(form, this.#asked.path, name, attempt)}</section>${this.#back}`
  }

  #leaving(location: string): Uint8Array | undefined {
    const { path } = this.#asked
    const href = this.#references.from(location, path)
    if (this.#isRead || href === undefined || !isElsewhere(href)) return undefined
    const refresh = markup`<meta http-equiv="refresh" content="0; url=${href}">\n`
    return encoded(
      markup`${opening(this.#breadcrumbs, this.#references, refresh)}<h1>${this.#breadcrumbs.at(-1)?.label}</h1><p>This goes on at <a href="${href}" rel="noreferrer">${hostIn(href)}</a>.</p>${closing}`,
    )
  }
}

/** What is wrong, by argument: as arguments.ts says it, and as an application may. */
function problemsIn({ details }: Fault): Readonly<Record<string, string>> {
  const problems: Record<string, string> = {}
  const add = (name: unknown, problem: string) => {
    if (typeof name === 'string') setOwn(problems, name, problem)
  }
  const { invalid, missing, foreign } = details
  for (const name of Array.isArray(missing) ? missing : []) add(name, 'This is missing.')
  for (const name of Array.isArray(foreign) ? foreign : []) add(name, 'This leads to another server.')
  if (typeof invalid === 'object' && invalid !== null) {
    for (const [name, problem] of Object.entries(invalid)) add(name, String(problem))
  }
  return problems
}

const encoded = (markup: Markup): Uint8Array => encoder.encode(String(markup))

function unreadable(): never {
  throw new TypeError('HTML is written only: what forms send is read by form-arguments.ts')
}
