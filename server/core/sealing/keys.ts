// Keys: what is made of the application's secret, one for each mode and purpose, so that what was sealed for
// one opens for no other. No secret and no key can be printed: they are private fields and Node's KeyObjects.

import { createHmac, createSecretKey, hkdfSync, KeyObject, timingSafeEqual } from 'node:crypto'
import { decryptSiv, encryptSiv } from './siv.js'

/** How state is sealed: readable by whoever has the URL, or not. */
export type Mode = 'sign' | 'encrypt'

/** Text or bytes that nobody can guess, at least 32 bytes: `openssl rand -base64 32`. */
export type Secret = string | Uint8Array | KeyObject

/** Bytes of a tag: 128 bits. */
export const tagBytes = 16
const leastSecretBytes = 32

/** One secret in one mode. */
export class Key {
  /** The first byte of what it seals. Below 128, which no unsealed state starts with: that is a CBOR map. */
  readonly id: number
  readonly #secret: KeyObject
  readonly #mode: Mode
  readonly #use: string
  /** By purpose. These are as many as the application has classes, and former names of them. */
  readonly #derived = new Map<string, Uint8Array>()

  /** `use`: keys for one open nothing that was sealed for another, whatever the purpose. */
  constructor(secret: KeyObject, mode: Mode, use: 'state' | 'cookie' = 'state') {
    this.#secret = secret
    this.#use = use
    this.#mode = mode
    this.id = (this.#derive('id', '', 1)[0] as number) & 0x7f
  }

  /** The tag, and the body, encrypted or as it is. The same for the same body. */
  seal(purpose: string, header: Uint8Array, body: Uint8Array): Uint8Array {
    const key = this.#for(purpose)
    return this.#mode === 'encrypt'
      ? encryptSiv(key, header, body)
      : Buffer.concat([tag(key, header, body), body])
  }

  /** The body; undefined where it was not sealed by this key, for this purpose, below this header. */
  open(purpose: string, header: Uint8Array, sealed: Uint8Array): Uint8Array | undefined {
    const key = this.#for(purpose)
    if (this.#mode === 'encrypt') return decryptSiv(key, header, sealed)
    const body = sealed.subarray(tagBytes)
    return timingSafeEqual(tag(key, header, body), sealed.subarray(0, tagBytes)) ? body : undefined
  }

  #for(purpose: string): Uint8Array {
    let key = this.#derived.get(purpose)
    if (key === undefined) {
      key = this.#derive(this.#use, purpose, 32)
      this.#derived.set(purpose, key)
    }
    return key
  }

  /** HKDF-SHA-256 (RFC 5869). The list as JSON says unmistakably what the key is for. */
  #derive(use: string, purpose: string, length: number): Uint8Array {
    const info = JSON.stringify(['hyperglyph', use, this.#mode, purpose])
    return new Uint8Array(hkdfSync('sha256', this.#secret, '', info, length))
  }
}

/** HMAC-SHA-256, cut to 128 bits. The header has one length, so that no two inputs are the same bytes. */
const tag = (key: Uint8Array, header: Uint8Array, body: Uint8Array): Uint8Array =>
  createHmac('sha256', key).update(header).update(body).digest().subarray(0, tagBytes)

/** Throws TypeError, without a word of the secret. */
export function readSecret(secret: unknown): KeyObject {
  const key = keyOf(secret)
  const { symmetricKeySize: size = 0 } = key
  if (size < leastSecretBytes) {
    throw new TypeError(
      `the secret has ${size} bytes, and must have at least ${leastSecretBytes} that nobody can guess: ` +
        'openssl rand -base64 32',
    )
  }
  return key
}

function keyOf(secret: unknown): KeyObject {
  if (typeof secret === 'string') return createSecretKey(secret, 'utf8')
  if (secret instanceof Uint8Array) return createSecretKey(secret)
  if (secret instanceof KeyObject && secret.type === 'secret') return secret
  if (secret === undefined)
    throw new TypeError('the secret is undefined: is a variable not set? Without one, say secret: false')
  throw new TypeError('a secret is text, bytes or a secret KeyObject, and false says that there is none')
}
