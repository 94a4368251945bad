// What a browser is shown where no router was asked: the page of a Fault, whatever refused its request.

import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { Fault } from '../../../../lib/values/fault.js'
import { refusalOf } from '../../../../server/features/html/refusal-page.js'
import { Router, type ServeOptions, safe, serve } from '../../../../server/index.js'
import { gate, type Reply, request, until, wire } from '../../../limits/peer.js'
import { parsed } from './page.js'

const browser = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8'
const long = 'x'.repeat(3000)

/** The page of a refusal, which stands alone: nothing else has to be asked for. */
function pageOf({ headers, text }: Reply) {
  expect(headers).toMatchObject({ 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' })
  const page = parsed(text)
  const style = createHash('sha256').update(page.one('style').exact).digest('base64')
  expect(headers['content-security-policy']).toContain(`default-src 'none'; style-src 'sha256-${style}'`)
  expect([page.all('script'), page.all('link[rel=stylesheet]')]).toEqual([[], []])
  return page
}

test.each<[what: string, options: ServeOptions, sent: string, status: number, text: RegExp]>([
  ['a sender whom it does not serve', { domain: ['127.0.0.5'] }, get('/'), 403, /service domain/],
  ['a name that is not its own', {}, get('/', { host: 'evil.example' }), 421, /"evil\.example"/],
  ['a head that is too long', { limits: { headerBytes: 2000 } }, get('/', { pad: long }), 431, /2000 bytes/],
  ['a line that is too long', { limits: { headerBytes: 2000 } }, get(`/?${long}`), 414, /2000 bytes/],
  ['what is no request', {}, `\r\naccept: text/html\r\n\r\n`, 400, /not an HTTP request/],
  ['an answer that takes too long', { limits: { requestTime: 50 } }, get('/never/'), 503, /within 50 ms/],
  ['a part that is denied', { factory: { deny: ['help'] } }, get('/factory/help/'), 404, /nothing is here/],
  ['a part that is not open', { factory: { open: [] } }, get('/factory/status/'), 403, /not open/],
])('%s is refused with a page', async (_, options, sent, status, text) => {
  const never = safe(() => new Promise(() => undefined))
  const server = await serve(new Router({ never }), { port: 0, signals: false, ...options })
  try {
    const client = await wire(server.port)
    client.send(sent)
    const reply = await client.reply()
    expect(reply.status).toBe(status)
    const page = pageOf(reply)
    expect(page.one('h1').text).toBe(status === 404 ? 'Not here' : 'This did not work')
    expect(page.one('.fault[role=alert]').text).toMatch(text)
  } finally {
    await server.close(0)
  }
})

function get(target: string, headers = {}): string {
  return request('GET', target, { accept: browser, ...headers })
}

test('what is shed says in a page that it was not begun, and when to come again', async () => {
  const { passed, open } = gate()
  const wait = safe(() => passed)
  const server = await serve(new Router({ wait }), { port: 0, signals: false, limits: { requests: 1 } })
  try {
    const [first, second] = [await wire(server.port), await wire(server.port)]
    first.send(get('/wait/'))
    second.send(get('/'))
    const reply = await second.reply()
    expect([reply.status, reply.headers['retry-after']]).toEqual([503, '1'])
    expect(pageOf(reply).one('.fault').text).toContain('Nothing of it was begun: it can be sent again.')
    second.send(request('GET', '/', { accept: '*/*' }))
    expect((await second.reply()).value).toMatchObject({ code: 'limit', details: { started: false } })
    open()
    expect((await first.reply()).status).toBe(200)
  } finally {
    open()
    await server.close(0)
  }
})

test('a server that is about to stop says so in a page', async () => {
  const server = await serve(new Router(), { port: 0, signals: false, drain: 5000 })
  const client = await wire(server.port)
  const closing = server.close()
  try {
    await until(() => server.closing)
    client.send(get('/factory/ready/'))
    const { status, text } = await client.reply()
    expect([status, parsed(text).one('.fault').text]).toEqual([503, expect.stringContaining('about to stop')])
  } finally {
    await Promise.all([server.close(0), closing])
  }
})

test('a refusal is drawn once, whoever asks for it', async () => {
  let drawn = 0
  const details = {
    get limit() {
      drawn++
      return 'requests'
    },
  }
  const refusal = refusalOf(new Fault('<b>', { status: 503, details }))
  drawn = 0
  const texts = await Promise.all([1, 2, 3].map(() => refusal.response(browser).text()))
  expect([drawn, new Set(texts).size]).toEqual([1, 1])
  expect(texts[0]).toContain('&lt;b&gt;')
})
