// The description of what an application has registered, in the words of its callers: names, arguments, defaults, schemas,
// comments. The help and the OpenAPI document are made of it.

import type { Guard } from '../../core/access/guard.js'
import { type Rule, restricts } from '../../core/access/rules.js'
import type { Parameter } from '../../core/reflection/parameters.js'
import { commentsOf } from '../../core/reflection/source.js'
import type { ClassMapper, Mapper, Namespace } from '../../core/registration/mappers.js'
import type { Marks } from '../../core/registration/marks.js'
import type { Operation } from '../../core/registration/members.js'
import { classTaken } from '../../core/schemas/instance-schema.js'
import type { JsonSchemaSource } from '../../core/schemas/standard-schema.js'
import { segmentOf } from '../../core/urls/paths.js'
import type { Mounted } from '../../hono.js'
import { type Json, jsonOf } from './json.js'

export interface Argument {
  readonly name: string
  readonly required: boolean
  /** The default, where it is known and JSON has it. */
  readonly fallback: { readonly value: Json } | undefined
  /** JSON Schema 2020-12; of an argument without a schema what its default says. */
  readonly schema: Readonly<Record<string, Json>>
}

interface Described {
  /** As clients reach it from the root: `hello`, `admin`, `reset`. */
  readonly names: readonly string[]
  readonly name: string
  /** From the root of the server. A state in it is `{state}`. */
  readonly path: string
  readonly doc: string | undefined
  readonly arguments: readonly Argument[]
  /** Rules of who may call it: each of these is to be kept. */
  readonly rules: readonly Rule[]
}

export interface Callable extends Described {
  readonly kind: 'function' | 'method'
  readonly label: string
  readonly method: string
  readonly marks: Marks
  readonly stream: boolean
}

export interface DescribedClass extends Described {
  readonly kind: 'class'
  readonly properties: readonly string[]
  readonly methods: readonly Callable[]
}

export type Entry = Callable | DescribedClass

/** The guard of a visitor, before the rules of a router; undefined: all is shown. */
export type Guards = (mounted: Mounted) => Guard | undefined

/** The functions and classes that somebody's pages would show, in the order in which they were registered. */
export const describe = (mounted: readonly Mounted[], guards: Guards = () => undefined): Entry[] =>
  mounted.flatMap(each => entriesOf(each.registry.root, each.path, [], guards(each)))

function entriesOf(
  namespace: Namespace,
  mount: string,
  outer: readonly string[],
  guard: Guard | undefined,
): Entry[] {
  return [...namespace.entries].flatMap(([name, mapper]: [string, Mapper]): Entry[] => {
    const names = [...outer, name]
    if (mapper.kind === 'namespace') return entriesOf(mapper, mount, names, guard)
    if (mapper.kind === 'class' && mapper.hidden) return []
    const isShown = (rules: readonly Rule[]) => guard === undefined || guard.shows(rules)
    if (!isShown(mapper.kind === 'class' ? mapper.rules : mapper.operation.rules)) return []
    if (mapper.kind === 'class') return [classOf(mapper, mount, names, isShown)]
    return [callableOf('function', mapper.operation, mount + mapper.path, names)]
  })
}

function callableOf(
  kind: Callable['kind'],
  operation: Operation,
  path: string,
  names: readonly string[],
  comment?: string,
  outer: readonly Rule[] = [],
): Callable {
  const { marks, label, name, stream } = operation
  const rules = [...outer, ...operation.rules].filter(restricts)
  const method = marks.safe ? 'GET' : (marks.verb ?? 'POST')
  const described = argumentsOf(operation.parameters, marks)
  return {
    kind,
    names,
    name,
    label,
    path,
    method,
    marks,
    stream,
    doc: marks.doc ?? comment,
    arguments: described,
    rules,
  }
}

function classOf(
  mapper: ClassMapper,
  mount: string,
  names: readonly string[],
  isShown: (rules: readonly Rule[]) => boolean,
): DescribedClass {
  const { name, marks, members, parameters, type } = mapper
  const comments = commentsOf(type)
  const path = mount + mapper.path
  const shown = [...members.methods.values()].filter(({ rules }) => isShown(rules))
  const methods = shown.map(operation => {
    const own = `${path}{state}/${segmentOf(operation.name)}`
    return callableOf('method', operation, own, [operation.name], comments.get(operation.name), mapper.rules)
  })
  const described = argumentsOf(parameters, marks)
  const { getters: properties } = members
  const rules = mapper.rules.filter(restricts)
  return {
    kind: 'class',
    names,
    name,
    path,
    doc: marks.doc,
    arguments: described,
    rules,
    properties,
    methods,
  }
}

const argumentsOf = (parameters: readonly Parameter[], marks: Marks): Argument[] =>
  parameters.map(({ name, optional, fallback }) => {
    const value = fallback === undefined ? undefined : jsonOf(fallback.value)
    const known = value === undefined ? undefined : { value }
    const declared = marks.schemas?.[name]
    // A validator may take what is missing, or put something in its place.
    const of = declared && classTaken(declared)
    const schema =
      declared === undefined ? typed(known) : of === undefined ? jsonSchemaOf(declared) : objectOf(of)
    return { name, required: !optional, fallback: known, schema }
  })

function typed(known: { readonly value: Json } | undefined): Argument['schema'] {
  if (known === undefined) return {}
  const { value } = known
  const type = Array.isArray(value) ? 'array' : typeof value
  return value === null ? {} : { type, default: value }
}

/** JSON Schema has no words for what passes by reference. */
const objectOf = (name: string): Argument['schema'] => ({
  description: `a ${name}: its page, or a link to it; in a form its address`,
})

/** The schema that a validator says it has, where it speaks Standard JSON Schema; else nothing is known. */
function jsonSchemaOf(schema: object): Argument['schema'] {
  const { jsonSchema } = (schema as Partial<JsonSchemaSource>)['~standard'] ?? {}
  try {
    const { $schema: _, ...found } = jsonSchema?.input({ target: 'draft-2020-12' }) ?? {}
    return found as Argument['schema']
  } catch {
    // There are schemas, such as those of dates, that JSON Schema has no words for.
    return {}
  }
}
