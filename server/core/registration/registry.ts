// What a router knows: names, and the mappers that turn functions, classes, instances and methods into paths
// and back. Visibility is decided here, for pages and calls alike.

import type { EncodeOptions } from '../../../lib/message/codec.js'
import { Fault, type Node } from '../../../lib/values/fault.js'
import { Link } from '../../../lib/values/nodes.js'
import { FilePlaces } from '../../features/files/subtrees.js'
import { type Rule, restricts } from '../access/guard.js'
import { Resource } from '../context/resource.js'
import { RegistrationError } from '../faults/registration-error.js'
import { isClass, renamed, stateOf, staticOf } from '../reflection/index.js'
import { BrokenSeal, type Seals } from '../sealing/seals.js'
import { isMisspelt, segmentOf, segmentsOf } from '../urls/paths.js'
import { BoundMethods } from './bound-methods.js'
import { FormerNames, formerPath, type Step } from './former.js'
import { baseOf, construct } from './instances.js'
import type {
  Class,
  ClassMapper,
  Enter,
  FunctionMapper,
  Locate,
  Mapper,
  Namespace,
  RegistrationOptions,
  Target,
} from './mappers.js'
import { isHiddenClass, marksOf } from './marks.js'
import {
  type Callable,
  isUnusable,
  membersOf,
  methodOf,
  type Operation,
  operationOf,
  rulesOf,
} from './members.js'
import { checkPublic } from './public-results.js'
import { stateCodec } from './state.js'

export { baseOf, construct } from './instances.js'
export type * from './mappers.js'

/** Namespaces in namespaces: more is taken for one that holds itself. */
const deepestNamespace = 34

export class Registry {
  readonly root: Namespace
  readonly files = new FilePlaces()
  readonly bound = new BoundMethods()
  readonly #locate: Locate | undefined
  readonly #seals: Seals
  readonly #functions = new Map<unknown, FunctionMapper>()
  /** Those that callers may construct. */
  readonly #classes = new Map<unknown, ClassMapper>()
  /** By prototype, since an instance may have a property called `constructor`. */
  readonly #instances = new Map<unknown, ClassMapper>()
  /** What the URL of an instance held: there may be objects in it. */
  readonly #opened = new WeakMap<object, readonly unknown[]>()
  readonly #former = new FormerNames()
  /** Paths of all of these, former ones too. */
  readonly #taken = new Set<string>()

  /** Is there anything that not everybody may do? */
  guarded = false
  /** Is there a class whose objects ask for the context? */
  contextual = false
  readonly #otherwise: readonly Rule[]

  readonly #authorized: boolean

