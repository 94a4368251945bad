// Lists and sets in fields of forms and queries: each item as the schema of the items takes it, one value a list of one,
// no field a list of none, and the controls for them.

import * as v from 'valibot'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { Blob } from '../../../../lib/values/blob.js'
import { Duration } from '../../../../lib/values/duration.js'
import type { Fault } from '../../../../lib/values/fault.js'
import { args, Router, safe } from '../../../../server/index.js'
import { type Answer, ask } from '../../peer.js'
import { submitted, visit } from './page.js'

const fault = ({ value }: Answer) => value as Fault

type Schemas = Parameters<typeof args>[0]
const echo = (schema: z.ZodType | v.GenericSchema) =>
  safe(args({ value: schema } as Schemas)((value: unknown) => [value]))

const file = z.custom<Blob>(given => given instanceof Blob)

const router = new Router({
  numbers: echo(z.array(z.number())),
  coerced: echo(z.array(z.coerce.number())),
  truths: echo(z.array(z.boolean())),
  dates: echo(z.array(z.date())),
  some_dates: echo(z.array(z.date()).min(2)),
  durations: echo(z.array(z.instanceof(Duration))),
  bigints: echo(z.array(z.bigint())),
  texts: echo(z.array(z.string())),
  dicts: echo(z.array(z.object({ a: z.number() }))),
  mixed: echo(z.array(z.union([z.number(), z.string()]))),
  either: echo(z.array(z.union([z.number(), z.literal('all')]))),
  one_or_more: echo(z.union([z.number(), z.array(z.number())])),
  pair: echo(z.tuple([z.number(), z.string()])),
  set: echo(z.set(z.number())),
  optional: echo(z.array(z.number()).optional()),
  nullable: echo(z.array(z.number()).nullable()),
  some_or_nil: echo(z.array(z.number()).min(1).nullable()),
  fallback: echo(z.array(z.number()).default([7])),
  some: echo(z.array(z.number()).min(1)),
  later: echo(z.array(z.number()).refine(async () => true)),
  number_or_nil: echo(z.number().nullable()),
  v_numbers: echo(v.array(v.number())),
  v_some: echo(v.pipe(v.array(v.date()), v.minLength(1))),
  v_optional: echo(v.optional(v.array(v.boolean()))),
  v_nullable: echo(v.nullable(v.array(v.number()))),
  files: echo(z.array(file)),
  some_files: echo(z.array(file).min(1)),
  maybe_files: echo(z.array(file).optional()),
  bytes: echo(z.array(z.instanceof(Uint8Array))),
})

const urlencoded = 'application/x-www-form-urlencoded'
const noon = new Date('2026-11-21T12:00:00Z')

/** As a query, a form, and a form in parts. */
async function sent(name: string, values: readonly (string | File)[]): Promise<Answer[]> {
  const parts = new FormData()
  for (const value of values) parts.append('value', value)
  parts.append('_charset_', 'utf-8')
  const request = new Request('http://test/', { method: 'POST', body: parts })
  const inParts = await ask(router, `/${name}/`, {
    method: 'POST',
    body: new Uint8Array(await request.clone().arrayBuffer()),
    type: request.headers.get('content-type') as string,
  })
  if (values.some(value => typeof value !== 'string')) return [inParts]
  const pairs = values.map(value => ['value', value as string])
  const fields = String(new URLSearchParams([...pairs, ['_charset_', 'utf-8']]))
  return [
    inParts,
    await ask(router, `/${name}/?${fields}`),
    await ask(router, `/${name}/`, { method: 'POST', body: fields, type: urlencoded }),
  ]
}

test.each<[name: string, values: readonly string[], taken: unknown]>([
  ['numbers', ['1', '2.5'], [1, 2.5]],
  ['numbers', ['1'], [1]],
  ['numbers', [], []],
  ['numbers', [''], []],
  ['numbers', ['1', '', '3'], [1, 3]],
  ['numbers', ['[1, 2]'], [1, 2]],
  ['coerced', ['1', '2'], [1, 2]],
  ['truths', ['true', 'off'], [true, false]],
  ['dates', ['2026-11-21', '2026-11-21T12:00'], [new Date('2026-11-21T00:00:00Z'), noon]],
  ['dates', ['["2026-11-21T12:00"]'], [noon]],
  ['dates', [], []],
  ['some_dates', ['2026-11-21T12:00', '2026-11-21T13:00+01:00'], [noon, noon]],
  ['durations', ['PT1H'], [new Duration({ hours: 1 })]],
  ['bigints', ['12', '1180591620717411303424'], [12, 2n ** 70n]],
  ['texts', ['1', ''], ['1', '']],
  ['texts', [], []],
  ['dicts', ['{"a": 1}', '{"a": 2}'], [{ a: 1 }, { a: 2 }]],
  ['dicts', ['{"a": 1}'], [{ a: 1 }]],
  ['mixed', ['1', 'a'], ['1', 'a']],
  ['either', ['1', 'all'], [1, 'all']],
  ['either', ['all'], ['all']],
  ['one_or_more', ['1', '2'], [1, 2]],
  ['one_or_more', ['1'], 1],
  ['pair', ['1', '2'], [1, '2']],
  ['set', ['1', '2', '1'], new Set([1, 2])],
  ['set', ['1'], new Set([1])],
  ['set', [], new Set()],
  ['optional', ['1'], [1]],
  ['optional', [], null],
  ['optional', [''], null],
  ['nullable', ['1', '2'], [1, 2]],
  ['nullable', [], []],
  ['some_or_nil', [''], null],
  ['fallback', ['1'], [1]],
  ['fallback', [], [7]],
  ['fallback', ['[]'], []],
  ['later', ['1'], [1]],
  ['later', [], []],
  ['number_or_nil', [''], null],
  ['number_or_nil', ['1'], 1],
  ['v_numbers', ['1', '2'], [1, 2]],
  ['v_numbers', [], []],
  ['v_some', ['2026-11-21T12:00'], [noon]],
  ['v_optional', ['yes'], [true]],
  ['v_optional', [], null],
  ['v_nullable', ['1'], [1]],
])('%s takes the fields %j as %o', async (name, values, taken) => {
  for (const { status, value } of await sent(name, values)) expect([status, value]).toEqual([200, [taken]])
})

