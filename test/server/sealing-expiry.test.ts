// URLs that expire: until then they are like any other; then they open nowhere; and whatever is reached through one
// ends with it, however it was reached.

import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { get, local, named, type RemoteError, url as urlOf } from '../../client/index.js'
import { cbor } from '../../lib/codecs.js'
import { Duration } from '../../lib/duration.js'
import { Extension, Form, Link, Page } from '../../lib/nodes.js'
import { created, form, inline, link, Resource, Router, redirect, safe } from '../../server/index.js'
import { ask, construct, logbook, origin } from './peer.js'

const now = Date.parse('2030-01-01T00:00:00Z')
const minute = 60_000

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now })
})
afterEach(() => {
  vi.useRealTimers()
})
const after = (minutes: number) => vi.setSystemTime(now + minutes * minute)

class User extends Resource {
  constructor(readonly id: string) {
    super()
  }
  get best(): unknown {
    return this.id === 'eve' ? null : new User('eve')
  }
  @safe bio() {
    return this.id
  }
  @inline likes(): unknown {
    return this.id === 'eve' ? [] : [new User('eve'), link(new User('eve'), 'rename')]
  }
  rename(to: string) {
    return new User(to)
  }
  @redirect moved() {
    return new User('moved')
  }
  @safe friend() {
    return new User('friend')
  }
  friends(): unknown {
    return [
      { of: new Map([[1, Promise.resolve([new User('eve')])]]) },
      link(new User('tef'), 'bio'),
      created(this),
    ]
  }
  *all() {
    yield new User('one')
    yield Promise.resolve([new User('two')])
  }
  photo() {
    return null
  }
  share(minutes: number) {
    return link(new User('shared'), { expires: new Duration({ minutes }) })
  }
}
const shared = new User('shared')

const router = new Router(
  {
    User,
    give: (id: string, minutes: number) =>
      link(new User(id), { expires: new Date(Date.now() + minutes * minute) }),
    give_member: () => [
      link(new User('bob'), 'bio', { expires: new Duration({ minutes: 1 }) }),
      form(new User('bob'), 'rename', { expires: new Duration({ minutes: 1 }) }),
    ],
    echo: (value: unknown) => value,
    nested: (value: unknown) => ({ deep: [Promise.resolve(new Map([['it', value]]))] }),
    fresh: (value: unknown) => value && new User('fresh'),
    cached: (value: unknown) => value && shared,
    make: (value: unknown) => value && created(new User('made')),
    goto: redirect((value: unknown) => value && new User('gone to')),
    kept: safe({ maxAge: 60 })(() => link(new User('bob'), { expires: new Duration({ minutes: 1 }) })),
    plain: safe({ maxAge: 60 })(() => link(new User('bob'))),
    find: redirect((name: string) => new User(name)),
    hello: () => 'hello',
    share_function: () => link(router, { expires: new Date() }),
  },
  {
    secret: 'a secret for these tests, of more than 32 bytes',
    pipeline: true,
    log: logbook().log,
  },
)

const pathOf = (url: unknown) => new URL(url as string, origin).pathname
const give = async (id: string, minutes: number) =>
  pathOf(((await ask(router, '/give/', { args: { id, minutes } })).value as Link).url)

/** The paths of all that is on an answer. */
function pathsIn(value: unknown): string[] {
  if (value instanceof Page || value instanceof Link || value instanceof Form) {
    const own = /\/User\/./.test(value.url ?? '') ? [pathOf(value.url)] : []
    return [...own, ...pathsIn(value.content)]
  }
  if (value instanceof Map) return [...value.values()].flatMap(pathsIn)
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(pathsIn) : []
}

/** Statuses of GET for each path; a form's is asked without its arguments. */
const statuses = async (paths: readonly string[]) =>
  Promise.all(paths.map(async path => (await ask(router, path)).status))

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

