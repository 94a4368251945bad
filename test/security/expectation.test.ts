// A sender that holds back its body hears that it is wanted once it is, and of a refusal nothing but that.

import { expect, test } from 'vitest'
import { allow, Router } from '../../server/index.js'
import { start, wire } from '../limits/peer.js'

const router = new Router({
  echo: (text: string) => text,
  secret: allow('clerk')((text: string) => text),
})

/** A head without its body. */
const head = (path: string, more = '') =>
  `POST ${path} HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\n${more}\r\n`
const json = (length: number) => `Content-Type: application/json\r\nContent-Length: ${length}\r\n`

test.each([
  ['what is not allowed', head('/secret/', json(10 ** 9)), 401],
  ['a short body for it', head('/secret/', json(14)), 401],
  ['one that says no length', head('/secret/', 'Transfer-Encoding: chunked\r\n'), 401],
  ['what is not there', head('/nothing/', json(14)), 404],
  ['what takes no body', head('/', json(14)), 405],
  ['a type that nobody reads', head('/echo/', 'Content-Type: image/png\r\nContent-Length: 9\r\n'), 415],
])('who waits is told of a refusal alone, and sends no body: %s', async (_, sent, status) => {
  const { port } = await start(router)
  const { send, reply, closed } = await wire(port)
  send(sent)
  const answer = await reply()
  expect(answer.status).toBe(status)
  // What comes next over the connection could be taken for the body.
  expect(answer.headers.connection).toBe('close')
  await closed
})

test.each([
  ['a length', json(14), '{"text":"tef"}'],
  [
    'pieces',
    'Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n',
    'e\r\n{"text":"tef"}\r\n0\r\n\r\n',
  ],
])('who waits is told to go on where the body is read: %s', async (_, more, body) => {
  const { port } = await start(router)
  const { send, reply } = await wire(port)
  for (let time = 0; time < 2; time++) {
    send(head('/echo/', more))
    expect((await reply()).status).toBe(100)
    send(body)
    expect(await reply()).toMatchObject({ status: 200, value: 'tef' })
  }
})

test('who does not wait is answered like others', async () => {
  const { port } = await start(router)
  const { send, reply } = await wire(port)
  send(`${head('/echo/', json(14))}{"text":"tef"}`)
  let answer = await reply()
  if (answer.status === 100) answer = await reply()
  expect(answer).toMatchObject({ status: 200, value: 'tef' })
})
