// The nginx and the servers of spec/operations.md, "Behind a proxy", as they stand there but for ports and paths.

import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Agent, request } from 'undici'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { get } from '../../../../client/index.js'
import { undici } from '../../../../client/transport/undici.js'
import {
  type Context,
  Router,
  type ServeOptions,
  type Server,
  safe,
  serve,
} from '../../../../server/index.js'
import { Nginx } from '../../../nginx.js'
import { freePorts } from '../../../ports.js'
import { ensure } from '../../../system.js'

const page = readFileSync(fileURLToPath(new URL('../../../../spec/operations.md', import.meta.url)), 'utf8')
const [, block = ''] = /^```nginx\n([\s\S]*?)^```$/m.exec(page) ?? []
const [, written = ''] = /serve\(router, \{ port, (.*) \}\)/.exec(page) ?? []

/** The options of the page, but for the port; they are a list of names and values of JSON with other quotes. */
const options: ServeOptions = JSON.parse(`{${written.replace(/(\w+): /g, '"$1": ').replaceAll("'", '"')}}`)

const router = (answering: string) =>
  new Router(
    {
      which: () => answering,
      whence(this: Context) {
        return this.address ?? null
      },
      enter(this: Context) {
        this.cookies.set('session', 'mine')
      },
      length: async (content: Blob) => (await content.arrayBuffer()).byteLength,
      items: safe(async function* () {
        yield 'first'
        await opened
        yield 'second'
      }),
    },
    { secret: 'one key of thirty-two bytes or more' },
  )
type Api = ReturnType<typeof router>

let open: () => void = () => undefined
const opened = new Promise<void>(resolve => {
  open = resolve
})

/** A key and a certificate for `api.example`, signed by itself. */
function certify(openssl: string, folder: string): void {
  const names = ['-subj', '/CN=api.example', '-addext', 'subjectAltName=DNS:api.example']
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', 'tls.key']
  const parameters = ['req', '-x509', '-days', '2', ...key, '-out', 'tls.pem', ...names]
  const { status, stderr } = spawnSync(openssl, parameters, { cwd: folder, encoding: 'utf8' })
  if (status !== 0) throw new Error(`openssl failed: ${stderr}`)
}

const nginx = ensure('nginx')
const openssl = ensure('openssl')

describe.skipIf(nginx === undefined || openssl === undefined)('the recipe for nginx', () => {
  const servers: Server[] = []
  let proxy: Nginx | undefined
  let agent: Agent
  let base: string
  let plain: number

  beforeAll(async () => {
    for (const name of ['one', 'two']) {
      servers.push(await serve(router(name), { ...options, drain: 0, port: 0 }))
    }
    const [secure = 0, unsecured = 0] = await freePorts(2)
    plain = unsecured
    base = `https://api.example:${secure}/`
    proxy = await Nginx.start(nginx as string, [secure, unsecured], folder => {
      certify(openssl as string, folder)
      mkdirSync(join(folder, 'away'))
      return block
        .replaceAll('127.0.0.1:8000', `127.0.0.1:${servers[0]?.port}`)
        .replaceAll('127.0.0.1:8001', `127.0.0.1:${servers[1]?.port}`)
        .replace('listen 443 ssl;', `listen 127.0.0.1:${secure} ssl;`)
        .replace('listen 80;', `listen 127.0.0.1:${unsecured};`)
        .replaceAll('/etc/ssl/api.example', join(folder, 'tls'))
        .replaceAll('/run/away', join(folder, 'away'))
    })
    const ca = readFileSync(join(proxy.folder, 'tls.pem'), 'utf8')
    agent = new Agent({
      connect: { ca, lookup: (_name, _options, found) => found(null, [{ address: '127.0.0.1', family: 4 }]) },
    })
  }, 60_000)

  afterAll(async () => {
    open()
    await agent?.close()
    await proxy?.stop()
    await Promise.all(servers.map(server => server.close(0)))
  })

  const connect = () => get<Api>(base, { transport: undici(agent) })

  test('the servers answer to the name that clients use, and know who they are', async () => {
    const api = await connect()
    expect(await api.whence()).toBe('127.0.0.1')
    const { port } = servers[0] as Server
    const forwarded = { 'x-forwarded-for': '192.0.2.1' }
    expect(
      await get<Api>(`http://127.0.0.1:${port}/`, { headers: forwarded }).then(direct => direct.whence()),
    ).toBe('192.0.2.1')
  })

  test('cookies are for https alone', async () => {
    const answer = await request(`${base}enter/`, { method: 'POST', dispatcher: agent })
    await answer.body.dump()
    expect(answer.statusCode).toBe(204)
    expect(String(answer.headers['set-cookie'])).toMatch(/^__Host-session=.*; Secure/)
  })

  test.each([
    ['status', 403],
    ['metrics', 403],
    ['health', 200],
    ['ready', 200],
  ])('/factory/%s is answered to strangers with %i', async (part, status) => {
    const answer = await request(`${base}factory/${part}`, { dispatcher: agent })
    await answer.body.dump()
    expect(answer.statusCode).toBe(status)
  })

  test('a stream comes as it is made, and an upload of some MB arrives', async () => {
    const api = await connect()
    expect(await api.length(new Blob([new Uint8Array(3_000_000)]))).toBe(3_000_000)
    const items = (await api.items())[Symbol.asyncIterator]()
    expect(await items.next()).toEqual({ value: 'first', done: false })
    open()
    expect(await items.next()).toEqual({ value: 'second', done: false })
    expect(await items.next()).toMatchObject({ done: true })
  })

  test('a file takes a server out', async () => {
    const api = await connect()
    for (const [away, other] of [
      ['1', 'two'],
      ['2', 'one'],
    ] as const) {
      const file = join(proxy?.folder as string, 'away', away)
      writeFileSync(file, '')
      for (const _ of [1, 2, 3]) expect(await api.which()).toBe(other)
      rmSync(file)
    }
  })

  test('what comes without TLS is sent there', async () => {
    const answer = await request(`http://127.0.0.1:${plain}/whence/`, { headers: { host: 'api.example' } })
    await answer.body.dump()
    expect([answer.statusCode, answer.headers.location]).toEqual([301, 'https://api.example/whence/'])
  })
})
