// Plugins: what an application or a package adds to a router by `use`, and all of them as the handler asks them.

import { checkOptions, fn, having, type Kind, listOf, name, object } from '../../../lib/options.js'
import { type Interceptor, interceptors } from '../calling/interceptor.js'
import { RegistrationError } from '../faults/registration-error.js'
import type { Representation } from '../responses/representation.js'
import type { Endpoint } from './endpoint.js'
import type { Middleware } from './middleware.js'

/** An object with any of the seams (spec/extending.md). */
export interface Plugin {
  /** For errors. */
  readonly name?: string
  /** More ways in which answers are written. */
  readonly representations?: readonly Representation[]
  /** Around each request. */
  readonly middleware?: Middleware
  /** Around each call. */
  readonly interceptor?: Interceptor
  /** By the first segment of the path, which begins with `_`: `_pipeline`. */
  readonly endpoints?: Readonly<Record<string, Endpoint>>
  /** Registered as if the application had: functions, classes, mounts, namespaces of them. */
  readonly members?: Readonly<Record<string, unknown>>
}

type Hook<Name extends keyof Middleware> = readonly NonNullable<Middleware[Name]>[]

const codecMethods = ['encode', 'encodeMessage', 'encodeStream'] as const

const kinds = {
  name,
  representations: listOf(having('a representation', ...codecMethods)),
  middleware: object,
  interceptor: fn,
  endpoints: object,
  members: object,
} satisfies Record<keyof Plugin, Kind>

/** The plugins of a router, by seam, in their order. */
export class Plugins {
  readonly representations: readonly Representation[]
  readonly before: Hook<'before'>
  readonly resolved: Hook<'resolved'>
  readonly fault: Hook<'fault'>
  /** Last to first. */
  readonly after: Hook<'after'>
  readonly interceptor: Interceptor | undefined
  readonly endpoints: ReadonlyMap<string, Endpoint>

  /**
   * Throws TypeError for a plugin that has anything else, and RegistrationError for the name of an endpoint that could be
   * another's.
   */
  constructor(plugins: readonly Plugin[]) {
    for (const plugin of plugins) checkOptions(plugin.name ?? 'plugin', plugin, kinds)
    this.representations = plugins.flatMap(({ representations = [] }) => representations)
    // `bind` keeps the type of the hook, which the compiler cannot follow for a name that is a parameter.
    const hook = <Name extends keyof Middleware>(name: Name): Hook<Name> =>
      plugins.flatMap(({ middleware }) => middleware?.[name]?.bind(middleware) ?? []) as unknown as Hook<Name>
    this.before = hook('before')
    this.resolved = hook('resolved')
    this.fault = hook('fault')
    this.after = hook('after').toReversed()
    this.interceptor = interceptors(plugins.flatMap(({ interceptor }) => interceptor ?? []))
    const endpoints = new Map<string, Endpoint>()
    for (const { name = 'a plugin', endpoints: own = {} } of plugins) {
      for (const [segment, endpoint] of Object.entries(own)) {
        if (!/^_[\w-]+$/.test(segment))
          throw new RegistrationError(`${name}: the name of an endpoint is "_" and letters, not "${segment}"`)
        if (endpoints.has(segment)) throw new RegistrationError(`${name}: there is an endpoint ${segment}`)
        endpoints.set(segment, endpoint)
      }
    }
    this.endpoints = endpoints
  }

  /** The endpoint of a path, if it is that of one. */
  endpointAt(path: string): Endpoint | undefined {
    if (!path.startsWith('/_')) return undefined
    const [, segment = ''] = path.split('/', 2)
    return this.endpoints.get(segment)
  }
}
