// Serving on a port, and an end that loses no request and leaves nothing behind.

import { connect, type Socket } from 'node:net'
import { networkInterfaces } from 'node:os'
import { afterEach, expect, test } from 'vitest'
import { get } from '../../client/index.js'
import { Router, type ServeOptions, type Server, serve } from '../../server/index.js'

function signal(): [promise: Promise<void>, resolve: () => void] {
  let settle: (() => void) | undefined
  const promise = new Promise<void>(resolve => (settle = resolve))
  return [promise, () => settle?.()]
}

/** A function that answers when it is told to. */
function held(): { router: Router; running: Promise<void>; release: () => void } {
  const [running, started] = signal()
  const [gate, release] = signal()
  const router = new Router({
    wait: async () => {
      started()
      await gate
      return 'answered'
    },
    hello: () => 'hello',
  } as never)
  return { router, running, release }
}

const servers: Server[] = []
const sockets: Socket[] = []
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy()
  await Promise.all(servers.splice(0).map(server => server.close(0)))
})

async function start(options: ServeOptions = {}, router = held().router): Promise<Server> {
  const server = await serve(router, { port: 0, ...options })
  servers.push(server)
  return server
}

/** A connection of our own; `text` grows as bytes come. */
function open(
  port: number,
  host = '127.0.0.1',
): { socket: Socket; text: () => string; closed: Promise<void> } {
  const socket = connect(port, host)
  sockets.push(socket)
  let received = ''
  socket.setEncoding('latin1').on('data', chunk => (received += chunk))
  const closed = new Promise<void>(resolve =>
    socket.on('close', () => resolve()).on('error', () => resolve()),
  )
  return { socket, text: () => received, closed }
}

const connected = (socket: Socket) => new Promise<void>(resolve => socket.once('connect', resolve))
const call = (name: string) => `POST /${name}/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n`
const until = async (condition: () => boolean) => {
  while (!condition()) await new Promise(resolve => setTimeout(resolve, 5))
}

test('port 0 takes a free one, and the URL says which', async () => {
  const [one, two] = [await start(), await start()]
  expect(one.port).not.toBe(two.port)
  expect(one.url).toBe(`http://127.0.0.1:${one.port}/`)
  // biome-ignore lint/suspicious/noExplicitAny: the client's types are tested elsewhere.
  expect(await ((await get(two.url)) as any).hello()).toBe('hello')
})

test('by default it listens to this machine only', async () => {
  const { port } = await start()
  const outside = Object.values(networkInterfaces())
    .flat()
    .find(item => item?.family === 'IPv4' && !item.internal)
  const { socket, closed } = open(port, outside?.address ?? '127.0.0.2')
  await Promise.race([closed, connected(socket)])
  expect(socket.readyState).not.toBe('open')
})

test.each([
  ['::1', 'http://[::1]:'],
  ['localhost', 'http://'],
  ['127.0.0.1', 'http://127.0.0.1:'],
])('host %s', async (host, url) => {
  const server = await start({ host })
  expect(server.url.startsWith(url)).toBe(true)
  expect(new URL(server.url).port).toBe(String(server.port))
  // biome-ignore lint/suspicious/noExplicitAny: as above.
  expect(await ((await get(server.url)) as any).hello()).toBe('hello')
})

test('an address that is in use, or is none of ours, rejects with the error of Node', async () => {
  const { port } = await start()
  await expect(serve(new Router(), { port })).rejects.toMatchObject({ code: 'EADDRINUSE', port })
  await expect(
    serve(new Router({}, { secret: false }), { port: 0, host: '192.0.2.1' }),
  ).rejects.toMatchObject({
    code: 'EADDRNOTAVAIL',
  })
})

test('closing lets a request that runs finish, with its answer, and takes no new ones', async () => {
  const { router, running, release } = held()
  const server = await start({}, router)
  const { socket, text, closed } = open(server.port)
  socket.write(call('wait'))
  await running
  let ended = false
  const closing = server.close().then(() => (ended = true))
  const late = open(server.port)
  await late.closed
  expect(late.text()).toBe('')
  expect(ended).toBe(false)
  release()
  await Promise.all([closing, closed])
  expect(text()).toMatch(/^HTTP\/1\.1 200 OK.*"answered"$/s)
})

