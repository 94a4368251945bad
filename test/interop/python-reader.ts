// Reads messages by the rules of the Python client of 2012: what it raises on, this throws on, under the name
// of Python's exception. Unicode is a string here, a byte string a Buffer, a dict a Map.

import { hexFloat } from './wire.js'

export class PythonExtension {
  constructor(
    readonly name: string,
    readonly attributes: Map<string, unknown>,
    readonly content: unknown,
  ) {}
}

export class PythonBlob {
  readonly attributes: unknown
  content: Buffer = Buffer.alloc(0)

  constructor(attributes: unknown) {
    this.attributes = attributes
  }
}

/** It has a class for each of these, and no other. */
const known = ['form', 'link', 'resource', 'error', 'input', 'collection']

/** isodate's form of a duration. */
const duration = /^[+-]?P(\d+Y)?(\d+M)?(\d+W)?(\d+D)?(T(\d+H)?(\d+M)?(\d+([,.]\d+)?S)?)?$/

export function readPython(bytes: Buffer, base: string): unknown {
  return new Reader(bytes).message(base)
}

class Reader {
  #position = 0
  readonly #bytes: Buffer
  readonly #blobs = new Map<number, PythonBlob>()

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  message(base: string): unknown {
    const value = this.#value(this.#next(), base)
    while (this.#blobs.size > 0) {
      if (this.#next() !== 'c') throw new Error('StandardError: chunk')
      const [id, stop] = this.#until(':;')
      const blob = this.#blobs.get(Number(id))
      if (blob === undefined) throw new Error('KeyError: blob')
      if (stop === ';') this.#blobs.delete(Number(id))
      else {
        const [size] = this.#until(':')
        blob.content = Buffer.concat([blob.content, this.#take(Number(size))])
        this.#close('blob')
      }
    }
    return value
  }

  /** The next byte that is not white space; empty at the end. */
  #next(): string {
    while (/[\r\v\n \t]/.test(this.#byte())) this.#position++
    const byte = this.#byte()
    this.#position++
    return byte
  }

  #byte(): string {
    return this.#bytes.toString('latin1', this.#position, this.#position + 1)
  }

  #until(stops: string): [word: string, stop: string] {
    const start = this.#position
    while (!stops.includes(this.#byte())) this.#position++
    if (this.#position >= this.#bytes.length) throw new Error('EOFError')
    const word = this.#bytes.toString('latin1', start, this.#position)
    const stop = this.#byte()
    this.#position++
    return [word, stop]
  }

  #take(size: number): Buffer {
    this.#position += size
    return this.#bytes.subarray(this.#position - size, this.#position)
  }

  #close(what: string): void {
    if (this.#next() !== ';') throw new Error(`StandardError: ${what}`)
  }

  #value(type: string, base: string): unknown {
    switch (type) {
      case 'N':
      case 'T':
      case 'F':
        this.#until(';')
        return type === 'N' ? null : type === 'T'
      case 'u':
        return this.#counted().toString()
      case 'b':
        return this.#counted()
      case 'i':
        return integer(this.#until(';')[0])
      case 'f':
        return float(this.#until(';')[0])
      case 'd':
        return datetime(this.#until(';')[0])
      case 'p':
        return timedelta(this.#until(';')[0])
      case 'L':
        return this.#items(base)
      case 'S':
        return this.#set(base)
      case 'D':
      case 'O':
        return this.#dict(base)
      case 'X':
        return this.#extension(base)
      case 'B':
        return this.#blob(base)
      case '':
        throw new Error('EOFError')
      default:
        throw new Error(`StandardError: decoding err ${type}`)
    }
  }

  #counted(): Buffer {
    const [size, stop] = this.#until(':;')
    if (stop === ';') return Buffer.alloc(0)
    const bytes = this.#take(Number(size))
    this.#close('error')
    return bytes
  }

  #items(base: string): unknown[] {
    const items: unknown[] = []
    for (let type = this.#next(); type !== ';'; type = this.#next()) items.push(this.#value(type, base))
    return items
  }

  #set(base: string): Set<unknown> {
    const items = this.#items(base).map(hashable)
    const set = new Set(items)
    if (set.size < items.length) throw new Error('StandardError: duplicate key')
    return set
  }

  #dict(base: string): Map<unknown, unknown> {
    const dict = new Map<unknown, unknown>()
    for (let type = this.#next(); type !== ';'; type = this.#next()) {
      const key = hashable(this.#value(type, base))
      if (dict.has(key)) throw new Error('StandardError: duplicate key')
      dict.set(key, this.#value(this.#next(), base))
    }
    return dict
  }

  #extension(base: string): PythonExtension {
    const name = this.#value(this.#next(), base)
    const attributes = this.#value(this.#next(), base) as Map<string, unknown>
    let inner = base
    if (attributes.has('url')) {
      inner = urljoin(base, String(attributes.get('url')))
      attributes.set('url', inner)
    }
    const content = this.#value(this.#next(), inner)
    this.#close('ext')
    if (!known.includes(String(name))) throw new Error(`KeyError: ${String(name)}`)
    return new PythonExtension(String(name), attributes, content)
  }

  #blob(base: string): PythonBlob {
    const [id] = this.#until(':')
    const blob = new PythonBlob(this.#value(this.#next(), base))
    this.#close('blob')
    this.#blobs.set(Number(id), blob)
    return blob
  }
}

/** Byte strings and text with the same ASCII are one key in Python 2; collections are no keys. */
function hashable(value: unknown): unknown {
  if (Buffer.isBuffer(value)) return value.toString('latin1')
  if (Array.isArray(value) || value instanceof Map || value instanceof Set) {
    throw new Error('TypeError: unhashable type')
  }
  return value
}

function integer(word: string): number | bigint {
  if (!/^[+-]?\d+$/.test(word)) throw new Error('ValueError: int')
  const value = Number(word)
  return Number.isSafeInteger(value) ? value : BigInt(word)
}

function float(word: string): number {
  if (word.includes('x')) return hexFloat(word)
  const named = { inf: Number.POSITIVE_INFINITY, '-inf': Number.NEGATIVE_INFINITY, nan: Number.NaN }
  return named[word as keyof typeof named] ?? Number(word)
}

/** Without a fraction, its `Z` is left over for strptime, which fails. */
function datetime(word: string): Date {
  const match = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\.(\d+)Z$/i.exec(word)
  if (match === null) throw new Error(`ValueError: time data ${word}`)
  return new Date(Date.parse(`${match[1]}Z`) + Number(`0.${match[2]}`) * 1000)
}

function timedelta(word: string): string {
  if (!duration.test(word)) throw new Error(`ISO8601Error: ${word}`)
  return word
}

/** Python 2.7's `urljoin` for http: of an absolute path it removes no dots, and `..` may be left over at the front. */
export function urljoin(base: string, reference: string): string {
  if (reference === '' || /^[a-z][a-z\d+.-]*:/i.test(reference)) return reference || base
  const [, origin = '', path = '', query = ''] = /^(https?:\/\/[^/?#]*)([^?#]*)(\?[^#]*)?/.exec(base) ?? []
  if (reference.startsWith('//')) return origin.slice(0, origin.indexOf('/')) + reference
  if (reference.startsWith('/')) return origin + reference
  const [, to = '', search = ''] = /^([^?#]*)(\?[^#]*)?/.exec(reference) ?? []
  if (to === '') return origin + path + (search || query)
  const segments = [...path.split('/').slice(0, -1), ...to.split('/')]
  if (segments.at(-1) === '.') segments[segments.length - 1] = ''
  const kept = segments.filter(segment => segment !== '.')
  for (let index = 1; index < kept.length - 1; ) {
    const collapses = kept[index] === '..' && !['', '..'].includes(kept[index - 1] as string)
    if (collapses) kept.splice(index - 1, 2)
    index = collapses ? 1 : index + 1
  }
  if (kept.length >= 2 && kept.at(-1) === '..') kept.splice(-2, 2, '')
  return `${origin}${kept.join('/')}${search}`
}
