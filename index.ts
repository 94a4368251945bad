// Everything, for programs on Node: the server, the client, and the values that travel between them.

export * from './client/index.js'
export { type ClientLimits, clientLimits } from './client/limits.js'
export { undici } from './client/transport/undici.js'
export {
  defaultLimits,
  type Limits,
  type RouterLimits,
  routerLimits,
  type ServeLimits,
  serveLimits,
} from './lib/limits.js'
export { type Attributes, Extension, Form, Input, Link, Page } from './lib/values/nodes.js'
export * from './server/index.js'
