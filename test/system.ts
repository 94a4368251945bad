// Programs that tests need and npm doesn't bring, such as nginx: found, or installed from Debian's packages.

import { spawnSync } from 'node:child_process'
import { accessSync, chmodSync, constants, existsSync, rmSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'

/**
 * The path of a program. Where it's missing, root installs it with apt-get; where that cannot be, throws in CI,
 * and elsewhere says so in one line and gives undefined, for `test.skipIf`.
 */
export function ensure(program: string, debianPackage = program): string | undefined {
  const problem = find(program) === undefined ? install(debianPackage) : undefined
  const found = find(program)
  if (found !== undefined) return found
  const message = `${program} is missing: ${problem ?? `the package ${debianPackage} has no such program`}`
  if (process.env.CI) throw new Error(message)
  console.warn(`Skipped what needs ${program}. ${message}`)
  return undefined
}

function find(program: string): string | undefined {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin']
  return folders.map(folder => join(folder, program)).find(isExecutable)
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** What kept a package from being installed; undefined where it was. */
function install(name: string): string | undefined {
  if (find('apt-get') === undefined) return 'there is no apt-get to install it with'
  if (process.getuid?.() !== 0) return `only root can install it (apt-get install ${name})`
  return withoutServices(() => {
    const tried = aptGet('install', '-y', '--no-install-recommends', name)
    if (tried === undefined) return undefined
    return aptGet('update') ?? aptGet('install', '-y', '--no-install-recommends', name)
  })
}

function aptGet(...parameters: string[]): string | undefined {
  const { status, stderr, error } = spawnSync(
    'apt-get',
    ['-q', '-o', 'DPkg::Lock::Timeout=120', ...parameters],
    {
      encoding: 'utf8',
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
      timeout: 240_000,
    },
  )
  if (status === 0) return undefined
  const lines = (error?.message ?? stderr).trim().split('\n')
  return `apt-get ${parameters[0]} failed: ${lines.at(-1)}`
}

/** What Debian asks before it starts the service of a package; 101 says no. */
const policy = '/usr/sbin/policy-rc.d'

/** A package of a server would start it, on port 80. */
function withoutServices<T>(run: () => T): T {
  if (existsSync(policy)) return run()
  writeFileSync(policy, '#!/bin/sh\nexit 101\n')
  chmodSync(policy, 0o755)
  try {
    return run()
  } finally {
    rmSync(policy)
  }
}