const ways: [what: string, at: string, args: object | undefined, least: number][] = [
  ['its own page, and what is drawn in it', '', undefined, 3],
  ['a page that a link leads to', 'friend', undefined, 3],
  ['a page that a form gives', 'rename', { to: 'new' }, 3],
  ['what a form gives, deep inside and later', 'friends', {}, 3],
  ['an inline result by itself', 'likes', undefined, 2],
]

test.each(ways)('what is reached through a URL that expires ends with it: %s', async (_, at, args, least) => {
  const path = await give('bob', 1)
  const answer = await ask(router, path + at, args === undefined ? {} : { args })
  expect(answer.status).toBe(200)
  const paths = pathsIn(answer.value)
  expect(paths.length).toBeGreaterThanOrEqual(least)
  expect(new Set(await statuses(paths))).not.toContain(403)
  after(1)
  expect(new Set(await statuses(paths))).toEqual(new Set([403]))
})

test('redirects inherit, and so does what was made', async () => {
  const path = await give('bob', 1)
  const user = new Link({ url: `..${path}` })
  const answers = [
    await ask(router, `${path}moved`, { args: {} }),
    await ask(router, '/goto/', { args: { value: user } }),
    await ask(router, '/make/', { args: { value: user } }),
    await ask(router, '/User/', { args: { id: user } }),
  ]
  expect(answers.map(({ status }) => status)).toEqual([303, 303, 201, 303])
  const places = ['/User/x/moved', '/goto/', '/make/', '/User/']
  const paths = answers.map(
    ({ location }, index) => new URL(location as string, origin + (places[index] as string)).pathname,
  )
  paths[0] = new URL(answers[0]?.location as string, `${origin}${path}moved`).pathname
  expect(await statuses(paths)).toEqual([200, 200, 200, 200])
  after(1)
  expect(await statuses(paths)).toEqual([403, 403, 403, 403])
})

test('the items of a stream inherit', async () => {
  const api = await get<User>(origin + (await give('bob', 1)), { transport: local(router) })
  const paths: string[] = []
  for await (const item of api.all()) paths.push(pathOf(urlOf([item].flat()[0] as object)))
  expect(await statuses(paths)).toEqual([200, 200])
  after(1)
  expect(await statuses(paths)).toEqual([403, 403])
})

test('an argument that expires is refused afterwards, and what comes of it ends with it', async () => {
  const path = await give('bob', 1)
  const link = new Link({ url: `..${path}` })
  const one = (name: string) => ask(router, `/${name}/`, { args: { value: [link] } })
  const paths: string[] = []
  for (const name of ['echo', 'nested', 'fresh', 'cached']) paths.push(...pathsIn((await one(name)).value))
  expect(paths.length).toBeGreaterThanOrEqual(4)
  expect(new Set(await statuses(paths))).not.toContain(403)
  after(1)
  expect(new Set(await statuses(paths))).toEqual(new Set([403]))
  const late = await one('echo')
  expect([late.status, (late.value as { code: string }).code]).toEqual([403, 'expired'])
  // What the application keeps itself is not marked for ever.
  expect(await statuses([await construct(router, 'User', { id: 'shared' })])).toEqual([200])
  const again = await ask(router, '/cached/', { args: { value: 1 } })
  expect(await statuses([pathOf((again.value as Page).url)])).toEqual([200])
})

test('the earlier of two ends counts, and a link cannot be put off by its own', async () => {
  const path = await give('bob', 2)
  const sooner = (await ask(router, `${path}share`, { args: { minutes: 1 } })).value as Link
  const later = (await ask(router, `${path}share`, { args: { minutes: 60 } })).value as Link
  const both = [pathOf(sooner.url), pathOf(later.url)]
  after(1)
  expect(await statuses(both)).toEqual([403, 200])
  after(2)
  expect(await statuses(both)).toEqual([403, 403])
})

