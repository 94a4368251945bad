// `npm run fuzz -- [seconds] [target] [seed] [keep]`: bundles run.ts with the sources instrumented, and runs it,
// one target after the other. Default: 60 seconds each, all of them, a new seed. `keep` adds to test/corpus what
// ran new code.

import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { build } from 'esbuild'
import { counterName, coverage } from './instrument.js'
import { targetNames } from './names.js'

const [seconds = '60', chosen, ...others] = process.argv.slice(2)
const root = resolve('.')
// Inside the project, so that packages are found.
const folder = mkdtempSync(join(root, 'node_modules/.fuzz-'))
let failed = false
try {
  const program = join(folder, 'run.mjs')
  const counting = coverage(root)
  const { outputFiles } = await build({
    entryPoints: ['test/fuzz/run.ts'],
    outfile: program,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    packages: 'external',
    alias: { '#transport': join(root, 'client/undici.ts') },
    plugins: [counting.plugin],
    write: false,
    // package.json says of the sources that they have no side effects; small.ts has one.
    ignoreAnnotations: true,
    logLevel: 'warning',
  })
  const hits = `const ${counterName} = (globalThis.${counterName} = new Uint8Array(${counting.size()}));\n`
  writeFileSync(program, hits + outputFiles[0]?.text)
  for (const target of chosen === undefined || chosen === 'all' ? targetNames : [chosen]) {
    const options = ['--expose-gc', program, seconds, target, ...others]
    const { status } = spawnSync(process.execPath, options, { stdio: 'inherit' })
    failed ||= status !== 0
  }
} finally {
  rmSync(folder, { recursive: true, force: true })
}
process.exitCode = failed ? 1 : 0
