// What `npm start` serves: a post office. Its client (client.ts) takes the type from here, and nothing else.

import { randomBytes } from 'node:crypto'
import { args, type Context, Fault, Router, redirect, safe, session } from 'hyperglyph'
import { z } from 'zod'
import { Archived } from './archive.js'
import { Message, User } from './mail.js'
import { lettersLive, now, people, personCalled } from './post.js'

const signUp = {
  id: z
    .string()
    .regex(/^[a-z]{2,20}$/, 'Take 2 to 20 small letters.')
    .meta({ title: 'name' }),
  about: z.string().max(500),
}

const credentials = {
  name: z.string(),
  password: z.string().meta({ format: 'password', description: 'Everybody has the same: hypermedia.' }),
}

function login(this: Context, name: string, password: string): User {
  personCalled(name)
  if (password !== 'hypermedia') {
    throw new Fault('this is not the password', { status: 403, details: { invalid: { password: 'Wrong.' } } })
  }
  this.session.set('user', name)
  return new User(name)
}

function logout(this: Context): void {
  this.session.destroy()
}

/** Of cookies alone: URLs are not sealed, so that they outlive a restart. */
const secret = [false, randomBytes(32)] as const

export const router = new Router(
  {
    find_user: redirect((name: string) => new User(name)),
    people: safe(() => [...people.keys()].map(id => new User(id))),
    sign_up: redirect(
      args(signUp)((id: string, about = 'New here.') => {
        if (people.has(id)) {
          throw new Fault('this name is taken', { status: 409, details: { invalid: { id: 'It is taken.' } } })
        }
        people.set(id, { about, joined: now() })
        return new User(id)
      }),
    ),
    login: redirect(args(credentials)(login)),
    logout,
    /** Users arrive as users: pages are passed by reference; people type their addresses. */
    introduce: args({ user: User, other: User })((user: User, other: User) =>
      user.message(`Meet ${other.id}`),
    ),
    /** A line for each of the last messages, and for each that comes, as it is sent. */
    news: safe(async function* (this: Context) {
      for await (const { from, to, subject } of lettersLive(this.signal)) yield `${from} to ${to}: ${subject}`
    }),
    hello: (name = 'World') => `Hello ${name}`,
    User,
    Message,
    Archived,
  },
  { name: 'Post office', secret, identify: session() },
)

export type Api = typeof router
