// What is fuzzed, seen by the engine: inputs are bytes, and a check throws where a promise is broken.

/** Numbers from a seed (mulberry32), so that a run can be repeated. */
export class Random {
  #state: number

  constructor(seed: number) {
    this.#state = seed | 0
  }

  /** An integer from 0 up to, and without, `end`. */
  below(end: number): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * end)
  }

  pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)] as T
  }
}

/** A promise that an input has broken. `kind` is the same for all inputs that break it in one way. */
export class Finding extends Error {
  readonly kind: string

  constructor(kind: string, message: string, options?: ErrorOptions) {
    super(`${kind}: ${message}`, options)
    this.name = 'Finding'
    this.kind = kind
  }
}

export interface Target {
  readonly name: string
  /** Valid inputs that are always there: vectors, and what an application's pages offer. */
  readonly seeds: readonly Uint8Array[]
  /** Byte strings that mean something in the format. */
  readonly words: readonly Uint8Array[]
  /** Valid inputs of their own for each seed, made by fast-check. */
  fresh(seed: number): readonly Uint8Array[] | Promise<readonly Uint8Array[]>
  /** Milliseconds of CPU that an input may take, and after which one that waits is given up; by default those of the engine. */
  readonly hang?: number
  readonly patience?: number
  /** Throws Finding; what else it throws is an error that nobody has classified. */
  check(input: Uint8Array): void | Promise<void>
  /** After all inputs: is what served them still whole? */
  close?(): Promise<void>
}

const encoder = new TextEncoder()

export const utf8 = (text: string): Uint8Array => encoder.encode(text)

/** One byte a character. */
export const latin1 = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'latin1'))

export const fromLatin1 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1')

/** A number that depends on every byte (FNV-1a): what a check varies, it varies by the input alone. */
export function hashOf(bytes: Uint8Array): number {
  let hash = 0x811c9dc5
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193)
  return (hash ^ (hash >>> 15)) >>> 0
}

/** What a program may say of itself when it has met a value that its author did not think of. */
const accidental =
  /^(?:Cannot |undefined is|.* is not (?:a function|iterable|defined|a constructor)|Invalid |Class )/

/** Is it an error of the language, or of Node, rather than one that somebody wrote for a reader? */
export function isAccident(error: unknown): boolean {
  if (!(error instanceof Error)) return true
  if (error instanceof RangeError || error instanceof SyntaxError || error instanceof ReferenceError)
    return true
  if ('code' in error && String(error.code).startsWith('ERR_')) return true
  return error instanceof TypeError && accidental.test(error.message)
}

export const same = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0

/** Bytes as an error message shows them. */
export const shown = (bytes: Uint8Array): string => JSON.stringify(fromLatin1(bytes.subarray(0, 200)))
