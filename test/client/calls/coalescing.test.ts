// Coalescing: the independent calls of one turn in one request, which ones, and what becomes of them where its
// answer breaks off.

import type { AddressInfo } from 'node:net'
import { createServer, connect as dial, type Socket } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { get, local, NetworkError, withOptions } from '../../../client/index.js'
import { blob } from '../../../lib/values/blob.js'
import { serve } from '../../../server/index.js'
import { type Api, calls, release, requests, router, useServers } from '../social.js'

const servers = useServers()
const { start } = servers

test('the forms of one turn travel together, links by themselves', async () => {
  const api = await start()
  const bob = await api.find_user('bob')
  requests.length = 0
  expect(await Promise.all([api.add(1), api.add(2, 3), bob.bio(), api.add(4)])).toEqual([
    2,
    5,
    'life of bob',
    5,
  ])
  expect(requests.sort()).toEqual(['GET /User/STATE/bio', 'POST /_pipeline'])
})

test('a call by itself is a plain request', async () => {
  const api = await start()
  expect(await api.add(1)).toBe(2)
  expect(requests).toEqual(['POST /add/'])
})

test('chains of one turn are not torn apart where they fill several requests', async () => {
  const api = await start()
  const bios = Array.from({ length: 40 }, () => api.find_user('bob').bio())
  const sums = Array.from({ length: 5 }, (_, index) => api.add(index, 1))
  expect(await Promise.all(bios)).toEqual(bios.map(() => 'life of bob'))
  expect(await Promise.all(sums)).toEqual([1, 2, 3, 4, 5])
  expect(requests).toEqual(['POST /_pipeline', 'POST /_pipeline'])
})

test('coalesce: false sends independent calls by themselves, and chains together', async () => {
  const api = await start({ coalesce: false })
  expect(await Promise.all([api.add(1), api.add(2), api.find_user('bob').bio()])).toEqual([
    2,
    3,
    'life of bob',
  ])
  expect(requests.sort()).toEqual(['POST /_pipeline', 'POST /add/', 'POST /add/'])
})

test('calls with other options never travel together', async () => {
  const api = await start()
  const other = withOptions(api, { headers: { 'x-user': 'eve' } })
  expect(await Promise.all([api.add(1), other.add(2), api.add(3), other.add(4)])).toEqual([2, 3, 4, 5])
  expect(requests).toEqual(['POST /_pipeline', 'POST /_pipeline'])
})

test('calls that carry blobs travel by themselves, and blobs in answers arrive', async () => {
  const api = await start()
  const [size, content, sum] = await Promise.all([
    api.size(blob('12345') as never),
    api.download(),
    api.add(1),
  ])
  expect([size, await content.text(), sum]).toEqual([5, '0123456789', 2])
  expect(requests.sort()).toEqual(['POST /_pipeline', 'POST /size/'])
})

test('an outcome arrives as soon as it is there, whatever others wait for', async () => {
  const api = await start()
  const slow = api.hold()
  expect(await api.add(1)).toBe(2)
  release()
  expect(await slow).toBe('released')
  expect(requests).toEqual(['POST /_pipeline'])
})

test('arguments that cannot travel fail their own call only', async () => {
  const api = await start()
  const outcomes = await Promise.allSettled([api.add(1), api.add((() => 1) as never), api.add(3)])
  expect(outcomes).toMatchObject([
    { status: 'fulfilled', value: 2 },
    { status: 'rejected', reason: { name: 'EncodeError' } },
    { status: 'fulfilled', value: 4 },
  ])
  expect(calls.sort()).toEqual(['add 1', 'add 3'])
})

test('more steps than a request holds go out in several', async () => {
  const api = await start()
  const sums = await Promise.all(Array.from({ length: 150 }, (_, index) => api.add(index)))
  expect(sums).toEqual(Array.from({ length: 150 }, (_, index) => index + 1))
  expect(requests).toEqual(['POST /_pipeline', 'POST /_pipeline', 'POST /_pipeline'])
})

test('many steps of a turn go in two requests, unless one is under way', async () => {
  const api = await start()
  const together = (count: number) => Promise.all(Array.from({ length: count }, (_, index) => api.add(index)))
  await together(23)
  expect(requests.splice(0)).toEqual(['POST /_pipeline'])
  await together(24)
  expect(requests.splice(0)).toEqual(['POST /_pipeline', 'POST /_pipeline'])
  const held = Promise.all([api.hold(), api.add(1)])
  await new Promise(resolve => setTimeout(resolve, 20))
  expect(requests.splice(0)).toEqual(['POST /_pipeline'])
  await together(24)
  expect(requests.splice(0)).toEqual(['POST /_pipeline'])
  release()
  expect(await held).toEqual(['released', 2])
  await together(24)
  expect(requests).toEqual(['POST /_pipeline', 'POST /_pipeline'])
})

