// Sessions: what a server keeps of one client from one request to the next. By default the client keeps it, in a
// cookie that is encrypted, so that any server with the same secret answers; or a store does.

import { randomBytes } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import { cbor } from '../../../lib/codecs.js'
import { checkOptions, fn, having, type Kind, name as nameKind } from '../../../lib/options.js'
import { Duration } from '../../../lib/values/duration.js'
import type { Cookies } from '../../core/context/cookies.js'
import type { Session } from '../../core/context/session.js'
import { Endings } from './endings.js'
import type { FoundSession, Identification } from './identification.js'
import type { SessionStore } from './session-store.js'

export interface SessionOptions {
  /** Of the cookie, before its prefix. Default `session`. */
  readonly name?: string
  /** How long a session lasts that is not used. Default 30 minutes. */
  readonly idle?: Duration
  /** How long any session lasts. Default 8 hours. */
  readonly absolute?: Duration
  /** Default: the cookie holds it all, at most about 3 KB; a session that was ended can't be taken back from others. */
  readonly store?: SessionStore
  /**
   * What logs in: the name of a function as clients reach it from the root (`login`, `account.login`), or the URL of a
   * page of the application's own (`/login.html`). Whoever gets 401 is told of it, and browsers are shown it. The
   * function is for everybody. Default: nothing is told.
   */
  readonly login?: string
  /** The user of a session. Default: what was set as `user`. */
  readonly user?: (session: Session) => unknown
}

