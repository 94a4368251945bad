// The releases of test/upgrade: ten changes of test/evolution.test.ts, one after the other. Two that follow each other
// run side by side for a while, so what one release draws, the one before must know: where a change gives objects
// other URLs, the release before it answers them already (spec/operations.md).

import { appendFileSync } from 'node:fs'
import { Hono } from 'hono'
import type { Blob } from '../../lib/values/blob.js'
import { args, type Fetcher, inline, Resource, Router, redirect, safe } from '../../server/index.js'

export interface Surroundings {
  /** The file of what has been done: a line for each call. */
  readonly ledger: string
  /** URLs of the hosts that objects live on, when they don't live here. */
  readonly hosts: readonly string[]
  /** URLs of all hosts: a page of any of them can be an argument of a call at any other. */
  readonly origins: readonly string[]
  /** Do they always live there, by their names, and each release elsewhere? Else they move, and come back. */
  readonly sharded: boolean
}

export const releaseCount = 11

/** The first release has the number 0. */
export function releaseOf(number: number, { ledger, hosts, origins, sharded }: Surroundings): Fetcher {
  // Appending is one write, so that lines of several processes don't mix.
  const done = (line: string) => appendFileSync(ledger, `${line}\n`)

  class User extends Resource {
    constructor(readonly id: string) {
      super()
    }
    get mail() {
      return `${this.id}@example.org`
    }
    @safe bio() {
      return `the life of ${this.id}`
    }
    @args('subject', 'body') message(subject: string, body = '') {
      done(`${subject} ${this.id}${body}`)
      return `${subject} to ${this.id}`
    }
    @args('person') friend(person: string) {
      return Reflect.construct(this.constructor, [person]) as User
    }
  }

  class UrgentUser extends User {
    @args('subject', 'body', 'urgent') override message(subject: string, body = '', urgent = false) {
      return super.message(urgent ? subject.toUpperCase() : subject, body)
    }
  }

  class ActiveUser extends UrgentUser {
    readonly since = 2012
    @args('reason') block(reason: string) {
      return reason
    }
    @redirect @args('person') override friend(person: string) {
      return super.friend(person)
    }
  }

  class RegionalUser extends ActiveUser {
    constructor(
      id: string,
      readonly region = 'eu',
    ) {
      super(id)
    }
    /** Others live in another region, which is in their URLs. */
    @redirect @args('person') override friend(person: string) {
      return Reflect.construct(this.constructor, number < 7 ? [person] : [person, 'us']) as User
    }
  }

  class InlineUser extends RegionalUser {
    @inline override bio() {
      return super.bio()
    }
    @safe words() {
      return 'few'
    }
  }

  /** A card as an object with a URL. */
  class Profile extends Resource {
    readonly name: string
    constructor(name: string) {
      super()
      this.name = name
    }
    get mail() {
      return `${this.name}@example.org`
    }
  }

  const Type =
    [User, UrgentUser, ActiveUser, ActiveUser, ActiveUser, ActiveUser, RegionalUser, RegionalUser][number] ??
    InlineUser
  const found = (person: string) => new Type(person)
  const card = (person: string) =>
    number < 3 ? { name: person, mail: `${person}@example.org` } : new Profile(person)
  const mood = (person: string) => `${person} is well`
  const functions = {
    find_user: args('person')(number < 2 ? found : redirect(found)),
    users: () => ['bob', 'eve'].map(found),
    name_of: args('user')((user: User) => user.id),
    names_of: args('users')((users: User[]) => users.map(user => user.id)),
    hello:
      number < 1
        ? args('subject')((subject = 'World') => {
            done(subject)
            return `Hello ${subject}`
          })
        : args(
            'subject',
            'greeting',
          )((subject = 'World', greeting = 'Hello') => {
            done(subject)
            return `${greeting} ${subject}`
          }),
    profile: args('person')(number < 4 ? card : redirect((person: string) => new Profile(person))),
    card: args('card')((given: { name: string; mail: string }) => `${given.name} <${given.mail}>`),
    upload: args(
      'subject',
      'file',
    )(async (subject: string, file: Blob) => {
      const { length } = await file.bytes()
      done(subject)
      return length
    }),
    stream: args(
      'subject',
      'most',
    )(function* (subject: string, most: number) {
      done(subject)
      for (let at = 0; at < most; at++) yield at
    }),
    mood: number < 10 ? args('person')(mood) : safe(args('person')(mood)),
    admin: { ping: safe(() => 'pong') },
    ...(number < 6 ? {} : { people: { Person: Type } }),
  }

  // Objects move to another host in the fifth release, and back in the eighth.
  const place = (object: object) => {
    if (!sharded && (number < 5 || number >= 8)) return undefined
    const key = object instanceof User ? object.id : object instanceof Profile ? object.name : ''
    const sum = [...key].reduce((total, letter) => total + letter.charCodeAt(0), number)
    return hosts[sum % hosts.length]
  }
  // The class gets another name in the fourth, and a namespace in the sixth.
  if (number >= 6) Object.assign(Type, { was: ['/User', '/Person'] })
  const router = new Router(functions, { locate: place, pipeline: true, origins })
  if (number < 3) router.add('User', Type)
  else if (number < 4) router.add('User', Type, { was: ['Person'] })
  else if (number < 5) router.add('Person', Type, { was: ['User'] })
  else if (number < 6) router.add('Person', Type, { was: ['User', '/people/Person'] })
  if (number >= 2) router.add('Profile', Profile)
  if (number < 8) return router
  // Every URL is another in the ninth: the eighth knows them already.
  const app = new Hono()
  if (number >= 9) app.get('/', context => context.redirect('/v2/'))
  return app.route('/v2', router.app).route('/', router.app)
}
