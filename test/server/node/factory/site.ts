// A server for the tests of the factory, whose application has something of each kind.

import { afterEach } from 'vitest'
import { z } from 'zod'
import {
  args,
  doc,
  type Fetcher,
  Router,
  redirect,
  type ServeOptions,
  type Server,
  safe,
  serve,
  verb,
} from '../../../../server/index.js'

const servers: Server[] = []
afterEach(async () => {
  await Promise.all(servers.splice(0).map(server => server.close(0)))
})

class User {
  constructor(readonly id: string) {}
  get initial() {
    return this.id[0]
  }
  @doc('Sends a message') message(subject: string, body = '', urgent = false) {
    return [this.id, subject, body, urgent]
  }
  @safe inbox() {
    return ['a message']
  }
}
export const members = {
  User,
  hello: doc('Greets')((greeting = "it's World") => `Hello ${greeting}`),
  add: (one = 1, two = 2) => one + two,
  find: redirect((called: string) => new User(called)),
  look: safe((what = 'a & b') => what),
  admin: { reset: () => null },
  age: args({ years: z.number().int().min(18) })((years: number) => years + 1),
  put: verb('PUT', { envelope: 'blob' })(async (file: Blob) => (await file.text()).length),
  drop: verb('DELETE')(() => 'gone'),
  *count(to = 3) {
    for (let at = 0; at < to; at++) yield at
  },
}

export async function start(options: ServeOptions = {}, app: Fetcher = new Router(members)): Promise<Server> {
  const server = await serve(app, { port: 0, ...options })
  servers.push(server)
  return server
}

export const ask = (server: Server, path: string, headers: Record<string, string> = {}) =>
  fetch(`${server.url}factory/${path}`, { headers })
