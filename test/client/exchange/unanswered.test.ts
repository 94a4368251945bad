// What a client throws where there is no answer, and what that says of the request.

import { createServer } from 'node:net'
import { Agent } from 'undici'
import { afterAll, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { fetchTransport, get, NetworkError } from '../../../client/index.js'
import { undici } from '../../../client/transport/undici.js'
import { cbor } from '../../../lib/codecs.js'
import { Form, Page } from '../../../lib/values/nodes.js'
import { openSite, redirectTo, value } from '../../fixtures/site.js'
import { failure } from '../failure.js'

// biome-ignore lint/suspicious/noExplicitAny: pages written by hand have no types.
type Untyped = any

const site = await openSite()
afterAll(() => site.close())
beforeEach(() => {
  site.seen.splice(0)
  site.routes['/'] = value(new Page({ url: '' }, { act: new Form({ url: 'act', values: [] }) }))
})

describe('a request that got no answer', () => {
  const open = async (): Promise<Untyped> => get(site.url, { retries: 0 })
  const hang = () => {
    // The test cuts the connection.
  }

  test('was not sent, where nobody listens', async () => {
    const other = await openSite()
    await other.close()
    const error = await failure(get(other.url, { retries: 0 }))
    expect(error).toBeInstanceOf(NetworkError)
    expect(error).toMatchObject({ name: 'NetworkError', sent: 'no', method: 'GET', url: other.url })
    expect(error.message).toMatch(/^GET \/: connect ECONNREFUSED .* \(not sent\)$/)
    expect(error.cause.code).toBe('ECONNREFUSED')
  })

  test('was not sent, where the host has no address', async () => {
    const error = await failure(get('http://nobody.invalid/', { retries: 0 }))
    expect(error).toMatchObject({ name: 'NetworkError', sent: 'no' })
    expect(error.cause.code).toMatch(/^(ENOTFOUND|EAI_AGAIN)$/)
  })

  test('was not sent, where its time is up while it waits for a connection', async () => {
    // One connection, which is taken.
    const dispatcher = new Agent({ connections: 1 })
    onTestFinished(() => dispatcher.destroy())
    site.routes['/act'] = hang
    const options = { retries: 0, transport: undici(dispatcher) }
    const slow: Untyped = await get(site.url, options)
    const first = failure(slow.act())
    await vi.waitFor(() => expect(site.seen.length).toBe(2))
    const error = await failure(get(site.url, { ...options, timeout: 50 }))
    expect(error).toMatchObject({ name: 'NetworkError', sent: 'no' })
    await dispatcher.destroy()
    expect(await first).toMatchObject({ name: 'NetworkError', sent: 'unknown' })
    expect(site.seen.length).toBe(2)
  })

  test('may have been carried out, where the connection is cut before the answer', async () => {
    site.routes['/act'] = (_response, _seen, request) => request.socket.destroy()
    const error = await failure((await open()).act())
    expect(error).toMatchObject({ name: 'NetworkError', sent: 'unknown', method: 'POST' })
    expect(error.message).toMatch(/^POST \/act: .+ \(sent, outcome unknown\)$/)
  })

  test('was answered, where the answer breaks off', async () => {
    site.routes['/act'] = response => {
      response.writeHead(200, { 'content-type': cbor.type, 'content-length': 100 })
      response.write('abc', () => response.destroy())
    }
    const error = await failure((await open()).act())
    expect(error).toMatchObject({ name: 'NetworkError', sent: 'answered', status: 200 })
    expect(error.message).toBe('POST /act: the answer broke off (answered with 200)')
  })

  test('was answered, where what the answer redirects to cannot be reached', async () => {
    const other = await openSite()
    await other.close()
    site.routes['/act'] = redirectTo(other.url, 303)
    const error = await failure((await open()).act())
    expect(error).toMatchObject({ name: 'NetworkError', sent: 'answered', status: 303, method: 'GET' })
  })

  test('was not sent, where the server has moved it on to what cannot be reached', async () => {
    const other = await openSite()
    await other.close()
    site.routes['/act'] = redirectTo(other.url, 307)
    const error = await failure((await open()).act())
    expect(error).toMatchObject({ name: 'NetworkError', sent: 'no', status: undefined, method: 'POST' })
  })

  test('may have been carried out, where the answer is no HTTP', async () => {
    const server = createServer(socket => socket.once('data', () => socket.end('220 mail.example ESMTP\r\n')))
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as { port: number }
    const error = await failure(get(`http://127.0.0.1:${port}/`, { retries: 0 }))
    expect(error).toMatchObject({ name: 'NetworkError', sent: 'unknown' })
    server.close()
  })

  test('over fetch says why, too', async () => {
    const other = await openSite()
    await other.close()
    const error = await failure(get(other.url, { retries: 0, transport: fetchTransport() }))
    expect(error.message).toMatch(/^GET \/: connect ECONNREFUSED/)
  })

  test('is a RemoteError nevertheless, once it has a status', async () => {
    site.routes['/act'] = response => {
      response.writeHead(500, { 'content-type': cbor.type, 'content-length': 100 })
      response.write('abc', () => response.destroy())
    }
    const error = await failure((await open()).act())
    expect(error).toMatchObject({ name: 'RemoteError', status: 500 })
  })

  const attempts: readonly (readonly [string, number | undefined, number])[] = [
    ['a link, three times', undefined, 3],
    ['a link, as often as told', 1, 2],
    ['a link, once', 0, 1],
  ]
  test.each(attempts)('is tried again: %s', async (_, retries, expected) => {
    site.routes['/cut'] = (_response, _seen, request) => request.socket.destroy()
    await failure(get(`${site.url}cut`, retries === undefined ? {} : { retries }))
    expect(site.seen.length).toBe(expected)
  })

  test('is tried again until there is an answer', async () => {
    site.routes['/cut'] = (response, seen, request) =>
      site.seen.length < 3 ? request.socket.destroy() : value('at last')(response, seen, request)
    expect(await get(`${site.url}cut`)).toBe('at last')
  })

  test('is tried again if it was a link whose answer breaks off', async () => {
    site.routes['/cut'] = (response, seen, request) => {
      if (site.seen.length === 3) value('at last')(response, seen, request)
      else {
        response.writeHead(200, { 'content-type': cbor.type, 'content-length': 100 })
        response.write('abc', () => response.destroy())
      }
    }
    expect(await get(`${site.url}cut`)).toBe('at last')
  })

  test('is tried again until its time is up, and not for longer', async () => {
    site.routes['/cut'] = (_response, _seen, request) => request.socket.destroy()
    const error = await failure(get(`${site.url}cut`, { retries: 1000, timeout: 400 }))
    expect(error).toMatchObject({ name: 'NetworkError', cause: { name: 'TimeoutError' } })
    expect(site.seen.length).toBeLessThan(10)
  })

  test('is never tried again if it was a form', async () => {
    site.routes['/act'] = (_response, _seen, request) => request.socket.destroy()
    const page: Untyped = await get(site.url)
    await failure(page.act())
    expect(site.seen.map(({ method }) => method)).toEqual(['GET', 'POST'])
  })

  test('ends at once when it is aborted', async () => {
    site.routes['/act'] = hang
    const controller = new AbortController()
    const promise = failure(get(`${site.url}act`, { signal: controller.signal }))
    await expect.poll(() => site.seen.length).toBe(1)
    controller.abort(new Error('enough'))
    expect((await promise).message).toBe('enough')
  })
})
