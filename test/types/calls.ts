// How the client calls, what it may pass, and what the compiler refuses.

import type { Call, Remote, RemoteFunction } from '../../client/remote.js'
import { blob } from '../../lib/values/blob.js'
import { Duration } from '../../lib/values/duration.js'
import { Link } from '../../lib/values/nodes.js'
import { type Api, Color, type Email, type User } from './api.js'
import { assert, type Equal, type Fits, refute } from './equal.js'
import { call, get, named, url, withOptions } from './hyperglyph.js'

const api = await get<Api>('http://localhost:8000/')
const bob = await api.User('bob')
const pending = api.find_user('bob')

// Calls before they settle.
assert<Equal<typeof pending, Call<Remote<User>>>>()
const bio = api.find_user('bob').bio()
assert<Equal<typeof bio, Call<string>>>()
assert<Equal<typeof pending.id, Call<string>>>()
assert<Equal<typeof pending.email, Call<string | null>>>()
assert<Equal<typeof pending.nickname, Call<string | null>>>()
assert<Equal<Awaited<typeof pending.joined>, Date>>()
assert<Equal<Awaited<typeof pending>, Remote<User>>>()
const last = await api.find_user('a').follow(api.find_user('b')).self().follow(bob).bio()
assert<Equal<typeof last, string>>()
const owner = api.Queue().owner().bio()
assert<Equal<typeof owner, Call<string>>>()
const nested = api.Queue().latest.owner.bio()
assert<Equal<typeof nested, Call<string>>>()
const size = api.Queue().latest.size
assert<Equal<typeof size, Call<number>>>()
const either = api.either().bio()
assert<Equal<typeof either, Call<string>>>()
const x = api.point({ x: 1, y: 2, note: undefined }).x
assert<Equal<typeof x, Call<number>>>()
for await (const number of api.numbers()) assert<Equal<typeof number, number>>()
const settled: Promise<Remote<User>> = pending
const caught = pending.catch(() => null)
assert<Equal<Awaited<typeof caught>, Remote<User> | null>>()
const all = await Promise.all([api.hello(), api.add(1, 2), pending])
assert<Equal<typeof all, [string, number, Remote<User>]>>()
refute<Fits<Promise<string>, Call<string>>>()
assert<Fits<Call<Remote<User>>, Call<Remote<User> | null>>>()

// @ts-expect-error what may be null is awaited first
api.maybe_user('bob').bio()
const maybe = await api.maybe_user('bob')
// @ts-expect-error and checked
maybe.bio()
await maybe?.bio()
// @ts-expect-error a list is awaited first
api.team([]).length
// But its items can be walked.
const bios = api.team([]).map(member => member.bio())
assert<Equal<Awaited<typeof bios>, string[]>>()
const records = await api.team([]).map(member => ({ id: member.id, bio: member.bio(), fixed: 1 }))
assert<Equal<typeof records, { id: string; bio: string; fixed: number }[]>>()
// @ts-expect-error an item has no such method
api.team([]).map(member => member.nosuch())
// @ts-expect-error a call is no function
api.pick()('bob')
await (await api.pick())('bob').bio()
await (await api.about(bob))()
// @ts-expect-error a scalar has no members to go on with
api.hello().length

// Pages, calls of them and values as arguments.
await api.writer(bob)
await api.writer(pending)
await api.writer(await api.Admin('root'))
await api.writer(api.Admin('root'))
await api.team([bob, pending, api.User('c')])
await api.pair([pending, 1])
await api.index(new Map([['bob', bob]]))
await api.index(new Map([['bob', pending]]))
await api.names(new Set(['a']))
await api.names(api.names(new Set<string>()))
await api.add(api.add(1, 2), 3)
await api.admin.deep.echo(pending.id)
await api.point({ x: api.add(1, 2), y: 2, note: 'x' })
await api.point(api.point({ x: 1, y: 2, note: undefined }))
await api.tree({ name: api.hello(), children: [{ name: 'leaf', children: [] }] })
await api.tree(await api.tree({ name: '', children: [] }))
await api.json({ a: [1, 'b', null, { c: true }] })
await api.big(1)
await api.big(1n)
await api.bytes(new Uint8Array(1))
await api.bytes(Buffer.from('x'))
await api.wait(new Duration({ seconds: 1 }))
await api.color(Color.Red)
await api.level('low')
await api.key('user-1')
await api.email('a@b.c' as Email)
await api.whatever(bob)
await api.anything(pending)
await api.identity([bob])
await api.overloaded(1)
await api.upload(blob('text'))
await api.upload(new Blob(['text']))
await api.upload(api.upload(blob('text')))
await api.platform(new Blob(['text']))
await api.visit(new Link({ url: 'http://localhost/' }))
await api.visit(bob)
await api.visit(bob.bio)
await api.visit(api.User)
await api.Queue().push({ body: 'x', tags: ['a'] })
const frozenTags: readonly string[] = ['a']
await api.Queue().push({ body: 'x', tags: frozenTags })
await bob.message('a', undefined)

