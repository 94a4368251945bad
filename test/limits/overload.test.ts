// A server that is asked for more than it can do: it sheds the rest at once, serves what it has let in, and lets in
// again as soon as there is room. Nothing here depends on how fast it is.

import { setTimeout as sleep } from 'node:timers/promises'
import { Hono } from 'hono'
import { Agent } from 'undici'
import { afterEach, describe, expect, test } from 'vitest'
import { get, RemoteError } from '../../client/index.js'
import { undici } from '../../client/transport/undici.js'
import { codecs } from '../../lib/codecs.js'
import { Router, safe, serve } from '../../server/index.js'
import { gate, request, start, until, wire } from './peer.js'

const agents: Agent[] = []
afterEach(async () => {
  await Promise.all(agents.splice(0).map(agent => agent.destroy()))
})
function transport() {
  const agent = new Agent()
  agents.push(agent)
  return undici(agent)
}

/** A server of one function that waits until it is let go, and one that doesn't. */
async function held(limits: object) {
  const { passed, open } = gate()
  const ran: string[] = []
  const router = new Router({
    wait: async (name = '') => {
      ran.push(name)
      await passed
      return `waited ${name}`
    },
    act: (name = '') => {
      ran.push(name)
      return `done ${name}`
    },
    look: safe(() => 'seen'),
    feed: safe(async function* () {
      yield 1
      await passed
    }),
  } as never)
  const server = await start(router, limits)
  return { server, ran, release: open }
}

const shed = (limit: string, value: number) => ({
  status: 503,
  code: 'limit',
  details: { limit, value, started: false },
})

describe('requests under way', () => {
  test.each([1, 3])(
    'are so many (%i), one more is shed before its body is sent, and what was let in is served',
    async most => {
      const { server, ran, release } = await held({ requests: most })
      const inside = await Promise.all(Array.from({ length: most }, () => wire(server.port)))
      for (const client of inside) client.send(request('POST', '/wait/', { 'content-length': 0 }))
      await until(() => ran.length === most)
      const one = await wire(server.port)
      one.send(
        request('POST', '/act/', { 'content-type': 'application/json', 'content-length': 1_000_000_000 }),
      )
      const reply = await one.reply()
      expect(reply).toMatchObject({
        status: 503,
        headers: { 'retry-after': '1', 'cache-control': 'no-store' },
      })
      expect(reply.value).toMatchObject(shed('requests', most))
      await one.closed
      release()
      for (const client of inside)
        expect(await client.reply()).toMatchObject({ status: 200, value: 'waited ' })
      expect(ran).toHaveLength(most)
      const after = await wire(server.port)
      after.send(request('POST', '/act/', { 'content-length': 0 }))
      expect(await after.reply()).toMatchObject({ status: 200 })
    },
  )

  test.each([...codecs.keys()])(
    'are refused in the type that is accepted, and the connection goes on: %s',
    async type => {
      const { server, ran, release } = await held({ requests: 1 })
      const inside = await wire(server.port)
      inside.send(request('POST', '/wait/', { 'content-length': 0 }))
      await until(() => ran.length === 1)
      const one = await wire(server.port)
      one.send(
        `${request('POST', '/act/', { accept: type, 'content-length': 2, 'content-type': 'application/json' })}{}`,
      )
      expect(await one.reply()).toMatchObject({
        headers: { 'content-type': type },
        value: shed('requests', 1),
      })
      release()
      await inside.reply()
      await sleep(10)
      one.send(request('GET', '/look/'))
      expect(await one.reply()).toMatchObject({ status: 200, value: 'seen' })
      expect(ran).toHaveLength(1)
    },
  )

  test('are those of a Hono app too, before its middleware', async () => {
    const seen: string[] = []
    const { passed, open } = gate()
    const app = new Hono()
    app.use(async (context, next) => {
      seen.push(context.req.path)
      await passed
      await next()
    })
    app.route('/api', new Router({ look: safe(() => 'seen') }).app)
    const server = await start(app, { requests: 1 })
    const [first, second] = [await wire(server.port), await wire(server.port)]
    first.send(request('GET', '/api/look/'))
    await until(() => seen.length === 1)
    second.send(request('GET', '/api/look/'))
    expect((await second.reply()).status).toBe(503)
    open()
    expect((await first.reply()).status).toBe(200)
    expect(seen).toHaveLength(1)
  })

  test('have their place until a stream has ended', async () => {
    const { server, release } = await held({ requests: 1 })
    const response = await fetch(`${server.url}feed/`)
    expect((await fetch(`${server.url}look/`)).status).toBe(503)
    release()
    await response.text()
    await sleep(10)
    expect((await fetch(`${server.url}look/`)).status).toBe(200)
  })

  test('have their place until the function has ended, though the client has left', async () => {
    const { server, ran, release } = await held({ requests: 1 })
    const leaving = await wire(server.port)
    leaving.send(request('POST', '/wait/', { 'content-length': 0 }))
    await until(() => ran.length === 1)
    leaving.socket.destroy()
    await sleep(50)
    expect((await fetch(`${server.url}look/`)).status).toBe(503)
    release()
    await sleep(10)
    expect((await fetch(`${server.url}look/`)).status).toBe(200)
  })

  test('give their places back, whatever they ended in', async () => {
    const { server } = await held({ requests: 4 })
    for (let round = 0; round < 5; round++) {
      const clients = await Promise.all(Array.from({ length: 4 }, () => wire(server.port)))
      clients[0]?.send(request('GET', '/nothing/'))
      clients[1]?.send(request('POST', '/look/', { 'content-type': 'x/y', 'content-length': 3 }))
      clients[1]?.socket.destroy()
      clients[2]?.send(request('GET', '/look/', { host: 'other.example' }))
      clients[3]?.send(request('GET', 'http://[/'))
      await clients[0]?.reply()
      await Promise.all([clients[2]?.reply(), clients[3]?.reply()])
      await sleep(20)
    }
    const four = await Promise.all(Array.from({ length: 4 }, () => fetch(`${server.url}look/`)))
    expect(four.map(({ status }) => status)).toEqual([200, 200, 200, 200])
  })
})

