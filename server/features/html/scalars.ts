// Values that hold no others, as people read them: text, numbers, times, bytes.

import { bytesText } from '../../../lib/bytes-text.js'
import { type Blob, blob as blobOf } from '../../../lib/values/blob.js'
import { Duration } from '../../../lib/values/duration.js'
import { formatInstant } from '../../../lib/values/instant.js'
import { base64, type Downloads, fallbackName } from './downloads.js'
import { html, type Markup } from './markup.js'

/** Characters after which text is folded. */
const foldedText = 600

/** Bytes of a picture that is shown. */
const shownBytes = 65_536

export function text(value: string): Markup {
  if (value === '') return html`<span class="nothing">empty text</span>`
  // A parser drops the first line end in <pre>.
  const whole = /[\r\n]/.test(value)
    ? html`<pre>${'\n'}${value}</pre>`
    : html`<span class="text">${value}</span>`
  if (value.length <= foldedText) return whole
  const start = [...value.slice(0, 120)].join('').replace(/\p{Surrogate}$/u, '')
  return html`<details class="folded"><summary>${start}… <small>${value.length} characters</small></summary>${whole}</details>`
}

export function number(value: number | bigint): Markup {
  return html`<span class="number">${Object.is(value, -0) ? '-0' : String(value)}</span>`
}

export const truth = (value: boolean): Markup => html`<span class="boolean">${value ? 'yes' : 'no'}</span>`

export const nil: Markup = html`<span class="nothing">nothing</span>`

/** In UTC: where the reader is, a server doesn't know. */
export function date(value: Date): Markup {
  const exact = formatInstant(value)
  const [day = '', time = ''] = exact.slice(0, -1).split('T')
  const readable = `${day} ${time.replace(/(?::00)?\.0+$|(\.\d*?[1-9])0+$/, '$1')} UTC`
  // What HTML takes for a date has a year of four digits, and three digits of a second.
  const machine = /^\d{4}-/.test(exact) ? exact.replace(/(\.\d{3})\d+Z$/, '$1Z') : undefined
  return machine === undefined
    ? html`<span class="date">${readable}</span>`
    : html`<time datetime="${machine}">${readable}</time>`
}

const units: readonly (readonly [name: string, seconds: number])[] = [
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
]

export function duration(value: Duration): Markup {
  const negative = value.months < 0 || value.seconds < 0 || value.nanoseconds < 0
  const parts: string[] = []
  const add = (count: number | string, unit: string) => {
    if (Number(count) !== 0) parts.push(`${count} ${unit}${Number(count) === 1 ? '' : 's'}`)
  }
  const months = Math.abs(value.months)
  add(Math.floor(months / 12), 'year')
  add(months % 12, 'month')
  let seconds = Math.abs(value.seconds)
  for (const [unit, length] of units) {
    add(Math.floor(seconds / length), unit)
    seconds %= length
  }
  const fraction = String(Math.abs(value.nanoseconds)).padStart(9, '0').replace(/0+$/, '')
  add(fraction === '' ? seconds : `${seconds}.${fraction}`, 'second')
  const readable = `${negative ? '−' : ''}${parts.join(' ') || '0 seconds'}`
  // HTML knows no negative durations, and none of months.
  return negative || months > 0
    ? html`<span class="duration">${readable}</span>`
    : html`<time datetime="${machineDuration(value)}">${readable}</time>`
}

/** Milliseconds at most, as HTML takes them. */
const machineDuration = ({ seconds, nanoseconds }: Duration): string =>
  new Duration({ seconds, nanoseconds: nanoseconds - (nanoseconds % 1_000_000) })
    .toString()
    .replace('P0Y0M', 'P')

/** A link that downloads: browsers open no `data:` URL as a page, and no part of a page but as a file. */
function download(content: Blob, label: string, downloads: Downloads): Markup {
  const href = downloads.href(content)
  return href === undefined
    ? html`<span class="blob">${label} <small>too large for this page: <code>npx hyperglyph</code> saves it</small></span>`
    : html`<a class="download" download="${content.filename ?? fallbackName}" href="${href}">${label}</a>`
}

export function bytes(value: Uint8Array, downloads: Downloads): Markup {
  if (value.length === 0) return html`<span class="nothing">no bytes</span>`
  return download(blobOf(value), bytesText(value.length), downloads)
}

const pictures = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp', 'image/avif'])

/** A blob inside a value. By itself it would have been the whole answer, as it is. */
export function blob(value: Blob, downloads: Downloads): Markup {
  const name = value.filename ?? 'blob'
  const length = value.size === undefined ? '' : `, ${bytesText(value.size)}`
  const link = download(value, `${name} (${value.type}${length})`, downloads)
  const { memory } = value
  if (memory === undefined || memory.length > shownBytes || !pictures.has(value.type)) return link
  return html`<figure><img alt="${name}" src="data:${value.type};base64,${base64(memory)}"><figcaption>${link}</figcaption></figure>`
}