// @ts-expect-error wrong type
await api.hello(1)
// @ts-expect-error a call of the wrong type
await api.hello(api.add(1, 2))
// @ts-expect-error a promise of one's own is no call
await api.hello(Promise.resolve('x'))
// @ts-expect-error a call that may be null, where one may leave the argument out
await api.hello(pending.email)
// @ts-expect-error missing
await api.add(1)
// @ts-expect-error surplus
await api.add(1, 2, 3)
// @ts-expect-error surplus where there are none
await bob.bio('x')
// @ts-expect-error unknown function
await api.hallo()
// @ts-expect-error unknown member of a call
await api.find_user('bob').biography()
// @ts-expect-error a class is called without new
new api.User('bob')
// @ts-expect-error a constructor's parameters count too
api.User()
// @ts-expect-error static members stay on the server
api.User.count
// @ts-expect-error private
bob.audit()
// @ts-expect-error protected
bob.seen
// @ts-expect-error a leading underscore
bob._hidden()
// @ts-expect-error the request's context
bob.context
// @ts-expect-error a page is no promise
api.Queue().then().length
// @ts-expect-error a page's data is the server's
bob.id = 'alice'
// @ts-expect-error a router's own members are not the page's
api.fetch
// @ts-expect-error not a page of the class
await api.writer(await api.Queue())
// @ts-expect-error a dict is no object of the server
await api.writer({ id: 'bob' })
// @ts-expect-error the class above where the one below is expected
await get<{ only: (admin: import('./api.js').Admin) => void }>('').then(page => page.only(bob))
// @ts-expect-error one wrong item
await api.team([bob, 'alice'])
// @ts-expect-error a misspelt property
await api.point({ x: 1, y: 2, note: 'x', lable: 'y' })
// @ts-expect-error the wrong type deep inside
await api.tree({ name: 'a', children: [{ name: 1, children: [] }] })
// @ts-expect-error not one of the literals
await api.level('medium')
// @ts-expect-error a link is no string
await api.visit('http://localhost/')
// @ts-expect-error a closure cannot travel
await api.listen((event: string) => console.log(event))
await api.listen(api.admin.deep.echo)

// Arguments by name, options, and members by name.
await api.hello(named({ name: 'x' }))
await bob.message(named({ subject: 'x', body: 'y' }))
await api.add(named({ a: 1, b: 2 }))
// @ts-expect-error alone, or not at all
await api.add(named({ a: 1 }), 2)
const patient = withOptions(bob, { timeout: 100 })
assert<Equal<typeof patient, Remote<User>>>()
assert<Equal<ReturnType<typeof url>, string>>()
url(bob)
const reached = call(bob, 'message', 'a', 'b')
assert<Equal<typeof reached, Call<null>>>()
const further = call(pending, 'bio')
assert<Equal<typeof further, Call<string>>>()
const unknown = call(bob, 'added_later', 1)
assert<Equal<typeof unknown, Call<unknown>>>()
const taken = call(await api.Queue(), 'then')
assert<Equal<typeof taken, Call<unknown>>>()
// @ts-expect-error known names are checked
call(bob, 'message', 1)

// Remote functions are values.
const say: RemoteFunction<[name?: string], string> = api.hello
const parameters: Parameters<typeof say> | undefined = undefined

export { parameters, settled }
