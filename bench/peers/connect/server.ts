// connect-es on node:http.

import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import type { ConnectRouter } from '@connectrpc/connect'
import { connectNodeAdapter } from '@connectrpc/connect-node'
import { accountOf, friends, greeting, items, rows } from '../../data.js'
import type { Serve } from '../../peer.js'
import { Bench } from './bench_pb.js'

const routes = (router: ConnectRouter) =>
  router.service(Bench, {
    hello: ({ name }) => ({ name: greeting(name) }),
    member({ name }) {
      const account = accountOf(name)
      return { ...account, created: timestampFromDate(account.created) }
    },
    findUser: ({ name }) => ({ name }),
    profile: ({ name }) => ({ name }),
    nameOf: ({ name }) => ({ name }),
    friends: () => ({ names: [...friends] }),
    listRows: () => ({ rows: rows.map(row => ({ ...row, created: timestampFromDate(row.created) })) }),
    async *items({ count }) {
      yield* items(count)
    },
  })

const server = createServer(connectNodeAdapter({ routes }))

export const serve: Serve = () =>
  new Promise(resolve => {
    server.listen(0, '127.0.0.1', () =>
      resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`),
    )
  })
