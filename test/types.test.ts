// The types are tested by the compiler: wrong calls in test/types are `@ts-expect-error` lines.

import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))

test('the client sees the types that the server has', () => {
  const compiler = here('../node_modules/typescript/bin/tsc')
  const run = spawnSync(
    process.execPath,
    [compiler, '-p', here('types/tsconfig.json'), '--pretty', 'false'],
    {
      encoding: 'utf8',
    },
  )
  expect(run.stdout + run.stderr).toBe('')
  expect(run.status).toBe(0)
}, 120_000)
