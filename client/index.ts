// The client's public face: `hyperglyph/client`.

export { type Blob, blob } from '../lib/blob.js'
export { DecodeError, EncodeError, LimitError } from '../lib/errors.js'
export { type CacheLimits, MemoryCache } from './cache.js'
export { CookieJar } from './cookies.js'
export { NetworkError, RemoteError } from './errors.js'
export { fetchTransport } from './fetch.js'
export { call, get, url, withOptions } from './get.js'
export { local } from './local.js'
export { named } from './named.js'
// All of it: an application adds to `Values` by declaration merging, which a list of names would hide.
export type * from './remote.js'
export type { Options } from './session.js'
export { type Transport, type TransportRequest, type TransportResponse, Unsent } from './transport.js'
