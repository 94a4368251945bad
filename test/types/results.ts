// What calls resolve to.

import type { Call, Remote, RemoteFunction, RemotePage } from '../../client/remote.js'
import type { Blob } from '../../lib/values/blob.js'
import type { Duration } from '../../lib/values/duration.js'
import type { Link } from '../../lib/values/nodes.js'
import type { Admin, Api, Color, Email, Json, Marker, Queue, Tree, User } from './api.js'
import { assert, type Equal, refute } from './equal.js'
import { get } from './hyperglyph.js'

const api = await get<Api>('http://localhost:8000/')
type Page = typeof api
/** What a function of the API resolves to. */
type Result<Name extends keyof Page> = Page[Name] extends (...args: never) => Promise<unknown>
  ? Page[Name] extends RemoteFunction<infer _P, infer R>
    ? Remote<Awaited<R>>
    : 'not remote'
  : 'no function'

// Functions, classes and namespaces.
assert<Equal<Page['hello'], RemoteFunction<[name?: string | undefined], string>>>()
assert<Equal<Page['User'], RemoteFunction<[id: string], User>>>()
assert<Equal<Page['admin'], RemotePage<{ reset: () => true; deep: { echo: (text: string) => string } }>>>()
const echo = await api.admin.deep.echo('x')
assert<Equal<typeof echo, string>>()
const reset = await api.admin.reset()
assert<Equal<typeof reset, true>>()
const greeting = await api.hello()
assert<Equal<typeof greeting, string>>()
assert<Equal<ReturnType<Page['add']>, Call<number>>>()

// Pages.
const bob = await api.find_user('bob')
assert<Equal<typeof bob, Remote<User>>>()
assert<Equal<typeof bob, RemotePage<User>>>()
const made = await api.User('bob')
assert<Equal<typeof made, Remote<User>>>()
assert<
  Equal<
    keyof Remote<User>,
    | 'id'
    | 'title'
    | 'nickname'
    | 'email'
    | 'joined'
    | 'bio'
    | 'message'
    | 'friends'
    | 'follow'
    | 'self'
    | 'best'
  >
>()
assert<Equal<keyof Remote<Queue>, 'length' | 'push' | 'owner' | 'latest'>>()
assert<Equal<keyof Remote<Marker>, 'x'>>()
assert<Equal<keyof Remote<Admin>, keyof Remote<User> | 'ban'>>()
assert<Equal<(typeof bob)['id'], string>>()
assert<Equal<(typeof bob)['title'], string>>()
assert<Equal<(typeof bob)['joined'], Date>>()
assert<Equal<(typeof bob)['email'], string | null>>()
assert<Equal<Pick<typeof bob, 'nickname'>, { readonly nickname?: string | null }>>()
const nickname = bob.nickname ?? 'none'
assert<Equal<typeof nickname, string>>()
assert<Equal<(typeof bob)['message'], RemoteFunction<[subject: string, body?: string], void>>>()
const [friend] = await bob.friends()
assert<Equal<typeof friend, Remote<User> | undefined>>()
const self = await bob.self()
assert<Equal<typeof self, Remote<User>>>()
const found = await api.find_async('bob')
assert<Equal<typeof found, Remote<User>>>()
const opened = await api.Queue()
assert<Equal<(typeof opened)['latest']['owner'], Remote<User>>>()
const stored = await get<User>('http://localhost:8000/User/x/')
assert<Equal<typeof stored, Remote<User>>>()
const plain = await get<{ hello: () => string }>('http://localhost:8000/')
assert<Equal<Awaited<ReturnType<typeof plain.hello>>, string>>()
const untyped = await get('http://localhost:8000/')
// biome-ignore lint/suspicious/noExplicitAny: the point of the assertion.
assert<Equal<typeof untyped, any>>()

// Nothing, and what may be nothing.
assert<Equal<Result<'nothing'>, null>>()
assert<Equal<Result<'absent'>, string | null>>()
assert<Equal<Result<'maybe_user'>, Remote<User> | null>>()
assert<Equal<Result<'fail'>, never>>()

// Plain data.
assert<Equal<Result<'big'>, number | bigint>>()
assert<Equal<Result<'bytes'>, Uint8Array<ArrayBuffer>>>()
assert<Equal<Result<'day'>, Date>>()
assert<Equal<Result<'wait'>, Duration>>()
assert<Equal<Result<'names'>, Set<string>>>()
assert<Equal<Result<'index'>, Map<string, Remote<User>>>>()
assert<Equal<Result<'team'>, Remote<User>[]>>()
assert<Equal<Result<'frozen'>, number[]>>()
assert<Equal<Result<'pair'>, [user: Remote<User>, weight: number]>>()
assert<Equal<Result<'spread'>, [string, ...number[]]>>()
const point = await api.point({ x: 1, y: 2, note: undefined })
assert<
  Equal<
    { [K in keyof typeof point]: (typeof point)[K] },
    { x: number; readonly y: number; label?: string | undefined; note: string | undefined }
  >
>()
const row = await api.row()
assert<Equal<keyof typeof row, '_id' | 'context' | 'extra'>>()
// biome-ignore lint/suspicious/noExplicitAny: the point of the assertion.
assert<Equal<typeof row.extra, any>>()
const scores = await api.scores()
assert<Equal<(typeof scores)[string], Remote<User>>>()
const tree = await api.tree({ name: 'root', children: [{ name: 'leaf', children: [] }] })
const deep = tree.children[0]?.children[0]?.parent?.children[0]
assert<Equal<NonNullable<typeof deep>['name'], string>>()
const copy: Tree = tree as Remote<Tree> & Tree
assert<Equal<(typeof copy)['name'], string>>()
const json: Json = await api.json([1, { a: [null] }])
assert<Equal<Json extends Remote<Json> ? true : false, true>>()
assert<Equal<Result<'color'>, Color>>()
assert<Equal<Result<'level'>, 'low' | 'high'>>()
assert<Equal<Result<'key'>, `user-${number}`>>()
assert<Equal<Result<'email'>, Email>>()
assert<Equal<Result<'whatever'>, unknown>>()
// biome-ignore lint/suspicious/noExplicitAny: the point of the assertion.
assert<Equal<Result<'anything'>, any>>()
// biome-ignore lint/suspicious/noExplicitAny: the point of the assertion.
refute<Equal<Result<'whatever'>, any>>()

// What TypeScript cannot tell: type parameters, and which overload.
assert<Equal<Result<'identity'>, unknown>>()
assert<Equal<Result<'overloaded'>, number>>()

// Streams, functions, classes, links, blobs.
assert<Equal<Result<'numbers'>, AsyncIterable<number>>>()
assert<Equal<Result<'count'>, AsyncIterable<number | bigint>>>()
assert<Equal<Result<'pick'>, RemoteFunction<[name: string], User>>>()
assert<Equal<Result<'kind'>, RemoteFunction<[id: string], User>>>()
assert<Equal<Result<'visit'>, Link>>()
assert<Equal<Result<'upload'>, Blob>>()
assert<Equal<Result<'platform'>, Blob>>()
assert<Equal<Result<'make'>, Remote<User>>>()
assert<Equal<Result<'about'>, RemoteFunction<[], string>>>()
const written = await api.writer(bob)
assert<Equal<(typeof written)['message'], RemoteFunction<[subject: string, body?: string], void>>>()
assert<Equal<(typeof written)['user'], Remote<User>>>()
assert<Equal<keyof Result<'sealed'>, never>>()

export { json }
