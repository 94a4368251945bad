// A progress bar for blobs, on standard error where that is a terminal: how much and how fast.

import { bytesText } from '../lib/bytes-text.js'
import { sayAgain } from './terminal.js'

const width = 24
/** Milliseconds between two drawings. */
const pause = 100

class Progress {
  readonly #label: string
  readonly #total: number | undefined
  readonly #start = performance.now()
  #done = 0
  #drawn = Number.NEGATIVE_INFINITY

  /** `total` in bytes, where known. */
  constructor(label: string, total: number | undefined) {
    this.#label = label
    this.#total = total
  }

  add(bytes: number): void {
    this.#done += bytes
    const now = performance.now()
    if (now - this.#drawn < pause) return
    this.#drawn = now
    this.#draw('')
  }

  /** Draws once more, and leaves the line. */
  end(): void {
    this.#draw('\n')
  }

  #draw(end: string): void {
    const seconds = Math.max(0.001, (performance.now() - this.#start) / 1000)
    const speed = `${bytesText(this.#done / seconds)}/s`
    const total = this.#total
    const text =
      total === undefined
        ? `${this.#label} ${bytesText(this.#done)}, ${speed}`
        : `${this.#label} [${bar(this.#done / total)}] ${bytesText(this.#done)} of ${bytesText(total)}, ${speed}`
    sayAgain(text, end)
  }
}

function bar(part: number): string {
  const filled = Math.round(width * Math.min(1, Number.isNaN(part) ? 1 : part))
  return '#'.repeat(filled) + '-'.repeat(width - filled)
}

/** The same bytes, with a bar that shows them pass if standard error is a terminal. */
export async function* watched(
  label: string,
  total: number | undefined,
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  if (!process.stderr.isTTY) return yield* chunks
  const progress = new Progress(label, total)
  try {
    for await (const chunk of chunks) {
      progress.add(chunk.length)
      yield chunk
    }
  } finally {
    progress.end()
  }
}
