// Limits: how much each part holds, and how long it waits. Each is on by default, and can be set where its part is made;
// spec/limits.md has them in one table. Checked before memory is given out or a function calls itself.

import { object, shown } from './options.js'

/** Of what is read, by either side: `limits` of a Router, of a client, and of the codecs. */
export interface Limits {
  /** Bytes of one message, or one item of a stream, without blobs, decompressed. Default 32 MiB. */
  readonly messageBytes: number
  /** Bytes of one blob. Default 16 GiB: blobs are streamed, so this guards disks, not memory. */
  readonly blobBytes: number
  /** Blobs in one message. Default 1,024. */
  readonly blobs: number
  /** Bytes of blobs held in memory because another blob of the message is being read first. Default 32 MiB. */
  readonly blobBufferBytes: number
  /** Bytes of blobs and items that are held before somebody reads them; then the sender waits. Default 256 KiB. */
  readonly unreadBytes: number
  /** How deep lists, dicts and extensions may nest. Default 128. */
  readonly depth: number
  /** Items of one list, set or dict. Default 1,000,000. */
  readonly collection: number
  /** Bytes of one text or byte string, in UTF-8. Default 16 MiB: what is longer should be a blob. */
  readonly stringBytes: number
  /** Bytes of a key of a dict, or of the name of a form's field. Default 16,000: V8 tells longer ones apart slowly. */
  readonly keyBytes: number
  /** Decimal digits of an integer: reading them costs time that grows with their square. Default 16,384. */
  readonly integerDigits: number
}

export const defaultLimits: Limits = {
  messageBytes: 32 * 2 ** 20,
  blobBytes: 16 * 2 ** 30,
  blobs: 1024,
  blobBufferBytes: 32 * 2 ** 20,
  unreadBytes: 256 * 2 ** 10,
  depth: 128,
  collection: 1_000_000,
  stringBytes: 16 * 2 ** 20,
  keyBytes: 16_000,
  integerDigits: 16_384,
}

const completed = /* @__PURE__ */ new WeakMap<object, Limits>()

/**
 * Limits with the defaults of those that are not given: made once for each object, since every message asks. Throws
 * TypeError as `withLimits` does; what that gave is passed on with all its names.
 */
export function completeLimits(given: Partial<Limits> | undefined): Limits {
  if (given === undefined) return defaultLimits
  let limits = object.is(given) ? completed.get(given) : undefined
  if (limits === undefined) {
    limits = given === routerLimits ? (given as Limits) : withLimits(defaultLimits, given)
    completed.set(given, limits)
  }
  return limits
}

/** Of requests, wherever they come from: `limits` of a Router. */
export interface RouterLimits extends Limits {
  /** Characters of a URL, its query included. Default 8,192. */
  readonly urlLength: number
  /** Bytes of a request's body, all its blobs included. Default 16 GiB. */
  readonly bodyBytes: number
  /** Bytes that the blobs of a request hold in memory together; what is more waits in a file. Default 2 MiB. */
  readonly blobMemoryBytes: number
  /** The same of all requests of the process that are under way. Default 128 MiB. */
  readonly allBlobMemoryBytes: number
  /**
   * Bytes of what one call gives, or one item of a stream, without blobs; of a pipeline, of all its answers together.
   * Default 32 MiB, which is what clients accept of one message.
   */
  readonly answerBytes: number
  /** Fields of a query or form as browsers and `curl` write them. Default 1,000. */
  readonly fields: number
  /** Bytes of JSON in the fields of one form or query, together: it is read in one turn. Default 256 KiB. */
  readonly jsonFieldBytes: number
  /** Links, forms and pages in a request that lead to objects, each item of a map counted. Default 1,000. */
  readonly references: number
  /** Steps that a pipeline may hold, those of its maps included. Default 64. */
  readonly steps: number
  /** Steps of one pipeline that run at the same time. Default 16. */
  readonly concurrentSteps: number
  /** Steps that one pipeline may run, each item of a map counted. Default 1,024. */
  readonly executedSteps: number
  /** Items that the maps of one pipeline walk, in all. Default 1,024. */
  readonly mappedItems: number
  /** Values in what the maps of one pipeline pass on and give, for each item anew. Default 1,000,000. */
  readonly mappedValues: number
}

