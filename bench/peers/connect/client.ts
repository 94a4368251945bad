// connect-es over HTTP/1.1, with JSON. It has no blobs: bytes would be streams of messages in base64.

import { type Timestamp, timestampDate } from '@bufbuild/protobuf/wkt'
import { createClient } from '@connectrpc/connect'
import { createConnectTransport } from '@connectrpc/connect-node'
import type { Connect } from '../../peer.js'
import { Bench } from './bench_pb.js'

const dateOf = (created: Timestamp | undefined): Date => timestampDate(created as Timestamp)

export const connect: Connect = async url => {
  const transport = createConnectTransport({ baseUrl: url, httpVersion: '1.1', useBinaryFormat: false })
  const api = createClient(Bench, transport)
  return {
    small: async name => (await api.hello({ name })).name,
    async page(id) {
      const account = await api.member({ name: id })
      return { ...account, created: dateOf(account.created) }
    },
    async chain(name) {
      const user = await api.findUser({ name })
      const profile = await api.profile({ name: user.name })
      return (await api.nameOf({ name: profile.name })).name
    },
    async map() {
      const { names } = await api.friends({})
      return Promise.all(names.map(async name => (await api.nameOf({ name })).name))
    },
    async list() {
      const { rows } = await api.listRows({})
      return rows.map(({ $typeName, ...row }) => ({ ...row, created: dateOf(row.created) }))
    },
    async stream(count) {
      let sum = 0
      for await (const { index } of api.items({ count })) sum += index
      return sum
    },
  }
}
