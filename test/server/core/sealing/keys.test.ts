// The secrets behind sealed URLs: which are taken, that they are never shown, and what is sealed by them.

import { createSecretKey, generateKeyPairSync, randomBytes } from 'node:crypto'
import { inspect } from 'node:util'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { get, local } from '../../../../client/index.js'
import type { Page } from '../../../../lib/values/nodes.js'
import { created, link, Router, type RouterOptions, safe } from '../../../../server/index.js'
import { describeValue, scalars } from '../../../values.js'
import { ask, construct, logbook } from '../../peer.js'
import { first, open, server, User, userOn } from './sealed-user.js'

test.each<[what: string, options: object, problem: string]>([
  ['too short', { secret: 'hush'.repeat(7) }, 'the secret has 28 bytes, and must have at least 32'],
  ['empty', { secret: '' }, 'the secret has 0 bytes'],
  ['bytes that are too few', { secret: randomBytes(31) }, 'the secret has 31 bytes'],
  ['a key that is too short', { secret: createSecretKey(randomBytes(16)) }, 'the secret has 16 bytes'],
  ['one of several that is too short', { secret: [first, 'hush'] }, 'the secret has 4 bytes'],
  ['a variable that is not set', { secret: undefined }, 'the secret is undefined'],
  ['one of several that is not set', { secret: [first, undefined] }, 'the secret is undefined'],
  ['true', { secret: true }, 'a secret is text, bytes or a secret KeyObject'],
  ['a private key', { secret: generateKeyPairSync('ed25519').privateKey }, 'a secret is text, bytes'],
  ['an empty list', { secret: [] }, 'secret is an empty list'],
  ['a mode without a secret', { seal: 'sign' }, 'there is no secret'],
  ['a mode without a secret, said', { seal: 'encrypt', secret: false }, 'there is no secret'],
  ['another mode', { secret: first, seal: 'hash' }, 'seal is "sign" or "encrypt", not "hash"'],
])('a secret that is %s is refused at once, and not shown', (_, options, problem) => {
  const thrown = () => server(options as RouterOptions)
  expect(thrown).toThrow(TypeError)
  expect(thrown).toThrow(problem)
  expect(thrown).not.toThrow('hush')
})

test('a secret of 32 bytes is long enough', async () => {
  const on = server({ secret: 'x'.repeat(32) })
  expect(await open(on, await userOn(on))).toBe(200)
})

test('no secret is printed with a router, its parts, or what it logs and answers', async () => {
  const { log, lines } = logbook()
  const bytes = Buffer.from('a secret that is made of bytes here')
  const on = server({ secret: [first, bytes], log, seal: 'encrypt' })
  on.add('fail', () => {
    throw new Error('an accident')
  })
  const answers = [await ask(on, '/'), await ask(on, '/fail/', { args: {} }), await ask(on, '/User/x/')]
  const shown = [
    inspect(on, { depth: 20, showHidden: true, getters: true }),
    inspect(on.app, { depth: 20, showHidden: true }),
    JSON.stringify(on),
    ...lines,
    ...answers.map(({ text }) => text),
  ].join('\n')
  expect(lines.join()).toContain('an accident')
  for (const secret of [first, bytes.toString(), bytes.toString('hex'), bytes.toString('base64')]) {
    expect(shown).not.toContain(secret)
  }
  expect(shown).not.toMatch(/61 20 73 65 63 72 65 74/)
})

test('a log has no state of a URL, whatever is wrong with it', async () => {
  const { log, lines } = logbook()
  class Failing extends User {
    @safe override bio(): string {
      throw new Error('an accident')
    }
  }
  const on = new Router({ Failing }, { secret: first, log })
  const path = await construct(on, 'Failing', { id: 'bob' })
  await ask(on, `${path}bio`)
  await ask(on, path.replace(/..\/$/, '/'))
  expect(lines.length).toBe(1)
  expect(lines.join()).not.toContain(path.split('/')[2])
})

test('what is sealed is for its caller to keep, and public only where that is said', async () => {
  class Photo extends User {
    @safe({ public: true, maxAge: 60 }) small() {
      return this.id
    }
  }
  const on = new Router({ Photo }, { secret: first })
  const path = await construct(on, 'Photo', { id: 'bob' })
  const kept = async (at: string) => (await ask(on, path + at)).headers.get('cache-control')
  expect([await kept(''), await kept('bio'), await kept('small')]).toEqual([
    'private, no-cache',
    'private, no-cache',
    'public, max-age=60',
  ])
})

test('functions and namespaces have no state, and their URLs no seal', async () => {
  const on = new Router({ hello: safe(() => 'hello'), admin: { reset: () => 'done' } }, { secret: first })
  const api = await get<typeof on>('http://local/', { transport: local(on) })
  expect([await api.hello(), await api.admin.reset()]).toEqual(['hello', 'done'])
  expect((await ask(on, '/admin/reset/', { args: {} })).status).toBe(200)
})

test.each(['sign', 'encrypt'] as const)(
  'any value in a state comes back from a sealed URL: %s',
  async seal => {
    class Item {
      constructor(readonly value: unknown) {}
    }
    const on = new Router(
      { make: (value: unknown) => created(new Item(value)), Item },
      { secret: first, seal },
    )
    const held = fc.oneof(scalars, fc.array(scalars, { maxLength: 4 }))
    await fc.assert(
      fc.asyncProperty(held, async value => {
        const made = await ask(on, '/make/', { args: { value } })
        fc.pre(made.status === 201)
        const path = new URL(made.location as string, 'http://test/make/').pathname
        const page = (await ask(on, path)).value as Page
        expect(page.url).toBe(`http://test${path}`)
        expect(await describeValue((page.content as { value: unknown }).value)).toBe(
          await describeValue(value),
        )
      }),
      { numRuns: 60 },
    )
  },
)

test('a link expires only where there is a secret', async () => {
  const { log, lines } = logbook()
  const expires = new Date(Date.now() + 60_000)
  const on = new Router({ User, share: () => link(new User('bob'), { expires }) }, { log })
  expect((await ask(on, '/share/', { args: {} })).status).toBe(500)
  expect(lines.join()).toContain('its URL can expire only where the router has a secret')
})
