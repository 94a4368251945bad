// hono on @hono/node-server, with JSON.

import { serve as listen } from '@hono/node-server'
import { Hono } from 'hono'
import {
  accountOf,
  accountToJson,
  friends,
  greeting,
  items,
  pieces,
  rows,
  sizeOf,
  streamOf,
} from '../../data.js'
import type { Serve } from '../../peer.js'

const app = new Hono()
type Named = { name: string }

function* lines(count: number): Generator<Uint8Array> {
  const encoder = new TextEncoder()
  let text = ''
  for (const item of items(count)) {
    text += `${JSON.stringify(item)}\n`
    if (text.length < 16_384) continue
    yield encoder.encode(text)
    text = ''
  }
  yield encoder.encode(text)
}

app.post('/hello', async c => c.json(greeting((await c.req.json<Named>()).name)))
app.post('/member', async c => c.json(accountToJson(accountOf((await c.req.json<Named>()).name))))
for (const path of ['/find_user', '/profile', '/name']) {
  app.post(path, async c => c.json((await c.req.json<Named>()).name))
}
app.post('/friends', c => c.json(friends))
app.post('/rows', c => c.json(rows))
app.get('/download', c => c.body(streamOf(pieces())))
app.post('/upload', async c => c.json(await sizeOf(c.req.raw.body as unknown as AsyncIterable<Uint8Array>)))
app.post('/items', async c => c.body(streamOf(lines((await c.req.json<{ count: number }>()).count))))

export const serve: Serve = () =>
  new Promise(resolve => {
    listen({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, ({ port }) =>
      resolve(`http://127.0.0.1:${port}/`),
    )
  })
