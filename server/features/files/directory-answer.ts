// The answer for a path below `files(directory)`: a file as it is, a listing, or where the directory's URL is.

import { codecs } from '../../../lib/codecs.js'
import type { Codec } from '../../../lib/message/codec.js'
import { mediaTypeOf } from '../../../lib/negotiate.js'
import { Blob } from '../../../lib/values/blob.js'
import { Fault } from '../../../lib/values/fault.js'
import type { Calls } from '../../core/calling/calls.js'
import type { Permission } from '../../core/calling/permission.js'
import { notFound, type Pages } from '../../core/drawing/pages.js'
import { always } from '../../core/responses/headers.js'
import type { Responses } from '../../core/responses/responses.js'
import { segmentOf } from '../../core/urls/paths.js'
import { contentTypeOf } from './content-types.js'
import { fileAnswer } from './file-answer.js'
import type { Found, OpenFile } from './lookup.js'
import { bytesOf } from './reading.js'
import type { Below } from './subtrees.js'

interface Asked {
  readonly request: Request
  /** GET or HEAD. */
  readonly method: string
  readonly query: string
  readonly codec: Codec | undefined
  readonly permission: Permission | undefined
}

/** Throws the Fault of a path that leads nowhere, and what `authorize` throws, which is asked before the disk. */
export async function directoryAnswer(
  below: Below,
  asked: Asked,
  calls: Calls,
  responses: Responses,
  pages: Pages,
): Promise<Response> {
  const { mapper, tree, names, slash } = below
  const { operation } = mapper
  const look = async () => ({ found: await tree.find(names).catch(overloaded) })
  const called = await calls.call(
    { ...operation, call: look },
    undefined,
    [names.join('/')],
    asked.permission,
  )
  const { found } = called.value as { readonly found: Found }
  if (found?.kind === 'file') {
    if (!slash) return sent(found, below, asked, responses, pages)
    await found.handle.close()
  }
  if (found?.kind !== 'directory') throw notFound()
  if (!slash) {
    const location = `./${segmentOf(names.at(-1) ?? mapper.name)}/${asked.query && `?${asked.query}`}`
    return new Response(null, { status: 301, headers: { ...always, location } })
  }
  const index = isProgram(asked) ? undefined : await tree.index(names).catch(overloaded)
  if (index !== undefined) return sent(index, below, asked, responses, pages)
  const after = new URLSearchParams(asked.query).get('after') ?? undefined
  const listing = await tree.list(names, after).catch(overloaded)
  return responses.result(listing, operation, asked.method, pages)
}

/**
 * The file as it is, also for clients of ours, who know by its type that it is no message. Where it has the type of
 * one, such as JSON, they get it as a blob in a message.
 */
async function sent(
  file: OpenFile,
  { mapper, tree }: Below,
  asked: Asked,
  responses: Responses,
  pages: Pages,
): Promise<Response> {
  const { marks } = mapper.operation
  const type = contentTypeOf(file.name)
  const { method, request, codec } = asked
  const misleading = isProgram(asked) && codec?.type !== type && codecs.has(mediaTypeOf(type))
  if (!misleading || method === 'HEAD')
    return fileAnswer(file, request, method, { marks, trusted: tree.settings.trusted })
  const bytes = bytesOf(file.handle, { start: 0, end: file.size - 1 })
  const content = new Blob(bytes, { 'content-type': type, filename: file.name }, file.size)
  return responses.result(content, mapper.operation, method, pages)
}

/** Does the client name a type of ours, rather than take anything, or HTML? */
const isProgram = ({ request, codec }: Asked): boolean =>
  codec !== undefined && codecs.has(codec.type) && (request.headers.get('accept') ?? '').includes(codec.type)

function overloaded(cause: NodeJS.ErrnoException): never {
  if (cause.code !== 'EMFILE' && cause.code !== 'ENFILE') throw cause
  throw new Fault('too many files are open', { status: 503, code: 'overloaded', cause })
}
