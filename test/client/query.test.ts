// GET forms: arguments in the query, whatever query their URL has already.

import { expect, test } from 'vitest'
import { get, type Transport } from '../../client/index.js'
import { cbor } from '../../lib/codecs.js'
import { Form, Page } from '../../lib/values/nodes.js'

// biome-ignore lint/suspicious/noExplicitAny: a page written by hand has no types.
type Untyped = any

/** The URLs of what was asked for. */
const asked: string[] = []
const transport: Transport = async request => {
  asked.push(request.url)
  const values = ['words', 'most']
  const form = (url: string, method: string) => new Form({ url, method, values })
  const content = {
    plain: form('search', 'GET'),
    queried: form('search?x=1&y=2', 'GET'),
    empty: form('search?', 'GET'),
    bare: new Form({ url: 'search?x=1', method: 'GET', values: [] }),
    posted: form('search?x=1', 'POST'),
  }
  const body = cbor.encode(new Page({ url: '' }, content))
  const chunks = (async function* () {
    yield body
  })()
  return { status: 200, header: name => (name === 'content-type' ? cbor.type : undefined), body: chunks }
}
const query = 'Ou5%3Awords%3Bu3%3Aa%3Db%3Bu4%3Amost%3Bi1%3B%3B'

test.each([
  ['plain', `http://a.example/search?${query}`],
  ['queried', `http://a.example/search?${query}`],
  ['empty', `http://a.example/search?${query}`],
  ['posted', 'http://a.example/search?x=1'],
])('with arguments, %s asks for %s', async (name, url) => {
  const api: Untyped = await get('http://a.example/', { transport })
  await api[name]('a=b', 1)
  expect(asked.at(-1)).toBe(url)
})

test('without arguments the URL is what it was', async () => {
  const api: Untyped = await get('http://a.example/', { transport })
  await api.bare()
  expect(asked.at(-1)).toBe('http://a.example/search?x=1')
})
