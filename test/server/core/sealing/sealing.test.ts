// Sealed URLs against those who would write their own: nothing opens but what this server gave out for this class,
// and the answer to all else is one and the same.

import { createHmac, createSecretKey, hkdfSync, randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { cbor } from '../../../../lib/codecs.js'
import { Link, type Page } from '../../../../lib/values/nodes.js'
import { Key } from '../../../../server/core/sealing/keys.js'
import { encryptSiv, loadSiv } from '../../../../server/core/sealing/siv.js'
import { Router, type RouterOptions, redirect, safe } from '../../../../server/index.js'
import { type Answer, ask, construct, type Question } from '../../peer.js'

const secret = 'a secret for these tests, of more than 32 bytes'
const otherSecret = 'the secret of another server, also long enough'

class User {
  constructor(
    readonly id: string,
    readonly admin = false,
  ) {}
  @safe bio() {
    return this.id
  }
  message(text: string) {
    return text
  }
}
class Note {
  constructor(
    readonly id: string,
    readonly admin = false,
  ) {}
}
class Team {
  constructor(
    readonly head: User,
    readonly members: User[] = [],
  ) {}
  names() {
    return [this.head.id, ...this.members.map(member => member.id)]
  }
}

const members = {
  User,
  Note,
  Team,
  find: redirect((name: string) => new User(name)),
  name_of: (user: User) => user.id,
  admin: { User: class extends User {} },
}
const router = (options: RouterOptions = {}) => new Router(members, { secret, pipeline: true, ...options })

const stateOf = (path: string) => path.split('/').at(-2) as string
const bytesOf = (path: string) => Buffer.from(stateOf(path), 'base64url')
const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64url')

const ways: [way: string, state: (state: string) => string, question: Question][] = [
  ['the page', state => `/User/${state}/`, {}],
  ['the page, without the last slash', state => `/User/${state}`, {}],
  ['the page, by a method that it has not', state => `/User/${state}/`, { method: 'DELETE' }],
  ['a link', state => `/User/${state}/bio`, {}],
  ['a form', state => `/User/${state}/message`, { args: { text: 'hi' } }],
  ['a form, without its argument', state => `/User/${state}/message`, { args: {} }],
  ['a form, asked for with GET', state => `/User/${state}/message`, {}],
  ['a method that there is not', state => `/User/${state}/nothing`, {}],
  ['a path below a method', state => `/User/${state}/bio/more/segments`, {}],
  ['another class', state => `/Note/${state}/`, {}],
  ['a class in a namespace', state => `/admin/User/${state}/bio`, {}],
]

/** All of an answer. */
const whole = ({ status, headers, text }: Answer) => ({ status, text, headers: Object.fromEntries(headers) })

describe.each(['sign', 'encrypt'] as const)('seal: %s', seal => {
  const sealed = router({ seal })
  const refused = async () => whole(await ask(sealed, '/User/AAAA/'))

  test('what was given out opens, after a restart too', async () => {
    const path = await construct(sealed, 'User', { id: 'bob' })
    expect(await construct(router({ seal }), 'User', { id: 'bob' })).toBe(path)
    const page = await ask(router({ seal }), path)
    expect([page.status, (page.value as Page).url]).toEqual([200, `http://test${path}`])
    expect((await ask(sealed, `${path}bio`)).value).toBe('bob')
    expect((await ask(sealed, `${path}message`, { args: { text: 'hi' } })).value).toBe('hi')
    expect((await ask(sealed, `${path}nothing`)).status).toBe(404)
    expect((await ask(sealed, '/name_of/', { args: { user: new Link({ url: `..${path}` }) } })).value).toBe(
      'bob',
    )
  })

  test('the answer to what was tampered with is a plain 403', async () => {
    const { status, text, headers } = await refused()
    expect(status).toBe(403)
    expect(text).toContain('this URL is not one that this server gave out')
    expect(headers).toMatchObject({ 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' })
  })

  test.each(ways)('a flipped bit has one answer: %s', async (_, pathTo, question) => {
    const state = bytesOf(await construct(sealed, 'User', { id: 'bob', admin: true }))
    state[20] = (state[20] as number) ^ 1
    expect(whole(await ask(sealed, pathTo(base64(state)), question))).toEqual(await refused())
  })

  test('no flipped bit of a state opens', async () => {
    const same = await refused()
    const state = bytesOf(await construct(sealed, 'User', { id: 'bob', admin: true }))
    for (let bit = 0; bit < state.length * 8; bit++) {
      const forged = Buffer.from(state)
      forged[bit >> 3] = (forged[bit >> 3] as number) ^ (1 << (bit & 7))
      const [way, pathTo, question] = ways[bit % ways.length] as (typeof ways)[0]
      expect([bit, way, whole(await ask(sealed, pathTo(base64(forged)), question))]).toEqual([bit, way, same])
    }
  })

  test('no flipped bit of the characters in a URL opens', async () => {
    const same = await refused()
    const state = stateOf(await construct(sealed, 'User', { id: 'bob' }))
    for (let bit = 0; bit < state.length * 8; bit++) {
      const at = bit >> 3
      const character = String.fromCharCode(state.charCodeAt(at) ^ (1 << (bit & 7)))
      const forged = state.slice(0, at) + character + state.slice(at + 1)
      expect([forged, whole(await ask(sealed, `/User/${forged}/`))]).toEqual([forged, same])
    }
  })

  test('nothing that is shorter or longer opens', async () => {
    const same = await refused()
    const state = stateOf(await construct(sealed, 'User', { id: 'bob' }))
    const lengths = Array.from(state, (_, length) => state.slice(0, length))
    const bytes = Buffer.from(state, 'base64url')
    const cut = Array.from(bytes, (_, length) => base64(bytes.subarray(0, length)))
    const longer = [`${state}A`, `A${state}`, state + state, `${state}=`, `${state}%25`, 'x'.repeat(5000)]
    for (const forged of [...lengths, ...cut, ...longer]) {
      expect([forged, whole(await ask(sealed, `/User/${forged}/`))]).toEqual([forged, same])
    }
  })

  test('no pieces of two URLs make a third', async () => {
    const same = await refused()
    const one = bytesOf(await construct(sealed, 'User', { id: 'bob' }))
    const other = bytesOf(await construct(sealed, 'User', { id: 'eve', admin: true }))
    for (let cut = 2; cut < one.length; cut++) {
      const forged = base64(Buffer.concat([one.subarray(0, cut), other.subarray(cut)]))
      expect([cut, whole(await ask(sealed, `/User/${forged}/`))]).toEqual([cut, same])
    }
  })

  test('no state of its own making opens', async () => {
    const same = await refused()
    const header = bytesOf(await construct(sealed, 'User', { id: 'bob' })).subarray(0, 1)
    const body = cbor.encode({ id: 'bob' })
    const forgeries = fc.oneof(
      fc.uint8Array({ maxLength: 80 }),
      fc.uint8Array({ minLength: 16, maxLength: 16 }).map(tag => Buffer.concat([header, tag, body])),
      fc.constant(body),
    )
    await fc.assert(
      fc.asyncProperty(forgeries, async bytes => {
        expect(whole(await ask(sealed, `/User/${base64(bytes)}/`))).toEqual(same)
      }),
    )
  })

  test('a state opens for its own class alone, on servers with the secret alone', async () => {
    const same = await refused()
    const path = await construct(sealed, 'User', { id: 'bob' })
    for (const other of [path.replace('User', 'Note'), path.replace('User', 'admin/User')])
      expect(whole(await ask(sealed, other))).toEqual(same)
    expect(whole(await ask(router({ seal, secret: otherSecret }), path))).toEqual(same)
    expect((await ask(sealed, path.replace('User', 'Nobody'))).status).toBe(404)
  })

  test('what is tampered with opens in no argument, step or state either', async () => {
    const path = await construct(sealed, 'User', { id: 'bob' })
    const forged = path.replace(/.\/$/, '_/')
    const swapped = path.replace('User', 'Note')
    for (const wrong of [forged, swapped, `/User/${base64(cbor.encode({ id: 'bob' }))}/`]) {
      const link = new Link({ url: `..${wrong}` })
      const direct = await ask(sealed, '/name_of/', { args: { user: link } })
      expect([direct.status, (direct.value as { code: string }).code]).toEqual([403, 'seal'])
      const nested = await ask(sealed, '/Team/', { args: { head: link } })
      expect(nested.status).toBe(403)
      const steps = [
        [`.${wrong}`, {}],
        ['./name_of/', { user: new Link({ url: `.${wrong}` }) }],
        ['./name_of/', { user: new Link({ url: `.${path}` }) }],
      ]
      const { text } = await ask(sealed, '/_pipeline', {
        args: { steps },
        accept: 'application/vnd.hyperglyph+json',
      })
      expect(JSON.parse(`[${text.match(/\[[012],\d+/g)?.map(item => `${item}]`)}]`)).toEqual([
        [0, 403],
        [1, 403],
        [2, 200],
      ])
    }
  })

  test('an object in the state of another opens there, and nowhere by itself', async () => {
    const head = new Link({ url: `..${await construct(sealed, 'User', { id: 'bob' })}` })
    const path = await construct(sealed, 'Team', { head, members: [head] })
    expect((await ask(sealed, `${path}names`, { args: {} })).value).toEqual(['bob', 'bob'])
    const inside = base64(cbor.encode({ id: 'bob' }))
    expect(bytesOf(path).includes(inside)).toBe(seal === 'sign')
    expect((await ask(sealed, `/User/${inside}/`)).status).toBe(403)
  })

  test('any secret that is long enough seals: text, bytes, a key', async () => {
    const bytes = randomBytes(32)
    const [byBytes, byKey] = [
      router({ seal, secret: bytes }),
      router({ seal, secret: createSecretKey(bytes) }),
    ]
    const path = await construct(byBytes, 'User', { id: 'bob' })
    expect(await construct(byKey, 'User', { id: 'bob' })).toBe(path)
    expect((await ask(byKey, path)).status).toBe(200)
  })
})

test('what is signed can be read in its URL; what is encrypted cannot', async () => {
  const [signed, encrypted] = [router(), router({ seal: 'encrypt' })]
  const name = 'a name that is easily found'
  expect(bytesOf(await construct(signed, 'User', { id: name })).includes(name)).toBe(true)
  expect(bytesOf(await construct(encrypted, 'User', { id: name })).includes(name)).toBe(false)
})

test('a key for one mode or purpose opens nothing of another', async () => {
  await loadSiv()
  const header = Uint8Array.of(1)
  const body = cbor.encode({ id: 'bob' })
  const keys = (['sign', 'encrypt'] as const).flatMap(mode =>
    [secret, otherSecret].map(each => new Key(createSecretKey(each, 'utf8'), mode)),
  )
  const made = keys.flatMap(key => ['/User/', '/Note/', '/User', ''].map(purpose => [key, purpose] as const))
  for (const [key, purpose] of made) {
    const sealed = key.seal(purpose, header, body)
    const opened = made.filter(([other, use]) => other.open(use, header, sealed) !== undefined)
    expect(opened).toEqual([[key, purpose]])
    expect(key.open(purpose, Uint8Array.of(2), sealed)).toBeUndefined()
  }
})

test('encryption is AES-SIV: the first example of RFC 5297', async () => {
  await loadSiv()
  const hex = (text: string) => new Uint8Array(Buffer.from(text.replaceAll(' ', ''), 'hex'))
  const key = hex('fffefdfcfbfaf9f8f7f6f5f4f3f2f1f0 f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff')
  const header = hex('101112131415161718191a1b1c1d1e1f2021222324252627')
  const sealed = encryptSiv(key, header, hex('112233445566778899aabbccddee'))
  expect(Buffer.from(sealed).toString('hex')).toBe(
    '85632d07c6e8f37f950acd320a2ecc9340c02b9690c4dc04daef7f6afe5c',
  )
})

test('a signed state is what spec/protocol.md says', async () => {
  const derived = (use: string, path: string, length: number) =>
    Buffer.from(hkdfSync('sha256', secret, '', JSON.stringify(['hyperglyph', use, 'sign', path]), length))
  const id = derived('id', '', 1)
  id[0] = (id[0] as number) & 127
  const body = cbor.encode({ id: 'bob' })
  const tag = createHmac('sha256', derived('state', '/User/', 32))
    .update(id)
    .update(body)
    .digest()
  const state = base64(Buffer.concat([id, tag.subarray(0, 16), body]))
  expect(await construct(router(), 'User', { id: 'bob' })).toBe(`/User/${state}/`)
})
