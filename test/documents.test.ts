// What the documents say of each other and of the code: limits, changes that clients survive, links.

import { execFile } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { clientLimits } from '../client/limits.js'
import { defaultLimits, routerLimits, serveLimits } from '../lib/limits.js'

const root = fileURLToPath(new URL('..', import.meta.url))
const read = (file: string) => readFileSync(join(root, file), 'utf8')

const documents = [
  ...readdirSync(root).filter(name => name.endsWith('.md')),
  ...readdirSync(join(root, 'spec'), { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith('.md'))
    .map(name => `spec/${name}`),
]

/** `1,024`, `32 MiB` or `250 ms` as a number. */
function amount(text: string): number {
  const [, digits = '', unit = ''] = /^([\d,.]+)(?: (KiB|MiB|GiB|ms))?$/.exec(text) ?? []
  return Number(digits.replaceAll(',', '')) * ({ KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30 }[unit] ?? 1)
}

test.each([
  ['client', clientLimits],
  ['router', routerLimits],
  ['serve', serveLimits],
  ['codec', defaultLimits],
])('the table of limits has those of the code: %s', (part, defaults) => {
  const rows = read('spec/limits.md').matchAll(/^\| `(\w+)` \| ([^|]+) \| ([^|]+) \|/gm)
  const own = Array.from(rows).filter(([, , , parts = '']) => parts.split(', ').includes(part))
  const limits = Object.fromEntries(own.map(([, name = '', value = '']) => [name, amount(value)]))
  expect(limits).toEqual({ ...defaults })
})

/** Names of what interfaces of a source declare; of their options alone, not of what those take. */
function optionsOf(file: string, name: string): string[] {
  const [, body = ''] =
    new RegExp(`^export interface ${name}\\b[^{]*\\{\\n([\\s\\S]*?)^\\}`, 'm').exec(read(file)) ?? []
  const named = Array.from(
    body.matchAll(/^ {2}(?:readonly |get )?(\w+)\??(?::|\(\))/gm),
    ([, option = '']) => option,
  )
  return [...new Set(named)]
}

test.each<[string, readonly (readonly [file: string, name: string])[]]>([
  [
    'Router',
    [
      ['server/router.ts', 'RouterOptions'],
      ['server/core/handler/options.ts', 'HandlerOptions'],
      ['server/core/requests/options.ts', 'ExchangeOptions'],
      ['server/core/calling/options.ts', 'CallOptions'],
      ['server/core/sealing/seals.ts', 'SealingOptions'],
      ['server/features/identity/identity-providers.ts', 'IdentityOptions'],
    ],
  ],
  [
    'serve',
    [
      ['server/serve.ts', 'ServeOptions'],
      ['server/node/serving/serving.ts', 'ServingOptions'],
      ['server/node/serving/properties.ts', 'Properties'],
      ['server/node/domain/service-domain.ts', 'Domain'],
    ],
  ],
  [
    'factory',
    [
      ['server/node/factory/fallback.ts', 'FallbackOptions'],
      ['server/node/factory/factory.ts', 'FactoryOptions'],
    ],
  ],
  ['get', [['client/exchange/options.ts', 'Options']]],
])(
  'the overview of options has those of the code, each with its meaning and default: %s',
  (part, interfaces) => {
    const declared = interfaces.flatMap(([file, name]) => {
      const options = optionsOf(file, name)
      expect(options).not.toEqual([])
      return options
    })
    const [, section = ''] = new RegExp(
      `^## \`?${part}\\b[^\\n]*\\n([\\s\\S]*?)(?=^## |$(?![\\s\\S]))`,
      'm',
    ).exec(read('spec/options.md')) ?? ['', '']
    const rows = Array.from(section.matchAll(/^\| `(\w+)` \| ([^|]+) \| ([^|]+) \|/gm))
    expect(rows.map(([, name]) => name).sort()).toEqual([...new Set(declared)].sort())
    expect(
      rows.filter(([, , meaning = '', value = '']) => meaning.trim() === '' || value.trim() === ''),
    ).toEqual([])
  },
)

test('the README has the changes that clients survive', () => {
  const [, table = ''] =
    /\| what changed on the server [^\n]*\n\|[-|]*\n((?:\|.*\n)+)/.exec(read('spec/evolution.md')) ?? []
  const rows = table.trimEnd().split('\n')
  expect(rows.length).toBeGreaterThan(8)
  const page = read('README.md')
  for (const row of rows) {
    const [, change = '', how = ''] = row.split('|')
    expect(page).toContain(`|${change}|${how}|\n`)
  }
})

/** Headings as GitHub makes anchors of them. */
const anchorsOf = (file: string): string[] =>
  Array.from(read(file).matchAll(/^#+ (.*)$/gm), ([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\w\- ]/g, '')
      .replaceAll(' ', '-'),
  )

/** Those that are relative. */
const linksOf = (file: string): string[] =>
  Array.from(read(file).matchAll(/\]\((?!https?:)([^)\s]*)\)/g), ([, link = '']) => link)

