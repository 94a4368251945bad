// Reflection: names and literal defaults, read once, at registration, from the text of functions and classes.
// What printers were seen to do, and what is done about it, is tested in test/server/core/reflection/reflect.test.ts:
// esbuild (tsx, vitest) renames what shadows an outer name; tsc wraps values in initialisers and, for old targets,
// whole functions; minifiers rename everything, so only state and declared names survive them.

export { type StateParameter, stateOf } from './constructor-state.js'
export { byNames, type Parameter, parametersOf, renamed } from './parameters.js'
export { type AnyClass, classNameOf, isClass } from './source.js'

/** A static member of what may be a class. */
export const staticOf = (member: unknown, name: string): unknown =>
  typeof member === 'function' ? Reflect.get(member, name) : undefined
