// Values as people read them, whatever they hold.

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Blob, blob } from '../../../../lib/values/blob.js'
import { Duration } from '../../../../lib/values/duration.js'
import { Instant } from '../../../../lib/values/instant.js'
import { Extension, Form, Input, Link, Page } from '../../../../lib/values/nodes.js'
import { Router, safe } from '../../../../server/index.js'
import { logbook } from '../../peer.js'
import { type Element, visit } from './page.js'

let given: unknown
const { log, lines } = logbook()
const router = new Router({ show: safe(() => given) }, { log })

async function shown(value: unknown): Promise<Element> {
  given = value
  const { status, page } = await visit(router, '/show/')
  expect([status, ...lines.splice(0)]).toEqual([200])
  return page.one('section.result')
}

test.each<[what: string, value: unknown, text: string]>([
  ['text', '<b>"bold"</b> & more', '<b>"bold"</b> & more'],
  ['no text', '', 'empty text'],
  ['an integer', 42, '42'],
  ['a float', -0.5, '-0.5'],
  ['minus zero', -0, '-0'],
  ['not a number', Number.NaN, 'NaN'],
  ['a bigint', 2n ** 70n, '1180591620717411303424'],
  ['true', true, 'yes'],
  ['false', false, 'no'],
  ['a date', new Date('2026-11-21T12:00:00Z'), '2026-11-21 12:00 UTC'],
  ['a date with seconds', new Date('2026-11-21T12:00:05.250Z'), '2026-11-21 12:00:05.25 UTC'],
  ['a date with nanoseconds', new Instant(0, 1), '1970-01-01 00:00:00.000000001 UTC'],
  ['a date long ago', new Date(-1e14), '-001199-02-15 14:13:20 UTC'],
  [
    'a duration',
    new Duration({ days: 1, hours: 2, seconds: 3, milliseconds: 500 }),
    '1 day 2 hours 3.5 seconds',
  ],
  ['no time', new Duration({}), '0 seconds'],
  ['months', new Duration({ years: 1, months: 2 }), '1 year 2 months'],
  ['a negative duration', new Duration({ minutes: -5 }), '−5 minutes'],
  ['an empty list', [], 'empty list'],
  ['an empty set', new Set(), 'empty set'],
  ['an empty dict', {}, 'no entries'],
  ['a dict', { a: 1, b: null }, 'a1 bnothing'],
  ['no bytes', new Uint8Array(0), 'no bytes'],
  ['many bytes', new Uint8Array(100_000), '97.7 KiB'],
  ['a blob in a list', [blob('hello', 'text/plain', { filename: 'a.txt' })], 'a.txt (text/plain, 5 bytes)'],
])('%s', async (_, value, text) => {
  expect((await shown(value)).text).toBe(text)
})

test('dates and durations can be read by machines, as HTML spells them', async () => {
  const times = [
    new Date(5),
    new Instant(0, 1),
    new Duration({ days: 1, seconds: 3, nanoseconds: 5_000_001 }),
  ]
  const spelled = (await shown(times)).all('time').map(({ attributes }) => attributes.datetime)
  expect(spelled).toEqual(['1970-01-01T00:00:00.005Z', '1970-01-01T00:00:00.000Z', 'P1DT0H0M3.005S'])
})

test('bytes and small blobs can be downloaded from the page, as what no browser shows', async () => {
  const bytes = new Uint8Array([1, 2, 255])
  const [first, second] = (await shown([bytes, blob(bytes, 'text/html', { filename: 'x.html' })])).all('a')
  const href = `data:application/octet-stream;base64,${Buffer.from(bytes).toString('base64')}`
  expect(first!.attributes).toMatchObject({ href, download: 'bytes.bin' })
  expect(second!.attributes).toMatchObject({ href, download: 'x.html' })
})

test('a picture is shown, and can be downloaded', async () => {
  const result = await shown([blob(new Uint8Array([1]), 'image/png', { filename: 'a.png' })])
  expect(result.one('img').attributes).toEqual({ alt: 'a.png', src: 'data:image/png;base64,AQ==' })
  expect((await shown([blob(new Uint8Array([1]), 'image/svg+xml')])).all('img')).toEqual([])
})

test('lists, sets and maps are lists, and dicts that are alike a table', async () => {
  const result = await shown({ list: [1, 2], set: new Set(['a']), map: new Map([[[1, 2], 'pair']]) })
  expect(result.all('ol').map(list => list.all('li').map(({ text }) => text))).toEqual([
    ['1', '2'],
    ['1', '2'],
  ])
  expect(result.one('ul.set').text).toBe('a')
  const table = (
    await shown([
      { a: 1, b: [1] },
      { b: null, a: '2' },
    ])
  ).one('table')
  expect(table.all('th').map(({ text }) => text)).toEqual(['a', 'b'])
  expect(table.all('td').map(({ text }) => text)).toEqual(['1', '1', '2', 'nothing'])
  expect((await shown([{ a: 1 }, { b: 1 }])).all('table')).toEqual([])
})

