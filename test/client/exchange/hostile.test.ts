// What a server says of its links and forms may be anything: whoever calls them gets an error, before anything is
// sent, and whoever doesn't is not concerned.

import { expect, test } from 'vitest'
import { get, named, type Transport, url, withOptions } from '../../../client/index.js'
import { cbor } from '../../../lib/codecs.js'
import { Form, Input, Link, Page } from '../../../lib/values/nodes.js'

const origin = 'http://site.example/'

/** A site whose root is this page, and whose other answers are `true`. */
function site(content: Record<string, unknown>, attributes: Record<string, unknown> = {}) {
  const sent: string[] = []
  const transport: Transport = async ({ method, url: target }) => {
    sent.push(`${method} ${target}`)
    const value = sent.length === 1 ? new Page({ name: 'Root', ...attributes }, content) : true
    const body = (async function* () {
      yield cbor.encode(value)
    })()
    const headers: Record<string, string> = { 'content-type': cbor.type }
    return { status: 200, header: name => headers[name], body }
  }
  return { sent, open: () => get(origin, { transport, retries: 0 }) }
}

const unsent = { name: 'NetworkError', sent: 'no' }
const mistaken = { name: 'TypeError' }

test.each<[name: string, node: Link | Form, error: object]>([
  ['a link by POST', new Link({ url: 'a', method: 'POST' }), mistaken],
  ['a link by what is no method', new Link({ url: 'a', method: 'GET\r\nx: y' }), mistaken],
  ['a form by what is no method', new Form({ url: 'a', method: 'CONSTRUCTOR' }), mistaken],
  ['a link to data', new Link({ url: 'data:,x' }), unsent],
  ['a link to a file', new Link({ url: 'file:///etc/passwd' }), unsent],
  ['a form to a script', new Form({ url: 'javascript:1' }), unsent],
  ['a link to what is no URL', new Link({ url: 'http://' }), mistaken],
  ['a form to what is no URL', new Form({ url: 'http://' }), mistaken],
  ['a header of two lines', new Link({ url: 'a', headers: { accept: 'x\r\ny: z' } }), mistaken],
  ['a header with a zero', new Form({ url: 'a', headers: { 'if-match': 'x\0' } }), mistaken],
])('%s is refused when it is called, and alone', async (_, node, error) => {
  // With a pipeline, calls of one turn are looked at together.
  for (const attributes of [{}, { pipeline: '_pipeline' }]) {
    const { sent, open } = site({ bad: node, good: new Link({ url: 'good' }) }, attributes)
    const page = await open()
    const bad = page.bad()
    const next = bad.next(page.bad())
    const good = page.good()
    await expect(bad).rejects.toMatchObject(error)
    await expect(next).rejects.toMatchObject(error)
    expect(await good).toBe(true)
    expect(sent).toEqual([`GET ${origin}`, `GET ${origin}good`])
  }
})

test('a page at what is no URL is a mistake of the answer, since what is on it leads nowhere', async () => {
  const { sent, open } = site({ inner: new Page({ url: 'http://' }, { x: 1 }) })
  await expect(open()).rejects.toMatchObject({ name: 'DecodeError' })
  expect(sent).toEqual([`GET ${origin}`])
})

test('a function that leads to no URL is a mistake as an argument, and has neither URL nor options', async () => {
  const accepting = new Form({ url: 'take', values: [new Input({ name: 'page' })] })
  const { sent, open } = site({ items: [new Link({ url: 'http://' })], take: accepting })
  const page = await open()
  const [bad] = page.items
  expect(() => url(bad)).toThrow(TypeError)
  expect(() => withOptions(bad, {})).toThrow(/has no URL/)
  await expect(bad()).rejects.toThrow(/has no URL/)
  await expect(page.take(bad)).rejects.toThrow(/an argument has no URL/)
  await expect(page.take(named({ page: bad }))).rejects.toThrow(/an argument has no URL/)
  expect(sent).toEqual([`GET ${origin}`])
})

test.each(['http://', 'http://[', '\\\\'])('a pipeline at %j, which is no URL, is none', async pipeline => {
  const { sent, open } = site(
    { good: new Link({ url: 'good' }), do: new Form({ url: 'do', values: [] }) },
    { pipeline },
  )
  const page = await open()
  expect(await Promise.all([page.good(), page.do(), page.do()])).toEqual([true, true, true])
  expect(sent.slice(1).sort()).toEqual([`GET ${origin}good`, `POST ${origin}do`, `POST ${origin}do`])
})

test('a node whose URL is none can be written to a log', () => {
  const link = new Link({ url: 'http://' }, null, { base: origin })
  expect(JSON.parse(JSON.stringify(link))).toEqual({
    name: 'link',
    attributes: { url: 'http://' },
    content: null,
  })
})
