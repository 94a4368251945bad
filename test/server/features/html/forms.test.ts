// What forms send, from browsers and `curl`: converted to what each argument takes, or refused by name, and shown
// again with what was typed.

import { expect, test } from 'vitest'
import { z } from 'zod'
import type { Blob } from '../../../../lib/values/blob.js'
import { Duration } from '../../../../lib/values/duration.js'
import type { Fault } from '../../../../lib/values/fault.js'
import { args, Router, safe, verb } from '../../../../server/index.js'
import { hostileIntegers } from '../../../hostile-numbers.js'
import { type Answer, ask } from '../../peer.js'
import { submitted, visit } from './page.js'

const fault = ({ value }: Answer) => value as Fault

const echo = <S extends z.ZodType>(schema: S) => args({ value: schema })((value: unknown) => value)

const router = new Router({
  any: (value: unknown) => value,
  text: (value = 'old') => value,
  number: (value = 1) => value,
  bigint: (value = 1n) => value,
  truth: (value = true) => value,
  list: (value = []) => value,
  dict: (value = { a: 1 }) => value,
  nil: (value = null) => value ?? 'left out',
  negative: (value = -1) => value,
  when: (value = new Date(0)) => value,
  since: (value = Date.now() - 1000) => typeof value,
  greeting: (value = `Hello ${1 + 1}`) => value,
  empty: (value = {}) => value,
  pair: (value = [1 + Math.abs(0)]) => value,
  tags: (value = new Set<string>()) => value,
  table: (value = new Map<string, unknown>()) => value,
  data: (value = new Uint8Array(2)) => value,
  pause: (value = new Duration({ seconds: 1 })) => value,
  truthy: (value = !['a'].at(0)) => value,
  search: safe((value: unknown, limit = 10) => [value, limit]),
  z_number: echo(z.number().min(5)),
  z_set: echo(z.set(z.string())),
  z_bytes: echo(z.instanceof(Uint8Array)),
  z_date: echo(z.date()),
  z_bigint: echo(z.bigint()),
  z_list: echo(z.array(z.string())),
  z_either: echo(z.union([z.number(), z.literal('all')])),
  z_enum: echo(z.enum(['tea', 'coffee'])),
  z_level: echo(z.literal([1, 2, 3])),
  z_optional: echo(z.string().optional()),
  z_instant: echo(z.iso.datetime()),
  z_dates: echo(z.object({ from: z.date() })),
  z_custom: echo(z.array(z.custom<string>(value => value === 'a')).min(1)),
})

test.each<[name: string, typed: string, taken: unknown]>([
  ['any', '12', '12'],
  ['any', '', ''],
  ['text', '12', '12'],
  ['text', '', ''],
  ['text', 'one\r\ntwo', 'one\r\ntwo'],
  ['number', ' 12.5e1 ', 125],
  ['number', '9007199254740993', 9007199254740993n],
  ['number', '', 1],
  ['bigint', '1180591620717411303424', 2n ** 70n],
  ['bigint', '-5', -5],
  ['truth', 'true', true],
  ['truth', 'off', false],
  ['list', '[1, {"$datetime": "2026-11-21T12:00:00Z"}]', [1, new Date('2026-11-21T12:00:00Z')]],
  ['list', 'a', ['a']],
  ['list', '{"a": 1}', ['{"a": 1}']],
  ['z_custom', 'a', ['a']],
  ['number', '-.5e1', -5],
  ['number', '1e-400', 0],
  ['dict', '{"b": {"$timedelta": "PT5S"}}', { b: new Duration({ seconds: 5 }) }],
  ['nil', '', 'left out'],
  ['nil', '12', '12'],
  ['negative', '-12', -12],
  ['when', '2026-11-21T12:30', new Date('2026-11-21T12:30:00Z')],
  ['when', '', new Date(0)],
  ['since', '12', 'number'],
  ['greeting', '', 'Hello 2'],
  ['greeting', '12', '12'],
  ['empty', '{"a": 1}', { a: 1 }],
  ['pair', '[12]', [12]],
  ['pair', '', [1]],
  ['tags', '["a", "b", "a"]', new Set(['a', 'b'])],
  ['tags', '{"$set": ["a"]}', new Set(['a'])],
  ['tags', 'a', new Set(['a'])],
  ['table', '{"a": 1}', new Map([['a', 1]])],
  ['table', '{"$map": [[1, 2]]}', new Map([[1, 2]])],
  ['data', 'ab', new Uint8Array([97, 98])],
  ['data', '', new Uint8Array(2)],
  ['pause', 'PT1H', new Duration({ hours: 1 })],
  ['truthy', 'yes', true],
  ['truthy', '', false],
  ['z_set', '["a"]', new Set(['a'])],
  ['z_number', '12', 12],
  ['z_date', '2026-11-21T12:30', new Date('2026-11-21T12:30:00Z')],
  ['z_date', '2026-11-21T12:30:05+01:00', new Date('2026-11-21T11:30:05Z')],
  ['when', '2026-11-21T12:30Z', new Date('2026-11-21T12:30:00Z')],
  ['when', '2026-11-21T12:30+02:00', new Date('2026-11-21T10:30:00Z')],
  ['when', '2026-11-21T12:30-0230', new Date('2026-11-21T15:00:00Z')],
  ['when', '2026-11-21T12:30+02', new Date('2026-11-21T10:30:00Z')],
  ['when', '2026-11-21 12:30:05.5', new Date('2026-11-21T12:30:05.500Z')],
  ['when', '12026-11-21T12:30', new Date('+012026-11-21T12:30:00Z')],
  ['z_instant', '2026-11-21T12:30:05Z', '2026-11-21T12:30:05Z'],
  ['z_instant', '2026-11-21T12:30Z', '2026-11-21T12:30:00Z'],
  ['z_date', '2026-11-21', new Date('2026-11-21T00:00:00Z')],
  ['z_bigint', '12', 12],
  ['z_list', '["a", "b"]', ['a', 'b']],
  ['z_either', '12', 12],
  ['z_either', 'all', 'all'],
  ['z_enum', 'tea', 'tea'],
  ['z_level', '2', 2],
  ['z_optional', '', null],
  ['z_instant', '2026-11-21T12:30', '2026-11-21T12:30:00Z'],
  ['z_dates', '{"from": {"$datetime": "2026-11-21T12:30:00Z"}}', { from: new Date('2026-11-21T12:30:00Z') }],
])('%s takes %j as %o, from a form and from its parts', async (name, typed, taken) => {
  const body = new FormData()
  body.set('value', typed)
  for (const sent of [new URLSearchParams({ value: typed }), body]) {
    const request = new Request(`http://test/${name}/`, { method: 'POST', body: sent })
    const { value } = await ask(router, `/${name}/`, {
      body: new Uint8Array(await request.clone().arrayBuffer()),
      type: request.headers.get('content-type') as string,
    })
    expect(value ?? null).toEqual(taken)
  }
})

