// People with a message box, found by a redirect, on two servers: A to M live in the north, N to Z in the south.
// The client knows one URL. Where somebody lives is said by the links it gets, so it can change at any time.

import { Fault, Resource, Router, redirect, type Server, safe, serve, url } from 'hyperglyph'
import { get } from 'hyperglyph/client'

interface Message {
  subject: string
  body: string
}

/** What a database would keep. */
const boxes = new Map<string, Message[]>([
  ['bob', []],
  ['tef', []],
])

class User extends Resource {
  readonly id: string

  constructor(id: string) {
    super()
    this.id = id
  }

  /** A getter is data, as it is when the page is drawn. */
  get unread(): number {
    return this.#box.length
  }

  @safe inbox(): Message[] {
    return this.#box
  }

  message(subject: string, body = ''): void {
    this.#box.push({ subject, body })
  }

  get #box(): Message[] {
    const box = boxes.get(this.id)
    if (box === undefined) throw new Fault(`nobody is called ${this.id}`, { code: 'not_found', status: 404 })
    return box
  }
}

const shards: { north?: Server; south?: Server } = {}
const shardOf = (id: string) => (id < 'n' ? 'north' : 'south')

const members = {
  User,
  find_user: redirect((name: string) => new User(name)),
  /** Takes a user, by reference: the page that a client got comes back as the object. */
  subjects: safe((user: User) => user.inbox().map(({ subject }) => subject)),
}
const options = { locate: (user: User) => shards[shardOf(user.id)]?.url }
shards.north = await serve(new Router(members, options), { port: 0 })
shards.south = await serve(new Router(members, options), { port: 0 })

const nameOf = (page: object) => (url(page).startsWith(shards.north?.url ?? '?') ? 'north' : 'south')

const api = await get<Router<typeof members>>(shards.north.url)

const bob = await api.find_user('bob')
console.log(`${bob.id} lives in the ${nameOf(bob)}`)
await bob.message('lol', 'feels good man')
await bob.message('again')

// Asked of the north, answered with a redirect to the south, followed by the client.
const tef = await api.find_user('tef')
console.log(`${tef.id} lives in the ${nameOf(tef)}`)
await tef.message('hypermedia')

console.log('bob has', await bob.inbox())
console.log('tef has', await tef.inbox())
console.log('by reference:', await api.subjects(bob))

// A URL can be stored, and is a page again later. Its data are as they are now.
const stored = url(bob)
const later = await get<User>(stored)
console.log(`${later.id} has ${later.unread} messages, and had ${bob.unread}`)

try {
  await api.find_user('nobody')
} catch (error) {
  console.log((error as Error).message)
}

await shards.north.close()
await shards.south.close()
