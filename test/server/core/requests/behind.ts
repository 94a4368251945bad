// A router behind what others have put before it: middleware of Hono and of Express, on real servers.

import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Hono, type MiddlewareHandler } from 'hono'
import { afterAll } from 'vitest'
import { z } from 'zod'
import { Blob } from '../../../../lib/values/blob.js'
import { Fault } from '../../../../lib/values/fault.js'
import { args, Router, type Server, safe, serve, session, verb } from '../../../../server/index.js'

export const secret = 'a secret of more than thirty-two bytes'
export const members = {
  hello: (name = 'World', more: unknown = null) => [name, more],
  size: async (content: Blob) => [(await content.bytes()).length, content.filename ?? null],
  upload: args({ file: z.instanceof(Blob) })(async (file: Blob) => [
    file.filename,
    (await file.bytes()).length,
  ]),
  put: verb('PUT', { envelope: 'blob' })(async (file: Blob) => (await file.text()).length),
  items: safe(function* () {
    yield 1
    yield 2
  }),
  page: safe({ maxAge: 60 })(() => 'a page'),
  broken: () => {
    throw new Fault('broken', { status: 409, code: 'broken' })
  },
  nothing: () => undefined,
  login(this: { session: { set(key: string, value: unknown): void } }) {
    this.session.set('user', 'x')
  },
}
const quiet = { error: () => undefined, warn: () => undefined, info: () => undefined }
export const router = new Router(members, { secret, identify: session(), log: quiet })

const ends: (() => unknown)[] = []
afterAll(async () => {
  for (const end of ends) await end()
})

export async function served(app: Hono): Promise<string> {
  const server: Server = await serve(app, { port: 0 })
  ends.push(() => server.close(0))
  return `${server.url}api/`
}

export async function listening(listener: RequestListener): Promise<string> {
  const server = createServer(listener)
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  ends.push(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/`
}

export const behind = (middleware: MiddlewareHandler) => new Hono().use(middleware).route('/api', router.app)

export type WebContext = Parameters<MiddlewareHandler>[0]
export const reads =
  (read: (context: WebContext) => Promise<unknown>): MiddlewareHandler =>
  async (context, next) => {
    await read(context)
    await next()
  }

export const posted = async (url: string, body: BodyInit, type?: string, method = 'POST') => {
  const headers: Record<string, string> = { accept: 'application/json' }
  if (type !== undefined) headers['content-type'] = type
  const answer = await fetch(url, { method, headers, body })
  return { status: answer.status, text: await answer.text() }
}
