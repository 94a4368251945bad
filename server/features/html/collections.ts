// Values that hold others: lists, sets, dicts and maps; tables where all items have the same keys.

import { kindOf } from '../../../lib/values/kind.js'
import { html, type Markup } from './markup.js'

/** Items that are seen at once; the others are folded. */
const shown = 25
/** Items that a document has room for. */
const most = 2000
const mostColumns = 12

type Render = (value: unknown) => Markup

export function listOf(items: readonly unknown[], render: Render, kind: 'list' | 'set' = 'list'): Markup {
  if (items.length === 0) return html`<span class="nothing">empty ${kind}</span>`
  const columns = columnsOf(items)
  if (columns !== undefined) return folded(items, part => table(part, columns, render))
  return folded(items, (part, start) => {
    const rows = part.map(item => html`<li>${render(item)}</li>\n`)
    return kind === 'set'
      ? html`<ul class="set">${rows}</ul>`
      : html`<ol class="list" start="${start + 1}">${rows}</ol>`
  })
}

/** Keys and values; of a dict, or of a map, whose keys may be anything. */
export function pairsOf(pairs: readonly (readonly [unknown, unknown])[], key: Render, value: Render): Markup {
  if (pairs.length === 0) return html`<span class="nothing">no entries</span>`
  return folded(pairs, part => {
    const rows = part.map(([name, item]) => html`<div><dt>${key(name)}</dt><dd>${value(item)}</dd></div>\n`)
    return html`<dl>${rows}</dl>`
  })
}

function folded<T>(items: readonly T[], render: (part: readonly T[], start: number) => Markup): Markup {
  // To unfold a handful is no gain.
  if (items.length <= shown + 5) return render(items, 0)
  const rest = items.slice(shown, most)
  const left = items.length - most
  return html`${render(items.slice(0, shown), 0)}<details class="folded"><summary>${items.length - shown} more</summary>${render(rest, shown)}${
    left > 0 ? html`<p class="small">and ${left} more, which are too many to show</p>` : undefined
  }</details>`
}

/** The keys that all items have, where they are dicts with the same ones. */
function columnsOf(items: readonly unknown[]): readonly string[] | undefined {
  const [first] = items
  if (items.length < 2 || !isDict(first)) return undefined
  const keys = Object.keys(first)
  if (keys.length === 0 || keys.length > mostColumns) return undefined
  const same = (item: unknown) =>
    isDict(item) && Object.keys(item).length === keys.length && keys.every(key => Object.hasOwn(item, key))
  return items.every(same) ? keys : undefined
}

const isDict = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && kindOf(value) === 'dict'

/** It can be scrolled by itself where it is wider than the page, also by keys. */
const table = (items: readonly unknown[], columns: readonly string[], render: Render): Markup =>
  html`<div class="table" role="region" aria-label="table" tabindex="0"><table><thead><tr>${columns.map(
    name => html`<th scope="col">${name}</th>`,
  )}</tr></thead><tbody>
${items.map(item => html`<tr>${columns.map(name => html`<td>${render((item as Record<string, unknown>)[name])}</td>`)}</tr>\n`)}</tbody></table></div>`