test.each(documents)('the links of %s lead somewhere', file => {
  const broken = linksOf(file).filter(link => {
    const [path = '', anchor] = link.split('#')
    const target = path === '' ? file : join(dirname(file), path)
    if (!existsSync(join(root, target))) return true
    return anchor !== undefined && !anchorsOf(target).includes(anchor)
  })
  expect(broken).toEqual([])
})

interface Packed {
  readonly files: readonly { readonly path: string }[]
}

test('the links of the documents in the package lead to what is in the package', async () => {
  const { stdout } = await promisify(execFile)('npm', ['pack', '--dry-run', '--ignore-scripts', '--json'], {
    cwd: root,
  })
  const listing: readonly Packed[] | Record<string, Packed> = JSON.parse(stdout)
  const [packed] = Object.values(listing) as [Packed]
  const paths = new Set(packed.files.map(({ path }) => path))
  const shipped = [...paths].filter(path => path.endsWith('.md'))
  expect(shipped).toEqual(expect.arrayContaining(['README.md', 'spec/protocol.md', 'spec/vectors/README.md']))
  const broken = shipped.flatMap(file =>
    linksOf(file)
      .map(link => link.split('#', 1)[0] as string)
      .filter(path => path !== '' && !paths.has(join(dirname(file), path)))
      .map(path => `${file} → ${path}`),
  )
  expect(broken).toEqual([])
})

test('each promise names the tests that hold it, and these are there', () => {
  const rows = Array.from(
    read('spec/security.md').matchAll(/^\| promise \| held by \|\n\|[-|]*\|\n((?:\|.*\n)+)/gm),
  ).flatMap(([, table = '']) => table.trimEnd().split('\n'))
  expect(rows.length).toBeGreaterThan(100)
  const broken = rows.filter(row => {
    const named = Array.from(row.matchAll(/`(test\/[^`]+)`: "([^"]*)"/g))
    const isThere = ([, file = '', name = '']: RegExpExecArray) =>
      existsSync(join(root, file)) && read(file).replaceAll("\\'", "'").includes(name)
    return named.length === 0 || !named.every(isThere)
  })
  expect(broken).toEqual([])
})

test('the changelog tells of the version in package.json', () => {
  const { version } = JSON.parse(read('package.json'))
  expect(read('CHANGELOG.md')).toContain(`## ${version}`)
  expect(read('server/version.ts')).toContain(`'${version}'`)
})

test('the lock file names no registry, and knows the packages of every platform', () => {
  const lock = read('package-lock.json')
  expect(lock).not.toContain('"resolved"')
  const packages: Record<string, { optionalDependencies?: Record<string, string> }> =
    JSON.parse(lock).packages
  const missing = Object.entries(packages).flatMap(([path, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies).filter(
      name => !packages[`${path}/node_modules/${name}`] && !packages[`node_modules/${name}`],
    ),
  )
  // `npm ci` fails where one is missing that it cannot fetch.
  expect(missing).toEqual([])
})

/** A promise's test, as `file`: "name of the test". */
const held = /`(test\/[\w/.-]+\.test\.ts)`: "([^"]+)"/g

test('each promise of spec/security.md names a test that is there', () => {
  const rows = read('spec/security.md')
    .split('\n')
    .filter(row => /^\| .*\| `test/.test(row))
  const named = rows.map(row => [...row.matchAll(held)])
  expect(rows.length).toBeGreaterThan(30)
  expect(rows.filter((_row, index) => named[index]?.length === 0)).toEqual([])
  const missing = named.flat().filter(([, file = '', name = '']) => {
    const quoted = ["'", '`', '"'].map(quote => `${quote}${name}${quote}`)
    return !existsSync(join(root, file)) || !quoted.some(title => read(file).includes(title))
  })
  expect(missing.map(([text]) => text)).toEqual([])
})
