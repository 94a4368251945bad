// How tags are compared: by timingSafeEqual, always with as many bytes, and by nothing else, so that the time that an
// answer takes does not tell how much of a guess was right. `bench/sealing.ts` prints measured times.

import { readFileSync } from 'node:fs'
import { beforeEach, expect, test, vi } from 'vitest'
import { Router } from '../../../../server/index.js'
import { ask, construct } from '../../peer.js'

const compared = vi.hoisted(() => ({ lengths: [] as number[][], verdict: undefined as boolean | undefined }))

vi.mock('node:crypto', async original => {
  const crypto = await original<typeof import('node:crypto')>()
  const timingSafeEqual = (one: Uint8Array, other: Uint8Array) => {
    compared.lengths.push([one.length, other.length])
    return compared.verdict ?? crypto.timingSafeEqual(one, other)
  }
  return { ...crypto, timingSafeEqual }
})

class User {
  constructor(readonly id: string) {}
}
const router = new Router({ User }, { secret: 'a secret for these tests, of more than 32 bytes' })

beforeEach(() => {
  compared.lengths = []
  compared.verdict = undefined
})

test('each signature is compared whole, wherever it is wrong, and for whichever key', async () => {
  const path = await construct(router, 'User', { id: 'bob' })
  const state = Buffer.from(path.split('/')[2] as string, 'base64url')
  compared.lengths = []
  for (const at of [...state.keys(), -1]) {
    const forged = Buffer.from(state)
    if (at >= 0) forged[at] = (forged[at] as number) ^ 1
    const answer = await ask(router, `/User/${forged.toString('base64url')}/`)
    expect([at, answer.status]).toEqual([at, at < 0 ? 200 : 403])
  }
  expect(compared.lengths).toEqual(new Array(state.length + 1).fill([16, 16]))
})

test('what timingSafeEqual says is all that decides', async () => {
  const path = await construct(router, 'User', { id: 'bob' })
  const state = Buffer.from(path.split('/')[2] as string, 'base64url')
  const forged = Buffer.concat([state.subarray(0, 1), new Uint8Array(16), state.subarray(17)])
  const statuses: number[] = []
  for (const [verdict, bytes] of [
    [true, forged],
    [false, state],
  ] as const) {
    compared.verdict = verdict
    statuses.push((await ask(router, `/User/${bytes.toString('base64url')}/`)).status)
  }
  expect(statuses).toEqual([200, 403])
})

test('no source of sealing compares bytes in another way', () => {
  const sources = ['keys', 'seals', 'siv'].map(name =>
    readFileSync(new URL(`../../../../server/core/sealing/${name}.ts`, import.meta.url), 'utf8'),
  )
  const code = sources.join('\n').replace(/^\s*(?:\/\/|\/?\*).*$/gm, '')
  expect(code).toContain('timingSafeEqual(tag(')
  expect(code).not.toMatch(/\.equals\(|\.compare\(|\.every\(|indexOf\(|tag\([^)]*\)\s*[!=]==/)
})
