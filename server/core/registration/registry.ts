// The registry of a router: names, and for each a mapper, by which a path leads to a function or an object, and back.
// Nothing else can be seen on pages, or called.

import type { EncodeOptions } from '../../../lib/message/codec.js'
import { Fault, type Node } from '../../../lib/values/fault.js'
import { Link } from '../../../lib/values/nodes.js'
import { type Rule, restricts } from '../access/rules.js'
import { Resource } from '../context/resource.js'
import { RegistrationError } from '../faults/registration-error.js'
import { isClass, renamed, stateOf, staticOf } from '../reflection/index.js'
import type { Seals } from '../sealing/seals.js'
import { segmentOf } from '../urls/paths.js'
import { BoundMethods } from './bound-methods.js'
import { constructFrom } from './called-state.js'
import { FormerNames, formerPath } from './former-names.js'
import type { Class, ClassMapper, FunctionMapper, Locate, Namespace, RegistrationOptions } from './mappers.js'
import { isHiddenClass, marksOf } from './marks.js'
import {
  type Callable,
  isUnusable,
  membersOf,
  type Operation,
  operationOf,
  rulesOf,
  wayOf,
} from './members.js'
import { checkPublic } from './public-results.js'
import { Resolver } from './resolver.js'
import { stateCodec } from './state.js'
import { Subtrees } from './subtrees.js'

export { baseOf, construct } from './instances.js'
export type * from './mappers.js'

/** Namespaces within each other. Deeper ones are taken for one that holds itself. */
const deepestNamespace = 34

/** A member, its name and its place. */
interface Entry {
  readonly name: string
  readonly member: unknown
  readonly options: RegistrationOptions
  readonly path: string
  readonly parent: Namespace
}

export class Registry {
  readonly root: Namespace
  readonly subtrees = new Subtrees()
  readonly resolver: Resolver
  readonly bound = new BoundMethods()
  readonly #locate: Locate | undefined
  readonly #seals: Seals
  readonly #functions = new Map<unknown, FunctionMapper>()
  /** Classes that callers may construct. */
  readonly #classes = new Map<unknown, ClassMapper>()
  /** Classes by their prototype, since an instance may have a property called `constructor`. */
  readonly #instances = new Map<unknown, ClassMapper>()
  readonly #former = new FormerNames()
  /** The paths of everything that is registered, former ones too. */
  readonly #taken = new Set<string>()

  /** Does a rule keep anything from anybody? */
  guarded = false
  /** Do the objects of any class ask for the context? */
  contextual = false
  /** The rules of everything that has none. */
  readonly #otherwise: readonly Rule[]
  readonly #authorized: boolean

