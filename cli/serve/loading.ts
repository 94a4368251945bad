// Loading a module and its imports by path, as often as they have changed; TypeScript by the project's own tsx.

import { existsSync } from 'node:fs'
import module, { createRequire, type ResolveFnOutput } from 'node:module'
import { extname } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { MessageChannel } from 'node:worker_threads'
import { LocalError } from '../exit-codes.js'
import { tagged } from './tagging.js'

export class Loading {
  readonly #file: string
  #count = 0

  private constructor(file: string) {
    this.#file = file
  }

  /** `onFile` is told the path of each file that a load reads. Throws LocalError where there is no such module. */
  static async of(file: string, onFile: (path: string) => void): Promise<Loading> {
    if (!existsSync(file)) throw new LocalError(`there is no ${file}`)
    if (/^\.[cm]?tsx?$/.test(extname(file))) await readTypeScript(file)
    tag(path => onFile(fileURLToPath(`file://${path}`)))
    return new Loading(file)
  }

  /** Runs the module, anew each time. Rejects with its error, or with that of reading it. */
  load(): Promise<Record<string, unknown>> {
    return import(`${pathToFileURL(this.#file).href}?hyperglyph-load=${++this.#count}`)
  }

  /** The library as the module gets it: marks and routers of another copy would not be known. */
  async library(): Promise<typeof import('../../server/index.js')> {
    let place: string
    try {
      place = createRequire(this.#file).resolve('hyperglyph/server')
    } catch {
      return import('../../server/index.js')
    }
    return import(pathToFileURL(place).href)
  }
}

/** Hooks of the thread that modules run in: since Node 22.15, and the ones that tsx uses there. */
interface Hooks {
  readonly registerHooks?: (hooks: {
    resolve(specifier: string, context: Context, next: Resolve): ResolveFnOutput
  }) => void
}
interface Context {
  readonly parentURL?: string | undefined
}
type Resolve = (specifier: string, context: Context) => ResolveFnOutput

function tag(onFile: (path: string) => void): void {
  const { registerHooks } = module as Hooks
  if (registerHooks !== undefined) {
    registerHooks({
      resolve: (specifier, context, next) =>
        tagged(specifier, context.parentURL, next(specifier, context), onFile),
    })
    return
  }
  const { port1, port2 } = new MessageChannel()
  port1.on('message', onFile)
  port1.unref()
  module.register('./tagging.js', {
    parentURL: import.meta.url,
    data: { port: port2 },
    transferList: [port2],
  })
}

/** By the tsx of the module's project, or by a Node that reads types itself. Throws LocalError. */
async function readTypeScript(file: string): Promise<void> {
  const { resolve } = createRequire(file)
  let hooks: string[]
  try {
    // The modules that `node --import tsx` loads: to load them is to register them.
    hooks = ['tsx/cjs', 'tsx/esm'].map(name => resolve(name))
  } catch {
    if ((process.features as { typescript?: unknown }).typescript) return
    throw new LocalError(
      `${file} is TypeScript, which this Node does not read: npm install --save-dev tsx, or name a JavaScript file`,
    )
  }
  for (const hook of hooks) await import(pathToFileURL(hook).href)
}
