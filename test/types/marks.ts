// Marks keep the types of what they mark: in the body of a function that is written inside of one, and for callers.

import { z } from 'zod'
import { get, named } from '../../client/index.js'
import { local } from '../../client/transport/local.js'
import { allow, anyone, args, doc, inline, Router, redirect, safe, verb } from '../../server/index.js'
import { assert, type Equal } from './equal.js'

class Item {
  constructor(readonly id: number) {}

  @safe
  @args({ times: z.number() })
  grown(times = 2) {
    return this.id * times
  }
}

const router = new Router({
  Item,
  plain: (n = 3) => n.toFixed(),
  safe: safe((n = 3) => n.toFixed()),
  safeFor: safe({ maxAge: 3 })((n = 3) => n.toFixed()),
  inline: inline((n = 3) => n.toFixed()),
  redirect: redirect((n = 3) => new Item(n)),
  allow: allow(anyone)((n = 3) => n.toFixed()),
  doc: doc('x')((n = 3) => n.toFixed()),
  verb: verb('PUT')((n = 3) => n.toFixed()),
  names: args('n')((n = 3) => n.toFixed()),
  one: args({ n: z.number() })(n => n.toFixed()),
  oneDefault: args({ n: z.number() })((n = 3) => n.toFixed()),
  several: args({ n: z.number(), text: z.string() })((n = 3, text = '') => text.repeat(n)),
  two: safe(doc('x')((n = 3) => n.toFixed())),
  three: allow(anyone)(safe(args({ n: z.number() })((n = 3) => n.toFixed()))),
  byName: args({ query: z.string(), page: z.number().default(1), item: Item }, ({ query, page, item }) => {
    assert<Equal<typeof query, string>>()
    assert<Equal<typeof page, number>>()
    assert<Equal<typeof item, Item>>()
    return [query, page.toFixed(), item.id] as const
  }),
  optional: safe(args({ page: z.number().optional() }, ({ page }) => page ?? 0)),
})

export async function calls() {
  const api = await get<typeof router>('http://local/', { transport: local(router) })
  await api.safe(1)
  await api.several(1, 'x')
  // @ts-expect-error A text is no number.
  await api.safe('x')
  // @ts-expect-error Likewise.
  await api.safeFor('x')
  // @ts-expect-error Likewise.
  await api.inline('x')
  // @ts-expect-error Likewise.
  await api.redirect('x')
  // @ts-expect-error Likewise.
  await api.allow('x')
  // @ts-expect-error Likewise.
  await api.doc('x')
  // @ts-expect-error Likewise.
  await api.verb('x')
  // @ts-expect-error Likewise.
  await api.names('x')
  // @ts-expect-error Likewise.
  await api.one('x')
  // @ts-expect-error Likewise.
  await api.oneDefault('x')
  // @ts-expect-error In another order.
  await api.several('x', 1)
  // @ts-expect-error Through two marks.
  await api.two('x')
  // @ts-expect-error And three.
  await api.three('x')
  // @ts-expect-error On a method.
  await api.Item(1).grown('x')
  const [query, page, id] = await api.byName({ query: 'x', item: api.Item(1) })
  assert<Equal<readonly [typeof query, typeof page, typeof id], readonly [string, string, number]>>()
  await api.byName(named({ query: 'x' }))
  await api.optional()
  await api.optional({})
  // @ts-expect-error The query is missing.
  await api.byName({ item: api.Item(1) })
  // @ts-expect-error A page is a number.
  await api.byName({ query: 'x', page: 'two', item: api.Item(1) })
  // @ts-expect-error There is no such name.
  await api.optional({ pgae: 1 })
}

// @ts-expect-error The schema gives a number, which the parameter does not take.
export const contradicted = args({ n: z.number() })((n: string) => n)
// @ts-expect-error No schema gives a date.
export const several = args({ n: z.number(), text: z.string() })((n: number, date: Date) => [n, date])
// @ts-expect-error A schema that completes gives a number all the same.
export const completed = args({ n: z.number().default(1) })((n: string) => n)
// @ts-expect-error By name: there is no `pages`.
export const misspelt = args({ page: z.number() }, ({ pages }) => pages)
