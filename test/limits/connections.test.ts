// Limits of connections and of time, over real sockets: each at its boundary, one over it, and set to something else.

import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { serveLimits } from '../../lib/limits.js'
import { Router, safe } from '../../server/index.js'
import { gate, request, start, until, wire } from './peer.js'

const limit = (status: number, name: string, value: number, more = {}) =>
  expect.objectContaining({ status, code: 'limit', details: { limit: name, value, ...more } })

describe('the head of a request', () => {
  const router = new Router(
    { hello: safe((name = 'World') => `Hello ${name}`) },
    { limits: { urlLength: 1e6 } },
  )
  const unpadded = request('GET', '/hello/', { pad: '' }).length

  test.each([
    ['by default', serveLimits.headerBytes, {}],
    ['set to less', 1000, { headerBytes: 1000 }],
    ['set to more', 50_000, { headerBytes: 50_000 }],
  ])('may have so many bytes, and more is 431: %s', async (_, most, limits) => {
    const { port } = await start(router, limits)
    const client = await wire(port)
    // Node counts names and values, without what stands between them.
    client.send(request('GET', '/hello/', { pad: 'x'.repeat(most - unpadded) }))
    expect(await client.reply()).toMatchObject({ status: 200, value: 'Hello World' })
    client.send(request('GET', '/hello/', { pad: 'x'.repeat(most) }))
    const reply = await client.reply()
    expect(reply).toMatchObject({ status: 431, headers: { connection: 'close' } })
    expect(reply.value).toEqual(limit(431, 'headerBytes', most))
    await client.closed
  })

  test('with a line that is too long is 414', async () => {
    const { port } = await start(router, { headerBytes: 2000 })
    const client = await wire(port)
    client.send(request('GET', `/hello/?name=${'x'.repeat(1900)}`))
    expect(await client.reply()).toMatchObject({ status: 200 })
    client.send(`GET /hello/?name=${'x'.repeat(3000)}`)
    expect((await client.reply()).value).toEqual(limit(414, 'headerBytes', 2000))
    const whole = await wire(port)
    whole.send(request('GET', `/hello/?name=${'x'.repeat(3000)}`))
    expect((await whole.reply()).value).toEqual(limit(414, 'headerBytes', 2000))
  })

  test('must come within its time', async () => {
    const { port } = await start(router, { headerTime: 300 })
    const [fast, slow] = [await wire(port), await wire(port)]
    slow.send('GET /hello/ HTTP/1.1\r\n')
    fast.send('GET /hello/ HTTP/1.1\r\n')
    fast.send('host: localhost\r\n\r\n')
    expect(await fast.reply()).toMatchObject({ status: 200 })
    expect((await slow.reply()).value).toEqual(limit(408, 'headerTime', 300))
    await slow.closed
    const other = await wire(port)
    other.send(request('GET', '/hello/'))
    expect(await other.reply()).toMatchObject({ status: 200 })
  })

  test('that is none is 400, and says so as a Fault', async () => {
    const { port } = await start(router)
    const client = await wire(port)
    client.send('\x16\x03\x01\x02\x00\x01\x00\r\n\r\n')
    expect((await client.reply()).value).toMatchObject({ status: 400, code: 'malformed' })
    await client.closed
  })
})

describe('connections', () => {
  test('are so many, and one more is told 503 and closed', async () => {
    const { port } = await start(new Router({ hello: () => 'hello' }), { connections: 2 })
    const [first, second] = [await wire(port), await wire(port)]
    const third = await wire(port)
    expect(await third.reply()).toMatchObject({
      status: 503,
      headers: { 'retry-after': '1', connection: 'close' },
      value: limit(503, 'connections', 2, { started: false }),
    })
    third.send(request('POST', '/hello/', { 'content-length': 0 }))
    await third.closed
    for (const client of [first, second]) {
      client.send(request('POST', '/hello/', { 'content-length': 0 }))
      expect(await client.reply()).toMatchObject({ status: 200, value: 'hello' })
    }
    first.socket.destroy()
    await sleep(100)
    const fourth = await wire(port)
    fourth.send(request('POST', '/hello/', { 'content-length': 0 }))
    expect(await fourth.reply()).toMatchObject({ status: 200 })
  })
})