  /** `otherwise`: who may do what has no rule. `authorized`: is an `authorize` asked about all of it? */
  constructor(
    name: string,
    locate: Locate | undefined,
    seals: Seals,
    otherwise: readonly Rule[] = [],
    authorized = false,
  ) {
    this.root = { kind: 'namespace', name, path: '/', entries: new Map(), rules: [] }
    this.#otherwise = otherwise
    this.#authorized = authorized
    this.#locate = locate
    this.#seals = seals
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
    const mapper = this.#mapper(name, member, options, path, parent)
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

  #mapper(name: string, member: unknown, options: RegistrationOptions, path: string, parent: Namespace) {
    if (isClass(member)) return this.#class(name, member as Class, options, path, parent)
    if (typeof member === 'function') {
      const operation = operationOf(member as Callable, name, name, this.#rules(member, parent))
      this.#check(operation, operation.rules)
      const mapper: FunctionMapper = { kind: 'function', name, path, operation }
      this.files.add(member, mapper)
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

  #class(
    name: string,
    type: Class,
    options: RegistrationOptions,
    path: string,
    parent: Namespace,
  ): ClassMapper {
    const known = this.#instances.get(type.prototype)?.name
    if (known !== undefined)
      throw new RegistrationError(`the class ${type.name} is registered already, as "${known}"`)
    const marks = marksOf(type)
    const parameters = stateOf(type, name)
    const own = staticOf(type, 'locate')
    const locate = options.locate ?? (typeof own === 'function' ? (own as Locate).bind(type) : this.#locate)
    const inline: EncodeOptions['inline'] = value => this.#inState(value)
    const node = (node: Node) => this.#fromState(node)
    const mapper: ClassMapper = {
      kind: 'class',
      name,
      path,
      type,
      marks,
      hidden: isHiddenClass(type),
      parameters: marks.names === undefined ? parameters : renamed(parameters, marks.names, name),
      members: membersOf(type as never, name),
      state: stateCodec(name, path, parameters, inline, node, this.#seals),
      locate,
      rules: this.#rules(type, parent),
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
   * An object in another one's state is there by its path, whose state that one's seal covers. Functions and
   * classes are not: who makes a URL would choose what code an object holds.
   */
  #inState(value: object): unknown {
    const mapper = this.mapperOf(value)
    return mapper && new Link({ url: `${mapper.path.slice(1)}${mapper.state.inside.seal(value)}/` })
  }

  #fromState(node: Node): unknown {
    const url = node instanceof Link ? node.url : undefined
    const target = url === undefined ? undefined : this.#find(`/${url}`, true)
    if (target?.kind !== 'instance')
      throw new Fault('the state holds no object of this server', { status: 404 })
    return target.instance
  }

  /** The state that an instance had in its URL, where that may hold objects: who made the URL chose them. */
  openedFrom(instance: object): readonly unknown[] | undefined {
    return this.#opened.get(instance)
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

  /**
   * What a path within the mount leads to; undefined where it leads nowhere. Constructs the instance it
   * names: what the constructor throws is thrown, and a Fault for a state that is not to be opened.
   */
  find(path: string, enter?: Enter): Target | undefined {
    return this.#find(path, false, enter)
  }

  /** `inside`: of another one's state. */
  #find(path: string, inside: boolean, enter?: Enter): Target | undefined {
    if (isMisspelt(path)) return undefined
    const segments = segmentsOf(path)
    if (segments.at(-1) === '') segments.pop()
    let mapper: Mapper = this.root
    let index = 0
    while (mapper.kind === 'namespace' && index < segments.length) {
      const entry: Mapper | undefined = mapper.entries.get(segments[index] as string)
      const step: Step | undefined =
        entry === undefined
          ? this.#former.find(mapper.path, segments.slice(index))
          : { mapper: entry, length: 1 }
      if (step === undefined) return undefined
      mapper = step.mapper
      index += step.length
    }
    const rest = segments.slice(index)
    if (mapper.kind === 'class') {
      const found = `/${segments.slice(0, index).map(segmentOf).join('/')}/`
      return this.#inClass(mapper, found, rest, inside, enter)
    }
    if (rest.length > 0) return undefined
    return mapper.kind === 'function' ? { kind: 'function', mapper } : { kind: 'namespace', mapper }
  }

  /** The same for a path that may be another application's: what this server has not sealed is not found. */
  findPerhaps(path: string, enter?: Enter): Target | undefined {
    try {
      return this.find(path, enter)
    } catch (error) {
      if (error instanceof BrokenSeal) return undefined
      throw error
    }
  }

  /**
   * What a URL of another server leads to, where that is an object which `locate` has put there: it can be
   * an argument here all the same.
   */
  findElsewhere(url: string, enter?: Enter): Target | undefined {
    const { origin, pathname } = new URL(url)
    for (const mapper of this.#instances.values()) {
      const start = mapper.locate === undefined ? -1 : pathname.lastIndexOf(mapper.path)
      const target = start < 0 ? undefined : this.findPerhaps(pathname.slice(start), enter)
      if (target === undefined || !('instance' in target)) continue
      const base = baseOf(target.mapper, target.instance)
      if (base !== undefined && new URL(base).href === `${origin}${pathname.slice(0, start)}/`) return target
    }
    return undefined
  }

  #inClass(
    mapper: ClassMapper,
    found: string,
    [segment, name, ...more]: string[],
    inside: boolean,
    enter: Enter | undefined,
  ): Target | undefined {
    if (segment === undefined) return mapper.hidden ? undefined : { kind: 'class', mapper }
    // Before all that depends on the class or the method: a URL that was tampered with tells nothing.
    const state = (inside ? mapper.state.inside : mapper.state).open(segment, found)
    if (state === undefined || more.length > 0) return undefined
    // Where it has moved to is for nobody to be refused here: that is asked there.
    if (mapper.locate === undefined) enter?.(mapper)
    const instance = construct(mapper, state.parameters)
    if (state.parameters.some(value => typeof value === 'object'))
      this.#opened.set(instance, state.parameters)
    const reached = { mapper, instance, expires: state.expires }
    if (name === undefined) return { kind: 'instance', ...reached }
    const operation = methodOf(mapper.members, instance, name)
    return operation && { kind: 'method', ...reached, name, operation }
  }
}