test.each<[name: string, typed: string, problem: RegExp]>([
  ['number', 'twelve', /expected a number/],
  ['number', '0x10', /expected a number/],
  ['number', '1e400', /up to 1.8e308/],
  ['number', '-1e400', /up to 1.8e308/],
  ['number', `${'9'.repeat(309)}.5`, /up to 1.8e308/],
  ['z_number', '1e400', /up to 1.8e308/],
  ['when', '2026-02-30T12:30', /expected a date/],
  ['when', '2026-11-21T24:30', /expected a date/],
  ['number', `${'1'.repeat(100_000)}x`, /expected a number/],
  ['number', `${' '.repeat(100_000)}x`, /expected a number/],
  ['tags', `[${hostileIntegers(3000)}]`, /fall together/],
  ['bigint', '1.5', /expected a whole number/],
  ['bigint', '9'.repeat(20_000), /no more than 16384 digits/],
  ['truth', 'maybe', /expected true or false/],
  ['list', '[1,', /expected JSON/],
  ['when', 'tomorrow', /expected a date/],
  ['tags', '{"a": 1}', /expected a JSON list/],
  ['table', '[1]', /expected a JSON object/],
  ['pause', 'an hour', /expected a duration/],
  ['z_number', '4', />=5/],
  ['z_date', 'tomorrow', /date/],
  ['z_enum', 'milk', /tea/],
  ['z_level', '7', /1/],
])('%s does not take %.20j, and says so beside the field, which keeps it', async (name, typed, problem) => {
  const { status, page } = await visit(router, `/${name}/`, submitted({ value: typed }))
  expect(status).toBe(422)
  const control = page.one('[aria-invalid=true]')
  const described = control.attributes['aria-describedby']!.split(' ').map(id => page.one(`[id=${id}]`))
  expect(described.at(-1)!.text).toMatch(problem)
  const answer = await ask(router, `/${name}/`, {
    body: String(submitted({ value: typed }).body),
    type: urlencoded,
  })
  expect(fault(answer)).toMatchObject({
    code: 'invalid_argument',
    details: { invalid: { value: expect.stringMatching(problem) } },
  })
})

