// What one request may hold and do: each limit at its boundary, one over it, and set to something else.

import { describe, expect, test } from 'vitest'
import { type Blob, Router, safe, serve, verb } from '../../index.js'
import { cbor, codecs, json } from '../../lib/codecs.js'
import { type RouterLimits, routerLimits } from '../../lib/limits.js'
import { blob } from '../../lib/values/blob.js'
import { Link } from '../../lib/values/nodes.js'
import { type Answer, ask, read } from '../server/peer.js'
import { refusal, request, wire } from './peer.js'

const members = {
  take: (value: unknown) => typeof value,
  look: safe((value = '') => typeof value),
  list: (count: number) => Array.from({ length: count }, (_, index) => index),
  store: verb('PUT', { envelope: 'blob' })(async (file: Blob) => (await file.bytes()).length),
  items: (value = []) => value.length,
  size: async (file: Blob) => (await file.bytes()).length,
}
const routerOf = (limits: Partial<RouterLimits>) => new Router(members, { limits, pipeline: true })

async function* cut(bytes: Uint8Array, size = 1000) {
  for (let at = 0; at < bytes.length; at += size) yield bytes.slice(at, at + size)
}

/** Sends a body that does not say how long it is. */
async function streamed(
  router: Router,
  path: string,
  body: AsyncIterable<Uint8Array>,
  type: string,
  method = 'POST',
) {
  const init = {
    method,
    body: blob(body).stream(),
    duplex: 'half',
    headers: { 'content-type': type, accept: cbor.type },
  }
  return read(await router.fetch(new Request(new URL(path, 'http://test/'), init as RequestInit)))
}

const give = (router: Router, value: unknown) => ask(router, '/take/', { args: { value } })
const steps = (router: Router, list: unknown[]) => ask(router, '/_pipeline', { args: { steps: list } })

interface Row {
  readonly limit: keyof RouterLimits
  readonly status: number
  /** Sends a request that holds so much of what the limit counts. */
  readonly send: (router: Router, amount: number) => Promise<Answer>
  /** What the tests set it to. */
  readonly set: number
  /** Is the default tried too? Not where that takes gigabytes. */
  readonly untried?: true
}

/** A message of exactly so many bytes, in CBOR. */
function message(bytes: number): Uint8Array {
  const overhead = cbor.encode({ value: 'x'.repeat(70_000) }).length - 70_000
  const short = cbor.encode({ value: 'x'.repeat(1000) }).length - 1000
  return cbor.encode({ value: 'x'.repeat(bytes - (bytes > 66_000 ? overhead : short)) })
}

