// The answer for a path below `files(directory)`: a file as it is, a listing, or where the directory's URL is.

import { codecs } from '../../../lib/codecs.js'
import { mediaTypeOf } from '../../../lib/negotiate.js'
import { Blob } from '../../../lib/values/blob.js'
import type { Permission } from '../../core/access/permission.js'
import { notFound, overloaded } from '../../core/faults/http.js'
import type { Operation } from '../../core/registration/members.js'
import type { PathBelow } from '../../core/registration/subtrees.js'
import type { Exchange } from '../../core/requests/exchange.js'
import { always } from '../../core/responses/headers.js'
import { segmentOf } from '../../core/urls/paths.js'
import { contentTypeOf } from './content-types.js'
import { fileAnswer } from './file-answer.js'
import { Listing } from './listing.js'
import type { FileTree, Found, OpenFile } from './lookup.js'
import { bytesOf } from './reading.js'

/** A directory, and the function that it is registered by. */
export interface Directory {
  readonly tree: FileTree
  readonly by: object
}

/** Throws the Fault of a path that leads nowhere, and what `authorize` throws, which is asked before the disk. */
export async function directoryAnswer(
  { tree, by }: Directory,
  { mapper: { name, operation }, names, slash }: PathBelow,
  exchange: Exchange,
  permission: Permission | undefined,
): Promise<Response> {
  const { calls, method, pages, query, responses } = exchange
  const look = async () => ({ found: await tree.find(names).catch(exhausted) })
  const called = await calls.call({ ...operation, call: look }, undefined, [names.join('/')], permission)
  const { found } = called.value as { readonly found: Found }
  const sending = { operation, trusted: tree.settings.trusted }
  if (found?.kind === 'file') {
    if (!slash) return sent(found, sending, exchange)
    await found.handle.close()
  }
  if (found?.kind !== 'directory') throw notFound()
  if (!slash) {
    const location = `./${segmentOf(names.at(-1) ?? name)}/${query && `?${query}`}`
    return new Response(null, { status: 301, headers: { ...always, location } })
  }
  const index = isProgram(exchange) ? undefined : await tree.index(names).catch(exhausted)
  if (index !== undefined) return sent(index, sending, exchange)
  const after = new URLSearchParams(query).get('after') ?? undefined
  const listing = await Listing.of(tree, by, names, after).catch(exhausted)
  return responses.result(listing, { label: operation.label, marks: operation.marks, method, pages })
}

/**
 * The file as it is, also for clients of ours, who know by its type that it is no message. Where it has the type of
 * one, such as JSON, they get it as a blob in a message.
 */
async function sent(
  file: OpenFile,
  { operation, trusted }: { readonly operation: Operation; readonly trusted: boolean },
  exchange: Exchange,
): Promise<Response> {
  const { method, request, codec, responses, pages } = exchange
  const type = contentTypeOf(file.name)
  const misleading = isProgram(exchange) && codec?.type !== type && codecs.has(mediaTypeOf(type))
  if (!misleading || method === 'HEAD')
    return fileAnswer(file, request, method, { marks: operation.marks, trusted })
  const bytes = bytesOf(file.handle, { start: 0, end: file.size - 1 })
  const content = new Blob(bytes, { 'content-type': type, filename: file.name }, file.size)
  return responses.result(content, { label: operation.label, marks: operation.marks, method, pages })
}

/** Does the client name a type of ours, rather than take anything, or HTML? */
const isProgram = ({ request, codec }: Exchange): boolean =>
  codec !== undefined && codecs.has(codec.type) && (request.headers.get('accept') ?? '').includes(codec.type)

function exhausted(cause: NodeJS.ErrnoException): never {
  if (cause.code !== 'EMFILE' && cause.code !== 'ENFILE') throw cause
  throw overloaded('too many files are open', cause)
}
