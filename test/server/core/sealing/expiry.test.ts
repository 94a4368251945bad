// URLs that expire: until then they are like any other; then they open nowhere, and a caller is told why.

import { expect, test, vi } from 'vitest'
import { get, local, named, type RemoteError, url as urlOf } from '../../../../client/index.js'
import { Duration } from '../../../../lib/values/duration.js'
import { type Form, Link } from '../../../../lib/values/nodes.js'
import { link, Router } from '../../../../server/index.js'
import { ask, logbook, origin } from '../../peer.js'
import { after, give, minute, now, pathOf, router, User } from './expiring.js'

test('a URL that expires leads there until then, and nowhere from then on', async () => {
  const path = await give('bob', 1)
  after(0.999)
  expect((await ask(router, `${path}bio`)).value).toBe('bob')
  after(1)
  for (const [at, question] of [
    ['', {}],
    ['bio', {}],
    ['rename', { args: { to: 'x' } }],
    ['nothing', {}],
    ['', { method: 'DELETE' }],
  ] as const) {
    const answer = await ask(router, path + at, question)
    expect([answer.status, (answer.value as { code: string }).code]).toEqual([403, 'expired'])
    expect(answer.text).toContain('this URL has expired')
  }
})

test.each([new Date(now + minute), new Duration({ seconds: 60 }), new Date(now + minute + 0.9)])(
  'what expires at %s does not a moment later',
  async expires => {
    const on = new Router(
      { User, give: () => link(new User('bob'), { expires }) },
      { secret: 'x'.repeat(32) },
    )
    const path = pathOf(((await ask(on, '/give/', { args: {} })).value as Link).url)
    after(1 - 1 / minute)
    expect((await ask(on, path)).status).toBe(200)
    after(1)
    expect((await ask(on, path)).status).toBe(403)
  },
)

test('a month from now is the same day of the next', async () => {
  const expires = new Duration({ months: 1 })
  const on = new Router({ User, give: () => link(new User('bob'), { expires }) }, { secret: 'x'.repeat(32) })
  const path = pathOf(((await ask(on, '/give/', { args: {} })).value as Link).url)
  vi.setSystemTime('2030-01-31T23:59:59Z')
  expect((await ask(on, path)).status).toBe(200)
  vi.setSystemTime('2030-02-01T00:00:00Z')
  expect((await ask(on, path)).status).toBe(403)
})

test.each([[Number.NaN], [new Date(Number.NaN)], ['tomorrow'], [60], [null]])(
  'a link cannot expire at %o',
  expires => {
    expect(() => link(new User('bob'), { expires: expires as unknown as Date })).toThrow(/^expires is/)
  },
)

test('links to members expire too; those to functions cannot', async () => {
  const [bio, rename] = (await ask(router, '/give_member/', { args: {} })).value as [Link, Form]
  const called = async () => [
    (await ask(router, pathOf(bio.url))).status,
    (await ask(router, pathOf(rename.url), { args: { to: 'x' } })).status,
  ]
  expect(await called()).toEqual([200, 200])
  after(1)
  expect(await called()).toEqual([403, 403])
  const on = new Router({}, { secret: 'x'.repeat(32), log: logbook().log })
  const hello = on.add('hello', () => 'hello')
  on.add('share', () => link(hello, { expires: new Date(now + minute) }))
  expect((await ask(on, '/share/', { args: {} })).status).toBe(500)
})

test('the end cannot be taken off, or put off', async () => {
  const path = await give('bob', 1)
  const state = Buffer.from(path.split('/')[2] as string, 'base64url')
  // 1 byte for the key, 16 for the tag, then the instant in 9.
  const without = Buffer.concat([state.subarray(0, 17), state.subarray(26)])
  const later = Buffer.from(state)
  later[19] = 0xff
  for (const forged of [without, later]) {
    const answer = await ask(router, `/User/${forged.toString('base64url')}/`)
    expect([answer.status, (answer.value as { code: string }).code]).toEqual([403, 'seal'])
  }
})

test('no cache keeps an answer that was reached by a URL that expires, or leads to one', async () => {
  const path = await give('bob', 1)
  const user = new Link({ url: `..${path}` })
  const answers = [
    await ask(router, path),
    await ask(router, `${path}bio`),
    await ask(router, `${path}friend`),
    await ask(router, `${path}photo`, { args: {} }),
    await ask(router, `${path}moved`, { args: {} }),
    await ask(router, '/echo/', { args: { value: user } }),
    await ask(router, '/kept/'),
    await ask(router, '/plain/'),
  ]
  const told = answers.map(({ headers }) => [headers.get('cache-control'), headers.has('etag')])
  expect(told).toEqual([...new Array(7).fill(['no-store', false]), ['private, max-age=60', true]])
})

test('a client goes on with what it got until the end, and is told then', async () => {
  const api = await get<typeof router>(`${origin}/`, { transport: local(router) })
  const link = await api.give('bob', 1)
  const bob = await link()
  expect(bob.id).toBe('bob')
  expect(await bob.rename('new').bio()).toBe('new')
  const stored = urlOf(bob)
  expect(await (await get<User>(stored, { transport: local(router) })).bio()).toBe('bob')
  after(1)
  const failure = (await bob.bio().catch((error: unknown) => error)) as RemoteError
  expect([failure.status, failure.code]).toEqual([403, 'expired'])
  expect(
    await api
      .give(named({ id: 'bob', minutes: 1 }))
      .then(again => again())
      .then(user => user.id),
  ).toBe('bob')
})