/** What the name of a cookie can be (RFC 6265 4.1.1). */
const token: Kind = {
  is: value => typeof value === 'string' && /^[\w!#$%&'*+.^`|~-]+$/.test(value),
  expected: 'the name of a cookie',
}

/** Months are of no one length. */
const time: Kind = {
  is: value => value instanceof Duration && value.months === 0 && value.milliseconds >= 1000,
  expected: 'a Duration of a second or more, without months',
}

const kinds = {
  name: token,
  idle: time,
  absolute: time,
  store: having('a store', 'get', 'set', 'delete'),
  login: nameKind,
  user: fn,
} satisfies Record<keyof SessionOptions, Kind>

interface Settings {
  readonly name: string
  readonly idle: number
  readonly absolute: number
  readonly store: SessionStore | undefined
  readonly login: string | undefined
  readonly user: (session: Session) => unknown
  readonly endings: Endings
}

export interface SessionIdentification extends Identification {
  readonly settings: Settings
}

/** Finds users by what a login has set in their session: `this.context.session.set('user', …)`. */
export function session(options: SessionOptions = {}): SessionIdentification {
  checkOptions('session', options, kinds)
  const { name = 'session', store, login, user = found => found.get('user') } = options
  const idle = (options.idle ?? new Duration({ minutes: 30 })).milliseconds
  const absolute = (options.absolute ?? new Duration({ hours: 8 })).milliseconds
  return {
    header: 'Cookie',
    settings: { name, idle, absolute, store, login, user, endings: new Endings(store, idle) },
    identify: visit => visit.session.findUser(),
  }
}

export class KeptSession implements FoundSession {
  readonly #settings: Settings
  readonly #cookies: Cookies
  #id: string
  #created: number
  #seen: number
  #values: Map<string, unknown>
  /** As the client came with it. */
  readonly #kept: Kept | undefined
  #found: { readonly user: unknown } | undefined
  readonly #opened = Date.now()
  #changed = false
  #destroyed = false
  #saved = false

  /** As the request had it, or a new one. */
  static async open(settings: Settings, cookies: Cookies): Promise<KeptSession> {
    const { store, endings } = settings
    const sent = cookies.get(settings.name)
    const bytes =
      sent === undefined
        ? undefined
        : store === undefined
          ? Buffer.from(sent, 'base64url')
          : await store.get(sent)
    const kept = bytes && readSession(bytes, settings)
    const isEnded = kept !== undefined && store === undefined && (await endings.has(kept.id))
    return new KeptSession(settings, cookies, isEnded ? undefined : kept)
  }

  private constructor(settings: Settings, cookies: Cookies, kept: Kept | undefined) {
    this.#settings = settings
    this.#cookies = cookies
    this.#id = kept?.id ?? newId()
    this.#created = kept?.created ?? Date.now()
    this.#seen = kept?.seen ?? 0
    this.#values = new Map(kept?.values)
    this.#kept = kept
  }

  async findUser(): Promise<unknown> {
    const user = await this.#settings.user(this)
    this.#found ??= { user }
    return user
  }

  get id(): string {
    return this.#id
  }

  get(key: string): unknown {
    return this.#values.get(key)
  }

  set(key: string, value: unknown): void {
    this.#change()
    if (key === 'user') this.regenerate()
    if (value === undefined) this.#values.delete(key)
    else this.#values.set(key, value)
  }

  regenerate(): void {
    this.#change()
    this.#id = newId()
    this.#created = Date.now()
  }

  destroy(): void {
    this.regenerate()
    this.#destroyed = true
    this.#values = new Map()
  }

  #change(): void {
    if (this.#saved)
      throw new Error('the session is changed too late: the answer has been begun. Call it by itself')
    this.#changed = true
  }

  /** Writes it to the cookie, and to the store, where that is due, unless another request has ended it meanwhile. */
  async save(): Promise<void> {
    const kept = this.#kept
    if (kept !== undefined && this.#changed && this.#id === kept.id && (await this.#isAnotherUser(kept)))
      this.regenerate()
    const { name, idle, endings } = this.#settings
    const now = Date.now()
    const former = kept?.id
    // A session that is read only is not written each time; so it may end a tenth earlier.
    const due = this.#changed || (former !== undefined && now - this.#seen > idle / 10)
    this.#saved = true
    if (!due) return
    // What was set since it was destroyed here is nothing that was ended elsewhere.
    const goesOn = former !== undefined && !this.#destroyed
    if (goesOn && (now - this.#opened > endings.lasting || (await endings.has(former)))) return
    if (former !== undefined && this.#destroyed) await this.#end(former)
    if (this.#values.size === 0) {
      if (goesOn) await this.#end(former)
      if (former !== undefined) this.#cookies.delete(name)
      return
    }
    await this.#write(now, goesOn ? former : undefined)
  }

  /** `former`: the id of the session that this one goes on with. */
  async #write(now: number, former: string | undefined): Promise<void> {
    const { name, idle, absolute, store, endings } = this.#settings
    const ends = Math.min(now + idle, this.#created + absolute)
    const bytes = cbor.encode([this.#id, this.#created, now, this.#values])
    const isReplaced = former !== undefined && former !== this.#id
    if (isReplaced) {
      await endings.replaced(former, this.#id)
      await store?.delete(former)
    }
    await store?.set(this.#id, bytes, new Date(ends))
    if (former !== undefined && (await (isReplaced ? endings.isOver(former) : endings.has(former))))
      return this.#end(this.#id)
    const text = store === undefined ? Buffer.from(bytes).toString('base64url') : this.#id
    this.#cookies.set(name, text, { encrypt: true, maxAge: Math.max(1, Math.floor((ends - now) / 1000)) })
  }

  /** Ends a session, and what others have replaced it by meanwhile. */
  async #end(id: string): Promise<void> {
    const { store, endings } = this.#settings
    for (let at: string | undefined = id; at !== undefined; at = await endings.successorOf(at)) {
      await endings.over(at)
      await store?.delete(at)
    }
  }

  /** By what it holds now, compared with what was found, and with what it held: that may have been changed in place. */
  async #isAnotherUser({ bytes }: Kept): Promise<boolean> {
    const { user } = this.#settings
    const found = await user(this)
    if (this.#found !== undefined && !isDeepStrictEqual(found, this.#found.user)) return true
    const before = new KeptSession(this.#settings, this.#cookies, decodeSession(bytes))
    return !isDeepStrictEqual(found, await user(before))
  }
}

interface Kept {
  readonly id: string
  readonly created: number
  readonly seen: number
  readonly values: ReadonlyMap<string, unknown>
  readonly bytes: Uint8Array
}

/** 128 bits. */
const newId = () => randomBytes(16).toString('base64url')

/** What this server has written; undefined where it is over. */
function readSession(bytes: Uint8Array, { idle, absolute }: Settings): Kept | undefined {
  const session = decodeSession(bytes)
  const now = Date.now()
  return now >= session.seen + idle || now >= session.created + absolute ? undefined : session
}

function decodeSession(bytes: Uint8Array): Kept {
  const [id, created, seen, kept] = cbor.decode(bytes) as [
    string,
    number,
    number,
    Map<string, unknown> | object,
  ]
  return { id, created, seen, values: kept instanceof Map ? kept : new Map(Object.entries(kept)), bytes }
}
