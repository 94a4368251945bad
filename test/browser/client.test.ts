// The client in the browsers that people have, as Debian packages them: in a page, a web worker and a service worker,
// over HTTP/1.1, at the server that the page is from and at one of another origin. Nobody drives the browsers: they are
// started with an address, and the page says itself how it went.

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { getRequestListener } from '@hono/node-server'
import { build } from 'esbuild'
import { Hono } from 'hono'
import { cors } from 'hono/cors'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  type Blob,
  blob,
  Fault,
  Form,
  Input,
  Page,
  Router,
  type RouterOptions,
  redirect,
  verb,
} from '../../index.js'
import { json } from '../../lib/codecs.js'
import { ensure } from '../system.js'
import { names, type Results } from './battery.js'

const here = fileURLToPath(new URL('.', import.meta.url))

class User {
  constructor(readonly id: string) {}
  greet() {
    return `${this.id} greets`
  }
  friend() {
    return new User('eve')
  }
  friends() {
    return [new User('eve'), new User('tef')]
  }
}

async function counted(file: Blob): Promise<number> {
  let bytes = 0
  for await (const chunk of file.chunks()) bytes += chunk.length
  return bytes
}

const routerWith = (options: RouterOptions) =>
  new Router(
    {
      User,
      make: (id: string) => new User(id),
      find: redirect((id: string) => new User(id)),
      hello: (name = 'World') => `Hello ${name}`,
      measure: async (file: Blob) => [file.size ?? null, await counted(file)],
      put: verb('PUT', { envelope: 'blob' })((file: Blob) => counted(file)),
      describe: (files: Blob[]) =>
        files.map(({ filename = '', type, size }) => `${filename} ${type} ${size}`),
      produce: (size: number) => blob(new Uint8Array(size)),
      async *count() {
        for (let at = 1; ; at++) {
          yield at
          await new Promise(resolve => setTimeout(resolve, 5))
        }
      },
      values: () => ({
        when: new Date(0),
        set: new Set([1]),
        bytes: new Uint8Array(2),
        large: 9007199254740993n,
      }),
      fail: () => {
        throw new Fault('no such thing', { status: 404 })
      },
      slow: () => new Promise(resolve => setTimeout(resolve, 3000)),
    },
    { pipeline: true, ...options },
  )

/** What each context runs. The service worker tells of itself once it is there; the page keeps it going by asking. */
const scripts = {
  page: `import { report } from './battery.js'
    const worker = new Worker('/worker.js')
    await navigator.serviceWorker.register('/service.js')
    await report('page')`,
  worker: `import { report } from './battery.js'; report('worker')`,
  service: `import { report } from './battery.js'
    self.addEventListener('install', event => event.waitUntil(report('service worker')))`,
}

async function bundle(contents: string): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: here, loader: 'ts' },
    bundle: true,
    write: false,
    platform: 'browser',
    format: contents.startsWith('import') && contents.includes('await navigator') ? 'esm' : 'iife',
    target: 'es2022',
    alias: { '#transport': fileURLToPath(new URL('../../client/transport/fetch.ts', import.meta.url)) },
    logLevel: 'error',
  })
  return outputFiles[0]?.text ?? ''
}

function listen(app: Hono) {
  const server = createServer(getRequestListener(app.fetch))
  server.listen(0, '127.0.0.1')
  return once(server, 'listening').then(() => ({
    server,
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
  }))
}

/** A page of forms that have moved to the mount since. */
const before = new Page(
  { url: '' },
  Object.fromEntries(
    [
      ['find', 'id'],
      ['make', 'id'],
      ['measure', 'file'],
    ].map(([name, argument]) => [
      name,
      new Form({ url: `${name}/`, values: [new Input({ name: argument })] }),
    ]),
  ),
)

/** Below a mount, with ways to it that are redirects. */
function mounted(app: Hono, router: Router): void {
  app.route('/deep/api', router.app)
  app.get('/moved/far/away', context => context.redirect('/moved/near', 301))
  app.get('/moved/near', context => context.redirect('/deep/api/', 302))
  app.get('/once/', context => context.redirect('/deep/api/', 307))
  app.get('/for/good/x/', context => context.redirect('/deep/api/', 308))
  app.get('/before/it/moved/', context => {
    return context.body(json.encode(before).slice().buffer, 200, { 'content-type': json.type })
  })
  for (const [name, status] of [
    ['find', 308],
    ['make', 308],
    ['measure', 307],
  ] as const)
    app.post(`/before/it/moved/${name}/`, context => context.redirect(`/deep/api/${name}/`, status))
  app.get('/kept/', context => context.redirect('/deep/kept/', 307))
  app.all('/deep/kept/*', context => context.redirect(context.req.url.replace('/kept/', '/api/'), 307))
}