const rows: readonly Row[] = [
  {
    limit: 'urlLength',
    status: 414,
    set: 300,
    send: (router, amount) =>
      ask(router, `/look/?value=${'x'.repeat(amount - 'http://test/look/?value='.length)}`),
  },
  {
    limit: 'messageBytes',
    status: 413,
    set: 5000,
    untried: true,
    send: (router, amount) => streamed(router, '/take/', cut(message(amount)), cbor.type),
  },
  {
    limit: 'messageBytes',
    status: 413,
    set: 5000,
    untried: true,
    send: (router, amount) => {
      const body = message(amount)
      return ask(router, '/take/', {
        body,
        type: cbor.type,
        headers: { 'content-length': String(body.length) },
      })
    },
  },
  {
    limit: 'messageBytes',
    status: 413,
    set: 5000,
    untried: true,
    send: (router, amount) =>
      ask(router, '/take/', {
        body: `value=${'x'.repeat(amount - 6)}`,
        type: 'application/x-www-form-urlencoded',
      }),
  },
  {
    limit: 'bodyBytes',
    status: 413,
    set: 5000,
    untried: true,
    send: (router, amount) => streamed(router, '/store/', cut(new Uint8Array(amount)), 'image/png', 'PUT'),
  },
  {
    limit: 'bodyBytes',
    status: 413,
    set: 5000,
    untried: true,
    send: (router, amount) => {
      const headers = { 'content-length': String(amount) }
      return ask(router, '/store/', {
        method: 'PUT',
        body: new Uint8Array(amount),
        type: 'image/png',
        headers,
      })
    },
  },
  {
    limit: 'blobBytes',
    status: 413,
    set: 5000,
    untried: true,
    send: (router, amount) =>
      streamed(router, '/size/', cbor.encodeStream({ file: blob(new Uint8Array(amount)) }), cbor.type),
  },
  {
    limit: 'blobBytes',
    status: 413,
    set: 5000,
    untried: true,
    send: (router, amount) => streamed(router, '/store/', cut(new Uint8Array(amount)), 'image/png', 'PUT'),
  },
  {
    limit: 'blobs',
    status: 413,
    set: 3,
    send: (router, amount) =>
      give(
        router,
        Array.from({ length: amount }, () => blob('x')),
      ),
  },
  {
    limit: 'depth',
    status: 413,
    set: 10,
    send: (router, amount) => {
      // The dict of the arguments is one.
      let value: unknown = 1
      for (let level = 1; level < amount; level++) value = [value]
      return ask(router, '/take/', {
        body: cbor.encode({ value }, { limits: { depth: 1000 } }),
        type: cbor.type,
      })
    },
  },
  {
    limit: 'collection',
    status: 413,
    set: 100,
    send: (router, amount) => give(router, new Array(amount).fill(0)),
  },
  {
    limit: 'stringBytes',
    status: 413,
    set: 100,
    send: (router, amount) => give(router, 'x'.repeat(amount)),
  },
  {
    limit: 'keyBytes',
    status: 413,
    set: 100,
    send: (router, amount) => give(router, { ['x'.repeat(amount)]: 1 }),
  },
  {
    limit: 'jsonFieldBytes',
    status: 413,
    set: 100,
    send: (router, amount) =>
      ask(router, '/items/', {
        body: `value=${encodeURIComponent(`["${'x'.repeat(amount - 4)}"]`)}`,
        type: 'application/x-www-form-urlencoded',
      }),
  },
  {
    limit: 'references',
    status: 413,
    set: 10,
    send: (router, amount) =>
      give(
        router,
        Array.from({ length: amount }, () => new Link({ url: '../look/' })),
      ),
  },
  {
    limit: 'integerDigits',
    status: 413,
    set: 100,
    send: (router, amount) =>
      ask(router, '/take/', { body: json.encode({ value: 10n ** BigInt(amount - 1) }), type: json.type }),
  },
  {
    limit: 'fields',
    status: 413,
    set: 1,
    untried: true,
    send: (router, amount) => ask(router, `/look/?value=1${'&'.repeat(amount - 1)}`),
  },
  {
    limit: 'fields',
    status: 413,
    set: 20,
    send: (router, amount) =>
      ask(router, '/take/', {
        body: `value=1${'&'.repeat(amount - 1)}`,
        type: 'application/x-www-form-urlencoded',
      }),
  },
  {
    limit: 'steps',
    status: 413,
    set: 3,
    send: (router, amount) => steps(router, new Array(amount).fill(['/look/', {}])),
  },
]

describe.each(rows)('$limit', ({ limit, status, send, set, untried }) => {
  const tries = untried ? [] : [['by default', routerLimits[limit], {}] as const]
  test.each([...tries, ['set', set, { [limit]: set }] as const])(
    'is the most, and one more is refused: %s',
    async (_, most, limits) => {
      const router = routerOf({
        stringBytes: 2 ** 25,
        ...limits,
        ...(limit === 'stringBytes' ? { stringBytes: most } : {}),
      })
      expect((await send(router, most)).status).toBe(200)
      const answer = await send(router, most + 1)
      expect(answer.status).toBe(status)
      expect(answer.value).toMatchObject(refusal(limit, most, status))
    },
  )
})

test('a body that says that it is too long is refused before it is sent', async () => {
  const server = await serve(routerOf({ bodyBytes: 1000 }), { port: 0 })
  const client = await wire(server.port)
  client.send(request('PUT', '/store/', { 'content-type': 'image/png', 'content-length': 1001 }))
  expect((await client.reply()).value).toMatchObject(refusal('bodyBytes', 1000, 413))
  await server.close(0)
})

test('what is refused takes no memory: a text of 300 MB is read as far as a message may be', async () => {
  const server = await serve(routerOf({}), { port: 0 })
  const before = process.memoryUsage().rss
  let most = 0
  const piece = new Uint8Array(2 ** 20)
  async function* endless() {
    // { value: a text of 300 MB }
    yield Uint8Array.from([0xa1, 0x65, ...new TextEncoder().encode('value'), 0x7a, 0x12, 0xc0, 0, 0])
    for (let count = 0; count < 300; count++) {
      most = Math.max(most, process.memoryUsage().rss)
      yield piece
    }
  }
  const init = {
    method: 'POST',
    body: blob(endless()).stream(),
    duplex: 'half',
    headers: { 'content-type': cbor.type },
  }
  const result = await fetch(`${server.url}take/`, init as RequestInit).catch(() => undefined)
  expect([undefined, 413]).toContain(result?.status)
  expect(most - before).toBeLessThan(150 * 2 ** 20)
  await server.close(0)
})

test('every codec names the limit and its value', async () => {
  const router = routerOf({ collection: 2 })
  for (const codec of new Set(codecs.values())) {
    const answer = await ask(router, '/take/', { args: { value: [1, 2, 3] }, type: codec.type })
    expect(answer.value).toMatchObject(refusal('collection', 2, 413))
  }
})
