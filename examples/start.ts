// `npm start`: serves a post office and its archive, lets a client in a second process call them, and goes on serving
// on 127.0.0.1 until Ctrl-C. PORT sets the port; `--once` ends when the client has.

import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { get, local, serve, url } from 'hyperglyph'
import { type Api, router } from './start/api.js'
import { archive, archiveIsAt } from './start/archive.js'
import { cleanUp, closeOffice } from './start/post.js'

async function start() {
  const chosen = process.env.PORT
  const options = { log: 'common', on: { stop: closeOffice } } as const
  try {
    return await serve(router, { ...options, port: Number(chosen ?? 8000) })
  } catch (error) {
    const taken = (error as NodeJS.ErrnoException).code === 'EADDRINUSE'
    if (!taken || chosen !== undefined) throw error
    return await serve(router, { ...options, port: 0 })
  }
}

const server = await start().catch(async error => {
  await cleanUp()
  throw error
})
const second = await serve(archive, { port: 0, log: 'common' })
archiveIsAt(second.url)

let ending: Promise<void> | undefined
const end = (): Promise<void> => {
  ending ??= Promise.all([server.close(), second.close()]).then(cleanUp)
  return ending
}
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, end)

console.log(`The post office is at ${server.url}, its archive at ${second.url}\n`)
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
The server goes on (Ctrl-C ends it). Open it in a browser:

  ${server.url}
  ${server.url}factory/help

or try:

  curl ${server.url}
  curl ${server.url}hello/ -d name=you
  curl ${server.url}hello/ -H 'content-type: application/json' -d '{"name":"JSON"}'
  curl -L ${server.url}find_user/ -d name=bob
  curl ${url(bob)}message -d subject=Hello -d body='from curl'
  curl ${url(bob)}inbox
  curl --no-buffer ${server.url}news
`)
}
