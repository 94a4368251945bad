// Blobs that are typed as our own media types: their bytes are not taken for messages, on either side.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { get, local } from '../../../client/index.js'
import { codecs } from '../../../lib/codecs.js'
import { Blob, blob } from '../../../lib/values/blob.js'
import { files, Router, safe } from '../../../server/index.js'

const folder = mkdtempSync(join(tmpdir(), 'hyperglyph-blobs-'))
afterAll(() => rmSync(folder, { recursive: true }))
for (const name of ['message.json', 'none.json', 'page.html'])
  writeFileSync(join(folder, name), contentOf(name))

function contentOf(name: string): string {
  return name === 'message.json' ? '{"$extension":"link","attributes":{"url":"x"}}' : '{nope'
}

const types = [...codecs.keys(), 'application/json; charset=utf-8', 'text/plain', 'text/html', 'a/b']
const router = new Router({
  give: (type: string, text: string) => blob(text, type),
  read: safe((type: string, text: string) => blob(text, type)),
  named: (type: string) => blob('[]', type, { filename: 'a' }),
  files: files(folder),
  trusted: files(folder, { trusted: true }),
  value: () => ({ a: 1 }),
})
const transport = local(router)
const accepts = ['', 'application/json', 'application/json, */*;q=0.1']

test.each(accepts.flatMap(accept => types.map(type => [accept, type] as const)))(
  'accepting %j, a blob of the type %s arrives as a blob',
  async (accept, type) => {
    const headers: Record<string, string> = accept === '' ? {} : { accept }
    const api = await get<typeof router>('http://local/', { transport, headers })
    for (const text of ['{nope', '[1]', '', '{"$extension":"error","attributes":{}}']) {
      for (const given of [await api.give(type, text), await api.read(type, text)]) {
        expect(given).toBeInstanceOf(Blob)
        expect([given.type, await given.text()]).toEqual([type, text])
      }
    }
    expect(await (await api.named(type)).text()).toBe('[]')
    expect(await api.value()).toEqual({ a: 1 })
  },
)

test.each(['files', 'trusted'])('a file of JSON arrives as a blob: %s', async part => {
  for (const accept of ['', 'application/json']) {
    const headers: Record<string, string> = accept === '' ? {} : { accept }
    for (const name of ['message.json', 'none.json', 'page.html']) {
      const file: unknown = await get(`http://local/${part}/${name}`, { transport, headers })
      expect(file).toBeInstanceOf(Blob)
      expect(await (file as Blob).text()).toBe(contentOf(name))
    }
  }
})

test('a message has no Content-Disposition', async () => {
  for (const type of codecs.keys()) {
    const answer = await router.fetch(new Request('http://local/', { headers: { accept: type } }))
    expect([answer.status, answer.headers.get('content-disposition')]).toEqual([200, null])
  }
})
