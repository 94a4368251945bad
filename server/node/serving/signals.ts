// SIGTERM and SIGINT: all servers of the process are closed, then the process ends as the signal says. The second
// signal ends it at once, also the first process of a container. Handlers are there only while a server is.

import { constants } from 'node:os'
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
  if (isInit()) for (const name of signals) process.on(name, exit)
  await Promise.allSettled(closing.map(close => close()))
  if (process.listeners(signal).every(listener => listener === exit)) end(signal)
}

/**
 * The first process of a container: what a signal does by default is nothing there, so that it has to be done. Asked
 * for when it counts, since a snapshot may be taken elsewhere.
 */
const isInit = (): boolean => process.pid === 1

function end(signal: NodeJS.Signals): void {
  if (isInit()) exit(signal)
  else process.kill(process.pid, signal)
}

/** With the code that shells have for a process that a signal has ended. */
function exit(signal: NodeJS.Signals): void {
  process.exit(128 + constants.signals[signal])
}
