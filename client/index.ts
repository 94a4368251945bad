// The client's public face: `hyperglyph/client`.

export { Blob, blob } from '../lib/blob.js'
export { Duration, type DurationParts } from '../lib/duration.js'
export { DecodeError, EncodeError, LimitError } from '../lib/errors.js'
export { type Class, type Conversion, extend } from '../lib/extend.js'
export { Fault, type FaultOptions } from '../lib/fault.js'
export { Instant } from '../lib/instant.js'
export { type CacheLimits, MemoryCache } from './cache.js'
export { CookieJar } from './cookies.js'
export { NetworkError, RemoteError } from './errors.js'
export { fetchTransport } from './fetch.js'
export { call, get, url, withOptions } from './get.js'
export { local } from './local.js'
export { named } from './named.js'
export type { HeadersGiven, Options } from './options.js'
// All of it: an application adds to `Values` by declaration merging, which a list of names would hide.
export type * from './remote.js'
export { type Transport, type TransportRequest, type TransportResponse, Unsent } from './transport.js'
