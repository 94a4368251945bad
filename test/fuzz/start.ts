// `npm run fuzz -- [seconds] [target] [seed] [keep]`: bundles run.ts with the sources instrumented, and runs it,
// one target after the other. Default: 60 seconds each, all of them, a new seed. `keep` adds to test/corpus what
// ran new code.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { build } from 'esbuild'
import { counterName, coverage } from './instrument.js'
import { targetNames } from './names.js'

const [seconds = '60', chosen = 'all', ...others] = process.argv.slice(2)
const root = resolve('.')

/** What a target runs: counters of other folders would only have to be looked through after each input. */
const instrumented: Readonly<Record<string, readonly string[]>> = {
  handler: ['lib', 'server'],
  client: ['lib', 'client'],
  sockets: ['lib', 'server'],
  growth: ['lib', 'server', 'client'],
  failing: ['lib', 'server', 'client'],
}

async function bundle(target: string, program: string): Promise<void> {
  const counting = coverage(root, instrumented[target] ?? ['lib'])
  const { outputFiles } = await build({
    entryPoints: ['test/fuzz/run.ts'],
    outfile: program,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    packages: 'external',
    alias: { '#transport': join(root, 'client/transport/undici.ts') },
    plugins: [counting.plugin],
    write: false,
    // package.json says of the sources that they have no side effects; small.ts has one.
    ignoreAnnotations: true,
    logLevel: 'warning',
  })
  const hits = `const ${counterName} = (globalThis.${counterName} = new Uint8Array(${counting.size()}));\n`
  writeFileSync(program, hits + outputFiles[0]?.text)
}

/** Ends with the exit code of the process, and ends it where this one is told to end. */
async function run(...parameters: string[]): Promise<number | null> {
  const child = spawn(process.execPath, ['--expose-gc', ...parameters], { stdio: 'inherit' })
  const end = () => child.kill()
  process.once('SIGTERM', end)
  const [code] = await once(child, 'exit')
  process.off('SIGTERM', end)
  return code
}

// Inside the project, so that packages are found.
const folder = mkdtempSync(join(root, 'node_modules/.fuzz-'))
let failed = false
try {
  for (const target of chosen === 'all' ? targetNames : [chosen]) {
    const program = join(folder, `${target}.mjs`)
    await bundle(target, program)
    failed = (await run(program, seconds, target, ...others)) !== 0 || failed
  }
} finally {
  rmSync(folder, { recursive: true, force: true })
}
process.exitCode = failed ? 1 : 0