test.each<[name: string, values: readonly string[], problem: RegExp]>([
  ['numbers', ['1', 'x'], /^1: expected a number/],
  ['truths', ['maybe'], /^0: expected true or false/],
  ['dates', ['tomorrow'], /^0: expected a date/],
  ['dates', ['["tomorrow"]'], /^0: expected a date/],
  ['some', [], />=1 items/],
  ['some', [''], />=1 items/],
  ['some_dates', ['2026-11-21'], />=2 items/],
  ['number_or_nil', ['x'], /expected a number/],
  ['v_some', [], /length/],
])('%s does not take the fields %j', async (name, values, problem) => {
  for (const answer of await sent(name, values)) {
    expect(answer.status).toBe(422)
    expect(fault(answer).details).toEqual({ invalid: { value: expect.stringMatching(problem) } })
  }
})

/** What a browser sends of a control that no file was chosen for. */
const unchosen = new File([], '')

test.each<[name: string, files: readonly File[], taken: unknown]>([
  ['files', [unchosen], []],
  ['files', [new File(['a'], 'a'), new File(['b'], 'b')], ['a', 'b']],
  ['files', [new File(['a'], 'a')], ['a']],
  ['files', [new File([], 'empty')], ['']],
  ['maybe_files', [unchosen], null],
  ['maybe_files', [new File(['a'], 'a')], ['a']],
  ['bytes', [unchosen], []],
  ['bytes', [new File(['a'], 'a')], [new Uint8Array([97])]],
])('%s takes the files that were chosen, which may be none (case %#)', async (name, files, taken) => {
  const [answer] = (await sent(name, files)) as [Answer]
  const [value] = answer.value as [unknown]
  const told = Array.isArray(value)
    ? await Promise.all(value.map(item => (item instanceof Blob ? item.text() : item)))
    : value
  expect([answer.status, told]).toEqual([200, taken])
})

test('a long text that only waiting would tell apart from JSON is text', async () => {
  const later = v.pipeAsync(
    v.string(),
    v.checkAsync(async () => true),
  )
  const router = new Router({
    long: args({ value: later } as Schemas)((value: unknown) => String(value).length),
  })
  const body = String(new URLSearchParams({ value: 'x'.repeat(300_000) }))
  expect((await ask(router, '/long/', { method: 'POST', body, type: urlencoded })).value).toBe(300_000)
})

test('no files are refused where a schema wants some', async () => {
  const [answer] = (await sent('some_files', [unchosen])) as [Answer]
  expect([answer.status, fault(answer).details]).toEqual([
    422,
    { invalid: { value: expect.stringMatching(/>=1 items/) } },
  ])
})

test.each<[name: string, control: string, type: string | undefined, required: boolean]>([
  ['numbers', 'textarea', undefined, false],
  ['some', 'textarea', undefined, true],
  ['files', 'input', 'file', false],
  ['maybe_files', 'input', 'file', false],
  ['some_files', 'input', 'file', true],
  ['bytes', 'input', 'file', false],
  ['number_or_nil', 'input', 'number', false],
])(
  'the control of %s is %s, and required only where there must be something',
  async (name, control, type, required) => {
    const { page } = await visit(router, `/${name}/`)
    const { attributes } = page.one(`${control}[name=value]`)
    expect([attributes.type, 'required' in attributes, 'multiple' in attributes]).toEqual([
      type,
      required,
      type === 'file',
    ])
    expect(page.one('form').attributes.enctype).toBe(type === 'file' ? 'multipart/form-data' : undefined)
  },
)

test('a form tells how its list of dates is written', async () => {
  const { page } = await visit(router, '/dates/')
  const [example] = /\[.*\]/.exec(page.one('p.hint').text) as unknown as [string]
  expect((await visit(router, '/dates/', submitted({ value: example }))).status).toBe(200)
})
