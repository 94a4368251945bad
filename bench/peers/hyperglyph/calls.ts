// Ours: the calls, with whatever options a page was fetched with.

import { blob, get, type Options } from 'hyperglyph/client'
import { pieces, sizeOf } from '../../data.js'
import type { Client } from '../../peer.js'
import type { Api } from './server.js'

export async function connectWith(url: string, options: Options = {}): Promise<Client> {
  const api = await get<Api>(url, options)
  return {
    small: name => api.hello(name),
    page: id => api.member(id),
    chain: name => api.find_user(name).profile().name(),
    map: () => api.friends().map(friend => friend.name()),
    list: () => api.rows(),
    async download() {
      const data = await api.download()
      return sizeOf(data.chunks())
    },
    upload: () => api.upload(blob(pieces())),
    async stream(count) {
      let sum = 0
      for await (const { index } of api.items(count)) sum += index
      return sum
    },
  }
}
