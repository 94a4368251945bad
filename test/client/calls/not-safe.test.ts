// Servers of two releases behind one address: what a page of one has as safe, the other may have as a form only.

import { expect, test } from 'vitest'
import { get, local } from '../../../client/index.js'
import { cbor } from '../../../lib/codecs.js'
import { Fault } from '../../../lib/values/fault.js'
import { Form, Link, Page } from '../../../lib/values/nodes.js'
import { Router, safe } from '../../../server/index.js'

const requests: string[] = []
const lists: string[][] = []

const members = (mark: <F extends (...parameters: never[]) => unknown>(fn: F) => F) => ({
  list: mark(() => {
    lists.push(['list'])
    return ['a', 'b']
  }),
  find: mark((word: string, most = 10) => {
    lists.push([word, String(most)])
    return `${word}, ${most}`
  }),
})
const newer = new Router(members(safe))
const older = new Router(members(fn => fn))

/** Pages come from the newer release, everything else is answered by the older one. */
const mixed = local({
  fetch(request) {
    requests.push(`${request.method} ${new URL(request.url).pathname}`)
    return (requests.length === 1 ? newer : older).fetch(request)
  },
})

test('a safe call that another release has as a form is made as one, once', async () => {
  const api = await get<typeof newer>('http://local/', { transport: mixed })
  expect(await api.list()).toEqual(['a', 'b'])
  expect(await api.find('x')).toBe('x, 10')
  expect(await api.find('x', 3)).toBe('x, 3')
  expect(requests).toEqual([
    'GET /',
    ...['list', 'find', 'find'].flatMap(name => [`GET /${name}/`, `POST /${name}/`]),
  ])
  expect(lists).toEqual([['list'], ['x', '10'], ['x', '3']])
})

test.each([
  ['a GET that only PUT is possible for', new Form({ url: '/put/', method: 'GET' }), 'PUT'],
  ['a link that says nothing of what is possible', new Link({ url: '/other/' }), undefined],
])('%s is an error, and nothing else is tried', async (_, node, allow) => {
  const seen: string[] = []
  const details = allow === undefined ? {} : { allow: [allow] }
  const transport = local({
    fetch(request) {
      seen.push(request.method)
      const [status, value] =
        seen.length === 1
          ? [200, new Page({ url: '' }, { act: node })]
          : [405, new Fault('not so', { status: 405, code: 'method_not_allowed', details })]
      return new Response(cbor.encode(value) as Uint8Array<ArrayBuffer>, {
        status: status as number,
        headers: { 'content-type': cbor.type },
      })
    },
  })
  const api = await get<{ act(): Promise<unknown> }>('http://local/', { transport })
  await expect(async () => await api.act()).rejects.toMatchObject({ status: 405 })
  expect(seen).toEqual(['GET', 'GET'])
})
