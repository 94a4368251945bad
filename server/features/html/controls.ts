// The control for one argument of a form: by what is known of it (expected.ts). All of them work without scripts.

import { json } from '../../../lib/codecs.js'
import type { Constraints, Expected } from '../../core/schemas/expected.js'
import { attributes, html, type Markup } from './markup.js'

export interface Field {
  readonly name: string
  /** Of the control: unique in its document. */
  readonly id: string
  readonly expected: Expected
  /** What a person has typed before, to be kept. */
  readonly typed: string | undefined
  /** What is wrong with that. */
  readonly problem: string | undefined
}

const types: Readonly<Record<string, string>> = {
  email: 'email',
  uri: 'url',
  date: 'date',
  time: 'time',
  'date-time': 'datetime-local',
  password: 'password',
}

/** Characters from which on a text is given more than a line. */
const manyCharacters = 200

export function field(given: Field): Markup {
  const { id, name, expected, problem } = given
  const { title, description } = expected.constraints
  const address = expected.of && `The address of the page of a ${expected.of}.`
  const hint = [description, address ?? hintOf(expected)].filter(Boolean).join(' ')
  const named = html`${title ?? name}${expected.optional ? html` <small>optional</small>` : undefined}`
  const control = controlOf(given, {
    id,
    name,
    required: !expected.optional && !expected.mayBeNone && expected.takes !== 'boolean',
    'aria-describedby':
      [hint && `${id}-hint`, problem !== undefined && `${id}-problem`].filter(Boolean).join(' ') || undefined,
    'aria-invalid': problem === undefined ? undefined : 'true',
  })
  return html`<div class="field${problem === undefined ? '' : ' wrong'}"><label for="${id}">${named}</label>
${control}${hint === '' ? undefined : html`<p class="hint" id="${id}-hint">${hint}</p>`}${
  problem === undefined ? undefined : html`<p class="problem" id="${id}-problem">${problem}</p>`
}</div>
`
}

const hints: Readonly<Partial<Record<Expected['takes'], string>>> = {
  date: 'In UTC.',
  duration: 'In ISO 8601, such as PT1H30M.',
  list: 'As JSON.',
  set: 'As a JSON list.',
  map: 'As JSON.',
  json: 'As JSON.',
}

/** Of kinds that JSON has no notation for. */
const examples: Readonly<Partial<Record<Expected['takes'], string>>> = {
  date: '["2026-11-21T12:00"], in UTC',
  duration: '["PT1H30M"]',
}

function hintOf({ takes, items }: Expected): string | undefined {
  if (takesFiles(items?.others)) return undefined
  const example = items && examples[items.others.takes]
  return example === undefined ? hints[takes] : `As a JSON list, such as ${example}.`
}

/** Is it a file, or are its items? */
export const takesFiles = (expected: Expected | undefined): boolean =>
  expected !== undefined &&
  (expected.takes === 'blob' || expected.takes === 'bytes' || takesFiles(expected.items?.others))

type Given = Readonly<Record<string, string | number | boolean | undefined>>

function controlOf({ expected, typed }: Field, common: Given): Markup {
  const { takes, choices, constraints, optional } = expected
  const value = typed ?? written(expected)
  if (takes === 'boolean' && (!optional || expected.fallback !== undefined)) return checkbox(common, value)
  const options = takes === 'boolean' ? [true, false] : choices
  if (options !== undefined) return select(common, options.map(String), value, optional)
  switch (takes) {
    case 'blob':
    case 'bytes':
      return html`<input${attributes({ ...common, type: 'file' })}>`
    case 'list':
    case 'set':
      if (takesFiles(expected)) return html`<input${attributes({ ...common, type: 'file', multiple: true })}>`
      return textarea({ ...common, spellcheck: 'false', class: 'code', rows: 4 }, value)
    case 'map':
    case 'json':
      return textarea({ ...common, spellcheck: 'false', class: 'code', rows: 4 }, value)
    case 'number':
      return html`<input${attributes({
        ...common,
        type: 'number',
        value,
        step: constraints.multipleOf ?? (constraints.type === 'integer' ? 1 : 'any'),
        min: bound(constraints.minimum),
        max: bound(constraints.maximum),
      })}>`
    case 'bigint':
      return html`<input${attributes({ ...common, inputmode: 'numeric', pattern: '-?[0-9]+', value })}>`
    case 'object':
      return html`<input${attributes({ ...common, type: 'text', inputmode: 'url', spellcheck: 'false', value })}>`
    case 'date':
      return html`<input${attributes({ ...common, type: 'datetime-local', step: 1, value })}>`
    default:
      return line(common, constraints, value)
  }
}

/** The bounds of what a double holds exactly are nobody's wish. */
const bound = (limit: number | undefined) =>
  limit === undefined || Math.abs(limit) >= Number.MAX_SAFE_INTEGER ? undefined : limit

function line(common: Given, { format, minLength, maxLength }: Constraints, value: string): Markup {
  const limits = { minlength: minLength, maxlength: maxLength }
  const type = types[format ?? (common.name === 'password' ? 'password' : '')] ?? 'text'
  if (type !== 'password' && (/[\r\n]/.test(value) || (maxLength ?? 0) >= manyCharacters))
    return textarea({ ...common, ...limits, rows: 4 }, value)
  // What a browser would write into its own cache, or a reader over a shoulder see, is typed again.
  const given = type === 'password' ? { autocomplete: 'current-password' } : { value }
  return html`<input${attributes({ ...common, ...limits, type, ...given })}>`
}

/** A parser drops the first line end in a textarea. */
const textarea = (given: Given, value: string): Markup =>
  html`<textarea${attributes(given)}>${'\n'}${value}</textarea>`

/** A box that is not checked is not sent: the field before it says so, and the last of two counts. */
const checkbox = ({ required: _, ...common }: Given, value: string): Markup =>
  html`<input${attributes({ type: 'hidden', name: common.name, value: 'false' })}><input${attributes({
    ...common,
    type: 'checkbox',
    value: 'true',
    checked: value === 'true',
  })}>`

function select(common: Given, choices: readonly string[], value: string, optional: boolean): Markup {
  const none = optional || !choices.includes(value) ? html`<option value=""></option>` : undefined
  return html`<select${attributes(common)}>${none}${choices.map(
    choice => html`<option${attributes({ value: choice, selected: choice === value })}>${choice}</option>`,
  )}</select>`
}

const decoder = new TextDecoder()

/** A default as it is typed. */
function written({ takes, fallback, constraints }: Expected): string {
  if (fallback === undefined) return ''
  if (takes === 'json' || takes === 'list' || takes === 'set' || takes === 'map')
    return JSON.stringify(JSON.parse(decoder.decode(json.encode(fallback))), null, 2)
  if (fallback instanceof Date) return fallback.toISOString().slice(0, 19)
  if (constraints.format === 'date-time') return String(fallback).slice(0, 19)
  return String(fallback)
}
