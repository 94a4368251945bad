// Passwords: kept as scrypt hashes (RFC 7914) in the PHC string format, and compared in constant time. Hashing is meant
// to be slow, so that only so many are done at once, and none twice for the same user within a while.

import { createHmac, randomBytes, scrypt, timingSafeEqual } from 'node:crypto'
import { checkArgument, text } from '../../../lib/options.js'
import { overloaded } from '../../core/faults/http.js'

/** 2^15 rounds of blocks of 8, three times: 32 MiB, and one of the OWASP's recommendations (Password Storage, 2025). */
const cost = { ln: 15, r: 8, p: 3 }
/** What a hash from elsewhere may cost: 2^17 with blocks of 8 is 128 MiB. */
const most = { ln: 17, r: 16, p: 16 }
const saltBytes = 16
const hashBytes = 32

/** Hashes at once, each of which takes a thread and 32 MiB; and those that wait for one of them. */
const atOnce = 2
const waitingAtMost = 64

const form = /^\$scrypt\$ln=(\d{1,2}),r=(\d{1,2}),p=(\d{1,2})\$([\w+/]{11,86})\$([\w+/]{43})$/

/** A password as it may be stored: `$scrypt$ln=15,r=8,p=3$SALT$HASH`. Takes a tenth of a second. */
export async function hashPassword(password: string): Promise<string> {
  checkArgument('hashPassword', password, text)
  const salt = randomBytes(saltBytes)
  const hash = await derive(password, salt, cost)
  return `$scrypt$ln=${cost.ln},r=${cost.r},p=${cost.p}$${plain(salt)}$${plain(hash)}`
}

/**
 * Is it the password that was hashed? Takes as long for every password; `hashed: undefined`, for a name that nobody has,
 * takes as long as what `hashPassword` gives, and is false. Throws TypeError for what is no such hash, and a Fault (503)
 * where too many wait to be compared.
 */
export async function verifyPassword(password: string, hashed: string | undefined): Promise<boolean> {
  checkArgument('verifyPassword', password, text)
  const { cost: read, salt, hash } = hashed === undefined ? nobody : readHash(hashed)
  const derived = await derive(password, salt, read)
  return timingSafeEqual(derived, hash) && hashed !== undefined
}

interface Hashed {
  readonly cost: typeof cost
  readonly salt: Uint8Array
  readonly hash: Uint8Array
}

const nobody: Hashed = { cost, salt: randomBytes(saltBytes), hash: randomBytes(hashBytes) }

/** Throws TypeError for what is no hash, or would cost too much. */
function readHash(hashed: string): Hashed {
  const [found, ln, r, p, salt = '', hash = ''] = form.exec(hashed) ?? []
  const read = { ln: Number(ln), r: Number(r), p: Number(p) }
  if (
    found === undefined ||
    read.ln > most.ln ||
    read.r > most.r ||
    read.p > most.p ||
    read.ln * read.r * read.p === 0
  )
    throw new TypeError('not a hash of hashPassword')
  return { cost: read, salt: Buffer.from(salt, 'base64'), hash: Buffer.from(hash, 'base64') }
}

/** What a hash says of its cost. Throws TypeError for what is no hash. */
export const costOf = (hashed: string): string => JSON.stringify(readHash(hashed).cost)

let running = 0
const waiting: (() => void)[] = []

async function derive(password: string, salt: Uint8Array, { ln, r, p }: typeof cost): Promise<Buffer> {
  if (running < atOnce) running++
  else {
    if (waiting.length >= waitingAtMost) throw overloaded('too many passwords to compare at once')
    await new Promise<void>(resolve => waiting.push(resolve))
  }
  try {
    return await new Promise((resolve, reject) => {
      const options = { N: 2 ** ln, r, p, maxmem: 256 * r * (2 ** ln + p) + 2 ** 20 }
      // One spelling of what keyboards write in two (RFC 8265).
      scrypt(password.normalize('NFC'), salt, hashBytes, options, (error, key) =>
        error ? reject(error) : resolve(key),
      )
    })
  } finally {
    const next = waiting.shift()
    if (next === undefined) running--
    else next()
  }
}

/** Base64 without padding, as the format wants it. */
const plain = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64').replaceAll('=', '')

/** Milliseconds for which a password that was right is not hashed again, and how many these are. */
const remembered = 5 * 60_000
const mostRemembered = 1000

/** Compares the passwords of requests: the same comes with each. */
export class Passwords {
  /** A hash of each cost that there is. */
  readonly #likes: ReadonlyMap<string, string>
  /** By a keyed hash of name, password and stored hash, so that memory holds no password; until when. */
  readonly #right = new Map<string, number>()
  /** What is being compared: requests that come together wait for the same. */
  readonly #comparing = new Map<string, Promise<boolean>>()
  readonly #key = randomBytes(32)

  /** `stored`: all hashes that there are. Throws TypeError for one that is none. */
  constructor(stored: Iterable<string>) {
    this.#likes = new Map(Array.from(stored, hashed => [costOf(hashed), hashed]))
  }

  /** Against what is stored of the user of that name; undefined where there is none, which takes as long. */
  async verify(name: string, password: string, stored: string | undefined): Promise<boolean> {
    const id = createHmac('sha256', this.#key)
      .update(JSON.stringify([name, password, stored ?? null]))
      .digest('base64')
    if ((this.#right.get(id) ?? 0) > performance.now()) return true
    let comparing = this.#comparing.get(id)
    if (comparing === undefined) {
      comparing = this.#compare(password, stored).finally(() => this.#comparing.delete(id))
      this.#comparing.set(id, comparing)
    }
    if (!(await comparing)) return false
    if (this.#right.size >= mostRemembered) this.#right.clear()
    this.#right.set(id, performance.now() + remembered)
    return true
  }

  /** One hash of each cost, the user's own among them: how long it takes says nothing of who it is. */
  async #compare(password: string, stored: string | undefined): Promise<boolean> {
    const own = stored === undefined ? undefined : costOf(stored)
    let isRight = false
    for (const [cost, like] of this.#likes) {
      const matches = await verifyPassword(password, own === cost ? stored : like)
      if (own === cost) isRight = matches
    }
    return isRight
  }
}
