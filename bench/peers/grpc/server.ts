// @grpc/grpc-js, without TLS.

import { once } from 'node:events'
import {
  Server,
  ServerCredentials,
  type ServerReadableStream,
  type ServerUnaryCall,
  type ServerWritableStream,
  type sendUnaryData,
} from '@grpc/grpc-js'
import { accountOf, friends, greeting, items, pieces, rows } from '../../data.js'
import type { Serve } from '../../peer.js'
import { Bench, timestampOf } from './service.js'

type Named = { name: string }

const unary =
  <Request, Response>(run: (request: Request) => Response) =>
  (call: ServerUnaryCall<Request, Response>, done: sendUnaryData<Response>) =>
    done(null, run(call.request))

/** Writes messages as fast as they are taken. */
async function send<Response>(
  call: ServerWritableStream<unknown, Response>,
  messages: Iterable<Response> | AsyncIterable<Response>,
) {
  for await (const message of messages) if (!call.write(message)) await once(call, 'drain')
  call.end()
}

async function* dataPieces() {
  for await (const data of pieces()) yield { data }
}

const server = new Server()
server.addService(Bench.service, {
  Hello: unary(({ name }: Named) => ({ name: greeting(name) })),
  Member: unary(({ name }: Named) => {
    const account = accountOf(name)
    return { ...account, created: timestampOf(account.created) }
  }),
  FindUser: unary(({ name }: Named) => ({ name })),
  Profile: unary(({ name }: Named) => ({ name })),
  NameOf: unary(({ name }: Named) => ({ name })),
  Friends: unary(() => ({ names: friends })),
  ListRows: unary(() => ({ rows: rows.map(row => ({ ...row, created: timestampOf(row.created) })) })),
  Download: (call: ServerWritableStream<unknown, { data: Uint8Array }>) => send(call, dataPieces()),
  Upload: async (
    call: ServerReadableStream<{ data: Uint8Array }, { count: number }>,
    done: sendUnaryData<{ count: number }>,
  ) => {
    let count = 0
    for await (const { data } of call) count += data.length
    done(null, { count })
  },
  Items: (call: ServerWritableStream<{ count: number }, unknown>) => send(call, items(call.request.count)),
})

export const serve: Serve = () =>
  new Promise((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, port) => {
      if (error === null) resolve(`http://127.0.0.1:${port}/`)
      else reject(error)
    })
  })
