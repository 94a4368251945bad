// SIGTERM and SIGINT: all servers of the process are closed, then the process ends as the signal says. The second
// signal ends it at once. Handlers are there only while a server is.

import { isMainThread } from 'node:worker_threads'

type Close = () => Promise<unknown>

const signals = ['SIGTERM', 'SIGINT'] as const
/** By server, whether it is to close also where the program has handlers of its own. */
const servers = new Map<Close, boolean>()

/** Closes a server at a signal. `always`: also where the program itself handles signals. Returns how to forget it. */
export function closeAtSignals(close: Close, always: boolean): () => void {
  if (!isMainThread) return () => undefined
  if (servers.size === 0) for (const signal of signals) process.prependListener(signal, ended)
  servers.set(close, always)
  return () => {
    servers.delete(close)
    if (servers.size === 0) forget()
  }
}

function forget(): void {
  for (const signal of signals) process.off(signal, ended)
}

async function ended(signal: NodeJS.Signals): Promise<void> {
  const handled = process.listenerCount(signal) > 1
  const closing = [...servers].filter(([, always]) => always || !handled).map(([close]) => close)
  if (closing.length === 0) return
  // From now on a signal does what it does by default.
  forget()
  await Promise.allSettled(closing.map(close => close()))
  if (process.listenerCount(signal) === 0) process.kill(process.pid, signal)
}
