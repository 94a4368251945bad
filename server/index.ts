// The server's public face: `hyperglyph/server`. Its values are the client's and those of `hyperglyph`, the same objects.

export { Blob, blob } from '../lib/values/blob.js'
export { Duration, type DurationParts } from '../lib/values/duration.js'
export { type Class, type Conversion, extend } from '../lib/values/extend.js'
export { Fault, type FaultOptions } from '../lib/values/fault.js'
export { Instant } from '../lib/values/instant.js'
export { type Allowed, anyone, type Condition, type Rights } from './core/access/guard.js'
export type { Access, Authorize, CallEntry, Via } from './core/calling/calls.js'
export type { Context, Log } from './core/context/context.js'
export { Resource } from './core/context/resource.js'
export type { Trace } from './core/context/trace.js'
export { RegistrationError } from './core/faults/registration-error.js'
export type { MarkOptions, SafeOptions } from './core/registration/mark-options.js'
export {
  allow,
  args,
  doc,
  hidden,
  inline,
  redirect,
  safe,
  type Verb,
  verb,
} from './core/registration/marks.js'
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
export type { Mode as SealMode, Secret } from './core/sealing/keys.js'
export type { SealingOptions } from './core/sealing/seals.js'
export { type FilesOptions, files } from './features/files/files.js'
export type { DirectoryPage, FileEntry } from './features/files/listing.js'
export { type Parts, type View, view } from './features/html/view.js'
export { type BasicOptions, basic } from './features/identity/basic.js'
export { type BearerOptions, bearer } from './features/identity/bearer.js'
export type { CookieOptions, Cookies } from './features/identity/cookies.js'
export type { Identification, Identify } from './features/identity/identification.js'
export { hashPassword, verifyPassword } from './features/identity/password.js'
export { type Session, type SessionOptions, type SessionStore, session } from './features/identity/session.js'
export type { ProxyHeader } from './node/domain/forwarded.js'
export type { Domain } from './node/domain/service-domain.js'
export { Factory, type FactoryOptions, factory, type Part } from './node/factory/factory.js'
export type { DoorOptions } from './node/factory/fallback.js'
export type { CallHelp } from './node/factory/help.js'
export type { NameStatus, Status } from './node/factory/status.js'
export type { Stop } from './node/serving/ending.js'
export type { ErrorEntry, RequestEntry, StepEntry } from './node/serving/entries.js'
export type { Hook, HookEvents, Listener, Listeners } from './node/serving/hooks.js'
export type { Properties, PropertyOptions } from './node/serving/properties.js'
export type { LogLevel, RequestLog } from './node/serving/request-log.js'
export type { ServingOptions } from './node/serving/serving.js'
export { Router, type RouterOptions } from './router.js'
export { type Fetcher, type ServeOptions, type Server, serve } from './serve.js'
