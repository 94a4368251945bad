// Whatever is reached through a URL that expires ends with it, however it was reached: on pages and in results, by
// redirects, streams, arguments and steps, and on other servers.

import { expect, test } from 'vitest'
import { get, local, url as urlOf } from '../../../../client/index.js'
import { cbor } from '../../../../lib/codecs.js'
import { Duration } from '../../../../lib/values/duration.js'
import { Extension, Link, type Page } from '../../../../lib/values/nodes.js'
import { link, Router } from '../../../../server/index.js'
import { ask, construct, origin } from '../../peer.js'
import { after, give, pathOf, pathsIn, router, statuses, User } from './expiring.js'

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
