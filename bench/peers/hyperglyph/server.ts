// Ours: functions and classes of a router, served as the README shows it.

import { type Blob, blob, serve as listen, Router } from 'hyperglyph'
import { type Account, accountOf, friends, greeting, items, pieces, rows, sizeOf } from '../../data.js'
import type { Serve } from '../../peer.js'

class Person {
  constructor(readonly id: string) {}
  name() {
    return this.id
  }
}

class User {
  constructor(readonly id: string) {}
  profile() {
    return new Person(this.id)
  }
}

/** The page: its fields, and what can be done with it, which the other peers don't send. */
class Member implements Account {
  declare readonly name: string
  declare readonly email: string
  declare readonly title: string
  declare readonly company: string
  declare readonly city: string
  declare readonly country: string
  declare readonly phone: string
  declare readonly bio: string
  declare readonly language: string
  declare readonly timezone: string
  declare readonly age: number
  declare readonly followers: number
  declare readonly following: number
  declare readonly score: number
  declare readonly balance: number
  declare readonly active: boolean
  declare readonly verified: boolean
  declare readonly created: Date
  declare readonly avatar: Uint8Array
  readonly id: string

  constructor(id: string) {
    this.id = id
    Object.assign(this, accountOf(id))
  }
  rename(name: string) {
    return name
  }
  message(subject: string, body = '') {
    return subject + body
  }
  follow() {
    return true
  }
  block(reason = '') {
    return reason
  }
}

const router = new Router({
  Person,
  User,
  Member,
  hello: (name: string) => greeting(name),
  find_user: (name: string) => new User(name),
  member: (id: string) => new Member(id),
  friends: () => friends.map(name => new Person(name)),
  rows: () => rows,
  download: () => blob(pieces()),
  upload: (data: Blob) => sizeOf(data.chunks()),
  *items(count: number) {
    yield* items(count)
  },
})
export type Api = typeof router

export const serve: Serve = async () => (await listen(router, { port: 0 })).url
