// Links and forms as a person follows and submits them, with the browser alone.

import type { Form, Input, Link } from '../../../lib/values/nodes.js'
import { describedAs } from '../../core/drawing/operation-node.js'
import type { Parameter } from '../../core/reflection/index.js'
import { methodField } from '../../core/requests/form-fields.js'
import { type Expected, expected, type Schema } from '../../core/schemas/expected.js'
import { field, takesFiles } from './controls.js'
import { attributes, html, type Markup } from './markup.js'
import { hostIn, isElsewhere, type References } from './references.js'

/** What a person has typed into a form, and what was wrong with it, by argument. */
export interface Attempt {
  readonly typed: ReadonlyMap<string, string>
  readonly problems: Readonly<Record<string, string>>
}

export class Calls {
  readonly #references: References
  #count = 0

  constructor(references: References) {
    this.#references = references
  }

  /** `label` where what it leads to says nothing of itself. */
  link(node: Link, at: string, label: string): Markup {
    const href = this.#references.from(node.url ?? '', at)
    return href === undefined ? html`<span>${label}</span>` : anchor(href, label)
  }

  /**
   * A form that leads to another server is a link to that server's page of it: nothing is ever posted from one
   * server's pages to another, so that neither has to trust the other's.
   */
  form(node: Form, at: string, name: string, attempt?: Attempt): Markup {
    const action = this.#references.from(node.url ?? '', at)
    if (action === undefined) return html`<span>${name}</span>`
    if (isElsewhere(action)) return anchor(action, name)
    const id = `form${++this.#count}`
    const { schemas, parameters } = describedAs(node) ?? {}
    const fields = node.inputs.map((input, position) => {
      const { argument } = input
      return {
        name: argument,
        id: `${id}-${argument}`.replace(/\s/g, '-'),
        expected: expectedOf(node, input, schemas?.[argument], parameters?.[position]),
        typed: attempt?.typed.get(argument),
        problem: ownOf(attempt?.problems, argument),
      }
    })
    const isGet = node.method === 'GET'
    const named =
      isGet || node.method === 'POST'
        ? undefined
        : html`<input type="hidden" name="${methodField}" value="${node.method}">`
    const files = fields.some(({ expected }) => takesFiles(expected))
    return html`<form${attributes({
      method: isGet ? 'get' : 'post',
      action,
      enctype: files ? 'multipart/form-data' : undefined,
    })}>${named}${fields.map(field)}<button>${name}</button></form>`
  }
}

const ownOf = (problems: Readonly<Record<string, string>> | undefined, name: string): string | undefined =>
  problems !== undefined && Object.hasOwn(problems, name) ? problems[name] : undefined

function expectedOf(
  form: Form,
  { optional, value }: Input,
  schema: Schema | undefined,
  parameter: Parameter | undefined,
): Expected {
  const learnt = expected({ optional, value, takes: parameter?.takes }, schema)
  return form.envelope === 'blob' ? { ...learnt, takes: 'blob' } : learnt
}

const anchor = (href: string, label: string): Markup =>
  isElsewhere(href)
    ? html`<a href="${href}" rel="noreferrer">${label} <small>${hostIn(href)}</small></a>`
    : html`<a href="${href}">${label}</a>`

/** What a link is called that stands under no name: what it leads to, else what its URL ends with. */
export function nameOf(node: Link | Form): string {
  const described = describedAs(node)
  if (described !== undefined) return described.name
  const segments = (node.url ?? '').split(/[?#]/, 1)[0]?.split('/').filter(Boolean) ?? []
  const last = segments.at(-1) ?? node.name
  try {
    return decodeURIComponent(last)
  } catch {
    return last
  }
}
