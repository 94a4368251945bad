// Answers of 206: a part is what was asked for by `Range`, or an error, and never taken for the whole.

import { expect, test } from 'vitest'
import { type Blob, get, RemoteError, type Transport } from '../../../client/index.js'
import { cbor } from '../../../lib/codecs.js'
import { Form, Page } from '../../../lib/values/nodes.js'

const part = (
  headers: Readonly<Record<string, string>>,
  type = 'text/plain',
  bytes: Uint8Array = new Uint8Array([49]),
) => {
  const said: Readonly<Record<string, string>> = { 'content-type': type, ...headers }
  const transport: Transport = async () => ({
    status: 206,
    header: name => said[name],
    body: (async function* () {
      yield bytes
    })(),
  })
  return transport
}

const asking = (range: string | undefined, contentRange: string | undefined, type?: string) =>
  get<Blob>('http://a.example/', {
    transport: part(contentRange === undefined ? {} : { 'content-range': contentRange }, type),
    ...(range === undefined ? {} : { headers: { Range: range } }),
  }) as Promise<Blob>

test.each<[range: string, contentRange: string | undefined, type?: string]>([
  ['bytes=0-9', 'bytes 0-9/20'],
  ['bytes=0-9', 'bytes 0-9/*'],
  ['bytes=0-9', 'bytes 0-4/5'],
  ['bytes=5-', 'bytes 5-19/20'],
  ['bytes=-5', 'bytes 15-19/20'],
  ['bytes=-50', 'bytes 0-19/20'],
  ['bytes=0-0,-1', undefined, 'multipart/byteranges; boundary=x'],
  ['bytes=50-60, 0-4', 'bytes 0-4/20'],
  ['lines=one', 'lines 1-1/20'],
])('the part %s is answered with %s', async (range, contentRange, type) => {
  const blob = await asking(range, contentRange, type)
  expect(await blob.text()).toBe('1')
})

test.each<[range: string | undefined, contentRange: string | undefined, type?: string]>([
  [undefined, 'bytes 0-9/20'],
  [undefined, 'bytes 0-19/20'],
  [undefined, undefined],
  ['bytes=0-9', undefined],
  ['bytes=0-9', 'x'],
  ['bytes=0-9', 'bytes 0-4/20'],
  ['bytes=0-9', 'bytes 0-4/*'],
  ['bytes=0-9', 'bytes 0-10/20'],
  ['bytes=0-9', 'bytes 1-9/20'],
  ['bytes=0-9', 'bytes 0-9/5'],
  ['bytes=0-9', 'lines 0-9/20'],
  ['bytes=5-', 'bytes 5-10/20'],
  ['bytes=5-', 'bytes 5-10/*'],
  ['bytes=-5', 'bytes 5-9/20'],
  ['bytes=0-9', undefined, 'multipart/byteranges; boundary=x'],
])('where the part %s is asked for, %s is an error', async (range, contentRange, type) => {
  const error = await asking(range, contentRange, type).catch(error => error)
  expect(error).toBeInstanceOf(RemoteError)
  expect(error).toMatchObject({ status: 206, method: 'GET' })
  expect(error.message).toContain(range === undefined ? 'which nobody has asked for' : `where ${range} was`)
})

test('a part of a message is bytes, and no message', async () => {
  const bytes = cbor.encode(new Page({ url: '' }, { x: 1 }))
  const transport = part({ 'content-range': 'bytes 0-9/500' }, cbor.type, bytes)
  const blob = await get('http://a.example/', { transport, headers: { range: 'bytes=0-9' } })
  expect(await blob.bytes()).toEqual(bytes)
  await expect(get('http://a.example/', { transport })).rejects.toThrow(
    '206 a part of the answer (bytes 0-9/500)',
  )
})

test('nor is the answer to a form a part', async () => {
  const page = cbor.encode(new Page({ url: '' }, { send: new Form({ url: 'send', method: 'POST' }) }))
  const whole: Transport = async () => ({
    status: 200,
    header: name => (name === 'content-type' ? cbor.type : undefined),
    body: (async function* () {
      yield page
    })(),
  })
  const posted: string[] = []
  const transport: Transport = request => {
    if (request.method !== 'POST') return whole(request)
    posted.push(request.url)
    return part({ 'content-range': 'bytes 0-0/9' }, cbor.type)(request)
  }
  const api = await get('http://a.example/', { transport })
  await expect(api.send()).rejects.toMatchObject({ name: 'RemoteError', status: 206 })
  expect(posted).toHaveLength(1)
})
