// What the servers of the soak offer: functions and classes of every kind that a client can meet.

import { args, type Blob, blob, Fault, Resource, Router, redirect, safe } from '../../index.js'
import type { Log } from '../../server/index.js'
import { fieldsOf, friendsOf, greeting, itemOf, pieces, type Seen, seen, textOf, titleOf } from './data.js'

export interface ApiOptions {
  /** Where Far objects live: the other server. */
  readonly farUrl: string | undefined
  readonly temporaryDirectory: string
  readonly log: Log
}

/** A schema, after Standard Schema. */
const positive = {
  '~standard': {
    version: 1 as const,
    vendor: 'soak',
    validate: (given: unknown) =>
      typeof given === 'number' && given > 0
        ? { value: given }
        : { issues: [{ message: 'expected more than 0' }] },
  },
}

export function apiOf({ farUrl, temporaryDirectory, log }: ApiOptions) {
  const versions = new Map<string, number>()

  class Profile extends Resource {
    constructor(readonly id: string) {
      super()
    }
    title() {
      return titleOf(this.id)
    }
  }

  class User extends Resource {
    constructor(readonly id: string) {
      super()
    }
    profile() {
      return new Profile(this.id)
    }
    friends() {
      return friendsOf(this.id).map(name => new User(name))
    }
    likes(friend: User) {
      return `${this.id} likes ${friend.id}`
    }
  }

  /** A page of fields and forms. */
  class Member extends Resource {
    declare readonly name: string
    declare readonly email: string
    declare readonly age: number
    declare readonly score: number
    declare readonly active: boolean
    declare readonly created: Date
    declare readonly tags: Set<string>
    declare readonly avatar: Uint8Array
    constructor(readonly id: string) {
      super()
      Object.assign(this, fieldsOf(id))
    }
    rename(name: string) {
      return name
    }
    follow(reason = '') {
      return reason
    }
  }

  /** What is read more often than it changes: answers 304, until it is edited. */
  class Document extends Resource {
    constructor(readonly id: string) {
      super()
    }
    @safe read() {
      return textOf(this.id, versions.get(this.id) ?? 0)
    }
    edit() {
      const version = (versions.get(this.id) ?? 0) + 1
      versions.set(this.id, version)
      return version
    }
  }

  /** Lives on the other server. */
  class Far extends Resource {
    constructor(readonly id: string) {
      super()
    }
    title() {
      return titleOf(this.id)
    }
  }

  return new Router(
    {
      Profile,
      User,
      Member,
      Document,
      Far,
      hello: (name: string) => greeting(name),
      find_user: redirect((name: string) => new User(name)),
      far: redirect((id: string) => new Far(id)),
      echo: (value: unknown) => value,
      lasting: safe({ maxAge: 3600 })((id: string) => titleOf(id)),
      refuse(name: string): string {
        throw new Fault(`nobody is called ${name}`, { status: 404, code: 'not_found', details: { name } })
      },
      fail(): string {
        throw new Error('an accident that was asked for')
      },
      slow: (milliseconds: number) =>
        new Promise<number>(resolve => setTimeout(() => resolve(milliseconds), milliseconds)),
      older: args({ years: positive })((years: number) => years + 1),
      *items(upTo: number) {
        for (let index = 0; index < upTo; index++) yield itemOf(index)
      },
      upload: (file: Blob): Promise<Seen> => seen(file.chunks()),
      /** As it came: what was spooled is read while it is sent. */
      back: (file: Blob) => file,
      download: (size: number) => blob(pieces(size)),
    },
    {
      log,
      temporaryDirectory,
      ...(farUrl === undefined
        ? {}
        : { locate: (object: object) => (object instanceof Far ? farUrl : undefined) }),
    },
  )
}

export type Api = ReturnType<typeof apiOf>
