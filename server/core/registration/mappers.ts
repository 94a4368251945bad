// Mappers: what a router knows of each function, class and namespace, and what a path may lead to. Types only.

import type { Rule } from '../access/rules.js'
import type { Parameter } from '../reflection/index.js'
import type { Marks } from './marks.js'
import type { Members, Operation } from './members.js'
import type { StateCodec } from './state.js'

// biome-ignore lint/suspicious/noExplicitAny: the constructor parameters of any class.
export type Class = abstract new (...parameters: any[]) => object

export interface FunctionMapper {
  readonly kind: 'function'
  readonly name: string
  readonly path: string
  readonly operation: Operation
}

export interface ClassMapper {
  readonly kind: 'class'
  readonly name: string
  readonly path: string
  readonly type: Class
  /** Its constructor, as what callers may call. */
  readonly operation: Operation
  readonly marks: Marks
  /** Are callers not offered its constructor? Its objects are reached all the same. */
  readonly hidden: boolean
  readonly parameters: readonly Parameter[]
  readonly members: Members
  readonly state: StateCodec
  readonly locate: Locate | undefined
  /** Who may reach its objects, and construct them. */
  readonly rules: readonly Rule[]
}

export interface Namespace {
  readonly kind: 'namespace'
  readonly name: string
  readonly path: string
  readonly entries: Map<string, Mapper>
  /** They hold for all that is in it. */
  readonly rules: readonly Rule[]
}

export type Mapper = FunctionMapper | ClassMapper | Namespace

/** The end of a path. */
export type Target =
  | { readonly kind: 'namespace'; readonly mapper: Namespace }
  | { readonly kind: 'function'; readonly mapper: FunctionMapper; readonly below?: readonly string[] }
  | { readonly kind: 'class'; readonly mapper: ClassMapper }
  | (Reached & { readonly kind: 'instance' })
  | (Reached & { readonly kind: 'method'; readonly name: string; readonly operation: Operation })

/** An instance that was rebuilt from its URL. */
interface Reached {
  readonly mapper: ClassMapper
  readonly instance: object
  /** Until when the URL leads there, in milliseconds since 1970; undefined: for ever. */
  readonly expires: number | undefined
}

/** Asked before an object of a class is built for whoever has its URL; what it throws refuses. */
export type Enter = (mapper: ClassMapper) => void

/** The URL of the server that an instance lives on, ending in a slash; undefined: this one. */
// biome-ignore lint/suspicious/noExplicitAny: instances of whatever classes the application has.
export type Locate = (instance: any) => string | undefined

export interface RegistrationOptions {
  /**
   * Earlier names: their URLs go on working, but no page shows them. With a first slash they are paths, for
   * what came from another namespace: `/people/User`.
   */
  readonly was?: readonly string[]
  /** Places instances on other servers. */
  readonly locate?: Locate
}
