// The client's public face: `hyperglyph/client`.

export { DecodeError, EncodeError, LimitError } from '../lib/errors.js'
export { Blob, blob } from '../lib/values/blob.js'
export { Duration, type DurationParts } from '../lib/values/duration.js'
export { type Class, type Conversion, extend } from '../lib/values/extend.js'
export { Fault, type FaultOptions } from '../lib/values/fault.js'
export { Instant } from '../lib/values/instant.js'
export { named } from './calls/named.js'
export { NetworkError, RemoteError } from './errors.js'
export type { HeadersGiven, Options } from './exchange/options.js'
export { call, get, offers, url, withOptions } from './get.js'
export { isPage } from './page-object.js'
// All of it: an application adds to `Values` by declaration merging, which a list of names would hide.
export type * from './remote.js'
export { type CacheLimits, MemoryCache } from './transport/cache.js'
export { CookieJar } from './transport/cookies.js'
export { fetchTransport } from './transport/fetch.js'
export { local } from './transport/local.js'
export {
  type Transport,
  type TransportRequest,
  type TransportResponse,
  Unsent,
} from './transport/transport.js'
export type { OnUpload, UploadProgress } from './transport/upload.js'
