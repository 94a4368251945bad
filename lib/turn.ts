// A turn of the event loop. lib/ runs in browsers too, so what only some platforms have is looked for.

const { setImmediate: immediately } = globalThis as { setImmediate?: (run: () => void) => unknown }

/** Runs after what can go on has gone on, where the platform has a cheap way to say so; else at once. */
export const turn = (): Promise<void> =>
  immediately === undefined ? Promise.resolve() : new Promise(resolve => immediately(resolve))
