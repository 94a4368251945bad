// What `npm start` serves: users with a message box, a crawl queue, and a blob store.
// Its client (client.ts) takes the type from here, and nothing else.

import { createReadStream, createWriteStream } from 'node:fs'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { type Blob, blob, Fault, Resource, Router, redirect, safe, verb } from 'hyperglyph'

interface Message {
  subject: string
  body: string
}

const boxes = new Map<string, Message[]>([
  ['bob', []],
  ['tef', []],
])

class User extends Resource {
  readonly id: string

  constructor(id: string) {
    super()
    this.id = id
    if (!boxes.has(id)) throw new Fault(`no user is called "${id}"`, { code: 'not_found', status: 404 })
  }

  message(subject: string, body = ''): void {
    boxes.get(this.id)?.push({ subject, body })
  }

  @safe inbox(): readonly Message[] {
    return boxes.get(this.id) ?? []
  }
}

/** URLs to crawl, each once. */
const waiting: string[] = []
const pushed = new Set<string>()

class Queue extends Resource {
  push(links: string[]): void {
    for (const link of links) {
      if (!pushed.has(link)) waiting.push(link)
      pushed.add(link)
    }
  }

  pop(): string | null {
    return waiting.shift() ?? null
  }

  get length(): number {
    return waiting.length
  }
}

const folder = await mkdtemp(join(tmpdir(), 'hyperglyph-start-'))

/** Removes the stored files. */
export const cleanUp = (): Promise<void> => rm(folder, { recursive: true, force: true })

class File extends Resource {
  readonly id: string

  constructor(id: string) {
    super()
    if (!/^\w[\w.-]*$/.test(id)) throw new Fault(`"${id}" cannot name a file`)
    this.id = id
  }

  get #path(): string {
    return join(folder, this.id)
  }

  @verb('PUT', { envelope: 'blob' }) async write(content: Blob): Promise<void> {
    await pipeline(content.chunks(), createWriteStream(this.#path))
  }

  @safe read(): Blob {
    return blob(createReadStream(this.#path), 'application/octet-stream')
  }
}

export const router = new Router({
  User,
  Queue,
  File,
  hello: (name = 'World') => `Hello ${name}`,
  find_user: redirect((name: string) => new User(name)),
  /** Users arrive as users: pages are passed by reference. */
  introduce: (user: User, other: User) => user.message(`Meet ${other.id}`),
  queue: safe(() => new Queue()),
  upload: redirect(async (id: string, content: Blob) => {
    const file = new File(id)
    await file.write(content)
    return file
  }),
  files: safe(async () => (await readdir(folder)).sort()),
})

export type Api = typeof router