describe('a sender', () => {
  const received: number[] = []
  const router = new Router({ take: (text: string) => received.push(text.length), hello: () => 'hello' })
  const json = { 'content-type': 'application/json' }

  test('must bring 10,000 bytes of a body in each senderTime, or it is 408', async () => {
    const { port } = await start(router, { senderTime: 400 })
    const [slow, steady, late] = [await wire(port), await wire(port), await wire(port)]
    const body = JSON.stringify({ text: 'x'.repeat(100_000) })
    slow.send(request('POST', '/take/', { ...json, 'content-length': body.length }))
    late.send(request('POST', '/take/', { ...json, 'content-length': body.length }))
    steady.send(request('POST', '/take/', { ...json, 'content-length': body.length }))
    const dripping = setInterval(() => slow.socket.write('x'), 20)
    for (let at = 0; at < body.length; at += 12_000) {
      steady.send(body.slice(at, at + 12_000))
      await sleep(100)
    }
    expect(await steady.reply()).toMatchObject({ status: 200 })
    expect((await slow.reply()).value).toEqual(limit(408, 'senderTime', 400))
    clearInterval(dripping)
    expect((await late.reply()).value).toEqual(limit(408, 'senderTime', 400))
    await Promise.all([slow.closed, late.closed])
    expect(received).toEqual([100_000])
  })

  test('whose connection is idle between requests is closed without a word', async () => {
    const { port } = await start(router, { readerTime: 200 })
    const client = await wire(port)
    await client.closed
    await expect(client.reply()).rejects.toThrow('ended after 0 bytes')
  })
})

describe('a reader', () => {
  const ended: string[] = []
  const router = new Router({
    endless: safe(function* () {
      try {
        for (;;) yield 'x'.repeat(10_000)
      } finally {
        ended.push('endless')
      }
    }),
    quiet: safe(async function* () {
      yield 1
      await sleep(900)
      yield 2
    }),
    large: safe(() => 'x'.repeat(15_000_000)),
  })

  test('that takes nothing is cut after readerTime, and the generator ends', async () => {
    const { port } = await start(router, { readerTime: 300 })
    const client = await wire(port)
    client.socket.pause()
    client.send(request('GET', '/endless/'))
    await until(() => ended.length === 1)
    client.socket.resume()
    await client.closed
  })

  test('of a stream that says nothing for longer is not cut', async () => {
    const { port } = await start(router, { readerTime: 200 })
    const response = await fetch(`http://127.0.0.1:${port}/quiet/`)
    expect(await response.text()).toContain('2')
  })

  test('that is slow, but takes some, gets all', async () => {
    const { port } = await start(router, { readerTime: 300 })
    const socket = connect(port, '127.0.0.1')
    socket.write(request('GET', '/large/'))
    let size = 0
    socket.on('data', chunk => {
      size += chunk.length
      socket.pause()
      setTimeout(() => socket.resume(), 4)
    })
    await until(() => size > 15_000_000)
    socket.destroy()
  })
})

describe('the time of a request', () => {
  const reasons: unknown[] = []
  const cancelled: string[] = []
  const late = gate()
  const router = new Router({
    async wait(milliseconds: number) {
      const { signal } = this
      signal.addEventListener('abort', () => reasons.push((signal.reason as Error).name))
      await sleep(milliseconds)
      return 'done'
    },
    async lateStream() {
      await late.passed
      // Not a generator: one that was never begun does not notice its end.
      return {
        next: async () => ({ value: 1, done: false }),
        return: async () => {
          cancelled.push('stream')
          return { value: undefined, done: true }
        },
        [Symbol.asyncIterator]() {
          return this
        },
      }
    },
  })
  const call = (name: string, args: object) => {
    const body = JSON.stringify(args)
    const headers = { 'content-type': 'application/json', 'content-length': body.length }
    return request('POST', `/${name}/`, headers) + body
  }

  test('is bounded: 503, the signal is aborted, and the place is free again', async () => {
    const { port } = await start(router, { requestTime: 300, requests: 1 })
    const client = await wire(port)
    client.send(call('wait', { milliseconds: 30_000 }))
    const reply = await client.reply()
    expect(reply.value).toEqual(limit(503, 'requestTime', 300))
    expect(reply.headers['retry-after']).toBeUndefined()
    expect(reasons).toEqual(['TimeoutError'])
    await client.closed
    const next = await wire(port)
    next.send(call('wait', { milliseconds: 0 }))
    expect(await next.reply()).toMatchObject({ status: 200, value: 'done' })
  })

  test('is enough for what answers in time', async () => {
    const client = await wire((await start(router, { requestTime: 2000 })).port)
    client.send(call('wait', { milliseconds: 300 }))
    expect(await client.reply()).toMatchObject({ status: 200, value: 'done' })
  })

  test('that was up makes a stream end that comes too late', async () => {
    const client = await wire((await start(router, { requestTime: 100 })).port)
    client.send(call('lateStream', {}))
    expect((await client.reply()).status).toBe(503)
    late.open()
    await until(() => cancelled.length === 1)
  })
})

test.each([
  [{ headerByte: 1 }, /there is no limit headerByte here, but headerBytes, connections/],
  [{ requests: -1 }, /the limit requests must be a whole number, 0 or more, or Infinity, not -1/],
  [{ requests: Number.NaN }, /not NaN/],
  [{ requests: '5' }, /not "5"/],
])('limits that are none are refused: %o', async (limits, problem) => {
  await expect(start(new Router(), limits as never)).rejects.toThrow(problem)
})
