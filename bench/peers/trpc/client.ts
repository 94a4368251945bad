// tRPC: calls of one turn share a request; the stream goes over the link that can stream.

import { createTRPCClient, httpBatchLink, httpBatchStreamLink, splitLink } from '@trpc/client'
import superjson from 'superjson'
import type { Connect } from '../../peer.js'
import type { Api } from './server.js'

export const connect: Connect = async url => {
  const options = { url, transformer: superjson }
  const api = createTRPCClient<Api>({
    links: [
      splitLink({
        condition: operation => operation.path === 'items',
        true: httpBatchStreamLink(options),
        false: httpBatchLink(options),
      }),
    ],
  })
  return {
    small: name => api.hello.query(name),
    page: id => api.member.query(id),
    async chain(name) {
      const user = await api.findUser.query(name)
      return api.name.query(await api.profile.query(user))
    },
    async map() {
      const names = await api.friends.query()
      return Promise.all(names.map(name => api.name.query(name)))
    },
    list: () => api.rows.query(),
    async stream(count) {
      let sum = 0
      for await (const { index } of await api.items.query(count)) sum += index
      return sum
    },
  }
}
