// `hyperglyph serve MODULE`: serves the exports of a module until Ctrl-C; with --watch, those of its latest version.

import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { relative, resolve } from 'node:path'
import { unwaited } from '../../lib/promises.js'
import { isUndeclared, undeclared } from '../../server/core/sealing/undeclared.js'
import type { Fetcher, RouterOptions } from '../../server/index.js'
import { isLoopback } from '../../server/node/domain/loopback.js'
import { describeError, LocalError, UsageError } from '../exit-codes.js'
import { numberOf, type ServingOptions } from '../options.js'
import { say, tell } from '../terminal.js'
import { exportedBy } from './exported.js'
import { Loading } from './loading.js'
import { untagged } from './tagging.js'
import { Watching } from './watching.js'

/** Resolves when it has been asked to end, and the last request is answered. */
export async function serveModule(words: readonly string[], options: ServingOptions): Promise<void> {
  const [name, ...more] = words
  if (name === undefined || more.length > 0)
    throw new UsageError('serve takes one module: hyperglyph serve MODULE')
  const { host = '127.0.0.1' } = options
  const port = numberOf('port', options.port ?? '8000', 0, 65_535)
  const settings = secretOf(options)
  const file = resolve(name)
  const shown = relative('', file)
  const watching = new Watching(() => unwaited(reload()))
  const loading = await Loading.of(file, path => {
    if (options.watch) watching.add(path)
  })
  const { Router, serve } = await loading.library()

  const load = async (): Promise<Fetcher> => {
    const module = await loading.load().catch(cause => {
      throw new LocalError(`${shown}: ${describeError(cause, false)}`, { cause })
    })
    const exported = exportedBy(module, value => value instanceof Router)
    if ('members' in exported) {
      if (!isLoopback(host) && !('secret' in settings)) throw new UsageError(unsealed(host))
      return new Router(exported.members, settings)
    }
    if ('secret' in settings)
      throw new UsageError(`${shown} exports a router: whether it is sealed is said there (secret)`)
    const { app } = exported
    if (!isLoopback(host) && isUndeclared(app instanceof Router ? app.app : app))
      throw new UsageError(`${host}: ${undeclared}`)
    return app
  }

  let current = await load()
  let running: Promise<void> | undefined
  let again = false
  const reload = (): Promise<void> => {
    again = true
    running ??= (async () => {
      while (again) {
        again = false
        await replace()
      }
      running = undefined
    })()
    return running
  }
  let complaint = ''
  const replace = async () => {
    try {
      current = await load()
      watching.loaded()
      complaint = ''
      say(`Loaded ${shown} again\n`)
    } catch (error) {
      watching.failed()
      const latest = untagged(describeError(error, false))
      // The same complaint is printed once: there may be many.
      if (latest !== complaint) say(`${latest}\nServing what was loaded before\n`)
      complaint = latest
    }
  }
  // A request ends with the module that it began with: it is chosen once for each.
  const latest: Fetcher = {
    fetch: (request, bindings) =>
      current.fetch(request, { ...bindings, pipeline: current instanceof Router }),
  }
  const server = await serve(options.watch ? latest : current, { port, host })
  tell(`Serving ${shown} on ${server.url}\n`)
  await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')])
  watching.close()
  await server.close()
}

const unsealed = (host: string): string =>
  `${host}: other machines reach this address, and could write the state of any object into a URL: give ` +
  '--secret-file FILE (openssl rand -base64 32 > FILE), or say --unsealed'

/** A secret a line; the first seals, all open. Throws UsageError, and Node's error for a file that isn't there. */
function secretOf(options: ServingOptions): Pick<RouterOptions, 'secret'> {
  const path = options['secret-file']
  if (options.unsealed && path !== undefined)
    throw new UsageError('either --secret-file or --unsealed, not both')
  if (options.unsealed) return { secret: false }
  if (path === undefined) return {}
  const secrets = readFileSync(path, 'utf8')
    .split('\n')
    .map(line => line.trim())
    .filter(line => line !== '')
  if (secrets.length === 0) throw new UsageError(`${path} holds no secret: openssl rand -base64 32 > ${path}`)
  return { secret: secrets }
}
