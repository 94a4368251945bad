// What is too much to be part of a page is downloaded from where the page came: a link to the same URL, with a field
// that says which part of the result is meant.

import { html } from 'hono/html'
import { expect, test } from 'vitest'
import { type Blob, blob } from '../../../../lib/values/blob.js'
import { allow, inline, Resource, Router, safe, type View } from '../../../../server/index.js'
import { type Shown, submitted, visit } from './page.js'

const large = (fill: number, length = 100_000) => new Uint8Array(length).fill(fill)

const ended: string[] = []
/** A blob that can be read once, as of a file or a connection. */
function streamed(fill: number, name: string): Blob {
  const source = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        controller.enqueue(large(fill, 10))
        controller.close()
      },
      cancel() {
        ended.push(name)
      },
    },
    { highWaterMark: 0 },
  )
  return blob(source, 'text/html', { filename: `${name}.html` })
}

let order = [1, 2]

class Album extends Resource {
  readonly cover = large(7)
  constructor(readonly title: string) {
    super()
  }
  @inline tracks() {
    return [large(8)]
  }
}

class Framed {
  static view: View<Framed> = async (_, parts) => html`${parts.value(large(1))} ${parts.value(large(2))}`
  readonly id = 1
}

const router = new Router(
  {
    Album,
    Framed,
    find: safe((name: string, limit = 1) => ({ name, limit, data: large(limit) })),
    both: safe(() => [streamed(1, 'a'), { b: streamed(2, 'b') }]),
    later: safe(() => [new Promise(resolve => setImmediate(() => resolve(large(3)))), large(4)]),
    moving: safe(() => order.map(fill => large(fill))),
    made: (length: number) => [large(1, length)],
    many: () => Array.from({ length: 6 }, (_, fill) => large(fill, 1_000_000)),
    news: safe(function* () {
      yield large(5)
    }),
    ours: allow('nobody')(safe(() => [large(1)])),
    'an album': safe(() => new Album('x')),
    framed: safe(() => new Framed()),
  },
  { secret: false },
)

const linksOf = ({ page }: Shown) => page.one('main').all('a.download')

async function download(path: string, href: string, headers = {}): Promise<Response> {
  return router.fetch(new Request(new URL(href, new URL(path, 'http://test/')), { headers }))
}

async function filled(
  response: Response,
): Promise<[status: number, length: number, fill: number | undefined]> {
  const bytes = new Uint8Array(await response.arrayBuffer())
  return [response.status, bytes.length, bytes.every(byte => byte === bytes[0]) ? bytes[0] : undefined]
}

test.each<[what: string, path: string, contents: readonly (readonly [length: number, fill: number])[]]>([
  ['a result, with its arguments', '/find/?name=a%26b&limit=9', [[100_000, 9]]],
  [
    'an object, and what stands inline on it',
    '',
    [
      [100_000, 7],
      [100_000, 8],
    ],
  ],
  [
    'streams, whose names and places tell them apart',
    '/both/',
    [
      [10, 1],
      [10, 2],
    ],
  ],
  [
    'what was waited for',
    '/later/',
    [
      [100_000, 3],
      [100_000, 4],
    ],
  ],
  [
    'a view of the application, which was waited for',
    '/framed/',
    [
      [100_000, 1],
      [100_000, 2],
    ],
  ],
])('large contents of %s are downloaded from the page', async (_, given, contents) => {
  const path = given || new URL(await locationOf('Album', 'title=x'), 'http://test/').pathname
  const links = linksOf(await visit(router, path))
  expect(links.length).toBe(contents.length)
  for (const [index, link] of links.entries()) {
    // Whatever a browser says that it accepts: it differs between a click and "save as".
    for (const accept of ['text/html', '*/*', 'application/json']) {
      const response = await download(path, link.attributes.href!, { accept })
      expect(response.headers.get('content-disposition')).toMatch(/^attachment; filename="[\w.]+"$/)
      expect(response.headers.get('content-security-policy')).toContain('sandbox')
      expect(await filled(response)).toEqual([200, ...contents[index]!])
    }
  }
})

async function locationOf(name: string, fields: string): Promise<string> {
  const body = new URLSearchParams(fields)
  const response = await router.fetch(new Request(`http://test/${name}/`, { method: 'POST', body }))
  return new URL(response.headers.get('location')!, `http://test/${name}/`).href
}

test('streams that nobody reads are ended: all of a page, and all but one of a download', async () => {
  ended.length = 0
  const [first] = linksOf(await visit(router, '/both/'))
  await expect.poll(() => ended.splice(0)).toEqual(['a', 'b'])
  await filled(await download('/both/', first!.attributes.href!))
  await expect.poll(() => ended).toEqual(['b'])
})

test('a content is known by what it holds, wherever it stands by then; and one that is gone is 404', async () => {
  order = [1, 2]
  const [first] = linksOf(await visit(router, '/moving/'))
  order = [3, 1]
  expect(await filled(await download('/moving/', first!.attributes.href!))).toEqual([200, 100_000, 1])
  order = [3, 4]
  const { status, page } = await visit(router, `/moving/${first!.attributes.href}`)
  expect([status, page.one('.fault').text]).toEqual([404, expect.stringContaining('not there any more')])
})

test('a download is asked for under the same rights, and made by the same call', async () => {
  expect((await download('/ours/', '?.=100000-x')).status).toBe(401)
  expect((await download('/find/', '?.=100000-x')).status).toBe(400)
  expect((await download('/nowhere/', '?.=100000-x')).status).toBe(404)
})

test('HEAD of a download says how long it is, and reads nothing', async () => {
  ended.length = 0
  const [first, second] = linksOf(await visit(router, '/both/'))
  ended.length = 0
  const head = (href: string) => router.fetch(new Request(`http://test/both/${href}`, { method: 'HEAD' }))
  expect((await head(first!.attributes.href!)).status).toBe(200)
  expect((await head(second!.attributes.href!)).status).toBe(200)
  await expect.poll(() => ended.sort()).toEqual(['a', 'a', 'b', 'b'])
})

test('what a form gave is in its page up to 1 MiB each, and 4 MiB in all: else another program gets it', async () => {
  const made = await visit(router, '/made/', submitted({ length: String(2 ** 20) }))
  expect(made.page.one('a.download').attributes.href).toMatch(/^data:application\/octet-stream;base64,/)
  const more = await visit(router, '/made/', submitted({ length: String(2 ** 20 + 1) }))
  expect(more.page.one('section.result').text).toContain('too large for this page: npx hyperglyph saves it')
  expect(linksOf(more)).toEqual([])
  expect(linksOf(await visit(router, '/many/', { method: 'POST' })).length).toBe(4)
})

test('what was streamed is in its page too, since it has gone by', async () => {
  const [link] = linksOf(await visit(router, '/news/'))
  expect(link!.attributes.href).toMatch(/^data:/)
})
