// The arguments of a call by the names of a form's inputs (spec/protocol.md, "Forms").

import { text } from '../../lib/codecs.js'
import type { Codec } from '../../lib/message/codec.js'
import { isDict } from '../../lib/plain.js'
import type { Form, Input } from '../../lib/values/nodes.js'
import { NamedArguments } from './named.js'

/** By name, in the order of the form's inputs. */
export type FormArguments = ReadonlyMap<string, unknown>

/**
 * The arguments by name that a form takes in one object, as its server says of it; undefined where they are given in their
 * order all the same, as old callers do.
 */
function inputOf(
  { given, inputs }: Form,
  [only, ...others]: readonly unknown[],
): Readonly<Record<string, unknown>> | undefined {
  if (given.named !== true || others.length > 0 || !isDict(only)) return undefined
  const [first] = inputs
  // Of one argument alone, a dict may be its value.
  return inputs.length !== 1 || Object.hasOwn(only, first?.argument ?? '') ? only : undefined
}

/** Throws TypeError for arguments that the form does not take, and for one that is missing. */
export function argumentsFor(
  form: Form,
  label: string,
  parameters: readonly unknown[],
  codec: Codec,
): FormArguments {
  const { inputs } = form
  const [only] = parameters
  const named = only instanceof NamedArguments ? only.values : inputOf(form, parameters)
  if (named !== undefined) checkNames(inputs, named, label)
  else if (parameters.length > inputs.length) {
    const names = inputs.map(input => input.argument).join(', ') || 'none'
    throw new TypeError(
      `${label}: ${parameters.length} arguments, where it takes ${inputs.length} (${names})`,
    )
  }
  const result = new Map<string, unknown>()
  for (const [index, input] of inputs.entries()) {
    const name = input.argument
    const value =
      named === undefined ? parameters[index] : Object.hasOwn(named, name) ? named[name] : undefined
    if (value !== undefined) result.set(name, value)
    else if (!input.optional) throw new TypeError(`${label}: missing argument "${name}"`)
    // Servers of 2012 may not know their own defaults; ours do, and theirs may have changed since.
    else if (codec === text) result.set(name, input.value)
  }
  return result
}

function checkNames(
  inputs: readonly Input[],
  values: Readonly<Record<string, unknown>>,
  label: string,
): void {
  const names = new Set(inputs.map(input => input.argument))
  for (const name of Object.keys(values)) {
    if (!names.has(name))
      throw new TypeError(`${label}: it takes no argument "${name}", but ${[...names].join(', ')}`)
  }
}
