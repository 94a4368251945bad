// test/corpus: a folder a target, a file an input. `found-…` broke a promise once; the others run code that the
// vectors don't. Paths are from the project's folder, where npm and vitest run their programs.

import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Finding, hashOf } from './target.js'

const folder = 'test/corpus'

/** The inputs of a target by their files' names, in the order of these. */
export function readCorpus(target: string): readonly (readonly [name: string, input: Uint8Array])[] {
  const path = join(folder, target)
  if (!existsSync(path)) return []
  const names = readdirSync(path).sort()
  return names.map(name => [name, new Uint8Array(readFileSync(join(path, name)))] as const)
}

/** Writes an input, with what it broke in its name; returns the path. */
export function keep(target: string, input: Uint8Array, error?: Error): string {
  const kind = error instanceof Finding ? error.kind : 'error'
  const start = error === undefined ? '' : `found-${kind.replaceAll(/\W+/g, '-')}-`
  const path = join(folder, target, `${start}${hashOf(input).toString(16).padStart(8, '0')}`)
  mkdirSync(join(folder, target), { recursive: true })
  writeFileSync(path, input)
  return path
}
