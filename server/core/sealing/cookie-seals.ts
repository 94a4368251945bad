// Sealed cookies: what only this server can have written, for the name that it comes under. The keys are made of the
// router's secret, for this use alone: no cookie is a state, and none is another one.

import { Key, readSecret } from './keys.js'
import type { SealingOptions } from './seals.js'

export class CookieSeals {
  /** Each secret in both modes; the first seals. */
  readonly #keys: readonly { readonly sign: Key; readonly encrypt: Key }[]

  /** Throws TypeError for a secret that is none. */
  constructor(secret: SealingOptions['secret']) {
    const secrets = Array.isArray(secret) ? secret : [secret ?? false]
    this.#keys = secrets
      .filter(each => each !== false)
      .map(readSecret)
      .map(each => ({ sign: new Key(each, 'sign', 'cookie'), encrypt: new Key(each, 'encrypt', 'cookie') }))
  }

  /** Is there a secret to seal with? */
  get able(): boolean {
    return this.#keys.length > 0
  }

  /** Text for a cookie of that name. Throws Error where there is no secret. */
  seal(name: string, value: Uint8Array, mode: 'sign' | 'encrypt'): string {
    const key = this.#keys[0]?.[mode]
    if (key === undefined) throw new Error('cookies are sealed: give the Router a secret')
    const header = headerOf(key, mode)
    return Buffer.concat([header, key.seal(name, header, value)]).toString('base64url')
  }

  /** What was sealed for that name, with any of the secrets; undefined for all else. */
  open(name: string, text: string): Uint8Array | undefined {
    const bytes = Buffer.from(text, 'base64url')
    if (bytes.length <= shortest || bytes.toString('base64url') !== text) return undefined
    const header = bytes.subarray(0, 1)
    for (const keys of this.#keys) {
      for (const mode of ['sign', 'encrypt'] as const) {
        if (headerOf(keys[mode], mode)[0] !== header[0]) continue
        const value = keys[mode].open(name, header, bytes.subarray(1))
        if (value !== undefined) return value
      }
    }
    return undefined
  }
}

/** A header and a tag. */
const shortest = 17

/** The key's number, and in its first bit the mode. */
const headerOf = (key: Key, mode: 'sign' | 'encrypt') =>
  Uint8Array.of(key.id | (mode === 'encrypt' ? 0x80 : 0))
