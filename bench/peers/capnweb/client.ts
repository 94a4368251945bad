// capnweb over one WebSocket. What a call gave is disposed of, as its documentation asks.

import { newWebSocketRpcSession, type RpcStub } from 'capnweb'
import WebSocket from 'ws'
import { pieces, sizeOf, streamOf } from '../../data.js'
import type { Connect } from '../../peer.js'
import type { Api } from './api.js'

// It looks up the states of a socket here, where Node 20 has nothing.
Object.assign(globalThis, { WebSocket })

type Disposable = { [Symbol.dispose]?: () => void }
const dispose = (value: unknown) => (value as Disposable)[Symbol.dispose]?.()

export const connect: Connect = async url => {
  const socket = new WebSocket(url.replace('http', 'ws'))
  const api = newWebSocketRpcSession(socket as unknown as globalThis.WebSocket) as unknown as RpcStub<Api>
  return {
    small: name => api.hello(name),
    page: id => api.member(id),
    async chain(name) {
      const user = api.findUser(name)
      const profile = user.profile()
      const result = await profile.name()
      dispose(profile)
      dispose(user)
      return result
    },
    async map() {
      const friends = api.friends()
      const names = await friends.map(friend => friend.name())
      dispose(friends)
      return names as unknown as string[]
    },
    list: () => api.rows(),
    async download() {
      return sizeOf((await api.download()) as unknown as AsyncIterable<Uint8Array>)
    },
    upload: () => api.upload(streamOf(pieces())),
    async stream(count) {
      let sum = 0
      const found = (await api.items(count)) as unknown as AsyncIterable<{ index: number }>
      for await (const { index } of found) sum += index
      return sum
    },
  }
}

export const connectAlone: Connect = connect