test.each<[name: string, control: string, attributes: Record<string, string>]>([
  ['negative', 'input', { type: 'number', value: '-1' }],
  ['when', 'input', { type: 'datetime-local', value: '' }],
  ['since', 'input', { type: 'number' }],
  ['greeting', 'input', { type: 'text', value: '' }],
  ['empty', 'textarea', { class: 'code' }],
  ['pair', 'textarea', { class: 'code' }],
  ['tags', 'textarea', { class: 'code' }],
  ['table', 'textarea', { class: 'code' }],
  ['data', 'input', { type: 'file' }],
  ['pause', 'input', { type: 'text' }],
  ['truthy', 'select', {}],
  ['z_bytes', 'input', { type: 'file' }],
])(
  'the control for a default that only running would tell fits its kind: %s',
  async (name, control, attributes) => {
    const { page } = await visit(router, `/${name}/`)
    const found = page.one(`${control}[name=value]`)
    expect(found.attributes).toMatchObject(attributes)
    expect(page.one('form').attributes.enctype).toBe(
      attributes.type === 'file' ? 'multipart/form-data' : undefined,
    )
  },
)

test('a file is the bytes that an argument takes, in memory up to its limit', async () => {
  const small = new Router({ data: (value = new Uint8Array(2)) => value }, { limits: { messageBytes: 3000 } })
  const send = (length: number) => {
    const body = new FormData()
    body.set('value', new File([new Uint8Array(length).fill(7)], 'a.bin'))
    return small.fetch(
      new Request('http://test/data/', { method: 'POST', body, headers: { accept: 'application/json' } }),
    )
  }
  expect(await (await send(3)).json()).toEqual({ $bytes: 'BwcH' })
  const refused = await send(3001)
  expect([refused.status, await refused.text()]).toEqual([413, expect.stringContaining('messageBytes')])
})

const urlencoded = 'application/x-www-form-urlencoded'

test('line ends that a browser writes are those that were typed', async () => {
  const lengths = new Router({ length: (value = '') => value.length })
  const { page: counted } = await visit(lengths, '/length/', submitted({ value: 'one\r\ntwo' }))
  expect(counted.one('section.result').text).toBe('7')
})

test('the query of a GET form is converted as its body would be', async () => {
  const { value } = await ask(router, '/search/?value=5&limit=3')
  expect(value).toEqual(['5', 3])
  const { status, page } = await visit(router, '/search/?value=x&limit=many')
  expect([status, page.one('input[name=value]').attributes.value]).toEqual([422, 'x'])
  expect(page.one('p.problem').text).toBe('expected a number')
})

test('a field that is given several times is a list where one is taken, and else refused', async () => {
  const twice = (name: string) => ask(router, `/${name}/`, { body: 'value=a&value=b', type: urlencoded })
  expect((await twice('z_list')).value).toEqual(['a', 'b'])
  expect((await twice('list')).value).toEqual(['a', 'b'])
  expect(fault(await twice('text'))).toMatchObject({ code: 'malformed' })
})

test('a missing argument is told beside its field', async () => {
  const { status, page } = await visit(router, '/any/', submitted({}))
  expect([status, page.one('p.problem').text]).toEqual([400, 'This is missing.'])
})

test('whoever comes to a GET form for the first time has missed nothing yet', async () => {
  const { page } = await visit(router, '/search/')
  expect(page.all('p.problem')).toEqual([])
  expect(page.one('input[name=limit]').attributes.value).toBe('10')
})

const verbs = new Router({
  put: verb('PUT')((value: string) => `put ${value}`),
  remove: verb('DELETE')(() => 'removed'),
  drop: verb('DELETE', { envelope: 'query' })((value: string) => `dropped ${value}`),
  photo: verb('PUT', { envelope: 'blob' })((file: Blob) => file.size),
  Method: (Method: string) => `an argument: ${Method}`,
})

test.each<[path: string, fields: Record<string, string>, result: unknown]>([
  ['/put/', { Method: 'PUT', value: 'x' }, 'put x'],
  ['/remove/', { Method: 'DELETE' }, 'removed'],
  ['/drop/', { Method: 'DELETE', value: 'x' }, 'dropped x'],
  ['/Method/', { Method: 'PUT' }, 'an argument: PUT'],
])('a form of %s says its method in its first field: %o', async (path, fields, result) => {
  const body = String(new URLSearchParams(fields))
  expect((await ask(verbs, path, { body, type: urlencoded })).value).toEqual(result)
})

test.each(['value=x', 'value=x&Method=PUT', 'Method=DELETE&value=x', 'Method=put&value=x', ''])(
  'a POST to what has another method is refused where its first field does not say that: %j',
  async body => {
    for (const path of ['/put/', '/photo/']) {
      const answer = await ask(verbs, path, { method: 'POST', body, type: urlencoded })
      expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'PUT'])
    }
  },
)

test('what has another method in a form is refused like that method where the form is of another site', async () => {
  const headers = { origin: 'https://elsewhere.example', 'sec-fetch-site': 'cross-site' }
  const answer = await ask(verbs, '/remove/', { body: 'Method=DELETE', type: urlencoded, headers })
  expect([answer.status, fault(answer).code]).toEqual([403, 'cross_origin'])
})
