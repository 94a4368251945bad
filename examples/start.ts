// `npm start`: serves users, a crawl queue and a blob store, lets a client in a second process call them, and
// goes on serving on 127.0.0.1 until Ctrl-C. PORT sets the port; `--once` ends when the client has.

import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { type Fetcher, get, local, serve, url } from 'hyperglyph'
import { type Api, cleanUp, router } from './start/api.js'

/** Prints a line for each request. */
const printing: Fetcher = {
  async fetch(request, bindings) {
    const response = await router.fetch(request, bindings)
    console.log(`server  ${request.method} ${new URL(request.url).pathname} ${response.status}`)
    return response
  },
}

async function start() {
  const chosen = process.env.PORT
  try {
    return await serve(printing, { port: Number(chosen ?? 8000) })
  } catch (error) {
    const taken = (error as NodeJS.ErrnoException).code === 'EADDRINUSE'
    if (!taken || chosen !== undefined) throw error
    return await serve(printing, { port: 0 })
  }
}

const server = await start().catch(async error => {
  await cleanUp()
  throw error
})
let ending: Promise<void> | undefined
const end = (): Promise<void> => {
  ending ??= server.close().then(cleanUp)
  return ending
}
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, end)

console.log(`server  listens on ${server.url}\n`)
const client = fork(fileURLToPath(new URL('./start/client.ts', import.meta.url)), [server.url])
const failed = await new Promise<number>(resolve => client.once('exit', code => resolve(code ?? 1)))

if (ending !== undefined) {
  // Ctrl-C, while the client was running.
} else if (failed || process.argv.includes('--once')) {
  process.exitCode = failed
  await end()
} else {
  const bob = await get<Api>(server.url, { transport: local(router) }).then(api => api.find_user('bob'))
  console.log(`
The server goes on at ${server.url} (Ctrl-C ends it). Open that in a browser, or try:

  curl ${server.url}
  curl ${server.url}hello/ -d name=you
  curl ${server.url}hello/ -H 'content-type: application/json' -d '{"name":"JSON"}'
  curl -L ${server.url}find_user/ -d name=bob
  curl ${url(bob)}message -d subject=Hello -d body='from curl'
  curl ${url(bob)}inbox
  curl ${server.url}files/
`)
}
