// capnweb over HTTP: a batch is one session, which what is called at once shares.

import { newHttpBatchRpcSession, type RpcStub } from 'capnweb'
import type { Connect } from '../../peer.js'
import type { Api } from '../capnweb/api.js'

export const connect: Connect = async url => {
  const batch = () => newHttpBatchRpcSession(url) as unknown as RpcStub<Api>
  return {
    small: name => batch().hello(name),
    fan(names) {
      const api = batch()
      return Promise.all(names.map(name => api.hello(name)))
    },
    page: id => batch().member(id),
    chain: name => batch().findUser(name).profile().name(),
    map: () =>
      batch()
        .friends()
        .map(friend => friend.name()) as unknown as Promise<string[]>,
    list: () => batch().rows(),
  }
}
