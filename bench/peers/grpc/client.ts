// @grpc/grpc-js: one HTTP/2 connection, callbacks made promises.

import { once } from 'node:events'
import { type ClientReadableStream, type ClientWritableStream, credentials } from '@grpc/grpc-js'
import { type Account, pieces, type Row } from '../../data.js'
import type { Client, Connect } from '../../peer.js'
import { Bench, dateOf, type Timestamp } from './service.js'

type Named = { readonly name: string }
type Stored<T> = Omit<T, 'created'> & { readonly created: Timestamp }
type Answered<T> = (error: Error | null, response: T) => void

const dated = <T extends { created: Timestamp }>(message: T) => ({
  ...message,
  created: dateOf(message.created),
})

export const connect: Connect = async url => connectWith(url, {})

/** Channels to one address share a connection by default. */
export const connectAlone: Connect = async url => connectWith(url, { 'grpc.use_local_subchannel_pool': 1 })

function connectWith(url: string, options: Record<string, number>): Client {
  const stub = new Bench(new URL(url).host, credentials.createInsecure(), options)
  type Methods = Record<string, (request: unknown, done: Answered<unknown>) => unknown>
  const call = <T>(method: string, request: unknown) =>
    new Promise<T>((resolve, reject) => {
      ;(stub as unknown as Methods)[method]?.(request, (error, response) => {
        if (error === null) resolve(response as T)
        else reject(error)
      })
    })
  const read = <T>(method: string, request: unknown) =>
    (stub as unknown as Record<string, (request: unknown) => unknown>)[method]?.(
      request,
    ) as ClientReadableStream<T>
  return {
    small: async name => (await call<Named>('Hello', { name })).name,
    page: async id => dated(await call<Stored<Account>>('Member', { name: id })),
    async chain(name) {
      const user = await call<Named>('FindUser', { name })
      const profile = await call<Named>('Profile', user)
      return (await call<Named>('NameOf', profile)).name
    },
    async map() {
      const { names } = await call<{ names: string[] }>('Friends', {})
      return Promise.all(names.map(async name => (await call<Named>('NameOf', { name })).name))
    },
    list: async () => (await call<{ rows: Stored<Row>[] }>('ListRows', {})).rows.map(dated),
    async download() {
      let size = 0
      for await (const { data } of read<{ data: Uint8Array }>('Download', {})) size += data.length
      return size
    },
    upload: () =>
      new Promise<number>((resolve, reject) => {
        const answered: Answered<{ count: number }> = (error, response) =>
          error === null ? resolve(response.count) : reject(error)
        const open = (stub as unknown as Record<string, (done: typeof answered) => unknown>).Upload
        const stream = open?.call(stub, answered) as ClientWritableStream<{ data: Uint8Array }>
        const send = async () => {
          for await (const data of pieces()) if (!stream.write({ data })) await once(stream, 'drain')
          stream.end()
        }
        send().catch(reject)
      }),
    async stream(count) {
      let sum = 0
      for await (const { index } of read<{ index: number }>('Items', { count })) sum += index
      return sum
    },
  }
}
