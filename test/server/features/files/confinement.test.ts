// No way out of a served directory, and nothing of it that is hidden: requests as bytes, since `fetch` mends paths.

import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { files, RegistrationError, Router, type Server, serve } from '../../../../index.js'

const folder = mkdtempSync(join(tmpdir(), 'hyperglyph-confined-'))
const root = join(folder, 'root')
mkdirSync(join(root, 'sub'), { recursive: true })
mkdirSync(join(folder, 'rootless'))
for (const [name, content] of [
  ['outside', 'OUTSIDE'],
  ['rootless/file', 'OUTSIDE'],
  ['root/.env', 'OUTSIDE'],
  ['root/Private', 'OUTSIDE'],
  ['root/inside', 'inside'],
  ['root/sub/inside', 'inside'],
  ['root/back\\slash', 'inside'],
] as const)
  writeFileSync(join(folder, name), content)
symlinkSync('../outside', join(root, 'link'))
symlinkSync(folder, join(root, 'absolute'))
symlinkSync('../rootless', join(root, 'sibling'))
symlinkSync('sub', join(root, 'within'))
mkdirSync(join(root, '.git/deep'), { recursive: true })
writeFileSync(join(root, '.git/config'), 'OUTSIDE')
writeFileSync(join(root, '.git/deep/index.html'), 'OUTSIDE')
symlinkSync('.env', join(root, 'shown.txt'))
symlinkSync('shown.txt', join(root, 'twice.txt'))
symlinkSync(join(root, '.git'), join(root, 'published'))
symlinkSync('.git/deep', join(root, 'deep'))
symlinkSync('../Private', join(root, 'sub/named'))
spawnSync('mkfifo', [join(root, 'pipe')])

let server: Server
beforeAll(async () => {
  const hidden = (name: string) => name.startsWith('.') || name === 'private'
  server = await serve(new Router({ docs: files(root, { hidden }) }), { port: 0 })
})
afterAll(async () => {
  await server.close(0)
  rmSync(folder, { recursive: true, force: true })
})

/** The status and the body of a request whose path is sent as it is. */
/** Follows the redirect to the right spelling of a path. */
async function ask(path: string): Promise<{ status: number; body: string }> {
  const socket = connect(server.port, '127.0.0.1')
  socket.write(Buffer.from(`GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`, 'latin1'))
  let answer = ''
  socket.setEncoding('utf8').on('data', text => (answer += text))
  await once(socket, 'close')
  const [head = '', ...body] = answer.split('\r\n\r\n')
  const status = Number(head.split(' ')[1])
  const [, location] = /^location: (.*)$/im.exec(head) ?? []
  if (status === 308) return ask(new URL(location ?? '', `http://localhost${path}`).pathname)
  return { status, body: body.join('\r\n\r\n') }
}

test.each([
  '/docs/../outside',
  '/docs/%2e%2e/outside',
  '/docs/%2E./outside',
  '/docs/..%2foutside',
  '/docs/..%5coutside',
  '/docs/sub/..%2f..%2foutside',
  '/docs/%252e%252e/outside',
  '/docs/..%c0%afoutside',
  '/docs/%c0%ae%c0%ae/outside',
  '/docs/sub/../../outside',
  `/docs/${encodeURIComponent(join(folder, 'outside'))}`,
  `/docs/${join(folder, 'outside')}`,
  '/docs//etc/passwd',
  '/docs/%2fetc%2fpasswd',
  '/docs/file:%2f%2f%2fetc%2fpasswd',
  '/docs/link',
  '/docs/absolute/outside',
  '/docs/absolute',
  '/docs/sibling/file',
  '/docs/within/../../outside',
  '/docs/sub/../inside',
  '/docs/.env',
  '/docs/%2eenv',
  '/docs/shown.txt',
  '/docs/twice.txt',
  '/docs/published',
  '/docs/published/',
  '/docs/published/config',
  '/docs/deep',
  '/docs/deep/',
  '/docs/deep/index.html',
  '/docs/sub/named',
  '/docs/within/named',
  '/docs/Private',
  '/docs/PRIVATE',
  '/docs/inside%00',
  '/docs/inside%00.txt',
  '/docs/inside/',
  '/docs/inside/more',
  '/docs/%ff',
  '/docs/%',
  '/docs/pipe',
  `/docs/${'a'.repeat(4000)}`,
  `/docs/${'a/'.repeat(2000)}`,
])('%s is not found', async path => {
  const { status, body } = await ask(path)
  expect([400, 404]).toContain(status)
  expect(body).not.toContain('OUTSIDE')
  expect(body).not.toContain('root:')
})

test.each([['/docs/inside'], ['/docs/sub/inside'], ['/docs/%69nside'], ['/docs/within/inside']])(
  '%s is within',
  async path => {
    expect(await ask(path)).toEqual({ status: 200, body: 'inside' })
  },
)

test('nothing of all that is listed', async () => {
  const { body } = await ask('/docs/')
  const names = JSON.parse(body.slice(body.indexOf('{'), body.lastIndexOf('}') + 1)).content.entries.map(
    (entry: { name: string }) => entry.name,
  )
  expect(names).toEqual(['back\\slash', 'inside', 'sub', 'within'])
})

test('a link that comes to lead out while it is asked for gives nothing from outside', async () => {
  const place = join(root, 'moving')
  const swap = (target: string) => {
    symlinkSync(target, `${place}.new`)
    renameSync(`${place}.new`, place)
  }
  let asking = true
  const swapping = (async () => {
    for (let at = 0; asking; at++) {
      swap(at % 2 === 0 ? 'inside' : '../outside')
      await new Promise(resolve => setImmediate(resolve))
    }
  })()
  const bodies = new Set<string>()
  for (let round = 0; round < 40; round++) {
    for (const { body } of await Promise.all(Array.from({ length: 5 }, () => ask('/docs/moving'))))
      bodies.add(body)
  }
  asking = false
  await swapping
  expect([...bodies].filter(body => body.includes('OUTSIDE'))).toEqual([])
})

test.each([['absent'], ['outside']])('%s is no directory to serve', name => {
  expect(() => files(join(folder, name))).toThrow(RegistrationError)
})

test.each(['', [], undefined, 3])('%o is no directory to serve, and not the one of the process', given => {
  expect(() => files(given as never)).toThrow(TypeError)
})
