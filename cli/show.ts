// Values for people: pages with their data and functions, everything else as the console shows it. Line ends in names,
// which would look like other lines, are escaped here; characters that a terminal must not get, in terminal.ts.

import { inspect } from 'node:util'
import { handleOf } from '../client/calls/handles.js'
import { bytesText } from '../lib/bytes-text.js'
import { visibleLine } from '../lib/terminal-text.js'
import { Blob } from '../lib/values/blob.js'
import { Duration } from '../lib/values/duration.js'
import { type Form, type Link, Page } from '../lib/values/nodes.js'
import { itemsOf, withItems } from '../lib/values/parts.js'
import { inspected as inspectedBy, paint } from './terminal.js'
import { inputsOf, signature } from './walk.js'

export interface Look {
  readonly colors: boolean
  /** Is it for a terminal, which would obey control characters? */
  readonly terminal: boolean
}

/** The lines for a value, without a last line end; empty for nil. */
export function show(value: unknown, look: Look): string {
  if (value === null || value === undefined) return ''
  if (typeof value === 'string') return value
  if (typeof value === 'function') return visibleLine(describeCall(value))
  const node = typeof value === 'object' ? handleOf(value)?.node : undefined
  return node instanceof Page ? showPage(node, value as object, look) : inspected(value, look)
}

/** A value as the console shows it, with our own values in it in words. */
export const inspected = (value: unknown, { colors }: Look): string =>
  inspectedBy(presentable(value), {
    colors,
    depth: Number.POSITIVE_INFINITY,
    maxArrayLength: null,
    maxStringLength: null,
    breakLength: process.stdout.columns || 100,
  })

/** `User http://…/`, a line for each property, a line for each function. */
function showPage(node: Page, page: object, look: Look): string {
  const painted = (text: string, style: 'bold' | 'cyan') => (look.colors ? paint(text, style) : text)
  const lines = [painted(visibleLine(`${node.title ?? 'Page'} ${node.url ?? ''}`), 'bold')]
  const offers: string[] = []
  for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(page))) {
    const inputs = inputsOf(value)
    if (inputs !== undefined) offers.push(`  ${painted(visibleLine(signature(name, inputs)), 'cyan')}`)
    else lines.push(`  ${visibleLine(name)}: ${inspected(value, look).replaceAll('\n', '\n  ')}`)
  }
  return [...lines, ...offers].join('\n')
}

/** `→ http://…/User/…/message(subject, body = '')`. */
function describeCall(value: unknown): string {
  const node = handleOf(value)?.node as Link | Form | undefined
  return node === undefined ? String(value) : `→ ${signature(node.url ?? '', inputsOf(value) ?? [])}`
}

const inWords = (text: string) => ({ [inspect.custom]: () => text })

/** The value with remote functions, durations and blobs in words, which the console shows as their parts. */
function presentable(value: unknown, within: readonly unknown[] = []): unknown {
  if (typeof value === 'function') return inWords(visibleLine(describeCall(value)))
  if (typeof value !== 'object' || value === null || within.includes(value)) return value
  if (value instanceof Blob) return inWords(describeBlob(value))
  if (value instanceof Duration) return inWords(shortDuration(value))
  if (handleOf(value) !== undefined) return value
  const inside = [...within, value]
  return withItems(
    value,
    itemsOf(value).map(item => presentable(item, inside)),
  )
}

function describeBlob({ type, size, filename }: Blob): string {
  const parts = [type, size === undefined ? undefined : bytesText(size), filename]
  return visibleLine(`Blob(${parts.filter(part => part !== undefined).join(', ')})`)
}

/** ISO 8601 without the fields that are nothing: `PT1H30M`. */
const shortDuration = (duration: Duration): string =>
  String(duration)
    .replace(/(?<![\d.])0[YMDHS]/g, '')
    .replace(/T$/, '')
    .replace(/P$/, 'PT0S')
