// Methods without a rule of their own: in a class with one they are for those whom it lets in, on every way to them; in a
// class without one, for everybody, or whom the router's `allow` says.

import { expect, test } from 'vitest'
import { encodeCanonical } from '../../../../lib/cbor/index.js'
import { Link } from '../../../../lib/values/nodes.js'
import { allow, anyone, inline, link, Router, type RouterOptions, safe } from '../../../../server/index.js'
import { ask, logbook } from '../../peer.js'

let ran: string[] = []
const did = (what: string) => {
  ran.push(what)
  return what
}

class Base {
  constructor(readonly id: string) {}
  inherited() {
    return did('inherited')
  }
}
class Ruled extends Base {
  plain() {
    return did('plain')
  }
  @safe read() {
    return did('read')
  }
  @inline shown() {
    return did('shown')
  }
}
allow('clerk')(Ruled)
class Derived extends Ruled {
  added() {
    return did('added')
  }
}
class Open extends Base {
  plain() {
    return did('plain')
  }
  @allow('clerk') ruled() {
    return did('ruled')
  }
}

const { log } = logbook()
const options: RouterOptions = {
  pipeline: true,
  log,
  identify: request => {
    const name = request.headers.get('x-name')
    return name === null ? undefined : { name, rights: name === 'tef' ? ['clerk'] : [] }
  },
}
const router = new Router(
  {
    Ruled,
    Derived,
    Open,
    ruled: () => new Ruled('a'),
    list: () => [[new Ruled('a')], { in: new Derived('a') }],
    take: (fn: () => unknown) => fn(),
    front: safe({ public: true, maxAge: 60 })(() => new Open('a')),
    links: safe({ public: true, maxAge: 60 })(() => link(new Open('a'), 'plain')),
  },
  options,
)

const segment = Buffer.from(encodeCanonical({ id: 'a' })).toString('base64url')
type Way = (to: Router, type: string, name: string, headers: Record<string, string>) => Promise<number>
const piped = async (to: Router, steps: unknown[], headers: Record<string, string>) => {
  const { value } = await ask(to, '/_pipeline', { args: { steps }, headers })
  const answers: number[] = []
  for await (const item of value as AsyncIterable<unknown>)
    if (Array.isArray(item)) answers[item[0] as number] = item[1] as number
  return answers.at(-1) as number
}
const ways: Record<string, Way> = {
  'a request': async (to, type, name, headers) =>
    (await ask(to, `/${type}/${segment}/${name}`, { args: {}, headers })).status,
  'a step': (to, type, name, headers) => piped(to, [[`./${type}/${segment}/${name}`, {}]], headers),
  'a step to what another gave': (to, type, name, headers) =>
    piped(
      to,
      [
        [`./${type}/${segment}/`, {}],
        [0, name, []],
      ],
      headers,
    ),
  'an argument': async (to, type, name, headers) =>
    (await ask(to, '/take/', { args: { fn: new Link({ url: `../${type}/${segment}/${name}` }) }, headers }))
      .status,
  'an argument of a step': (to, type, name, headers) =>
    piped(to, [['./take/', { fn: new Link({ url: `./${type}/${segment}/${name}` }) }]], headers),
}

const members = [
  ['Ruled', 'plain'],
  ['Ruled', 'read'],
  ['Ruled', 'shown'],
  ['Ruled', 'inherited'],
  ['Derived', 'added'],
  ['Derived', 'plain'],
  ['Derived', 'inherited'],
] as const
test.each(Object.keys(ways).flatMap(way => members.map(([type, name]) => [way, type, name] as const)))(
  'by %s, %s.%s is for those whom its class lets in',
  async (way, type, name) => {
    const call = ways[way] as Way
    ran = []
    expect([await call(router, type, name, {}), await call(router, type, name, { 'x-name': 'eve' })]).toEqual(
      [401, 403],
    )
    expect(ran).toEqual([])
    expect([await call(router, type, name, { 'x-name': 'tef' }), ran.includes(name)]).toEqual([200, true])
  },
)

test.each(Object.keys(ways))(
  'by %s, a class without a rule is for everybody, whatever its methods say',
  async way => {
    const call = ways[way] as Way
    for (const name of ['plain', 'inherited']) expect(await call(router, 'Open', name, {})).toBe(200)
    expect(await call(router, 'Open', 'ruled', {})).toBe(401)
    const strict = new Router(
      { Open, take: allow(anyone)((fn: () => unknown) => fn()) },
      { ...options, allow: [] },
    )
    expect(await call(strict, 'Open', 'plain', {})).toBe(401)
    expect(await call(strict, 'Open', 'plain', { 'x-name': 'eve' })).toBe(200)
  },
)

test('objects of a class with a rule show nothing to others, and run nothing, where they are drawn', async () => {
  ran = []
  for (const path of ['/ruled/', '/list/']) {
    const { status, text } = await ask(router, path, { args: {}, headers: { 'x-name': 'eve' } })
    expect([status, /plain|shown|inherited/.test(text)]).toEqual([200, false])
  }
  expect(ran).toEqual([])
})

test('what is public for caches, and shows what its caller may call, is kept by none of them', async () => {
  const cachingOf = async (path: string, headers = {}) =>
    (await ask(router, path, { headers })).headers.get('cache-control')
  for (const headers of [{}, { 'x-name': 'eve' }, { 'x-name': 'tef' }])
    expect(await cachingOf('/front/', headers)).toBe('private, no-cache')
  expect(await cachingOf('/links/')).toBe('public, max-age=60')
})
