// Standard output and standard error of a process that serves. Whoever reads them may leave, as a log's reader does that
// is started anew: that ends no server, and what is written from then on is lost. Listeners are there only while a server is.

import { isMainThread } from 'node:worker_threads'

let servers = 0

/** Keeps a reader that leaves from ending the process. What is returned ends that, for this server. */
export function outliveReaders(): () => void {
  if (!isMainThread) return () => undefined
  if (servers++ === 0) for (const output of outputs()) output.on('error', failed)
  let over = false
  return () => {
    if (over) return
    over = true
    if (--servers === 0) for (const output of outputs()) output.off('error', failed)
  }
}

const outputs = () => [process.stdout, process.stderr]

/** A full disk, say, is what it always was: an error of whoever listens, else of nobody. */
function failed(this: NodeJS.WriteStream, error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE' && this.listenerCount('error') === 1) throw error
}
