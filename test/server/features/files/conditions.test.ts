// What a client says of the version that it has, by RFC 9110 13: tags and dates, alone and together, and ranges of them.

import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { files, Router } from '../../../../index.js'

const folder = mkdtempSync(join(tmpdir(), 'hyperglyph-conditions-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const router = new Router({ docs: files(folder) })

function write(name: string, content: string, modified: Date): void {
  writeFileSync(join(folder, name), content)
  utimesSync(join(folder, name), modified, modified)
}
const at = (time: string) => `Fri, 02 Jan 2026 ${time} GMT`
write('hello.txt', 'hello, world', new Date('2026-01-02T03:04:05.678Z'))
write('empty', '', new Date('2026-01-02T03:04:05.678Z'))

const ask = async (path: string, headers: Record<string, string>, method = 'GET') =>
  router.fetch(new Request(`http://local/docs/${path}`, { headers, method }))

const whole = 'hello, world'
const changed = expect.stringContaining('"code":"changed"')

test.each<[headers: Record<string, string>, status: number, body: unknown]>([
  // If-Match compares strongly, and goes before If-Unmodified-Since.
  [{ 'if-match': 'TAG' }, 200, whole],
  [{ 'if-match': '"x", TAG' }, 200, whole],
  [{ 'if-match': '*' }, 200, whole],
  [{ 'if-match': '"x"' }, 412, changed],
  [{ 'if-match': '' }, 412, changed],
  [{ 'if-match': 'W/TAG' }, 412, changed],
  [{ 'if-match': '"x"', range: 'bytes=0-0' }, 412, changed],
  [{ 'if-match': 'TAG', range: 'bytes=0-0' }, 206, 'h'],
  [{ 'if-match': 'TAG', 'if-unmodified-since': at('03:04:04') }, 200, whole],
  [{ 'if-unmodified-since': at('03:04:05') }, 200, whole],
  [{ 'if-unmodified-since': at('03:04:04') }, 412, changed],
  [{ 'if-unmodified-since': '5' }, 200, whole],
  // Both go before what says that the client has it.
  [{ 'if-match': '"x"', 'if-none-match': 'TAG' }, 412, changed],
  [{ 'if-match': 'TAG', 'if-none-match': 'TAG' }, 304, ''],
  [{ 'if-unmodified-since': at('03:04:04'), 'if-none-match': 'TAG' }, 412, changed],
  // If-None-Match compares weakly, and goes before If-Modified-Since and ranges.
  [{ 'if-none-match': 'W/TAG' }, 304, ''],
  [{ 'if-none-match': '"x"', 'if-modified-since': at('03:04:05') }, 200, whole],
  [{ 'if-none-match': 'TAG', range: 'bytes=0-0' }, 304, ''],
  // Dates are those of HTTP, in its three formats, and in UTC.
  [{ 'if-modified-since': at('03:04:05') }, 304, ''],
  [{ 'if-modified-since': 'Friday, 02-Jan-26 03:04:05 GMT' }, 304, ''],
  [{ 'if-modified-since': 'Fri Jan  2 03:04:05 2026' }, 304, ''],
  [{ 'if-modified-since': 'Fri Jan  2 02:04:05 2026' }, 200, whole],
  [{ 'if-modified-since': '2099' }, 200, whole],
  [{ 'if-modified-since': '99999999999' }, 200, whole],
  [{ 'if-modified-since': '2099-01-01T00:00:00Z' }, 200, whole],
  [{ 'if-modified-since': 'Thu, 01 Jan 2099 00:00:00 +0000' }, 200, whole],
  // If-Range takes a strong tag, or the very date.
  [{ range: 'bytes=0-0', 'if-range': 'TAG' }, 206, 'h'],
  [{ range: 'bytes=0-0', 'if-range': 'W/TAG' }, 200, whole],
  [{ range: 'bytes=0-0', 'if-range': '*' }, 200, whole],
  [{ range: 'bytes=0-0', 'if-range': at('03:04:05') }, 206, 'h'],
  [{ range: 'bytes=0-0', 'if-range': at('03:04:06') }, 200, whole],
  [{ range: 'bytes=0-0', 'if-range': 'Fri Jan  2 03:04:05 2026' }, 206, 'h'],
  [{ range: 'bytes=0-0', 'if-range': '2026-01-02T03:04:05Z' }, 200, whole],
])('%j is answered with %i', async (headers, status, body) => {
  const tag = (await ask('hello.txt', {}, 'HEAD')).headers.get('etag') ?? ''
  const given = Object.fromEntries(
    Object.entries(headers).map(([key, value]) => [key, value.replace('TAG', tag)]),
  )
  const answer = await ask('hello.txt', given)
  expect({ status: answer.status, body: await answer.text() }).toEqual({ status, body })
  // HEAD is GET without its body and its ranges.
  const head = await ask('hello.txt', given, 'HEAD')
  expect([head.status, await head.text()]).toEqual([status === 206 ? 200 : status, ''])
})

test('HEAD has no ranges', async () => {
  for (const range of ['bytes=0-0', 'bytes=99-']) {
    const { status, headers } = await ask('hello.txt', { range }, 'HEAD')
    expect([status, headers.get('content-length'), headers.get('content-range')]).toEqual([200, '12', null])
  }
})

test.each([
  ['bytes=-5', 200],
  ['bytes=-0', 416],
  ['bytes=0-', 416],
])('of an empty file %s is %i', async (range, status) => {
  const answer = await ask('empty', { range })
  expect([answer.status, await answer.text()]).toEqual([status, ''])
})

test('a date is weak as long as the file can change within its second', async () => {
  writeFileSync(join(folder, 'fresh'), 'fresh')
  const since = (await ask('fresh', {})).headers.get('last-modified') ?? ''
  expect((await ask('fresh', { range: 'bytes=0-0', 'if-range': since })).status).toBe(200)
  const earlier = new Date(Date.now() - 3000)
  write('fresh', 'fresh', earlier)
  expect((await ask('fresh', { range: 'bytes=0-0', 'if-range': earlier.toUTCString() })).status).toBe(206)
})

test('a file of the future has changed by now, and again whenever it is asked about', async () => {
  write('future', 'future', new Date(Date.now() + 86_400_000))
  const since = (await ask('future', {})).headers.get('last-modified') ?? ''
  expect(Date.parse(since)).toBeLessThanOrEqual(Date.now())
  expect((await ask('future', { 'if-modified-since': since })).status).toBe(200)
})
