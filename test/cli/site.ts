// A server for the command to call: one of everything.

import { createHash } from 'node:crypto'
import {
  type Blob,
  blob,
  type Context,
  Duration,
  Fault,
  link,
  Router,
  redirect,
  safe,
  verb,
} from '../../index.js'

export interface Message {
  readonly subject: string
  readonly body: string
}

export const boxes = new Map<string, Message[]>()

class User {
  readonly id: string
  constructor(id: string) {
    this.id = id
  }
  message(subject: string, body = '') {
    boxes.set(this.id, [...this.inbox(), { subject, body }])
  }
  inbox(): readonly Message[] {
    return boxes.get(this.id) ?? []
  }
  greet(other: User) {
    return `${this.id} greets ${other.id}`
  }
  static {
    safe(User.prototype.inbox)
  }
}

const digest = async (content: Blob) => {
  const hash = createHash('sha256')
  for await (const chunk of content.chunks()) hash.update(chunk)
  return hash.digest('hex')
}

const typed = (count = 3, on = false, tags: unknown[] = ['a'], wait = null, text = 'x') => ({
  count,
  on,
  tags,
  wait,
  text,
})

const members = {
  User,
  hello: (name = 'World') => `Hello ${name}`,
  find_user: redirect((name: string) => {
    if (name === 'nobody') throw new Fault('nobody is called "nobody"', { status: 404, details: { name } })
    return new User(name)
  }),
  typed,
  echo: (value: unknown) => value,
  users: () => [new User('eve'), new User('tef')],
  nothing: () => null,
  later: () => ({ step: link(new User('eve'), 'inbox') }),
  values: safe(() => ({
    when: new Date(0),
    wait: new Duration({ hours: 1, minutes: 30 }),
    big: 2n ** 70n,
    tags: new Set(['a']),
    pairs: new Map([[1, 'one']]),
    bytes: new Uint8Array([1, 2]),
    'a.b': { c: 7 },
  })),
  admin: { deep: { er: () => 'deeper' }, reset: () => 'reset' },
  headers: safe(function (this: Context) {
    const { headers } = this.request
    return { colour: headers.get('x-colour'), authorization: headers.get('authorization') }
  }),
  *count(to: number | string) {
    for (let at = 1; at <= Number(to); at++) yield { at }
  },
  *broken() {
    yield 'first'
    throw new Fault('the disk is gone', { status: 503 })
  },
  upload: async (name: string, content: Blob) =>
    `${name} ${content.type} ${content.filename} ${await digest(content)}`,
  back: (content: Blob) => blob(content, 'application/octet-stream'),
  put: verb('PUT', { envelope: 'blob' })((content: Blob) => content.text()),
  picture: () => blob(new Uint8Array([137, 80, 78, 71, 0, 1, 2, 3]), 'image/png'),
  poem: () => blob('roses\nare \x1b[31mred\n', 'text/plain'),
  escape: () => 'a\x1b]0;title\x07b',
  hang: () => new Promise(() => undefined),
}

const silent = () => undefined

export const router = new Router(members, { log: { error: silent, warn: silent, info: silent } })