const browsers = [
  ['Chromium', 'chromium', ensure('chromium')],
  ['Firefox', 'firefox-esr', ensure('firefox-esr')],
] as const

const start = (kind: string, program: string, profile: string, address: string): ChildProcess =>
  kind === 'chromium'
    ? spawn(
        program,
        [
          '--headless',
          '--no-sandbox',
          '--disable-gpu',
          '--disable-dev-shm-usage',
          '--no-first-run',
          `--user-data-dir=${profile}`,
          address,
        ],
        { stdio: 'ignore', detached: true },
      )
    : spawn(program, ['--headless', '--no-remote', '--profile', profile, address], {
        stdio: 'ignore',
        detached: true,
      })

describe.each(browsers)('in %s', (_, kind, program) => {
  const contexts = ['page', 'worker', 'service worker'].flatMap(context => [
    `${context}, own origin`,
    `${context}, other origin`,
  ])
  const told = new Map<string, Results>()
  let heard: (() => void) | undefined
  let browser: ChildProcess | undefined
  let profile = ''
  const servers: Awaited<ReturnType<typeof listen>>[] = []

  beforeAll(async () => {
    if (program === undefined) return
    profile = await mkdtemp(join(tmpdir(), `hyperglyph-${kind}-`))
    if (kind !== 'chromium') await writeFile(join(profile, 'user.js'), preferences)
    const own = new Hono()
    const site = await listen(own)
    servers.push(site)
    mounted(own, routerWith({}))
    const other = new Hono()
    other.use(
      cors({
        origin: site.origin,
        allowHeaders: ['accept', 'content-type', 'content-disposition'],
        allowMethods: ['GET', 'POST', 'PUT'],
      }),
    )
    mounted(other, routerWith({ trustedOrigins: [site.origin] }))
    const second = await listen(other)
    servers.push(second)
    for (const [name, script] of Object.entries(scripts)) {
      const text = await bundle(script)
      own.get(`/${name}.js`, context => context.body(text, 200, { 'content-type': 'text/javascript' }))
    }
    own.get('/', context => context.html('<!doctype html><script type="module" src="/page.js"></script>'))
    own.get('/where', context =>
      context.json({ own: `${site.origin}/deep/api/`, other: `${second.origin}/deep/api/` }),
    )
    own.post('/results', async context => {
      const { context: name, results } = await context.req.json()
      told.set(name, results)
      heard?.()
      return context.body(null, 204)
    })
    browser = start(kind, program, profile, `${site.origin}/`)
    while (contexts.some(context => !told.has(context))) await new Promise<void>(resolve => (heard = resolve))
  }, 300_000)

  afterAll(async () => {
    if (browser?.pid !== undefined) {
      const ended = once(browser, 'exit')
      // With the processes that it has started, which are in its group.
      process.kill(-browser.pid, 'SIGKILL')
      await ended
    }
    for (const { server } of servers) {
      server.close()
      server.closeAllConnections()
    }
    if (profile !== '') await rm(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 })
  })

  test.skipIf(program === undefined).each(contexts)('%s: everything works', context => {
    expect(told.get(context)).toEqual(Object.fromEntries(names.map(name => [name, 'ok'])))
  })
})

/** Nothing is reached but this machine, and nothing asked of a person. */
const preferences = `
user_pref('browser.shell.checkDefaultBrowser', false)
user_pref('browser.startup.homepage_override.mstone', 'ignore')
user_pref('datareporting.policy.dataSubmissionEnabled', false)
user_pref('toolkit.telemetry.enabled', false)
user_pref('app.update.enabled', false)
user_pref('network.captive-portal-service.enabled', false)
user_pref('network.connectivity-service.enabled', false)
user_pref('services.settings.server', 'data:,')
user_pref('browser.safebrowsing.malware.enabled', false)
user_pref('browser.safebrowsing.phishing.enabled', false)
`
