// capnweb: the same server.

export { serve } from '../capnweb/server.js'
