// Code that a minifier has printed: its parameters are called e, t, n, which callers would see as names. What nobody
// writes by hand tells it; whoever is missed is served as before.

import { type AnyClass, isClass } from '../reflection/source.js'
import { type Callable, membersOf, type Operation, operationOf } from './members.js'

/** `e=>e`, `(e,t)=>e+t`, `async function(e,t){`, `function*x(e){`: letters, and no space where people have one. */
const letters = '[a-z](?:=[^,)]*)?(?:,[a-z](?:=[^,)]*)?)*'
const printed = new RegExp(
  `^(?:async )?(?:[a-z]=>|\\(${letters}\\)=>|function\\*?(?: [a-z$_]{1,2})?\\(${letters}\\)\\{)\\S`,
  'i',
)

/**
 * The names that a minifier seems to have given to arguments of a function, of the methods of a class, or of what is in a namespace, and
 * that nothing declared replaces. Empty for what is written by hand.
 */
export function minifiedNames(name: string, member: unknown): readonly string[] {
  if (typeof member === 'object' && member !== null)
    return Object.entries(member).flatMap(([key, item]) => minifiedNames(key, item))
  if (typeof member !== 'function') return []
  const operations = isClass(member) ? methodsOf(name, member) : functionOf(name, member as Callable)
  const names = new Set(operations.flatMap(({ parameters }) => parameters.map(parameter => parameter.name)))
  return [...names].filter(given => given.length === 1)
}

/** A class that has lost its name, since it is registered under a longer one, and the first letter is a small one. */
const methodsOf = (name: string, type: AnyClass): readonly Operation[] =>
  /^[a-z_$][a-z\d_$]?$/i.test(type.name) && name.length > 2 && type.name !== name
    ? [...membersOf(type, name).methods.values()]
    : []

/**
 * Letters that people write themselves. The space around them tells nothing of those: loaders such as tsx leave it out as
 * minifiers do, and keep names.
 */
const written = /^(?:a(?:bc?d?)?|x(?:yz?)?|i(?:jk?)?|[fkmnsv])$/

function functionOf(name: string, call: Callable): readonly Operation[] {
  if (!printed.test(Function.prototype.toString.call(call))) return []
  const operation = operationOf(call, name, name, [])
  return written.test(operation.parameters.map(parameter => parameter.name).join('')) ? [] : [operation]
}