test('calls whose arguments are all refused make no request', async () => {
  const api = await start()
  const refused = [
    (api.add as (...values: number[]) => Promise<number>)(1, 2, 3, 4),
    (api.add as (...values: number[]) => Promise<number>)(),
  ]
  const outcomes = await Promise.allSettled(refused)
  expect(outcomes).toMatchObject(refused.map(() => ({ reason: { name: 'TypeError' } })))
  expect(requests).toEqual([])
})

test('what depends on each other stays in one request, however much it is', async () => {
  const api = await start()
  let sum = api.add(0)
  for (let index = 1; index < 30; index++) sum = api.add(sum as never)
  expect(await sum).toBe(30)
  expect(requests).toEqual(['POST /_pipeline'])
})

test('a server that is gone fails every call of a batch with a NetworkError, not sent', async () => {
  const dying = await serve(router, { port: 0 })
  const api = await get<Api>(dying.url)
  await dying.close()
  const reasons = await Promise.all([api.add(1), api.add(2)].map(call => call.catch(error => error)))
  expect(reasons).toMatchObject([{ sent: 'no' }, { sent: 'no' }])
  expect(reasons.every(reason => reason instanceof NetworkError)).toBe(true)
})

/** A proxy that passes bytes on until it is told to cut every connection. */
async function cuttable(port: number) {
  const sockets = new Set<Socket>()
  const proxy = createServer(client => {
    const server = dial(port, '127.0.0.1')
    for (const [socket, other] of [
      [client, server],
      [server, client],
    ] as const) {
      sockets.add(socket)
      socket.pipe(other)
      socket.on('error', () => other.destroy())
    }
  })
  const cut = () => {
    for (const socket of sockets) socket.destroy()
  }
  onTestFinished(async () => {
    cut()
    await new Promise(resolve => proxy.close(resolve))
  })
  await new Promise<void>(resolve => proxy.listen(0, '127.0.0.1', resolve))
  return { url: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}/`, cut }
}

test('where the connection breaks, what was answered stays, and the rest has an unknown outcome', async () => {
  const proxy = await cuttable(servers.server.port)
  const api = await start({}, proxy.url)
  const waiting = api.hold()
  expect(await Promise.all([api.add(1), api.add(2)])).toEqual([2, 3])
  proxy.cut()
  const reason = await waiting.catch(error => error)
  expect(reason).toBeInstanceOf(NetworkError)
  expect(reason).toMatchObject({ method: 'POST', sent: 'unknown' })
  expect(requests).toEqual(['POST /_pipeline'])
  expect(calls).toEqual(['add 1', 'add 2'])
})

test('an answer that is no stream leaves all steps with an unknown outcome', async () => {
  const transport = local({
    fetch: request =>
      request.method === 'GET' ? router.fetch(request, { pipeline: true } as never) : Response.json(5),
  })
  const api = await get<Api>('http://local/', { transport })
  const reasons = await Promise.all([api.add(1), api.add(2)].map(call => call.catch(error => error)))
  expect(reasons).toMatchObject([
    { name: 'NetworkError', sent: 'unknown' },
    { name: 'NetworkError', sent: 'unknown' },
  ])
})

const fault = '{"$extension":"error","attributes":{"logref":"","message":"out of memory","code":"x"}}'

test.each<[string, string[]]>([
  ['has no end', []],
  ['breaks off in an item', ['{"$item":[1,2']],
  ['counts more than it has', ['{"$count":3}']],
  ['ends before all steps are answered', ['{"$count":1}']],
  ['ends with an error', [`{"$count":1,"error":${fault}}`]],
  [
    'answers a step twice, and one that is none',
    ['{"$item":[0,200,9]}', '{"$item":[7,200,9]}', '{"$count":3}'],
  ],
  ['has items that are no answers', ['{"$item":null}', '{"$item":{}}', '{"$count":3}']],
])('an answer that %s leaves the other steps with an unknown outcome', async (_name, lines) => {
  const body = ['{"$extension":"stream","attributes":{}}', '{"$item":[0,200,2]}', ...lines].join('\n')
  const headers = { 'content-type': 'application/vnd.hyperglyph+json' }
  const transport = local({
    fetch: request =>
      request.method === 'GET'
        ? router.fetch(request, { pipeline: true } as never)
        : new Response(new Blob([body]).stream(), { headers }),
  })
  const api = await get<Api>('http://local/', { transport })
  const [first, second] = await Promise.allSettled([api.add(1), api.add(2)])
  expect(first).toEqual({ status: 'fulfilled', value: 2 })
  expect(second).toMatchObject({ status: 'rejected', reason: { name: 'NetworkError', sent: 'unknown' } })
})
