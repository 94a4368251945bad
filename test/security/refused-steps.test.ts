// The steps of a pipeline are refused as calls are: before their arguments are looked up, and their uploads stored.

import { readdirSync } from 'node:fs'
import { beforeEach, describe, expect, test } from 'vitest'
import { cbor, codecs } from '../../lib/codecs.js'
import { blob } from '../../lib/values/blob.js'
import { Extension } from '../../lib/values/nodes.js'
import { allow, Router } from '../../server/index.js'
import { application, callers, directory, type Kind, ran, users, validated } from './clinic.js'

describe.each<Kind>(['allow', 'authorize', 'a condition', 'authorize by arguments'])(
  'a step, by %s',
  kind => {
    const router = application(kind)
    const post = async (steps: unknown, headers: Record<string, string>, codec = cbor) => {
      const answer = await router.fetch(
        new Request('http://local/_pipeline', {
          method: 'POST',
          headers: { 'content-type': codec.type, accept: codec.type, ...headers },
          body: codec.encode({ steps }) as Uint8Array<ArrayBuffer>,
        }),
      )
      const items: [number, number, unknown][] = []
      const stream = await codec.decodeStream(answer.body as unknown as AsyncIterable<Uint8Array>)
      for await (const item of stream as AsyncIterable<unknown>)
        if (Array.isArray(item)) items.push(item as [number, number, unknown])
      return items
    }

    test.each([
      ['a surplus argument', ['wipe/', { more: 1 }]],
      ['a missing one', ['wipe/', {}]],
      ['one that its schema refuses', ['check/', { planet: 7 }]],
      ['a link that leads nowhere', ['wipe/', { table: new Extension('link', { url: 'nowhere/' }) }]],
      ['a constructor', ['Patient/', { more: 1 }]],
    ])('tells of the refusal alone: %s', async (_, step) => {
      for (const caller of callers) {
        const [[, status, fault] = []] = await post([step], caller === '' ? {} : { authorization: caller })
        expect([401, 403]).toContain(status)
        expect(String((fault as Error).message)).not.toMatch(/missing|surplus|planet|nowhere|swordfish/)
      }
      // A schema runs before it is asked what needs the arguments.
      expect([kind === 'authorize by arguments' ? [] : validated, ran]).toEqual([[], []])
    })
  },
)

describe.each([...codecs.values()])('a pipeline with an upload, as $type', codec => {
  const told: string[] = []
  beforeEach(() => {
    told.length = 0
  })

  /** The message up to its first blob, and then nothing more, ever. */
  async function send(steps: (file: unknown) => unknown, authorization = 'eve') {
    const router = new Router(
      {
        upload: allow('admin')((file: unknown) => file),
        open: (name = '') => `open ${name}`,
      },
      {
        pipeline: true,
        temporaryDirectory: directory,
        onCall: ({ label, status }) => void told.push(`${label} ${status}`),
        identify: request => users[request.headers.get('authorization') ?? ''],
      },
    )
    const whole = codec.encodeStream({ steps: steps(blob(new globalThis.Blob(['x'.repeat(1000)]).stream())) })
    const chunks = whole[Symbol.asyncIterator]()
    let sent = 0
    const body = new ReadableStream<Uint8Array>(
      {
        async pull(controller) {
          if (sent++ > 1) return new Promise(() => undefined)
          const { value } = await chunks.next()
          return controller.enqueue(value as Uint8Array)
        },
      },
      { highWaterMark: 0 },
    )
    const headers = { 'content-type': codec.type, accept: codec.type, authorization }
    return router.fetch(
      new Request('http://local/_pipeline', { method: 'POST', headers, body, duplex: 'half' } as RequestInit),
    )
  }

  test('is refused at once where nothing in it may be called', async () => {
    const answer = await send(file => [['upload/', { file }]])
    expect(answer.status).toBe(403)
    expect(readdirSync(directory)).toEqual([])
    expect(told).toEqual(['upload 403'])
  })

  test('does what else there is, and waits for no bytes of what is refused', async () => {
    const answer = await send(file => [
      ['upload/', { file: [file] }],
      ['open/', { name: 'door' }],
    ])
    expect(answer.status).toBe(200)
    const items: unknown[] = []
    const stream = await codec.decodeStream(answer.body as unknown as AsyncIterable<Uint8Array>)
    for await (const item of stream as AsyncIterable<unknown>) items.push(item)
    expect(items).toEqual([[0, 403, expect.anything()], [1, 200, 'open door'], 2])
    expect(told).toEqual(['upload 403', 'open 200'])
    expect(readdirSync(directory)).toEqual([])
  })
})