/** Steps by hand, and the paths of what each answers. */
async function walk(
  steps: unknown[],
  brief: number[] = [],
): Promise<{ statuses: number[]; paths: string[][] }> {
  const type = 'application/vnd.hyperglyph+cbor'
  const request = { args: { steps, brief }, type, accept: type }
  const { bytes } = await ask(router, '/_pipeline', request)
  const items: unknown[] = []
  const source = (async function* () {
    yield bytes
  })()
  const root = (await cbor.decodeStream(source, { baseUrl: `${origin}/_pipeline` })) as AsyncIterable<unknown>
  for await (const item of root) items.push(item)
  const answers = items.filter(Array.isArray).sort(([one], [other]) => one - other)
  return {
    statuses: answers.map(([, status]) => status),
    paths: answers.map(([, status, value]) =>
      status === 303 ? [pathOf(new URL(value as string, `${origin}/_pipeline`).href)] : pathsIn(value),
    ),
  }
}

test('each step of a pipeline inherits from what it was reached by, and from nothing else', async () => {
  const path = await give('bob', 1)
  const result = (step: number) => new Extension('result', { step })
  const expiring = new Link({ url: `.${path}` })
  const forever = await construct(router, 'User', { id: 'tef' })
  const steps = [
    [`.${path}`, {}],
    [0, 'best'],
    [0, 'rename', ['new']],
    [0, 'friends', []],
    ['./echo/', { value: expiring }],
    ['./nested/', { value: result(0) }],
    ['./fresh/', { value: [result(1)] }],
    ['./find/', { name: 'permanent' }],
    [`.${forever}`, {}],
    [8, 'friends', []],
    ['./cached/', { value: expiring }],
    ['./echo/', { value: [result(0)] }],
    [11, [[0, 'rename', ['mapped']]], new Extension('result', { step: 1 })],
    ['./goto/', { value: expiring }],
    ['./hello/', {}],
  ]
  const { statuses: given, paths } = await walk(steps, [0, 13])
  expect(given).toEqual([303, ...new Array(12).fill(200), 303, 200])
  expect(paths.map(each => each.length > 0)).toEqual([...new Array(14).fill(true), false])
  const ended = () => Promise.all(paths.map(async each => (await statuses(each)).includes(403)))
  expect(await ended()).toEqual(new Array(15).fill(false))
  after(1)
  // Steps 7 to 9 have nothing to do with the URL that expires, and 14 gives no object.
  expect(await ended()).toEqual(Array.from(steps, (_, step) => (step < 7 || step > 9) && step !== 14))
  const late = await walk([
    [`.${path}`, {}],
    ['./echo/', { value: expiring }],
    ['./hello/', {}],
  ])
  expect(late.statuses).toEqual([403, 403, 200])
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

test('objects on other servers inherit as well', async () => {
  const secret = 'a secret for these tests, of more than 32 bytes'
  const make = (options: object) =>
    new Router(
      { User, give: () => link(new User('bob'), { expires: new Duration({ minutes: 1 }) }) },
      { secret, locate: () => 'http://b.example/', ...options },
    )
  const [near, far] = [make({}), make({ origins: ['http://b.example/'] })]
  const { url } = (await ask(near, '/give/', { args: {} })).value as Link
  expect(url).toMatch(/^http:\/\/b\.example\/User\//)
  const path = pathOf(url)
  const moved = await ask(near, path)
  expect([moved.status, moved.location, moved.headers.get('cache-control')]).toEqual([303, url, 'no-store'])
  expect((await ask(far, path)).status).toBe(200)
  after(1)
  expect([(await ask(near, path)).status, (await ask(far, path)).status]).toEqual([403, 403])
})

test('where sealing is being turned off, what expires goes on to', async () => {
  const secret = 'a secret for these tests, of more than 32 bytes'
  const on = new Router({ User }, { secret: [false, secret] })
  const path = await give('bob', 1)
  const paths = pathsIn((await ask(on, path)).value)
  expect(paths.length).toBeGreaterThan(2)
  after(1)
  for (const each of paths) expect((await ask(on, each)).status).toBe(403)
})
