// oRPC over fetch.

import { createORPCClient } from '@orpc/client'
import { RPCLink } from '@orpc/client/fetch'
import type { Connect } from '../../peer.js'
import type { Api } from './server.js'

export const connect: Connect = async url => {
  const api = createORPCClient<Api>(new RPCLink({ url }))
  return {
    small: name => api.hello(name),
    async page(id) {
      const account = await api.member(id)
      return { ...account, avatar: new Uint8Array(Buffer.from(account.avatar, 'base64')) }
    },
    async chain(name) {
      const user = await api.findUser(name)
      return api.name(await api.profile(user))
    },
    async map() {
      const names = await api.friends()
      return Promise.all(names.map(name => api.name(name)))
    },
    list: () => api.rows(),
    async stream(count) {
      let sum = 0
      for await (const { index } of await api.items(count)) sum += index
      return sum
    },
  }
}
