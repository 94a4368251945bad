// What the routers have that toys are added to, and how they are asked.

import { get, local } from 'hyperglyph/client'
import { allow, Fault, type Router, safe } from 'hyperglyph/server'

export class Note {
  constructor(readonly text: string) {}

  shout(end = '!') {
    return this.text.toUpperCase() + end
  }
}

export const members = {
  Note,
  hello: safe((name = 'World') => `Hello ${name}`),
  note: (text = 'hi') => new Note(text),
  fail: () => {
    throw new Fault('no more', { status: 409, code: 'empty' })
  },
  count: async function* (to = 2) {
    for (let at = 1; at <= to; at++) yield at
  },
  secret: allow('admin')(() => 'secret'),
}

// biome-ignore lint/suspicious/noExplicitAny: what these pages hold is tested here, their types elsewhere.
export const open = async (router: Router<any>): Promise<any> =>
  get('http://local/', { transport: local(router) })

export const fetched = (router: Pick<Router, 'fetch'>, path: string, init: RequestInit = {}) =>
  Promise.resolve(router.fetch(new Request(`http://local${path}`, init)))