test('what is long is folded, and what is too long is counted', async () => {
  const list = await shown(Array.from({ length: 100 }, (_, index) => index))
  expect(list.one('summary').text).toBe('75 more')
  expect(list.all('ol').map(({ attributes }) => attributes.start)).toEqual(['1', '26'])
  expect(list.all('li').at(-1)!.text).toBe('99')
  const longer = await shown(Array.from({ length: 5000 }, () => null))
  expect([longer.all('li').length, longer.one('p').text]).toEqual([
    2000,
    'and 3000 more, which are too many to show',
  ])
  const text = await shown('word '.repeat(1000))
  expect(text.one('summary').text).toContain('5000 characters')
  expect(text.one('span.text').exact).toBe('word '.repeat(1000))
})

test('lines of a text stay lines, the first empty one too', async () => {
  expect((await shown('\n\none\n two')).one('pre').exact).toBe('\n\none\n two')
})

test('nodes that an application has put together are shown as what they are', async () => {
  const result = await shown([
    new Link({ url: 'https://b.example/x?y=1', method: 'GET' }),
    new Form({ url: './send', method: 'POST', values: [new Input({ name: 'to' })] }),
    new Form({ url: 'https://b.example/send', method: 'POST', values: [] }),
    new Extension('colour', { depth: 8 }, [1, 2, 3]),
    new Page(
      { name: 'Thing', url: '../thing/' },
      { size: 1, open: new Link({ url: 'open' }) },
      { path: '/thing/' },
    ),
  ])
  const links = result.all('a').map(({ attributes }) => attributes.href)
  expect(links).toEqual(['https://b.example/x?y=1', 'https://b.example/send', '../thing/', '../thing/open'])
  expect(result.one('form').attributes.action).toBe('./send')
  expect(result.one('section.extension').text).toContain('colour')
})

test.each([
  'javascript:alert(1)',
  ' javascript:alert(1)',
  'java\nscript:alert(1)',
  'JAVASCRIPT:alert(1)',
  'data:text/html,<script>alert(1)</script>',
  'vbscript:x',
  'file:///etc/passwd',
  'http://[',
])('a link to %j is not to be followed, and its form not to be sent', async url => {
  const result = await shown([new Link({ url }), new Form({ url, method: 'POST', values: [] })])
  expect([...result.all('a'), ...result.all('form')]).toEqual([])
})

const hostile = fc.constantFrom(
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  "' onfocus='alert(1)' autofocus='",
  '</textarea><svg onload=alert(1)>',
  '</pre></title></style><b>',
  '<!--',
  ']]>',
  '&lt;i&gt;',
  '\n<i>',
  '\0<i>',
  'javascript:alert(1)',
)
const keys = fc.oneof(
  hostile,
  fc.string(),
  fc.constantFrom('__proto__', 'constructor', 'isEscaped', 'callbacks'),
)
const values = fc.letrec(tie => ({
  value: fc.oneof(
    { maxDepth: 4 },
    keys,
    fc.double(),
    fc.bigInt(),
    fc.boolean(),
    fc.constant(null),
    fc.date({ noInvalidDate: true }),
    fc.uint8Array({ maxLength: 8 }),
    keys.map(name => new Blob(new Uint8Array(2), { 'content-type': name, filename: name })),
    keys.map(name => new Extension(name, { [name]: name }, name)),
    keys.map(url => new Link({ url, method: url })),
    keys.map(name => new Form({ url: name, method: name, values: [new Input({ name, value: name })] })),
    fc.tuple(keys, tie('value')).map(([name, value]) => new Page({ name, url: name }, { [name]: value })),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.array(keys, { maxLength: 4 }).map(items => new Set(items)),
    fc.dictionary(keys, tie('value'), { maxKeys: 4 }),
    fc.array(fc.tuple(keys, tie('value')), { maxLength: 3 }).map(pairs => new Map(pairs)),
  ),
})).value

const elements = new Set(
  'article h1 h2 h3 h4 h5 h6 a em p small span pre time ol ul li dl div dt dd details summary section table thead tbody tr th td form input textarea button label figure img figcaption'.split(
    ' ',
  ),
)
const ours = new Set(
  'class href id for name type value action method required rows spellcheck start scope role aria-label aria-describedby tabindex datetime download alt src rel inputmode pattern step checked'.split(
    ' ',
  ),
)

test('no value has an element or an attribute of its own, whatever it holds', async () => {
  await fc.assert(
    fc.asyncProperty(values, async value => {
      const found = (await shown([value])).all('')
      expect(found.map(({ name }) => name).filter(name => !elements.has(name))).toEqual([])
      expect(
        found.flatMap(element => Object.keys(element.attributes)).filter(name => !ours.has(name)),
      ).toEqual([])
      for (const { attributes } of found) {
        for (const url of [attributes.href, attributes.action, attributes.src]) {
          if (url !== undefined) expect(new URL(url, 'http://x/').protocol).toMatch(/^(?:https?|data):$/)
        }
      }
    }),
    { numRuns: 400 },
  )
})
