// JSON by hand over undici: what the bare server and the one on hono are called with.

import { Readable } from 'node:stream'
import { type Dispatcher, request } from 'undici'
import {
  type AccountJson,
  accountFromJson,
  type Item,
  pieces,
  type RowJson,
  rowFromJson,
  sizeOf,
} from '../../data.js'
import type { Client } from '../../peer.js'

export async function connectWith(url: string, dispatcher?: Dispatcher): Promise<Client> {
  const send = async (name: string, value: unknown) => {
    const body = JSON.stringify(value)
    const headers = { 'content-type': 'application/json' }
    const options = { method: 'POST', headers, body } as const
    const response = await request(
      url + name,
      dispatcher === undefined ? options : { ...options, dispatcher },
    )
    if (response.statusCode !== 200) throw new Error(`${name}: ${response.statusCode}`)
    return response.body
  }
  const post = async <T>(name: string, value: unknown): Promise<T> =>
    (await (await send(name, value)).json()) as T
  return {
    small: name => post<string>('hello', { name }),
    page: async id => accountFromJson(await post<AccountJson>('member', { name: id })),
    async chain(name) {
      const user = await post<string>('find_user', { name })
      const profile = await post<string>('profile', { name: user })
      return post<string>('name', { name: profile })
    },
    async map() {
      const names = await post<string[]>('friends', {})
      return Promise.all(names.map(name => post<string>('name', { name })))
    },
    list: async () => (await post<RowJson[]>('rows', {})).map(rowFromJson),
    download: async () => sizeOf((await request(`${url}download`)).body),
    async upload() {
      const response = await request(`${url}upload`, { method: 'POST', body: Readable.from(pieces()) })
      return (await response.body.json()) as number
    },
    async stream(count) {
      let sum = 0
      let rest = ''
      const decoder = new TextDecoder()
      for await (const chunk of await send('items', { count })) {
        const lines = (rest + decoder.decode(chunk as Uint8Array, { stream: true })).split('\n')
        rest = lines.pop() ?? ''
        for (const line of lines) sum += (JSON.parse(line) as Item).index
      }
      return sum
    },
  }
}
