import { Hono } from 'hono'
import { url } from '../client/index.js'
import { type Fetcher, inline, Resource, Router, redirect, safe } from '../server/index.js'

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
  message(subject: string, body = '') {
    return `${subject} to ${this.id}: ${body}`
  }
  friend(name: string) {
    return Reflect.construct(this.constructor, [name]) as User
  }
  // biome-ignore lint/suspicious/noThenProperty: a name that JavaScript has taken.
  then() {
    return 'then'
  }
}

/** A card as an object with a URL. */
class Profile {
  constructor(readonly name: string) {}
  get mail() {
    return `${this.name}@example.org`
  }
  rename() {
    return 'renamed'
  }
}

interface Card {
  readonly name: string
  readonly mail: string
}

/** Everything but the class itself, over any version of it. */
const functionsOver = (Type: new (id: string) => User) => ({
  find_user: (name: string) => new Type(name),
  users: () => [new Type('bob'), new Type('eve')],
  name_of: (user: User) => user.id,
  names_of: (users: User[]) => users.map(user => user.id),
  hello: (name = 'World') => `Hello ${name}`,
  profile: (name: string): Card => ({ name, mail: `${name}@example.org` }),
  card: (card: Card) => `${card.name} <${card.mail}>`,
  admin: { ping: safe(() => 'pong') },
})

export const before = () => new Router({ User, ...functionsOver(User) })

/** A version of the server in which the class, or some functions, are others. */
const version = (Type: new (id: string) => User, changes: Record<string, unknown> = {}) =>
  new Router({ User: Type, ...functionsOver(Type), ...changes })

export interface Change {
  readonly name: string
  /** The new version; `second` is the URL of another server that runs, with the version before. */
  readonly after: (second: string) => Fetcher
  /** What a client of today can see of it, so that the row isn't about nothing. */
  // biome-ignore lint/suspicious/noExplicitAny: each version has its own types.
  readonly seen: (api: any, address: string, second: string) => unknown
  readonly shows: unknown
}

const pathOf = (page: object) => new URL(url(page)).pathname.replace(/(?<=\/[A-Z]\w+)\/[^/]+\/$/, '/STATE/')

export const changes: readonly Change[] = [
  {
    name: 'nothing (the server is only started again)',
    after: before,
    seen: api => api.hello(),
    shows: 'Hello World',
  },
  {
    name: 'a function and a method have got another argument, with a default',
    after: () =>
      version(
        class extends User {
          override message(subject: string, body = '', urgent = false) {
            return super.message(urgent ? subject.toUpperCase() : subject, body)
          }
        },
        { hello: (name = 'World', greeting = 'Hello') => `${greeting} ${name}` },
      ),
    seen: async api => [await api.hello('x', 'Bye'), await api.User('x').message('a', 'b', true)],
    shows: ['Bye x', 'A to x: b'],
  },
  {
    name: 'there are more functions, classes, methods and properties',
    after: () => {
      class Group {}
      const Type = class extends User {
        readonly since = 2012
        block(reason: string) {
          return reason
        }
      }
      return version(Type, { Group, news: safe(() => []) })
    },
    seen: async api => [await api.news(), await api.User('x').block('y'), (await api.User('x')).since],
    shows: [[], 'y', 2012],
  },
  {
    name: 'an object is returned where there was plain data with the same names',
    after: () => version(User, { Profile, profile: (name: string) => new Profile(name) }),
    seen: api => api.profile('x').rename(),
    shows: 'renamed',
  },
  {
    name: 'a class has another parameter in its state, with a default',
    after: () =>
      version(
        class extends User {
          constructor(
            id: string,
            readonly region = 'eu',
          ) {
            super(id)
          }
        },
      ),
    seen: async api => [(await api.User('x')).region, (await api.User('x', 'us')).region],
    shows: ['eu', 'us'],
  },
  {
    name: 'a class has another name (static was)',
    after: () => {
      class Person extends User {
        static was = ['User']
      }
      return new Router({ Person, ...functionsOver(Person) })
    },
    seen: async api => ['User' in api, pathOf(await api.find_user('x'))],
    shows: [false, '/Person/STATE/'],
  },
  {
    name: 'a class has another name (router.add with was)',
    after: () => {
      const router = new Router(functionsOver(User))
      router.add('Person', User, { was: ['User'] })
      return router
    },
    seen: async api => ['User' in api, pathOf(await api.find_user('x'))],
    shows: [false, '/Person/STATE/'],
  },
  {
    name: 'a class has moved into a namespace',
    after: () => {
      class Person extends User {
        static was = ['/User']
      }
      return new Router({ people: { Person }, ...functionsOver(Person) })
    },
    seen: async api => pathOf(await api.find_user('x')),
    shows: '/people/Person/STATE/',
  },
  {
    name: 'results have become redirects',
    after: () => {
      const Type = class extends User {
        @redirect override friend(name: string) {
          return super.friend(name)
        }
      }
      const find_user = redirect((name: string) => new Type(name))
      return version(Type, { find_user, Profile, profile: redirect((name: string) => new Profile(name)) })
    },
    seen: async (_, address) => {
      const body = new URLSearchParams({ name: 'x' })
      const answer = await fetch(`${address}find_user/`, { method: 'POST', body, redirect: 'manual' })
      return answer.status
    },
    shows: 303,
  },
  {
    name: 'a method has become safe, and another comes inline',
    after: () =>
      version(
        class extends User {
          @inline override bio() {
            return `the life of ${this.id}`
          }
          @safe override message(subject: string, body = '') {
            return super.message(subject, body)
          }
        },
        { hello: safe((name = 'World') => `Hello ${name}`) },
      ),
    seen: async (_, address) => (await fetch(`${address}hello/?name=x`)).status,
    shows: 200,
  },
  {
    name: 'objects live on another host (locate)',
    after: second => new Router({ User, ...functionsOver(User) }, { locate: () => second }),
    seen: async (api, _, second) => url(await api.find_user('x')).startsWith(second),
    shows: true,
  },
  {
    name: 'every URL is another (the router is mounted elsewhere)',
    after: () => {
      const router = before()
      return new Hono()
        .get('/', context => context.redirect('/v2/'))
        .route('/v2', router.app)
        .route('/', router.app)
    },
    seen: async api => [pathOf(api), pathOf(api.hello), pathOf(await api.find_user('x'))],
    shows: ['/v2/', '/v2/hello/', '/v2/User/STATE/'],
  },
  {
    name: 'all of this has happened at once',
    after: second => {
      class Person extends User {
        static was = ['/User']
        constructor(
          id: string,
          readonly region = 'eu',
        ) {
          super(id)
        }
        @inline override bio() {
          return super.bio()
        }
        @redirect override friend(name: string, _since = 0) {
          return super.friend(name)
        }
      }
      const { profile, ...functions } = functionsOver(Person)
      const find_user = redirect((name: string) => new Person(name))
      const members = { ...functions, find_user, Profile, profile: (name: string) => new Profile(name) }
      const place = (object: object) => (object instanceof Profile ? second : undefined)
      const router = new Router({ people: { Person }, ...members }, { locate: place })
      return new Hono()
        .get('/', context => context.redirect('/v2/'))
        .route('/v2', router.app)
        .route('/', router.app)
    },
    seen: async (api, _, second) => [
      pathOf(await api.find_user('x')),
      (await api.find_user('x')).region,
      url(await api.profile('x')).startsWith(second),
    ],
    shows: ['/v2/people/Person/STATE/', 'eu', true],
  },
]
