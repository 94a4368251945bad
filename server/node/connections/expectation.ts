// `Expect: 100-continue`: a sender that holds back its body until it hears that somebody wants it (RFC 9110 10.1.1). It
// hears so once the body is read, and so nothing but the answer where a request is refused by its head.

import type { IncomingMessage, ServerResponse } from 'node:http'

/** Says "100 Continue" when the body is first asked for. After another answer Node ends the connection by itself. */
export function continueWhenRead(incoming: IncomingMessage, outgoing: ServerResponse): void {
  const read = incoming._read
  incoming._read = size => {
    Reflect.deleteProperty(incoming, '_read')
    // A body that comes unasked needs no word, and after the answer it would stand in the next one.
    const isWaited = incoming.readableLength === 0 && !incoming.readableDidRead && !incoming.complete
    if (isWaited && !outgoing.headersSent && !outgoing.destroyed) outgoing.writeContinue()
    read.call(incoming, size)
  }
}
