// Promises that somebody else made. A promise that rejects while nobody listens ends the process, so each has a
// handler from the moment it is met; what it rejects with is told where its value is asked for.

/** The same promise, which may reject from now on without ending the process. Whoever awaits it meets the error. */
export function met<P extends PromiseLike<unknown>>(promise: P): P {
  settled(promise)
  return promise
}

/** In an async function, since the `then` of a thenable may throw. */
async function settled(promise: PromiseLike<unknown>): Promise<void> {
  try {
    await promise
  } catch {
    // Told to whoever asks for the value.
  }
}

/** Is it a promise, of whatever make? Objects that happen to have a method of that name are their owner's to know. */
export const isPromise = (value: unknown): value is PromiseLike<unknown> =>
  value instanceof Promise ||
  (typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function')
