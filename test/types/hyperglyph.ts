// The names that the fixtures use, server's and client's: as `hyperglyph` exports them.

export { call, get, named, url, withOptions } from '../../client/index.js'
export { created, link, Resource, Router } from '../../server/index.js'
