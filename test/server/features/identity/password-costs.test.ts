// What comparing a password costs, which is what somebody who guesses names can measure: the same for every name.

import type { ScryptOptions } from 'node:crypto'
import { beforeEach, expect, test, vi } from 'vitest'
import { allow, basic, Router, verifyPassword } from '../../../../server/index.js'
import { ask } from '../../peer.js'

const hashed: string[] = []
vi.mock('node:crypto', async original => {
  const crypto = await original<typeof import('node:crypto')>()
  type Derive = (text: string, salt: Uint8Array, bytes: number, options: ScryptOptions, done: never) => void
  const scrypt: Derive = (text, salt, bytes, options, done) => {
    hashed.push(`N=${options.N} r=${options.r} p=${options.p}`)
    return crypto.scrypt(text, salt, bytes, options, done)
  }
  return { ...crypto, scrypt }
})

const { scryptSync } = await vi.importActual<typeof import('node:crypto')>('node:crypto')
const plain = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64').replaceAll('=', '')
const hash = (text: string, ln: number, p = 1) => {
  const salt = Buffer.alloc(16, ln)
  return `$scrypt$ln=${ln},r=1,p=${p}$${plain(salt)}$${plain(scryptSync(text, salt, 32, { N: 2 ** ln, r: 1, p }))}`
}

beforeEach(() => {
  hashed.length = 0
})

const users = {
  old: { password: hash('a', 2) },
  other: { password: hash('b', 2) },
  raised: { password: hash('c', 4) },
  parallel: { password: hash('d', 4, 2) },
}
const router = new Router({ mine: allow()(() => 'mine') }, { identify: basic({ users }) })
const status = async (name: string, password: string) => {
  const headers = { authorization: `Basic ${btoa(`${name}:${password}`)}` }
  return (await ask(router, '/mine/', { args: {}, headers })).status
}

test.each(['old', 'other', 'raised', 'parallel', 'nobody', '', 'constructor', '__proto__'])(
  'a wrong password of %j costs what it does of anybody, whatever the hashes cost',
  async name => {
    expect(await status(name, 'wrong')).toBe(401)
    expect(hashed).toEqual(['N=4 r=1 p=1', 'N=16 r=1 p=1', 'N=16 r=1 p=2'])
  },
)

test.each([
  ['old', 'a'],
  ['other', 'b'],
  ['raised', 'c'],
  ['parallel', 'd'],
])('the password of %j is right, and no other one is', async (name, right) => {
  for (const word of ['a', 'b', 'c', 'd']) expect(await status(name, word)).toBe(word === right ? 200 : 401)
})

test('a password of nobody is hashed as a new one is, and wrong', async () => {
  expect(await verifyPassword('x', undefined)).toBe(false)
  expect(hashed).toEqual(['N=32768 r=8 p=3'])
})

test.each(['$scrypt$', '$scrypt$ln=30,r=8,p=1$c2FsdHNhbHQ$', hash('a', 2).slice(0, -1)])(
  'a user with the hash %j, which would be told by its error, is refused at once',
  password => {
    expect(() => basic({ users: { bob: { password } } })).toThrow(/the password of bob must be stored/)
  },
)
