// Options of whatever takes some: a name that is none would be passed over, and a misspelt `allow` leave a server
// open. The names stand beside each interface, where a type check keeps them complete.

import { closest } from './suggest.js'

/**
 * Throws TypeError for an option that is none of `known`, with the one that was probably meant. `of` is what takes
 * them, as its caller knows it: `Router`, `serve`.
 */
export function checkOptions(of: string, options: object, known: Readonly<Record<string, true>>): void {
  for (const name of Object.keys(options)) {
    if (Object.hasOwn(known, name)) continue
    const names = Object.keys(known)
    const near = closest(name, names)
    const mend = near === undefined ? `its options are ${names.join(', ')}` : `did you mean "${near}"?`
    throw new TypeError(`${of} has no option "${name}"; ${mend}`)
  }
}
