// The server's and the client's names that the fixtures use, declared only.

import type { MemberArguments, MemberName, MemberResult, Named, Remote } from '../../client/remote.js'

export declare class Router<T = object> {
  constructor(members?: T)
  declare readonly '~remote'?: T
  fetch(request: Request): Promise<Response>
}

export interface Context {
  readonly request: Request
  readonly signal: AbortSignal
  readonly user: unknown
}

export declare abstract class Resource {
  readonly context: Context
}

export declare class Created<T> {
  readonly value: T
  declare readonly '~remote'?: T
}
export declare function created<T>(value: T): Created<T>

export declare class Reference<T> {
  declare readonly '~remote'?: T
}
export declare function link<T extends object, K extends keyof T>(object: T, name: K): Reference<T[K]>

// biome-ignore lint/suspicious/noExplicitAny: without a type the client's page is untyped.
export declare function get<T = any>(url: string | URL): Promise<Remote<T>>
export declare function named(args: Record<string, unknown>): Named
export declare function url(page: object): string
export declare function withOptions<P extends object>(page: P, options: { readonly timeout?: number }): P
export declare function call<P extends object, Name extends MemberName<P> | (string & {})>(
  page: P,
  name: Name,
  ...args: MemberArguments<P, Name>
): MemberResult<P, Name>
