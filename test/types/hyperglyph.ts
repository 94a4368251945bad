// The names that the fixtures use: the server's own, and the client's, declared only.

import type { MemberArguments, MemberName, MemberResult, Named, Remote } from '../../client/remote.js'

export { created, link, Resource, Router } from '../../server/index.js'

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