export const routerLimits: RouterLimits = {
  ...defaultLimits,
  urlLength: 8192,
  bodyBytes: 16 * 2 ** 30,
  blobMemoryBytes: 2 * 2 ** 20,
  allBlobMemoryBytes: 128 * 2 ** 20,
  answerBytes: 32 * 2 ** 20,
  fields: 1000,
  jsonFieldBytes: 256 * 2 ** 10,
  references: 1000,
  steps: 64,
  concurrentSteps: 16,
  executedSteps: 1024,
  mappedItems: 1024,
  mappedValues: 1_000_000,
}

/** Of connections, and of all requests together: `limits` of `serve`. Times are in milliseconds. */
export interface ServeLimits {
  /** Bytes of a request's line and headers together. Default 16 KiB. */
  readonly headerBytes: number
  /** Connections that are open at the same time. Default 10,000. */
  readonly connections: number
  /** Requests under way at the same time, the streams that are being sent included. Default 1,024. */
  readonly requests: number
  /**
   * The share of `connections` and of `requests` that one address may hold, 0 to 1; of IPv6 one network of 64 bits.
   * Behind the `proxies` of `serve` addresses are those that they tell. Default 0.75.
   */
  readonly addressShare: number
  /** The share of `requests` that one address may hold with bodies that are still coming. Default 0.25. */
  readonly sendingShare: number
  /**
   * How long a request may have to wait until it is begun, by the pace at which others are: what would wait longer is
   * shed. Default 250.
   */
  readonly queueTime: number
  /** How long the line and headers of a request may take to arrive. Default 20,000. */
  readonly headerTime: number
  /** In which a sender must bring each further 10,000 bytes of a body, or its end. Default 20,000. */
  readonly senderTime: number
  /** In which a reader must take some of what waits for it. Default 20,000. */
  readonly readerTime: number
  /** From the arrival of a request to the head of its answer; of a pipeline, to its last answer. Default 60,000. */
  readonly requestTime: number
}

export const serveLimits: ServeLimits = {
  headerBytes: 16 * 2 ** 10,
  connections: 10_000,
  requests: 1024,
  addressShare: 0.75,
  sendingShare: 0.25,
  queueTime: 250,
  headerTime: 20_000,
  senderTime: 20_000,
  readerTime: 20_000,
  requestTime: 60_000,
}

/** The most bytes that an integer of so many decimal digits takes. */
export const bytesOfDigits = (digits: number): number => Math.ceil((digits * Math.log2(10)) / 8)

/** Parts of a whole: all others count bytes, items or milliseconds. */
const shares: ReadonlySet<string> = /* @__PURE__ */ new Set(['addressShare', 'sendingShare'])

const isOff = (value: unknown): boolean => value === Number.POSITIVE_INFINITY

/** After "must be". `Infinity` turns any limit off. */
function kindOf(name: string): { readonly most: number; readonly expected: string } {
  return shares.has(name)
    ? { most: 1, expected: 'a share, 0 to 1' }
    : { most: Number.MAX_SAFE_INTEGER, expected: 'a whole number, 0 or more, or Infinity' }
}

/**
 * The defaults with what is set. Throws TypeError for a name that is none, and for what is not a whole number of 0 or
 * more, of shares 0 to 1: a limit that was mistyped would be none.
 */
export function withLimits<L extends object>(defaults: L, set: Partial<L> | undefined): L {
  if (set === undefined) return defaults
  if (!object.is(set)) throw new TypeError(`limits must be an object, not ${shown(set)}`)
  for (const [name, value] of Object.entries(set)) {
    if (!Object.hasOwn(defaults, name)) {
      throw new TypeError(`there is no limit ${name} here, but ${Object.keys(defaults).join(', ')}`)
    }
    const { most, expected } = kindOf(name)
    const isNumber =
      typeof value === 'number' && (shares.has(name) || Number.isInteger(value) || isOff(value))
    if (!isNumber || !(value >= 0) || (value > most && !isOff(value)))
      throw new TypeError(`the limit ${name} must be ${expected}, not ${shown(value)}`)
  }
  const limits = { ...defaults, ...set }
  // Those of a router or client, which have more names, go to the codecs too.
  if ('messageBytes' in limits) completed.set(limits, limits as unknown as Limits)
  return limits
}
