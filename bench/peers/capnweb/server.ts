// capnweb: WebSockets by ws, and HTTP batches, on one server.

import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { newWebSocketRpcSession, nodeHttpBatchRpcResponse } from 'capnweb'
import WebSocket, { WebSocketServer } from 'ws'
import type { Serve } from '../../peer.js'
import { Api } from './api.js'

// It looks up the states of a socket here, where Node 20 has nothing.
Object.assign(globalThis, { WebSocket })

const server = createServer((request, response) => nodeHttpBatchRpcResponse(request, response, new Api()))
const sockets = new WebSocketServer({ server })
sockets.on('connection', socket => {
  newWebSocketRpcSession(socket as unknown as globalThis.WebSocket, new Api())
})

export const serve: Serve = () =>
  new Promise(resolve => {
    server.listen(0, '127.0.0.1', () =>
      resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`),
    )
  })
