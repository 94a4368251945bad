// Shapes of pages: what is the same for all objects of a class that have the same properties, for callers who may
// call the same, made once (spec/protocol.md, "Templates").

import { type Entry, hole, Template } from '../../../lib/values/template.js'
import type { Guard } from '../access/guard.js'
import type { ClassMapper } from '../registration/mappers.js'
import type { Operation } from '../registration/members.js'
import { segmentOf } from '../urls/paths.js'
import { operationNode } from './operation-node.js'

/** How a method travels in the pages of its class: one node for all, or for what is inline, a hole. */
interface Shape {
  readonly keys: readonly string[]
  /** Does the page stand at the top of an answer, and say where pipelines are posted to? */
  readonly top: boolean
  /** Do the results of inline methods travel with the page? */
  readonly inlining: boolean
  /** Which methods are left out since the caller may not call them, and which are to be asked about first. */
  readonly permitted: string
  readonly template: Template
  /** Methods whose result travels with the page. */
  readonly inline: readonly (readonly [name: string, operation: Operation])[]
}

const shapes = new WeakMap<ClassMapper, Shape[]>()
/** Shapes kept of one class: instances may differ in their own properties, by accident without end. */
const keptShapes = 16

/** The shape of a page of an object with these properties. Without a guard nothing is kept from anybody. */
export function shapeOf(
  mapper: ClassMapper,
  {
    keys,
    top,
    inlining,
    guard,
    absent,
  }: Pick<Shape, 'keys' | 'top' | 'inlining'> & {
    readonly guard: Guard | undefined
    /** Members that the object does not offer now. */
    readonly absent: ReadonlySet<string>
  },
): Shape {
  const { methods, getters } = mapper.members
  const withheld = guard && [...methods].filter(([, { rules }]) => !guard.admits(rules))
  const left = withheld?.filter(([, { rules }]) => !guard?.shows(rules)).map(([name]) => name)
  const permitted =
    withheld?.length || absent.size > 0
      ? JSON.stringify([withheld?.map(([name]) => name), left, [...absent]])
      : ''
  const known = shapes.get(mapper) ?? []
  const found = known.find(
    shape =>
      shape.top === top &&
      shape.inlining === inlining &&
      shape.permitted === permitted &&
      shape.keys.length === keys.length &&
      shape.keys.every((key, i) => key === keys[i]),
  )
  if (found !== undefined) return found
  const shown = new Set(keys)
  const read = getters.filter(name => !shown.has(name) && !absent.has(name))
  const data = [...keys, ...read].map((name): Entry => [name, hole])
  const callable = [...methods].filter(
    ([name]) => !shown.has(name) && !left?.includes(name) && !absent.has(name),
  )
  // A rule that is a function is asked when the method is called.
  const isInline = ({ marks, rules }: Operation) =>
    inlining && marks.inline === true && (guard === undefined || guard.admits(rules))
  const inline = callable.filter(([, operation]) => isInline(operation))
  const nodes = callable
    .filter(([, operation]) => !isInline(operation))
    .map(([name, operation]): Entry => [name, operationNode(operation, segmentOf(name))])
  const content = [...data, ...nodes, ...inline.map(([name]): Entry => [name, hole])]
  const attributes: Entry[] = [
    ['name', mapper.name],
    ['url', hole],
  ]
  if (top) attributes.push(['pipeline', hole])
  const shape = { keys, top, inlining, permitted, template: new Template(attributes, content), inline }
  if (known.length < keptShapes) shapes.set(mapper, [...known, shape])
  return shape
}
