// The same client as the bare one's.

export { connect, connectAlone } from '../bare/client.js'
