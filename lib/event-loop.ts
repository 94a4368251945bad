// Turns of the event loop. lib/ runs in browsers too, so what only some platforms have is looked for.

const { setImmediate: immediately } = globalThis as { setImmediate?: (run: () => void) => unknown }

/** Runs after what can go on has gone on, where the platform has a cheap way to say so; else at once. */
export const turn = (): Promise<void> =>
  immediately === undefined ? Promise.resolve() : new Promise(resolve => immediately(resolve))

/** Milliseconds of one turn that all long work may take together. */
const turnTime = 10

/** When long work was first done in this turn; undefined where there was none. */
let begun: number | undefined

/** Is there none left of this turn? */
function isUsedUp(): boolean {
  const now = performance.now()
  if (begun === undefined) {
    begun = now
    immediately?.(() => (begun = undefined))
  }
  return now - begun >= turnTime
}

/** For long work to ask now and then: undefined while there is time left, else to be awaited before it goes on. */
export function rest(): Promise<void> | undefined {
  return immediately === undefined || !isUsedUp() ? undefined : laterTurn()
}

/** The first turn of which others that waited have left something. */
async function laterTurn(): Promise<void> {
  do await turn()
  while (isUsedUp())
}
