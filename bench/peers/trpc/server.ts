// tRPC on its standalone server.

import type { AddressInfo } from 'node:net'
import { initTRPC } from '@trpc/server'
import { createHTTPServer } from '@trpc/server/adapters/standalone'
import superjson from 'superjson'
import { accountOf, friends, greeting, items, rows } from '../../data.js'
import type { Serve } from '../../peer.js'

const t = initTRPC.create({ transformer: superjson })
const text = t.procedure.input((value: unknown) => value as string)

const router = t.router({
  hello: text.query(({ input }) => greeting(input)),
  member: text.query(({ input }) => accountOf(input)),
  findUser: text.query(({ input }) => input),
  profile: text.query(({ input }) => input),
  name: text.query(({ input }) => input),
  friends: t.procedure.query(() => friends),
  rows: t.procedure.query(() => rows),
  items: t.procedure
    .input((value: unknown) => value as number)
    .query(async function* ({ input }) {
      yield* items(input)
    }),
})
export type Api = typeof router

const server = createHTTPServer({ router })

export const serve: Serve = () =>
  new Promise(resolve => {
    server.listen(0, '127.0.0.1', () =>
      resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`),
    )
  })
