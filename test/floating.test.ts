// The lint rules that keep promises from rejecting while nobody listens: they see what they are there for, in each layer.

import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { expect, test } from 'vitest'

const source = `import { unwaited } from './met.js'

const callbacks = new Map<string, () => Promise<void>>()

export class Part {
  async #work(): Promise<void> {
    await Promise.resolve()
  }
  start(): void {
    this.#work()
    this.#work().then(() => 1)
    callbacks.get('one')?.()
    void this.#work().then(() => 1)
    unwaited(this.#work())
  }
}
`

const files = ['lib/part.ts', 'server/core/calling/part.ts', 'client/exchange/part.ts', 'cli/part.ts']

test('a promise that nobody waits for is refused in all sources, also as void', () => {
  const project = mkdtempSync(join(tmpdir(), 'hyperglyph-lint-'))
  try {
    copyFileSync('biome.jsonc', join(project, 'biome.jsonc'))
    for (const file of files) {
      mkdirSync(join(project, dirname(file)), { recursive: true })
      writeFileSync(join(project, file), source)
    }
    const parameters = ['lint', '--colors=off', '--vcs-enabled=false', '--max-diagnostics=none', '.']
    const biome = resolve('node_modules/.bin/biome')
    const { stdout, stderr } = spawnSync(biome, parameters, { cwd: project, encoding: 'utf8' })
    const found = (stdout + stderr).matchAll(/^(\S+):(\d+):\d+ lint\/\w+\/(noFloatingPromises|noVoid)/gm)
    const expected = files.flatMap(file => [
      `${file}:10 noFloatingPromises`,
      `${file}:11 noFloatingPromises`,
      `${file}:12 noFloatingPromises`,
      `${file}:13 noVoid`,
    ])
    expect(Array.from(found, ([, file, line, rule]) => `${file}:${line} ${rule}`).sort()).toEqual(
      expected.sort(),
    )
  } finally {
    rmSync(project, { recursive: true, force: true })
  }
})