  constructor(parts: {
    /** Of the root. */
    readonly name: string
    /** Of objects whose class has none. */
    readonly locate?: Locate | undefined
    readonly seals: Seals
    /** The rules of everything that has none. Default: none, so that everybody may do it. */
    readonly otherwise?: readonly Rule[]
    /** Is there an `authorize`, which is asked about every call? */
    readonly authorized?: boolean
  }) {
    this.root = { kind: 'namespace', name: parts.name, path: '/', entries: new Map(), rules: [] }
    this.resolver = new Resolver(this.root, this.#former, this.#instances)
    this.#otherwise = parts.otherwise ?? []
    this.#authorized = parts.authorized ?? false
    this.#locate = parts.locate
    this.#seals = parts.seals
  }

  /** Registers a function, a class or a namespace (a plain object). Throws RegistrationError. */
  add(name: string, member: unknown, options: RegistrationOptions = {}, parent: Namespace = this.root): void {
    if (isUnusable(name)) throw new RegistrationError(`nothing can be registered as ${JSON.stringify(name)}`)
    if (name.startsWith('_'))
      throw new RegistrationError(`"${name}" starts with "_", which keeps names private`)
    const path = `${parent.path}${segmentOf(name)}/`
    if (this.#taken.has(path)) {
      throw new RegistrationError(`two things are registered as "${parent.path.slice(1)}${name}"`)
    }
    const mapper = this.#mapper({ name, member, options, path, parent })
    this.#taken.add(path)
    parent.entries.set(name, mapper)
    const was = options.was ?? staticOf(member, 'was')
    for (const former of Array.isArray(was) ? was : []) {
      const earlier = formerPath(String(former), parent.path)
      if (this.#taken.has(earlier)) {
        throw new RegistrationError(`"${former}", a former name of "${name}", is another one's name`)
      }
      this.#taken.add(earlier)
      this.#former.add(earlier, mapper)
    }
  }

  #mapper({ name, member, options, path, parent }: Entry) {
    if (isClass(member)) return this.#class(member as Class, { name, options, path, parent })
    if (typeof member === 'function') {
      const operation = operationOf(member as Callable, name, name, this.#rules(member, parent))
      this.#check(operation, operation.rules)
      const mapper: FunctionMapper = { kind: 'function', name, path, operation }
      this.subtrees.add(mapper)
      if (!this.#functions.has(member)) this.#functions.set(member, mapper)
      return mapper
    }
    const prototype =
      typeof member === 'object' && member !== null ? Object.getPrototypeOf(member) : undefined
    if (prototype !== Object.prototype && prototype !== null) {
      const place = path.slice(1, -1)
      throw new RegistrationError(`"${place}" must be a function, a class or a plain object of these`)
    }
    const rules = [...parent.rules, ...rulesOf(member as object)]
    const namespace: Namespace = { kind: 'namespace', name, path, entries: new Map(), rules }
    if (path.split('/').length > deepestNamespace)
      throw new RegistrationError(`"${path.slice(1, 40)}…" is nested too deep, or holds itself`)
    for (const [key, item] of Object.entries(member as object)) this.add(key, item, {}, namespace)
    return namespace
  }

  #rules(member: object, parent: Namespace): readonly Rule[] {
    const rules = [...parent.rules, ...rulesOf(member)]
    return rules.length === 0 ? this.#otherwise : rules
  }

  #check(operation: Operation, rules: readonly Rule[]): void {
    this.guarded ||= rules.some(restricts)
    checkPublic(operation, rules, this.#authorized)
  }

  #class(type: Class, { name, options, path, parent }: Omit<Entry, 'member'>): ClassMapper {
    const known = this.#instances.get(type.prototype)?.name
    if (known !== undefined)
      throw new RegistrationError(`the class ${type.name} is registered already, as "${known}"`)
    const marks = marksOf(type)
    const parameters = stateOf(type, name)
    const own = staticOf(type, 'locate')
    const locate = options.locate ?? (typeof own === 'function' ? (own as Locate).bind(type) : this.#locate)
    const inline: EncodeOptions['inline'] = value => this.#inState(value)
    const node = (node: Node) => this.#fromState(node)
    const called = marks.names === undefined ? parameters : renamed(parameters, marks.names, name)
    const rules = this.#rules(type, parent)
    const call = (...args: unknown[]) => constructFrom(mapper, args)
    const mapper: ClassMapper = {
      kind: 'class',
      name,
      path,
      type,
      operation: {
        name,
        label: name,
        call,
        // Its result is answered with a redirect to the object.
        marks: { ...marks, redirect: true },
        ...wayOf(marks),
        parameters: called,
        stream: false,
        rules,
      },
      marks,
      hidden: isHiddenClass(type),
      parameters: called,
      members: membersOf(type, name),
      state: stateCodec({ label: name, path, parameters, inline, node, seals: this.#seals }),
      locate,
      rules,
    }
    this.guarded ||= mapper.rules.some(restricts)
    this.contextual ||= type.prototype instanceof Resource
    for (const method of mapper.members.methods.values())
      this.#check(method, [...mapper.rules, ...method.rules])
    if (!mapper.hidden) this.#classes.set(type, mapper)
    this.#instances.set(type.prototype, mapper)
    return mapper
  }

  /**
   * An object in the state of another one stands there as its path. The seal of the other covers it. Functions and classes
   * cannot stand there: whoever makes a URL would choose the code that an object holds.
   */
  #inState(value: object): unknown {
    const mapper = this.mapperOf(value)
    return mapper && new Link({ url: `${mapper.path.slice(1)}${mapper.state.inside.seal(value)}/` })
  }

  #fromState(node: Node): unknown {
    const url = node instanceof Link ? node.url : undefined
    const target = url === undefined ? undefined : this.resolver.findInState(`/${url}`)
    if (target?.kind !== 'instance')
      throw new Fault('the state holds no object of this server', { status: 404 })
    return target.instance
  }

  functionOf(value: unknown): FunctionMapper | undefined {
    return this.#functions.get(value)
  }

  classOf(value: unknown): ClassMapper | undefined {
    return this.#classes.get(value)
  }

  /** The mapper of an instance's own class. A subclass is a class of its own. */
  mapperOf(instance: object): ClassMapper | undefined {
    return this.#instances.get(Object.getPrototypeOf(instance))
  }
}
