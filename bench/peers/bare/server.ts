// The floor: node:http and JSON by hand.

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { pipeline } from 'node:stream/promises'
import { accountOf, accountToJson, friends, greeting, items, pieces, rows, sizeOf } from '../../data.js'
import type { Serve } from '../../peer.js'

const json = async (request: IncomingMessage) => {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return JSON.parse(Buffer.concat(chunks).toString()) as { name: string; count: number }
}

const answer = (response: ServerResponse, value: unknown) => {
  const body = JSON.stringify(value)
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) })
  response.end(body)
}

/** Lines in pieces of a size that a socket likes. */
function* lines(count: number): Generator<string> {
  let text = ''
  for (const item of items(count)) {
    text += `${JSON.stringify(item)}\n`
    if (text.length < 16_384) continue
    yield text
    text = ''
  }
  yield text
}

const server = createServer(async (request, response) => {
  switch (request.url) {
    case '/hello':
      return answer(response, greeting((await json(request)).name))
    case '/member':
      return answer(response, accountToJson(accountOf((await json(request)).name)))
    case '/find_user':
    case '/profile':
    case '/name':
      return answer(response, (await json(request)).name)
    case '/friends':
      return answer(response, friends)
    case '/rows':
      return answer(response, rows)
    case '/download':
      return pipeline(pieces, response)
    case '/upload':
      return answer(response, await sizeOf(request))
    case '/items':
      return pipeline(lines((await json(request)).count), response)
    default:
      response.writeHead(404).end()
  }
})

export const serve: Serve = () =>
  new Promise(resolve => {
    server.listen(0, '127.0.0.1', () =>
      resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`),
    )
  })
