// Before measuring: the peers' packages, installed here so that users of the project never get them, and the
// programs of this folder, built. Measured is built code, not what a loader makes of sources on the fly.

import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, statSync, symlinkSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))

function run(command: string, args: readonly string[]): void {
  const { status, error } = spawnSync(command, args, { stdio: 'inherit' })
  if (status !== 0) throw error ?? new Error(`${command} ${args.join(' ')}: ended with ${status}`)
}

export function prepare(): void {
  const lock = here('./node_modules/.package-lock.json')
  const isInstalled = existsSync(lock) && statSync(lock).mtimeMs > statSync(here('./package.json')).mtimeMs
  if (!isInstalled) {
    const quiet = ['--no-package-lock', '--no-audit', '--no-fund', '--loglevel=error']
    run('npm', ['install', '--prefix', here('.'), ...quiet])
  }
  // The project under its own name: npm would install its dependencies once more to do the same.
  const link = here('./node_modules/hyperglyph')
  if (!existsSync(link)) symlinkSync('../..', link)
  run(process.execPath, [here('../node_modules/typescript/bin/tsc'), '-p', here('.')])
}

/** The packages of this folder and ours, with the versions that are installed. */
export function versions(): readonly string[] {
  const read = (path: string) => JSON.parse(readFileSync(here(path), 'utf8'))
  const names = Object.keys(read('./package.json').dependencies)
  return ['hyperglyph', ...names].map(
    name => `${name} ${read(`./node_modules/${name}/package.json`).version}`,
  )
}
