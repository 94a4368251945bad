// From a path to its target: through namespaces, former names and the state in URLs.

import { BrokenSeal } from '../sealing/seals.js'
import { isMisspelt, segmentOf, segmentsOf } from '../urls/paths.js'
import type { FormerNames, Step } from './former-names.js'
import { baseOf, construct } from './instances.js'
import type { ClassMapper, Enter, Mapper, Namespace, Target } from './mappers.js'
import { methodOf } from './members.js'

/** How a class was found. */
interface Entrance {
  /** By which path: its own, or a former one. */
  readonly found: string
  /** In the state of another object? */
  readonly inside: boolean
  readonly enter: Enter | undefined
}

export class Resolver {
  readonly #root: Namespace
  readonly #former: FormerNames
  /** By prototype. */
  readonly #instances: ReadonlyMap<unknown, ClassMapper>
  /** The state in the URL of an instance: there may be objects in it. */
  readonly #opened = new WeakMap<object, readonly unknown[]>()

  /** Members that are registered later are found too. */
  constructor(root: Namespace, former: FormerNames, instances: ReadonlyMap<unknown, ClassMapper>) {
    this.#root = root
    this.#former = former
    this.#instances = instances
  }

  /** The state that an instance had in its URL, where that may hold objects: who made the URL chose them. */
  openedFrom(instance: object): readonly unknown[] | undefined {
    return this.#opened.get(instance)
  }

  /**
   * The target of a path within the mount; undefined where it leads nowhere. Constructs the instance it
   * names: what the constructor throws is thrown, and a Fault for a state that is not to be opened.
   */
  find(path: string, enter?: Enter): Target | undefined {
    return this.#find(path, false, enter)
  }

  /** The same for a path in the state of another object. */
  findInState(path: string): Target | undefined {
    return this.#find(path, true)
  }

  /** `inside`: of another one's state. */
  #find(path: string, inside: boolean, enter?: Enter): Target | undefined {
    if (isMisspelt(path)) return undefined
    const segments = segmentsOf(path)
    if (segments.at(-1) === '') segments.pop()
    let mapper: Mapper = this.#root
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
      return this.#inClass(mapper, rest, { found, inside, enter })
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
   * The target of a URL of another server, where that is an object which `locate` has put there: it can be
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
    [segment, name, ...more]: string[],
    { found, inside, enter }: Entrance,
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
