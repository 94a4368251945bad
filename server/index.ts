// The server's public face: `hyperglyph/server`. Its values are the client's and those of `hyperglyph`, the same objects.

export { Blob, blob } from '../lib/blob.js'
export { Duration, type DurationParts } from '../lib/duration.js'
export { type Class, type Conversion, extend } from '../lib/extend.js'
export { Fault, type FaultOptions } from '../lib/fault.js'
export { Instant } from '../lib/instant.js'
export type { Access, Authorize, CallEntry, Via } from './calling/calls.js'
export type { Context, Log } from './context.js'
export type { ProxyHeader } from './domain/forwarded.js'
export type { Domain } from './domain/service-domain.js'
export { type Parts, type View, view } from './face/view.js'

export type { DoorOptions } from './factory/door.js'
export { Factory, type FactoryOptions, factory, type Part } from './factory/factory.js'
export type { CallHelp } from './factory/help.js'
export type { NameStatus, Status } from './factory/status.js'
export { type FilesOptions, files } from './files/files.js'
export type { DirectoryPage, FileEntry } from './files/listing.js'

export { type BasicOptions, basic } from './identity/basic.js'
export { type BearerOptions, bearer } from './identity/bearer.js'
export type { CookieOptions, Cookies } from './identity/cookies.js'
export type { Identification, Identify } from './identity/identification.js'
export { hashPassword, verifyPassword } from './identity/password.js'

export { type Allowed, anyone, type Condition, type Rights } from './identity/rules.js'
export { type Session, type SessionOptions, type SessionStore, session } from './identity/session.js'
export type { MarkOptions, SafeOptions } from './registration/mark-options.js'
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
} from './registration/marks.js'
export {
  Created,
  created,
  type FormOptions,
  form,
  type LinkOptions,
  link,
  Reference,
} from './registration/reference.js'
export { RegistrationError } from './registration/registration-error.js'
export type { Locate, RegistrationOptions } from './registration/registry.js'
export { Resource } from './resource.js'
export { Router, type RouterOptions } from './router.js'
export type { Mode as SealMode, Secret } from './sealing/keys.js'
export type { SealingOptions } from './sealing/seals.js'
export { type Fetcher, type ServeOptions, type Server, serve } from './serve.js'
export type { Stop } from './serving/ending.js'
export type { ErrorEntry, RequestEntry, StepEntry } from './serving/entries.js'
export type { Hook, HookEvents, Listener, Listeners } from './serving/hooks.js'
export type { LogLevel, RequestLog } from './serving/lines.js'
export type { Properties, PropertyOptions } from './serving/properties.js'
export type { ServingOptions } from './serving/serving.js'
export type { Trace } from './serving/trace.js'
