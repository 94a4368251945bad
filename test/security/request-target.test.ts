// What a request says it is for: one host, and a path that whoever guards paths in front has read in the same way.

import { connect } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { Router, type ServeOptions, type Server, safe, serve } from '../../server/index.js'

const servers: Server[] = []
afterEach(() => Promise.all(servers.splice(0).map(server => server.close(0))))

async function start(options: ServeOptions = {}) {
  const server = await serve(new Router({ look: safe(() => 'seen') }), { port: 0, ...options })
  servers.push(server)
  return server
}

/** The first line and headers of the answer to a head that is written by hand. */
async function answerTo(head: string, { port }: Server): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  socket.end(`${head.replaceAll('PORT', String(port))}Connection: close\r\n\r\n`)
  let answer = ''
  for await (const chunk of socket.setEncoding('latin1')) answer += chunk
  return answer.split('\r\n\r\n')[0] ?? ''
}

const heads: readonly (readonly [what: string, head: string, status: number])[] = [
  ['its own host', 'GET /look/ HTTP/1.1\r\nHost: 127.0.0.1:PORT\r\n', 200],
  [
    'an absolute target of its own',
    'GET http://localhost:PORT/look/ HTTP/1.1\r\nHost: LOCALHOST:PORT\r\n',
    200,
  ],
  [
    'an absolute target with the usual port',
    'GET http://localhost:80/look/ HTTP/1.1\r\nHost: localhost\r\n',
    200,
  ],
  [
    'an absolute target of another host',
    'GET http://evil.example/look/ HTTP/1.1\r\nHost: localhost\r\n',
    421,
  ],
  ['one of another port', 'GET http://localhost:1/look/ HTTP/1.1\r\nHost: localhost\r\n', 421],
  ['both of another host', 'GET http://evil.example/look/ HTTP/1.1\r\nHost: evil.example\r\n', 421],
  ['a target with a user', 'GET http://me:pw@localhost/look/ HTTP/1.1\r\nHost: localhost\r\n', 400],
  ['a target of another scheme', 'GET ftp://localhost/look/ HTTP/1.1\r\nHost: localhost\r\n', 400],
  ['a target that is no path', 'OPTIONS * HTTP/1.1\r\nHost: localhost\r\n', 400],
  ['two hosts', 'GET /look/ HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n', 400],
  ['the same host twice', 'GET /look/ HTTP/1.1\r\nhost: localhost\r\nHOST: localhost\r\n', 400],
  ['no host', 'GET /look/ HTTP/1.1\r\n', 400],
  ['a host that is none', 'GET /look/ HTTP/1.1\r\nHost: local host\r\n', 400],
  ['a host with a path', 'GET /look/ HTTP/1.1\r\nHost: localhost/x\r\n', 400],
  ['a host with a user', 'GET /look/ HTTP/1.1\r\nHost: localhost:80@evil.example\r\n', 400],
  ['a host with a port that is none', 'GET /look/ HTTP/1.1\r\nHost: localhost:\r\n', 400],
  ['an address in another spelling', 'GET /look/ HTTP/1.1\r\nHost: [::ffff:127.0.0.1]\r\n', 400],
  ['a number for an address', 'GET /look/ HTTP/1.1\r\nHost: 2130706433\r\n', 400],
  ['a scheme in capitals', 'GET HTTP://localhost/look/ HTTP/1.1\r\nHost: localhost\r\n', 400],
  ['a fragment', 'GET /look/#x HTTP/1.1\r\nHost: localhost\r\n', 400],
  ['a path in a fragment', 'GET /#/look/ HTTP/1.1\r\nHost: localhost\r\n', 400],
  ['a segment of dots', 'GET /look/../look/ HTTP/1.1\r\nHost: localhost\r\n', 400],
  ['a segment of dots that are escaped', 'GET /public/%2E%2e/look/ HTTP/1.1\r\nHost: localhost\r\n', 400],
  ['one at the end', 'GET /look/.%2e HTTP/1.1\r\nHost: localhost\r\n', 400],
  ['a backslash', 'GET /public\\..\\look/ HTTP/1.1\r\nHost: localhost\r\n', 400],
  ['another expectation', 'GET /look/ HTTP/1.1\r\nHost: localhost\r\nExpect: a-miracle\r\n', 417],
]

test.each(heads)(
  'a request is for one host, and its path is read in one way: %s',
  async (_, head, status) => {
    const served = await start()
    const answer = await answerTo(head, served)
    expect(answer.slice(9, 12)).toBe(String(status))
    expect(answer).toMatch(/^x-content-type-options: nosniff$/im)
    expect(answer).toMatch(/^referrer-policy: no-referrer$/im)
  },
)

test('a request without a Host is answered at addresses of all families', async () => {
  const served = await start({ host: '::1' })
  const socket = connect(served.port, '::1')
  socket.write('GET /look/ HTTP/1.0\r\n\r\n')
  let answer = ''
  for await (const chunk of socket.setEncoding('latin1')) answer += chunk
  expect(answer).toMatch(/^HTTP\/1\.1 200 /)
})

test('names are no matter to a server for any, but a target of another host is', async () => {
  const open = await start({ hosts: 'any' })
  const head = 'GET http://one.example/look/ HTTP/1.1\r\nHost: '
  expect((await answerTo(`${head}one.example\r\n`, open)).slice(9, 12)).toBe('200')
  expect((await answerTo(`${head}two.example\r\n`, open)).slice(9, 12)).toBe('421')
})
