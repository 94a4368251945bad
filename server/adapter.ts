// What is taken from @hono/node-server: its adapter to Node's server, and its way to serve the files of a directory.

export { createAdaptorServer, type Http2Bindings, type HttpBindings } from '@hono/node-server'
export { serveStatic } from '@hono/node-server/serve-static'