test('what would wait longer than queueTime until it is begun is shed', async () => {
  const spin = (milliseconds: number) => {
    for (const end = performance.now() + milliseconds; performance.now() < end; );
  }
  let ran = 0
  const router = new Router({
    light: safe(() => 'light'),
    work: safe(() => {
      ran++
      spin(5)
      return 'done'
    }),
  })
  const server = await start(router, { queueTime: 100 })
  const clients = await Promise.all(Array.from({ length: 200 }, () => wire(server.port)))
  // New connections are accepted one a turn: what comes together comes on those that are there.
  for (const client of clients) {
    client.send(request('GET', '/light/'))
    await client.reply()
  }
  for (const client of clients) client.send(request('GET', '/work/'))
  // All of them are in the kernel before the server looks.
  spin(100)
  const replies = await Promise.all(clients.map(client => client.reply()))
  const accepted = replies.filter(({ status }) => status === 200)
  const refused = replies.filter(({ status }) => status === 503)
  expect(accepted).toHaveLength(ran)
  expect(accepted.length).toBeGreaterThanOrEqual(9)
  expect(refused.length).toBe(200 - ran)
  expect(refused[0]?.value).toMatchObject(shed('queueTime', 100))
  // As many as a turn begins without a look at the clock.
  const again = await Promise.all(
    clients.slice(0, 8).map(client => {
      client.send(request('GET', '/work/'))
      return client.reply()
    }),
  )
  expect(again.every(({ status }) => status === 200)).toBe(true)
})

describe('our client', () => {
  test('repeats forms that were shed, and pipelines, and each runs once', async () => {
    const { server, ran, release } = await held({ requests: 2 })
    // biome-ignore lint/suspicious/noExplicitAny: the client's types are tested elsewhere.
    const api: any = await get(server.url, { transport: transport() })
    const inside = [api.wait('a'), api.wait('b')].map(call => Promise.resolve(call))
    await until(() => ran.length === 2)
    const blocked = [await wire(server.port), await wire(server.port)]
    for (const client of blocked) client.send(request('POST', '/wait/', { 'content-length': 0 }))
    setTimeout(release, 300)
    const alone = await api.act('c')
    const [together, too] = [api.act('d'), api.act('e')]
    expect([alone, await together, await too]).toEqual(['done c', 'done d', 'done e'])
    expect(await Promise.all(inside)).toEqual(['waited a', 'waited b'])
    expect(ran.filter(name => name !== '').sort()).toEqual(['a', 'b', 'c', 'd', 'e'])
  })

  test('tells the caller where it is turned away too often', async () => {
    const { server, ran } = await held({ requests: 1 })
    const inside = await wire(server.port)
    // biome-ignore lint/suspicious/noExplicitAny: as above.
    const api: any = await get(server.url, { transport: transport(), retries: 0 })
    await sleep(20)
    inside.send(request('POST', '/wait/', { 'content-length': 0 }))
    await until(() => ran.length === 1)
    const error = await Promise.resolve(api.act('x')).catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(RemoteError)
    expect(error).toMatchObject({ status: 503, retryAfter: 1000, details: { started: false } })
    expect(ran).toEqual([''])
  })
})

test('a server that closes lets what runs end, and is closed though others were shed', async () => {
  const { passed, open } = gate()
  let running = false
  const router = new Router({
    wait: async () => {
      running = true
      await passed
      return 'waited'
    },
  })
  const server = await serve(router, { port: 0, limits: { requests: 1 } })
  const [inside, outside] = [await wire(server.port), await wire(server.port)]
  inside.send(request('POST', '/wait/', { 'content-length': 0 }))
  await until(() => running)
  outside.send(request('POST', '/wait/', { 'content-length': 0 }))
  expect((await outside.reply()).status).toBe(503)
  const closing = server.close(10_000)
  open()
  expect(await inside.reply()).toMatchObject({ status: 200, value: 'waited' })
  await closing
})
