// The server's public face: `hyperglyph/server`. Its values are the client's and those of `hyperglyph`, the same objects.

export { Blob, blob } from '../lib/values/blob.js'
export { Duration, type DurationParts } from '../lib/values/duration.js'
export { type Class, type Conversion, extend } from '../lib/values/extend.js'
export { Fault, type FaultOptions } from '../lib/values/fault.js'
export { Instant } from '../lib/values/instant.js'
export type { Access, Authorize, Via } from './core/access/access.js'
export type { Rights } from './core/access/guard.js'
export { type Allowed, anyone, type Condition } from './core/access/rules.js'
export type { Interceptor, Invocation, Result } from './core/calling/interceptor.js'
export type { CallEntry } from './core/calling/options.js'
export type { Context } from './core/context/context.js'
export type { CookieOptions, Cookies } from './core/context/cookies.js'
export type { Log } from './core/context/log.js'
export { Resource } from './core/context/resource.js'
export type { Session } from './core/context/session.js'
export type { Trace } from './core/context/trace.js'
export { type Drawable, type DrawnAt, draw } from './core/drawing/drawable.js'
export { RegistrationError } from './core/faults/registration-error.js'
export type { Endpoint } from './core/handler/endpoint.js'
export type { Middleware } from './core/handler/middleware.js'
export { type Mount, mount } from './core/handler/mount.js'
export type { Plugin } from './core/handler/plugin.js'
export {
  allow,
  args,
  doc,
  hidden,
  inline,
  redirect,
  safe,
  verb,
  when,
} from './core/registration/decorators.js'
export type { MarkOptions, SafeOptions } from './core/registration/mark-options.js'
export type { Verb } from './core/registration/marks.js'
export type { Operation } from './core/registration/members.js'
export {
  Created,
  created,
  type FormOptions,
  form,
  type LinkOptions,
  link,
  Reference,
} from './core/registration/reference.js'
export type { Locate, RegistrationOptions } from './core/registration/registry.js'
export type { PathBelow } from './core/registration/subtrees.js'
export type { Circumstances, When } from './core/registration/when.js'
export type { Exchange } from './core/requests/exchange.js'
export type { Rendering, Representation, RequestedPage } from './core/responses/representation.js'
export { type Write, writer } from './core/responses/writer.js'
export type { Mode as SealMode, Secret } from './core/sealing/keys.js'
export type { SealingOptions } from './core/sealing/seals.js'
export { type FilesOptions, files } from './features/files/files.js'
export type { DirectoryPage, FileEntry } from './features/files/listing.js'
export { type Parts, type View, view } from './features/html/view.js'
export { type BasicOptions, basic } from './features/identity/basic.js'
export { type BearerOptions, bearer } from './features/identity/bearer.js'
export type { Identification, Identify } from './features/identity/identification.js'
export { hashPassword, verifyPassword } from './features/identity/password.js'
export { type SessionOptions, session } from './features/identity/session.js'
export type { SessionStore } from './features/identity/session-store.js'
export type { ProxyHeader } from './node/domain/forwarded.js'
export type { Domain } from './node/domain/service-domain.js'
export { Factory, type FactoryOptions, factory, type Part } from './node/factory/factory.js'
export type { FallbackOptions } from './node/factory/fallback.js'
export type { CallHelp } from './node/factory/help.js'
export type { NameStatus, Status } from './node/factory/status.js'
export type { Stop } from './node/serving/ending.js'
export type { ErrorEntry, RequestEntry, StepEntry } from './node/serving/entries.js'
export type { Properties, PropertyOptions } from './node/serving/properties.js'
export type { LogLevel, RequestLog } from './node/serving/request-log.js'
export type { Hook, HookEvents, Listener, Listeners, Server } from './node/serving/server.js'
export type { ServingOptions } from './node/serving/serving.js'
export { Router, type RouterOptions } from './router.js'
export { type Fetcher, type ServeOptions, serve } from './serve.js'
