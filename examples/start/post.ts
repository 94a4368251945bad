// What the post office knows, in memory: people, letters, and where attachments are. An application would ask its
// database here; nothing in this file is about hyperglyph but the Faults.

import { EventEmitter, once } from 'node:events'
import { createReadStream, createWriteStream } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { type Blob, blob, Fault } from 'hyperglyph'

export interface Person {
  readonly about: string
  readonly joined: Date
}

export interface Letter {
  readonly from: string
  readonly to: string
  readonly subject: string
  readonly body: string
  readonly sent: Date
  readonly attachment: Attachment | undefined
  archived?: Date | undefined
}

export interface Attachment {
  readonly name: string
  readonly type: string
  readonly size: number
  readonly path: string
}

const began = new Date('2012-07-01T12:00:00Z')
export const people = new Map<string, Person>([
  ['bob', { about: 'Feels good, man.', joined: began }],
  ['eve', { about: 'Listens.', joined: began }],
  ['tef', { about: 'Writes hypermedia.', joined: began }],
])

/** Throws a Fault (404) for a name that nobody has. */
export function personCalled(name: string): Person {
  const person = people.get(name)
  if (person !== undefined) return person
  const problem = `nobody is called "${name}"`
  throw new Fault(problem, { code: 'not_found', status: 404, details: { invalid: { name: problem } } })
}

const letters: Letter[] = []
const office = new EventEmitter().setMaxListeners(0)

/** Numbers count from 1. Throws a Fault (404) for one that no letter has. */
export function letterOf(number: number): Letter {
  const letter = letters[number - 1]
  if (letter === undefined) throw new Fault(`no letter has the number ${number}`, { status: 404 })
  return letter
}

/** To the second. */
export const now = (): Date => new Date(Math.floor(Date.now() / 1000) * 1000)

export function deliver(letter: Letter): void {
  letters.push(letter)
  office.emit('letter')
}

/** The numbers of letters, the newest first. */
export const numbersOf = (wanted: (letter: Letter) => boolean): number[] =>
  letters.flatMap((letter, index) => (wanted(letter) ? [index + 1] : [])).reverse()

const closed = new AbortController()
/** Ends what is told live: else a server that closes would wait for its listeners. */
export const closeOffice = (): void => closed.abort()

/** The last three letters, and then all that are delivered, as they are, until the listener has `left`. */
export async function* lettersLive(left: AbortSignal): AsyncGenerator<Letter> {
  const signal = AbortSignal.any([left, closed.signal])
  let at = Math.max(0, letters.length - 3)
  while (!signal.aborted) {
    const letter = letters[at]
    if (letter === undefined) await once(office, 'letter', { signal }).catch(() => undefined)
    else {
      at++
      yield letter
    }
  }
}

const folder = await mkdtemp(join(tmpdir(), 'hyperglyph-start-'))

/** Removes the attachments. */
export const cleanUp = (): Promise<void> => rm(folder, { recursive: true, force: true })

let stored = 0

/** Writes a file as it comes in, whatever its size. */
export async function store(content: Blob): Promise<Attachment> {
  const path = join(folder, String(++stored))
  const file = createWriteStream(path)
  await pipeline(content.chunks(), file)
  return { name: content.filename ?? 'attachment', type: content.type, size: file.bytesWritten, path }
}

export const fetched = ({ path, name, type }: Attachment): Blob =>
  blob(createReadStream(path), type, { filename: name })
