// Promises that somebody else made. One that rejects while nobody listens ends the process: so each has a handler from
// the moment it is met, and what it rejects with is told where its value is asked for.

/** The same promise, which may reject from now on before anybody waits for it. Whoever awaits it meets the error. */
export function met<P extends PromiseLike<unknown>>(promise: P): P {
  unwaited(promise)
  return promise
}

/** Nobody waits for it here: either it tells its errors itself, or they are told to whoever asks for its value. */
export function unwaited(promise: PromiseLike<unknown>): void {
  attempt(() => promise.then(ignored, ignored), ignored)
}

/** Runs what nobody waits for: `failed` is told what it throws, or rejects with. */
export function attempt(run: () => unknown, failed: (error: unknown) => void): void {
  try {
    const result = run()
    if (isPromise(result)) result.then(ignored, error => failed(looked(error)))
  } catch (error) {
    failed(looked(error))
  }
}

/** Code may throw, or reject with, whatever it has: a promise, too. */
function looked(error: unknown): unknown {
  if (isPromise(error)) unwaited(error)
  return error
}

/** For what is nobody's to hear. */
export const ignored = (): void => undefined

/** Is it a promise, of whatever make? */
export const isPromise = (value: unknown): value is PromiseLike<unknown> =>
  value instanceof Promise ||
  (typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function')
