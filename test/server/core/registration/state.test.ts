// The state of instances in their URLs: one spelling for each, which outlives change; whatever else is not found.

import { expect, test } from 'vitest'
import { cbor, codecs } from '../../../../lib/codecs.js'
import { Duration } from '../../../../lib/values/duration.js'
import { Link, type Page } from '../../../../lib/values/nodes.js'
import { link, Resource, Router, redirect } from '../../../../server/index.js'
import { ask, construct, logbook, origin, outline } from '../../peer.js'

class Item {
  constructor(
    readonly id: unknown,
    readonly size: unknown = 1,
    readonly at: unknown = null,
  ) {}
  read() {
    return [this.id, this.size, this.at]
  }
}

const router = new Router({ Item })
const base64 = (bytes: Uint8Array | number[]) => Buffer.from(bytes).toString('base64url')
const stateOf = (path: string) => path.split('/')[2] as string
const open = (state: string, on = router) => ask(on, `/Item/${state}/`)

test('a state is the parameters by name as canonical CBOR, without those that are their default', async () => {
  const path = await construct(router, 'Item', { id: 'x' })
  expect(path).toBe(`/Item/${base64([0xa1, 0x62, 0x69, 0x64, 0x61, 0x78])}/`)
  for (const args of [
    { id: 'x', size: 1 },
    { size: 1, at: null, id: 'x' },
  ]) {
    expect(await construct(router, 'Item', args)).toBe(path)
  }
  expect(await construct(router, 'Item', { at: 0, size: 2, id: 1 })).toBe(
    await construct(router, 'Item', { id: 1, size: 2, at: 0 }),
  )
  expect(stateOf(await construct(router, 'Item', { id: 1, size: 2, at: 0 }))).toBe(
    base64([0xa3, 0x62, 0x61, 0x74, 0, 0x62, 0x69, 0x64, 1, 0x64, 0x73, 0x69, 0x7a, 0x65, 2]),
  )
})

const good = [0xa1, 0x62, 0x69, 0x64, 0x18, 0x40]

test('the state that others are measured against is one', async () => {
  expect(outline((await open(base64(good))).value)).toMatchObject({ id: 64 })
})

test.each<[what: string, state: string]>([
  ['extra padding bits', `${base64([0xa1, 0x62, 0x69, 0x64, 1]).slice(0, -1)}F`],
  ['padding', `${base64([0xa1, 0x62, 0x69, 0x64, 1])}=`],
  ['padding, escaped', `${base64([0xa1, 0x62, 0x69, 0x64, 1])}%3D`],
  ['the other alphabet', `${Buffer.from(cbor.encode({ id: '~~~???' })).toString('base64')}`],
  ['white space', `%20${base64(good)}`],
  ['a longer head', base64([0xa1, 0x62, 0x69, 0x64, 0x19, 0, 0x40])],
  ['a longer head of a key', base64([0xa1, 0x78, 2, 0x69, 0x64, 1])],
  ['a longer head of the dict', base64([0xb8, 1, 0x62, 0x69, 0x64, 1])],
  ['a float that is an integer', base64([0xa1, 0x62, 0x69, 0x64, 0xfb, 0x40, 0x50, 0, 0, 0, 0, 0, 0])],
  ['a short float', base64([0xa1, 0x62, 0x69, 0x64, 0xf9, 0x3e, 0])],
  ['keys out of order', base64([0xa2, 0x62, 0x69, 0x64, 1, 0x62, 0x61, 0x74, 2])],
  ['a key twice', base64([0xa2, 0x62, 0x69, 0x64, 1, 0x62, 0x69, 0x64, 1])],
  ['trailing bytes', base64([...good, 0])],
  ['an end too early', base64(good.slice(0, -1))],
  ['an indefinite dict', base64([0xbf, 0x62, 0x69, 0x64, 1, 0xff])],
  ['a list', base64([0x81, 1])],
  ['an ordered dict', base64(cbor.encode(new Map([['id', 1]])))],
  ['text', base64([0x61, 0x61])],
  ['an unknown key', base64(cbor.encode({ id: 1, colour: 2 }))],
  ['no required parameter', base64(cbor.encode({ at: 1 }))],
  ['nothing', base64([0xa0])],
  ['a key __proto__', base64([0xa2, 0x62, 0x69, 0x64, 1, 0x69, ...Buffer.from('__proto__'), 1])],
  ['no UTF-8', base64([0xa1, 0x62, 0x69, 0x64, 0x61, 0xff])],
  ['an unknown tag', base64([0xa1, 0x62, 0x69, 0x64, 0xd8, 0x40, 0x41, 0])],
  ['a template', base64([0xa1, 0x62, 0x69, 0x64, 0xd9, 0x68, 0x67, 0x81, 0x40])],
  ['a link', base64(cbor.encode({ id: new Link({ url: 'Item/xx/' }) }))],
  ['more than 2 KB', base64(cbor.encode({ id: 'x'.repeat(3000) }))],
  ['deep nesting', base64([0xa1, 0x62, 0x69, 0x64, ...new Array(40).fill(0x81), 0])],
  ['text that is no state', 'admin'],
])('a state with %s is not found', async (_, state) => {
  const answer = await open(state)
  expect(answer.status).toBe(404)
  expect((await ask(router, `/Item/${state}/read`, { args: {} })).status).toBe(404)
})

