// Values and nodes as HTML: what the codecs do for programs, for people. Of documents around them: document.ts.

import { defaultLimits } from '../../../lib/limits.js'
import type { EncodeOptions } from '../../../lib/message/codec.js'
import { nameOf as nameOfValue, refuse } from '../../../lib/message/unencodable.js'
import { type Blob, blob as blobOf } from '../../../lib/values/blob.js'
import type { Duration } from '../../../lib/values/duration.js'
import { toExtension } from '../../../lib/values/extend.js'
import { Fault, type Node } from '../../../lib/values/fault.js'
import { isNested, kindOf } from '../../../lib/values/kind.js'
import { asText, type Extension, Form, Link, Page } from '../../../lib/values/nodes.js'
import { Drawing } from '../../../lib/values/template.js'
import { describedAs } from '../../core/drawing/operation-node.js'
import { Allowance } from './allowance.js'
import { listOf, pairsOf } from './collections.js'
import type { Downloads } from './downloads.js'
import { Calls, nameOf } from './forms.js'
import { html, isMarkup, type Markup } from './markup.js'
import { baseOf, inside, type Place } from './place.js'
import { isElsewhere, type References } from './references.js'
import { blob, bytes, date, duration, nil, number, text, truth } from './scalars.js'
import { heading, isCallable, titleOf } from './titles.js'
import { type Parts, type View, viewOf } from './view.js'

interface RendererParts {
  readonly options?: EncodeOptions
  readonly references: References
  /** What views of objects have promised, for as long as the answer is being made. */
  readonly views?: WeakMap<object, unknown>
  readonly downloads: Downloads
}

export class Renderer {
  readonly calls: Calls
  readonly #options: EncodeOptions
  readonly #depthLimit: number
  readonly #references: References
  readonly #views: WeakMap<object, unknown>
  readonly #downloads: Downloads
  readonly #allowance: Allowance

  constructor({ options = {}, references, views = new WeakMap(), downloads }: RendererParts) {
    this.#views = views
    this.#downloads = downloads
    this.#options = options
    this.#allowance = new Allowance(options.mostBytes)
    this.#depthLimit = options.limits?.depth ?? defaultLimits.depth
    this.#references = references
    this.calls = new Calls(references)
  }

  /** Throws EncodeLimitError where it is more than `mostBytes`, and a Refusal, as codecs do, for what is no value. */
  whole = (value: unknown, place: Place): Markup => this.#allowance.whole(this.value(value, place))

  value(value: unknown, place: Place): Markup {
    return this.#allowance.count(value, this.#shown(value, place))
  }

