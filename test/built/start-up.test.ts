// What a program loads by the entry points of the package, before it does anything with them.

import { expect, test } from 'vitest'
import { root, run } from './run.js'

/** Tells of each module that is loaded, on a thread of its own. */
const hook = `
  import { writeSync } from 'node:fs'
  export async function load(url, context, next) {
    writeSync(1, url + '\\n')
    return next(url, context)
  }`

/** The modules that a program loads; those that are no ES modules by their paths. */
async function modulesOf(entry: string): Promise<readonly string[]> {
  const program = `
    import { createRequire, register } from 'node:module'
    register('data:text/javascript,' + encodeURIComponent(${JSON.stringify(hook)}))
    await import('hyperglyph${entry}')
    for (const path of Object.keys(createRequire('${root}').cache)) console.log(path)`
  const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', program])
  return stdout.split('\n').filter(line => line !== '' && !line.startsWith('node:'))
}

test.each([
  ['', ['acorn', 'hono', 'ipaddr.js']],
  ['/server', ['acorn', 'hono', 'ipaddr.js']],
  ['/client', ['ipaddr.js']],
  ['/codecs', []],
])('hyperglyph%s loads few files of its own, and no packages but %j', async (entry, packages) => {
  const modules = await modulesOf(entry)
  const names = modules.map(path => /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1])
  expect([...new Set(names.filter(name => name !== undefined))].sort()).toEqual(packages)
  const own = modules.filter(path => path.includes(`${root}dist/`))
  expect(own.length).toBeGreaterThan(0)
  expect(own.length).toBeLessThanOrEqual(10)
})

test('classes are called as they are exported', async () => {
  const program = `
    const isClass = value => typeof value === 'function' && /^class/.test(String(value))
    for (const entry of ['', '/server', '/client', '/codecs'])
      for (const [name, value] of Object.entries(await import('hyperglyph' + entry)))
        if (isClass(value)) console.log(name === value.name ? 'same' : name)`
  const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', program])
  expect(new Set(stdout.trim().split('\n'))).toEqual(new Set(['same']))
})