test('connections that are kept alive end when the server closes: idle, fresh, and after their last answer', async () => {
  const { router, running, release } = held()
  const server = await start({}, router)
  const idle = open(server.port)
  idle.socket.write(call('hello'))
  await until(() => idle.text().endsWith('"hello"'))
  const fresh = open(server.port)
  await connected(fresh.socket)
  const half = open(server.port)
  half.socket.write('POST /hello/ HT')
  const busy = open(server.port)
  busy.socket.write(call('wait'))
  await running
  const before = Date.now()
  const closing = server.close(5000)
  await Promise.all([idle.closed, fresh.closed])
  release()
  await Promise.all([closing, busy.closed, half.closed])
  expect(Date.now() - before).toBeLessThan(4000)
  expect(busy.text()).toContain('"answered"')
})

test('the deadline cuts what still runs', async () => {
  const { router, running, release } = held()
  const server = await start({ deadline: 50 }, router)
  const { socket, text, closed } = open(server.port)
  socket.write(call('wait'))
  await running
  await Promise.all([server.close(), closed])
  expect(text()).toBe('')
  release()
})

test('closing again waits for the same end', async () => {
  const { router, running, release } = held()
  const server = await start({}, router)
  const { socket, text, closed } = open(server.port)
  socket.write(call('wait'))
  await running
  const ends: string[] = []
  const first = server.close().then(() => ends.push('first'))
  const second = server.close().then(() => ends.push('second'))
  expect(ends).toEqual([])
  release()
  await Promise.all([first, second, closed])
  expect(ends).toEqual(['first', 'second'])
  expect(text()).toContain('"answered"')
  await server.close()
})

test('closing again with less time cuts earlier', async () => {
  const { router, running, release } = held()
  const server = await start({}, router)
  const { socket, closed } = open(server.port)
  socket.write(call('wait'))
  await running
  const first = server.close(60_000)
  await Promise.all([first, server.close(10), closed])
  release()
})

test('a closed server leaves no handles, and its port to others', async () => {
  const count = () =>
    process
      .getActiveResourcesInfo()
      .filter(name => /^(TCP|Timeout|Pipe)/.test(name))
      .sort()
  const before = count()
  const server = await start()
  const { socket, text, closed } = open(server.port)
  socket.write(call('hello'))
  await until(() => text().includes('"hello"'))
  await Promise.all([server.close(), closed])
  const again = await serve(held().router, { port: server.port })
  await again.close()
  // Handles are gone some turns after they were closed.
  await until(() => count().length <= before.length && !count().some(name => name.startsWith('TCPServer')))
  expect(count().filter(name => name.startsWith('TCPServer'))).toEqual([])
})

test('while it drains it answers everything, on connections new and old, and ends each after its answer', async () => {
  const server = await start({ drain: 60_000 })
  const old = open(server.port)
  old.socket.write(call('hello'))
  await until(() => old.text().endsWith('"hello"'))
  expect(old.text()).toMatch(/^connection: keep-alive\r$/im)
  expect(old.text()).toMatch(/^keep-alive: timeout=75\r$/im)
  expect(server.closing).toBe(false)
  const closing = server.close()
  expect(server.closing).toBe(true)
  old.socket.write(call('hello'))
  const late = open(server.port)
  late.socket.write(call('hello'))
  await Promise.all([old.closed, late.closed])
  for (const { text } of [old, late]) expect(text()).toMatch(/connection: close\r\n.*"hello"$/is)
  await Promise.all([closing, server.close()])
})

test('a request that runs when the draining begins is told in its answer that its connection ends', async () => {
  const { router, running, release } = held()
  const server = await start({ drain: 60_000 }, router)
  const { socket, text, closed } = open(server.port)
  socket.write(call('wait'))
  await running
  const closing = server.close()
  release()
  await closed
  expect(text()).toMatch(/connection: close\r\n.*"answered"$/is)
  await Promise.all([closing, server.close()])
})

test('once it has drained it takes no new connections, and ends those that are idle', async () => {
  const server = await start({ drain: 100 })
  const idle = open(server.port)
  await connected(idle.socket)
  const closing = server.close()
  const early = open(server.port)
  await connected(early.socket)
  await Promise.all([closing, idle.closed, early.closed])
  const late = open(server.port)
  await late.closed
  expect(late.text()).toBe('')
})

test('closing again drains no longer', async () => {
  const server = await start({ drain: 60_000 })
  const first = server.close()
  await Promise.all([first, server.close()])
})