  #shown(value: unknown, place: Place): Markup {
    switch (typeof value) {
      case 'string':
        return text(value)
      case 'number':
      case 'bigint':
        return number(value)
      case 'boolean':
        return truth(value)
      case 'undefined':
        return nil
      case 'object':
        return value === null ? nil : this.#object(value, place)
      case 'function':
        return this.#other(value, place)
      case 'symbol':
        return refuse(value, `${nameOfValue(value)} has no form on the wire`)
    }
  }

  #object(value: object, place: Place): Markup {
    const kind = kindOf(value)
    if (isNested(kind) && place.depth >= this.#depthLimit) {
      refuse(value, `nested deeper than ${this.#depthLimit}, or in a cycle`)
    }
    const item = (item: unknown) => this.value(item, inside(place))
    switch (kind) {
      case 'dict':
        return pairsOf(
          Object.entries(value).filter(([, item]) => item !== undefined),
          key => html`${key as string}`,
          item,
        )
      case 'map':
        return pairsOf([...(value as Map<unknown, unknown>)], item, item)
      case 'list':
        return listOf(value as readonly unknown[], item)
      case 'set':
        return listOf([...(value as Set<unknown>)], item, 'set')
      case 'bytes':
        return bytes(value as Uint8Array, this.#downloads)
      case 'date':
        if (Number.isNaN((value as Date).getTime())) refuse(value, 'an invalid date')
        return date(value as Date)
      case 'duration':
        return duration(value as Duration)
      case 'blob':
        return blob(blobOf(value as Blob), this.#downloads)
      case 'node':
        return this.node(value as Node, place)
      case 'drawing':
        return this.page((value as Drawing).page(), place)
      case 'other':
        return this.#other(value, place)
      default:
        return kind satisfies never
    }
  }

  #other(value: object, place: Place): Markup {
    const extension = toExtension(value)
    if (extension !== undefined) return this.node(extension, place)
    const inlined = this.#options.inline?.(value, place.path)
    if (inlined === undefined || inlined === value)
      return refuse(value, `${nameOfValue(value)} has no form on the wire`)
    const view = inlined instanceof Drawing ? viewOf(value) : undefined
    if (view === undefined) return this.value(inlined, place)
    return this.#viewed(value, view, (inlined as Drawing).page(), place)
  }

  /** A promise of a view is waited for as any promise in a result is: another round finds what it gave. */
  #viewed(instance: object, draw: View, page: Page, place: Place): Markup {
    if (place.depth >= this.#depthLimit)
      refuse(instance, `nested deeper than ${this.#depthLimit}, or in a cycle`)
    let given = this.#views.get(instance)
    if (given === undefined) {
      given = draw(instance, this.#parts(page, place))
      if (given instanceof Promise) this.#views.set(instance, given)
    }
    if (given instanceof Promise) given = this.#options.inline?.(given, place.path)
    const content =
      isMarkup(given) || typeof given === 'string' ? html`${given}` : this.value(given, inside(place))
    return html`<article class="page">${content}</article>`
  }

  #parts(page: Page, place: Place): Parts {
    const at = this.#on(page, place)
    const { data, calls } = sorted(page)
    const call = ([name, node]: readonly [string, Link | Form]) =>
      node instanceof Form ? this.form(node, at, name) : this.node(node, at, name)
    return {
      page: () => this.page(page, place),
      heading: () => this.#heading(page, place),
      data: (...names) =>
        this.#data(names.length === 0 ? data : data.filter(([key]) => names.includes(key)), at),
      call: name => {
        const found = calls.find(([key]) => key === name)
        if (found === undefined) throw new TypeError(`${page.title} has no link or form called "${name}"`)
        return call(found)
      },
      calls: (...except) =>
        this.#calls(
          calls.filter(([key]) => !except.includes(key)),
          at,
        ),
      value: value => this.value(value, at),
    }
  }

  node(node: Node, place: Place, label?: string): Markup {
    if (node instanceof Fault) return this.fault(node, place)
    if (node instanceof Page) return this.page(node, place)
    if (node instanceof Form) return this.calls.form(node, baseOf(place), label ?? nameOf(node))
    if (node instanceof Link) {
      const link = this.calls.link(node, baseOf(place), label ?? nameOf(node))
      if (!node.inline) return link
      return html`${link} ${this.value(node.content, this.#inLink(node, inside(place)))}`
    }
    return this.#extension(node, place)
  }

  #extension(node: Extension, place: Place): Markup {
    const entries = Object.entries(node.attributes)
    return html`<section class="extension"><p class="kind">${node.name}</p>${
      entries.length === 0 ? undefined : this.value(Object.fromEntries(entries), inside(place))
    }${node.content === null ? undefined : this.value(node.content, inside(place))}</section>`
  }

  /** An object: what it is called, its data, then what can be done with it. */
  page(page: Page, place: Place): Markup {
    const at = this.#on(page, place)
    const { data, calls } = sorted(page)
    return html`<article class="page">${this.#heading(page, place)}
${data.length === 0 ? undefined : this.#data(data, at)}
${this.#calls(calls, at)}</article>`
  }

  #href(node: Page | Link, place: Place): string | undefined {
    return this.#references.from(asText(node.attributes.url) ?? '', baseOf(place))
  }

  /** The place of what stands on a page. */
  #on(page: Page, place: Place): Place {
    return { ...this.#below(page, place), depth: place.depth + 1, level: Math.min(place.level + 1, 6) }
  }

  /** The place of what a link holds. */
  #inLink(link: Link, place: Place): Place {
    return { ...place, ...this.#below(link, place) }
  }

  #below(node: Page | Link, place: Place): { readonly path: string; readonly base: string | undefined } {
    const href = this.#href(node, place)
    return { path: node.path ?? place.path, base: href !== undefined && isElsewhere(href) ? href : undefined }
  }

  #heading(page: Page, place: Place): Markup {
    const { kind, name } = titleOf(page)
    const label = html`${kind}${name === undefined ? undefined : html` <em>${name}</em>`}`
    const href = this.#href(page, place)
    return heading(
      place.level,
      place.level === 1 || href === undefined ? label : html`<a href="${href}">${label}</a>`,
    )
  }

  #data(data: readonly (readonly [string, unknown])[], at: Place): Markup {
    return pairsOf(
      data,
      key => html`${key as string}`,
      item => this.#datum(item, at),
    )
  }

  /** Links first: they need less room. */
  #calls(calls: readonly (readonly [string, Link | Form])[], at: Place): Markup {
    const links = calls.filter(([, node]) => node instanceof Link)
    const forms = calls.filter(([, node]) => node instanceof Form)
    const listed = html`<ul class="links">${links.map(([key, link]) => html`<li>${this.node(link, at, key)}</li>\n`)}</ul>`
    return html`${links.length === 0 ? undefined : listed}${forms.map(([key, form]) => this.form(form as Form, at, key))}`
  }

  /** An inline result stands among the data, where its link can be followed for a newer one. */
  #datum(value: unknown, place: Place): Markup {
    if (!(value instanceof Link)) return this.value(value, place)
    return this.value(value.content, this.#inLink(value, place))
  }

  /**
   * On an object's own page its forms are open; where it is one of many, they are folded, as is what makes objects on
   * a page of functions. One that was refused is shown by itself, so that no mistake is hidden here (representation.ts).
   */
  form(form: Form, place: Place, name: string): Markup {
    const markup = this.calls.form(form, baseOf(place), name)
    if (form.inputs.length === 0) return html`<div class="call">${markup}</div>`
    if (place.level > 2) return html`<details class="call"><summary>${name}</summary>${markup}</details>`
    const title = heading(2, html`${name}`)
    return describedAs(form)?.constructs
      ? html`<details class="call folded-call"><summary>${title}</summary>${markup}</details>`
      : html`<section class="call">${title}${markup}</section>`
  }

  fault(fault: Fault, place: Place): Markup {
    const details = Object.entries(fault.details).filter(([key]) => !shownBeside.has(key))
    const isUntouched = fault.details.started === false
    return html`<div class="fault" role="alert"><p>${fault.message}</p>${
      isUntouched ? html`<p>Nothing of it was begun: it can be sent again.</p>` : undefined
    }${
      details.length === 0 ? undefined : this.value(Object.fromEntries(details), inside(place))
    }<p class="small">${fault.status} ${fault.code}${
      fault.origin === undefined ? undefined : html`, from ${fault.origin}`
    }${fault.logref === '' ? undefined : html`, logged as <code>${fault.logref}</code>`}</p></div>`
  }
}

/** Details that are shown otherwise: beside the argument that they name, or in words. */
const shownBeside = new Set(['invalid', 'missing', 'surplus', 'foreign', 'allow', 'started'])

function sorted(page: Page) {
  const data: [string, unknown][] = []
  const calls: [string, Link | Form][] = []
  for (const [key, value] of Object.entries((page.content ?? {}) as Record<string, unknown>)) {
    if (isCallable(value)) calls.push([key, value])
    else data.push([key, value])
  }
  return { data, calls }
}
