// What is taken from @hono/node-server: its adapter to Node's server.

export { createAdaptorServer, type Http2Bindings, type HttpBindings } from '@hono/node-server'