const values: [what: string, value: unknown][] = [
  ['empty text', ''],
  ['ASCII', 'a b/c?d#e%f;g=h&i:j@k\\l"m\'n<o>'],
  ['controls', '\0\t\n\r\u007f\u0085'],
  ['Latin', 'Zoë Ångström'],
  ['Greek, Cyrillic, Hebrew, Arabic', 'Ωμέγα Ж שלום مرحبا'],
  ['CJK', '日本語 中文 한국어'],
  ['outside of the first plane', '𝒳 👩‍👩‍👧 🏳️‍🌈 𐍈'],
  ['composed', '\u00e9'],
  ['combining', 'e\u0301'],
  ['byte-order mark and joiners', '\ufeff\u200d\u2028\u2029\ufffd'],
  ['names of methods', '__proto__ constructor ..'],
  ['integers', [0, -1, 2 ** 53 - 1, 2n ** 70n, -(2n ** 64n)]],
  ['floats', [0.5, -0, Number.POSITIVE_INFINITY, Number.NaN, 5e-324]],
  ['constants', [null, true, false]],
  ['a date', new Date(1.5e12)],
  ['a date with milliseconds', new Date(1_500_000_000_123)],
  ['bytes', new Uint8Array([0, 255, 127])],
  [
    'a map',
    new Map<unknown, unknown>([
      [1, 'a'],
      ['1', new Date(0)],
    ]),
  ],
  ['a set', new Set(['a', 1])],
  ['a duration', new Duration({ days: 1, months: 2 })],
  ['a dict', { b: 1, a: { z: [], aa: {} }, '': null }],
]

test.each(values)('state can hold %s', async (_, value) => {
  for (const { type } of codecs.values()) {
    const { location } = await ask(router, '/Item/', { args: { id: value, at: [value] }, type })
    const at = new URL(location as string, `${origin}/Item/`)
    expect(stateOf(at.pathname)).toMatch(/^[\w-]+$/)
    const page = await ask(router, at.pathname)
    expect((page.value as Page).url).toBe(at.href)
    expect((await ask(router, `${at.pathname}read`, { args: {} })).value).toEqual([value, 1, [value]])
  }
})

test('equal strings of other code points are other objects', async () => {
  expect(await construct(router, 'Item', { id: '\u00e9' })).not.toBe(
    await construct(router, 'Item', { id: 'e\u0301' }),
  )
})

test('nil and an absent value are one state where the default is nil', async () => {
  class Optional {
    constructor(
      readonly id: string,
      readonly limit: number | null = null,
      readonly rest = JSON.parse('null'),
    ) {}
  }
  const optional = new Router({ Optional })
  const one = await construct(optional, 'Optional', { id: 'x' })
  expect(await construct(optional, 'Optional', { id: 'x', limit: null })).toBe(one)
  expect(outline((await ask(optional, one)).value)).toMatchObject({ limit: null, rest: null })
})

