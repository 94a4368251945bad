// The adapter to Node's server, from @hono/node-server.

export { createAdaptorServer, type Http2Bindings, type HttpBindings } from '@hono/node-server'
