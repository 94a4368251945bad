// oRPC on node:http.

import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { os, type RouterClient, type } from '@orpc/server'
import { RPCHandler } from '@orpc/server/node'
import { accountOf, friends, greeting, items, rows } from '../../data.js'
import type { Serve } from '../../peer.js'

const text = os.input(type<string>())

const router = {
  hello: text.handler(({ input }) => greeting(input)),
  member: text.handler(({ input }) => {
    const account = accountOf(input)
    // It has Dates, but of bytes only files.
    return { ...account, avatar: Buffer.from(account.avatar).toString('base64') }
  }),
  findUser: text.handler(({ input }) => input),
  profile: text.handler(({ input }) => input),
  name: text.handler(({ input }) => input),
  friends: os.handler(() => friends),
  rows: os.handler(() => rows),
  items: os.input(type<number>()).handler(async function* ({ input }) {
    yield* items(input)
  }),
}
export type Api = RouterClient<typeof router>

const handler = new RPCHandler(router)
const server = createServer(async (request, response) => {
  const { matched } = await handler.handle(request, response, { context: {} })
  if (!matched) response.writeHead(404).end()
})

export const serve: Serve = () =>
  new Promise(resolve => {
    server.listen(0, '127.0.0.1', () =>
      resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`),
    )
  })