test('a defaulted parameter that is added keeps stored URLs, and changes none', async () => {
  const before = await construct(
    new Router({
      Item: class Item {
        constructor(readonly id: unknown) {}
      },
    }),
    'Item',
    { id: 'x' },
  )
  const after = new Router({
    Item: class Item {
      constructor(
        readonly id: unknown,
        readonly shard = 4,
      ) {}
    },
  })
  const { value } = await ask(after, before)
  expect(outline(value)).toEqual({ id: 'x', shard: 4 })
  expect((value as Page).url).toBe(origin + before)
  expect(await construct(after, 'Item', { id: 'x', shard: 4 })).toBe(before)
  const reordered = new Router({
    Item: class Item {
      constructor(
        readonly shard: number | undefined,
        readonly id = 'none',
      ) {}
    },
  })
  expect((await ask(reordered, before)).status).toBe(404)
  expect((await ask(reordered, await construct(reordered, 'Item', { shard: 3, id: 'x' }))).status).toBe(200)
})

test('a URL that was made when a default was another leads to the same object', async () => {
  const { status, value } = await open(stateOf(`/Item/${base64(cbor.encode({ id: 1, size: 1 }))}`))
  expect(status).toBe(200)
  expect((value as Page).url).toBe(origin + (await construct(router, 'Item', { id: 1 })))
})

test('a class that was called otherwise answers at its old URLs, and gives its new ones', async () => {
  class Person {
    static was = ['User', 'Member']
    constructor(readonly id: string) {}
    bio() {
      return this.id
    }
  }
  const renamed = new Router({ Person })
  const path = await construct(renamed, 'Person', { id: 'x' })
  for (const name of ['User', 'Member']) {
    const former = path.replace('Person', name)
    const page = await ask(renamed, former)
    expect([page.status, (page.value as Page).url]).toEqual([200, origin + path])
    expect((await ask(renamed, `${former}bio`, { args: {} })).value).toBe('x')
  }
  expect(outline((await ask(renamed, '/')).value)).toEqual({ Person: 'POST (id)' })
})

class Owner extends Resource {
  constructor(readonly name: string) {
    super()
    this.context.request
  }
}
class Car extends Resource {
  constructor(
    readonly owner: Owner,
    readonly _drivers: readonly Owner[] = [],
  ) {
    super()
  }
  drivers() {
    return [this.owner.name, this.owner.context.request.method, ...this._drivers.map(driver => driver.name)]
  }
}

test('instances in state are there again as instances, with the context', async () => {
  const cars = new Router({ Owner, Car })
  const owner = new Link({ url: `..${await construct(cars, 'Owner', { name: 'o' })}` })
  const path = await construct(cars, 'Car', { owner, drivers: [owner] })
  const page = await ask(cars, path)
  expect(outline(page.value)).toEqual({ owner: { name: 'o' }, drivers: 'POST ()' })
  expect((await ask(cars, `${path}drivers`, { args: {} })).value).toEqual(['o', 'POST', 'o'])
  expect((await ask(new Router({ Car }), path)).status).toBe(404)
})

test('state that takes more than 2,048 characters in a URL is an error when it is drawn', async () => {
  const { log, lines } = logbook()
  const size = (id: string) => stateOf(`/Item/${base64(cbor.encode({ id }))}`).length
  const fits = 'x'.repeat(1529)
  expect([size(fits), size(`${fits}x`)]).toEqual([2048, 2050])
  const big = new Router(
    {
      Item,
      page: (id: string) => [new Item(id)],
      linked: (id: string) => link(new Item(id)),
      move: redirect((id: string) => new Item(id)),
    },
    { log },
  )
  for (const [name, status] of [
    ['page', 200],
    ['linked', 200],
    ['move', 303],
  ] as const) {
    expect((await ask(big, `/${name}/`, { args: { id: fits } })).status).toBe(status)
    const answer = await ask(big, `/${name}/`, { args: { id: `${fits}x` } })
    expect(answer.status).toBe(500)
    expect(lines.at(-1)).toContain('the state of Item takes 2050 characters in its URL, more than 2048')
    expect(lines.at(-1)).not.toContain(base64(cbor.encode({ id: `${fits}x` })))
  }
})

test('what a constructor refuses on purpose reaches the caller', async () => {
  const { log } = logbook()
  const failing = new Router(
    {
      Item: class Item {
        constructor(readonly id: string) {
          if (id === 'x') throw new Error('the secret')
        }
      },
    },
    { log },
  )
  const { status, text } = await ask(failing, await construct(router, 'Item', { id: 'x' }))
  expect([status, text.includes('secret')]).toEqual([500, false])
})
