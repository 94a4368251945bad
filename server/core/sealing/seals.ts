// Seals: what makes a URL one that this server gave out, and nobody else can (spec/protocol.md, "URLs").
// Bytes go in and come out: what state is, and which class it belongs to, is not known here.

import { Fault } from '../../../lib/values/fault.js'
import { Key, type Mode, readSecret, type Secret, tagBytes } from './keys.js'
import { loadSiv } from './siv.js'

export interface SealingOptions {
  /**
   * Seals the state in URLs, so that only this server can write them. Of several the first seals, and all
   * open: a new one is put in front, and the old one taken away once its URLs need not open any more. `false`
   * says that URLs are not sealed; among several, that unsealed ones open too. Servers that share objects share
   * their secrets.
   */
  readonly secret?: Secret | false | readonly (Secret | false)[]
  /**
   * `sign`, the default: state can be read in the URL, not changed. `encrypt`: nor read; equal states still
   * have equal URLs. Either opens what the other has sealed.
   */
  readonly seal?: Mode
}

/** A URL that this server has not given out. It says the same of whatever is wrong with it. */
export class BrokenSeal extends Fault {
  constructor() {
    super('this URL is not one that this server gave out', { status: 403, code: 'seal' })
  }
}

/** The mode that is not the one given: what was sealed in it opens all the same. */
const otherMode = { sign: 'encrypt', encrypt: 'sign' } as const

export class Seals {
  /** Did the application declare whether URLs are sealed? */
  readonly declared: boolean
  /** To be waited for before anything is sealed or opened. */
  ready: Promise<void> | undefined
  /** Do unsealed states open? */
  readonly #unsealed: boolean
  readonly #sealing: Key | undefined
  readonly #expiring: Key | undefined
  readonly #keys = new Map<number, Key[]>()

  /** Throws TypeError for a secret that is none, or too short. */
  constructor(options: SealingOptions) {
    this.declared = Object.hasOwn(options, 'secret')
    const { seal: mode = 'sign' } = options
    const secrets = secretsOf(this.declared ? options.secret : false)
    if (!Object.hasOwn(otherMode, mode))
      throw new TypeError(`seal is "sign" or "encrypt", not ${JSON.stringify(mode)}`)
    const keys = secrets.map(secret => {
      if (secret === false) return undefined
      const read = readSecret(secret)
      const key = new Key(read, mode)
      for (const each of [key, new Key(read, otherMode[mode])])
        this.#keys.set(each.id, [...(this.#keys.get(each.id) ?? []), each])
      return key
    })
    this.#unsealed = keys.includes(undefined)
    this.#sealing = keys[0]
    this.#expiring = keys.find(key => key !== undefined)
    if (this.#expiring === undefined) {
      if (options.seal !== undefined)
        throw new TypeError('seal says how URLs are sealed, and there is no secret')
      return
    }
    this.ready = loadSiv().then(() => {
      this.ready = undefined
    })
    // Who waits for it is told.
    this.ready.catch(() => undefined)
  }

  /** Can URLs expire? */
  get canExpire(): boolean {
    return this.#expiring !== undefined
  }

  /** A path segment. What expires is sealed even where the rest is not any more. */
  seal(purpose: string, body: Uint8Array, expires: boolean): string {
    const key = expires ? this.#expiring : this.#sealing
    if (key === undefined) return toBase64Url(body)
    const header = Uint8Array.of(key.id)
    return toBase64Url(Buffer.concat([header, key.seal(purpose, header, body)]))
  }

  /** The bytes of a segment; undefined for one that is no base64url. Throws BrokenSeal. */
  open(purpose: string, segment: string, limit: number): Uint8Array | undefined {
    const bytes = segment.length <= limit ? fromBase64Url(segment) : undefined
    const isSealed = bytes === undefined || (bytes[0] as number) < 0x80
    if (this.#expiring === undefined || (this.#unsealed && !isSealed)) return bytes
    if (bytes === undefined || bytes.length <= tagBytes + 1) throw new BrokenSeal()
    const header = bytes.subarray(0, 1)
    // An unknown key takes as long as a known one: its header is none that the first has sealed.
    for (const key of this.#keys.get(header[0] as number) ?? [this.#expiring]) {
      const body = key.open(purpose, header, bytes.subarray(1))
      if (body !== undefined) return body
    }
    throw new BrokenSeal()
  }
}

function secretsOf(secret: SealingOptions['secret']): readonly (Secret | false | undefined)[] {
  if (!Array.isArray(secret)) return [secret as Secret | false | undefined]
  if (secret.length === 0)
    throw new TypeError('secret is an empty list: say secret: false where there is none')
  return secret
}

const toBase64Url = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('base64url')

/** Undefined for other characters, and for the spellings of the same bytes that no encoder writes. */
function fromBase64Url(text: string): Uint8Array | undefined {
  if (!/^[\w-]+$/.test(text)) return undefined
  const bytes = Buffer.from(text, 'base64url')
  return bytes.length > 0 && bytes.toString('base64url') === text ? bytes : undefined
}
