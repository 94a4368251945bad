// The command as a process: the sources without their types, as `npm run build` leaves them, in a folder of their
// own, where modules find `hyperglyph` and its packages.

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const root = fileURLToPath(new URL('../..', import.meta.url))

export interface Ran {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface RunOptions {
  readonly input?: string | Uint8Array
  readonly env?: NodeJS.ProcessEnv
}

export class Program {
  /** A folder for the files of a test. */
  readonly folder = realpathSync(mkdtempSync(join(tmpdir(), 'hyperglyph-cli-')))
  readonly main = join(this.folder, 'node_modules/hyperglyph/dist/cli/main.js')
  readonly #running = new Set<ChildProcess>()

  /** `without`: packages that its folder does not have. */
  static async build({ without = [] }: { readonly without?: readonly string[] } = {}): Promise<Program> {
    const program = new Program()
    const place = join(program.folder, 'node_modules/hyperglyph')
    mkdirSync(place, { recursive: true })
    writeFileSync(join(place, 'package.json'), readFileSync(join(root, 'package.json')))
    writeFileSync(join(program.folder, 'package.json'), '{ "type": "module" }')
    const { dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
    for (const name of [...Object.keys(dependencies), 'tsx']) if (!without.includes(name)) program.link(name)
    await build({
      entryPoints: ['index.ts', 'lib/**/*.ts', 'client/**/*.ts', 'server/**/*.ts', 'cli/**/*.ts'],
      absWorkingDir: root,
      outbase: root,
      outdir: join(place, 'dist'),
      format: 'esm',
      target: 'es2022',
      logLevel: 'error',
    })
    return program
  }

  /** Makes a package of the project's one of the folder's. */
  link(name: string): void {
    const place = join(this.folder, 'node_modules', name)
    mkdirSync(join(place, '..'), { recursive: true })
    symlinkSync(join(root, 'node_modules', name), place)
  }

  path(name: string): string {
    return join(this.folder, name)
  }

  write(name: string, content: string | Uint8Array): string {
    const path = this.path(name)
    mkdirSync(join(path, '..'), { recursive: true })
    writeFileSync(path, content)
    return path
  }

  start(words: readonly string[], { env = {} }: RunOptions = {}) {
    const child = spawn(process.execPath, [this.main, ...words], {
      cwd: this.folder,
      env: { ...process.env, NODE_OPTIONS: '', NO_COLOR: undefined, FORCE_COLOR: undefined, ...env },
    })
    this.#running.add(child)
    child.once('exit', () => this.#running.delete(child))
    return child
  }

  /** Runs it to its end. */
  async run(words: readonly string[], options: RunOptions = {}): Promise<Ran> {
    const { code, stdout, stderr } = await this.runForBytes(words, options)
    return { code, stdout: stdout.toString(), stderr }
  }

  async runForBytes(words: readonly string[], options: RunOptions = {}) {
    const child = this.start(words, options)
    const stdout: Buffer[] = []
    const stderr: Buffer[] = []
    child.stdout.on('data', chunk => stdout.push(chunk))
    child.stderr.on('data', chunk => stderr.push(chunk))
    // It may end before it has read everything.
    child.stdin.on('error', () => undefined)
    child.stdin.end(options.input ?? '')
    const [code] = (await once(child, 'close')) as [number | null]
    return { code, stdout: Buffer.concat(stdout), stderr: Buffer.concat(stderr).toString() }
  }

  /** Runs many commands in one process, in turn, since to start one costs more than all that most of them do. */
  async runMany(commands: readonly (readonly string[])[]): Promise<Ran[]> {
    const runner = this.write('many.js', manyRunner)
    const child = spawn(process.execPath, [runner], { cwd: this.folder, stdio: ['pipe', 'pipe', 'inherit'] })
    this.#running.add(child)
    child.once('exit', () => this.#running.delete(child))
    child.stdin.end(JSON.stringify(commands))
    let printed = ''
    for await (const text of child.stdout.setEncoding('utf8')) printed += text
    return JSON.parse(printed)
  }

  /** Ends what still runs, and removes the folder. */
  async close(): Promise<void> {
    for (const child of this.#running) {
      const ended = once(child, 'close')
      child.kill('SIGKILL')
      await ended
    }
    rmSync(this.folder, { recursive: true, force: true })
  }
}

/** What a process does that is given commands: `command`, with what it writes kept. */
const manyRunner = `
import { command } from './node_modules/hyperglyph/dist/cli/command.js'
const print = process.stdout.write.bind(process.stdout)
let input = ''
for await (const text of process.stdin.setEncoding('utf8')) input += text
const results = []
for (const words of JSON.parse(input)) {
  const result = { code: 0, stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr']) {
    process[name].write = (text, done) => {
      result[name] += Buffer.from(text)
      done?.()
      return true
    }
  }
  result.code = await command(words)
  results.push(result)
}
print(JSON.stringify(results), () => process.exit())
`
