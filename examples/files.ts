// A blob store: files are streamed up and down, never held whole. What is larger than 2 MiB waits in a
// temporary file, which is gone when the request ends.

import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { mkdir, mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { type Blob, blob, Fault, Resource, Router, redirect, safe, serve } from 'hyperglyph'
import { get } from 'hyperglyph/client'

const folder = await mkdtemp(join(tmpdir(), 'hyperglyph-files-'))
await mkdir(join(folder, 'store'))

class File extends Resource {
  readonly id: string

  constructor(id: string) {
    super()
    this.id = id
  }

  get #path(): string {
    if (!/^[\w-]+(\.[\w-]+)*$/.test(this.id)) throw new Fault(`not a file name: ${this.id}`)
    return join(folder, 'store', this.id)
  }

  async write(content: Blob): Promise<void> {
    await pipeline(content.chunks(), createWriteStream(this.#path))
  }

  @safe async size(): Promise<number> {
    return (await stat(this.#path)).size
  }

  @safe read(): Blob {
    return blob(createReadStream(this.#path), 'application/octet-stream')
  }
}

const router = new Router({
  File,
  upload: redirect(async (id: string, content: Blob) => {
    const file = new File(id)
    await file.write(content)
    return file
  }),
})

const server = await serve(router, { port: 0 })
const api = await get<typeof router>(server.url)

// A small text, given as it is.
const note = await api.upload('note.txt', blob('Remember the milk', 'text/plain'))
console.log(`${note.id}: ${await note.size()} bytes, "${await (await note.read()).text()}"`)

// A stream: 8 MiB that exist in pieces only, here and there.
const megabytes = 8
function* pieces(): Generator<Uint8Array> {
  for (let index = 0; index < megabytes * 16; index++) yield new Uint8Array(65_536).fill(index)
}
const sent = createHash('sha256')
async function* hashed(): AsyncGenerator<Uint8Array> {
  for (const piece of pieces()) {
    sent.update(piece)
    yield piece
  }
}
const big = await api.upload('big.bin', blob(hashed()))
console.log(`${big.id}: ${await big.size()} bytes`)

const received = createHash('sha256')
for await (const piece of (await big.read()).chunks()) received.update(piece)
console.log(`what came back ${received.digest('hex') === sent.digest('hex') ? 'is' : 'is not'} what was sent`)

await server.close()
await rm(folder, { recursive: true })
