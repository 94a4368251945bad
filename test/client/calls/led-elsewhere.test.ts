// What the answer of a pipeline leads to: nobody has chosen it, so it is gone to by the rules of redirects.

import { describe, expect, test } from 'vitest'
import { get, type Transport } from '../../../client/index.js'
import { cbor } from '../../../lib/codecs.js'
import { Form, Page } from '../../../lib/values/nodes.js'

// biome-ignore lint/suspicious/noExplicitAny: pages written by hand have no types.
type Untyped = any

/** A server whose pipeline says that the objects it has found are elsewhere. */
function elsewhere(status: number, target: unknown, asked: string[]): Transport {
  const page = new Page(
    { url: './', pipeline: './_pipeline' },
    { a: new Form({ url: 'a', values: [] }), b: new Form({ url: 'b', values: [] }) },
  )
  const answer = (content: unknown) => ({
    status: 200,
    header: (name: string) => (name === 'content-type' ? cbor.type : undefined),
    body: (async function* () {
      yield* cbor.encodeStream(content)
    })(),
  })
  return async ({ url }) => {
    asked.push(url)
    if (!url.endsWith('/_pipeline')) return answer(/\/\/[^/]*\/$/.test(url) ? page : 'there')
    return answer(
      (async function* () {
        yield [0, status, target]
        yield [1, 200, [[[status, target]], [[200, 1]]]]
        yield 2
      })(),
    )
  }
}

const led: readonly (readonly [from: string, target: unknown, problem: string | undefined])[] = [
  ['https://a.example/', 'http://b.example/x', 'a redirect from https to http'],
  ['https://a.example/', 'https://127.0.0.1/x', 'a redirect from a public to a private address'],
  ['http://a.example/', 'http://169.254.169.254/x', 'a redirect from a public to a private address'],
  ['http://a.example/', 'http://[::1]/x', 'a redirect from a public to a private address'],
  ['http://a.example/', 'ftp://b.example/', 'a redirect to ftp:'],
  ['http://a.example/', 'http://[', 'a redirect to what is no URL'],
  ['http://a.example/', 5, 'a redirect without a Location'],
  ['http://a.example/', 'http://b.example/x', undefined],
  ['http://127.0.0.1/', 'http://localhost/x', undefined],
  ['http://a.example/', 'x', undefined],
]

describe.each([303, 307])('what a pipeline answers with %i', status => {
  test.each(led)('from %s to %s goes by the rules of redirects: %s', async (from, target, problem) => {
    const asked: string[] = []
    const api: Untyped = await get(from, {
      transport: elsewhere(status, target, asked),
      retries: 0,
      cache: false,
    })
    const [first, walked] = [api.a(), api.b().map((item: Untyped) => item)]
    const outcomes = await Promise.allSettled([first, walked])
    const to = String(new URL(typeof target === 'string' && target !== 'http://[' ? target : 'x:', from))
    if (problem === undefined) {
      expect(outcomes).toMatchObject([{ value: 'there' }, {}])
      expect(asked).toContain(to)
    } else {
      expect(outcomes).toMatchObject([
        { reason: { message: expect.stringContaining(problem), status } },
        { status: 'rejected' },
      ])
      expect(asked).not.toContain(to)
    }
  })

  test('counts as a redirect', async () => {
    const asked: string[] = []
    const transport = elsewhere(status, 'x', asked)
    const api: Untyped = await get('http://a.example/', { transport, limits: { redirects: 0 }, cache: false })
    const outcomes = await Promise.allSettled([api.a(), api.b()])
    expect(outcomes[0]).toMatchObject({
      reason: { message: expect.stringContaining('more than 0 redirects') },
    })
    expect(asked).not.toContain('http://a.example/x')
  })
})
