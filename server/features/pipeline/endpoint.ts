// Where pipelines are posted to: the steps of one request, run side by side, each answered as it finishes.

import { EncodeLimitError } from '../../../lib/errors.js'
import { inParts } from '../../../lib/long.js'
import type { EncodeOptions } from '../../../lib/message/codec.js'
import { unwaited } from '../../../lib/promises.js'
import type { Fault } from '../../../lib/values/fault.js'
import { Items } from '../../../lib/values/stream.js'
import type { Calls } from '../../core/calling/calls.js'
import { tell } from '../../core/calling/gate.js'
import type { CallEntry } from '../../core/calling/options.js'
import { tooMuchToSay } from '../../core/faults/faults.js'
import { allow, notFound } from '../../core/faults/http.js'
import type { Plugin } from '../../core/handler/plugin.js'
import type { Exchange } from '../../core/requests/exchange.js'
import { requestBody } from '../../core/requests/message.js'
import { unkept } from '../../core/responses/caching.js'
import { asItComes, headersOf } from '../../core/responses/headers.js'
import { respond } from '../../core/responses/sending.js'
import { pipelinePath } from '../../core/urls/paths.js'
import { Answers } from './answers.js'
import { Pipeline } from './pipeline.js'
import { type Batch, readBatch } from './steps.js'
import { unwantedBlobs } from './unwanted-blobs.js'

/** Many calls in one request. */
export const pipeline: Plugin = {
  name: 'pipeline',
  endpoints: {
    [pipelinePath.slice(1)]: {
      answer: exchange =>
        exchange.pipeline && exchange.path === pipelinePath ? answer(exchange) : undefined,
    },
  },
}

async function answer(exchange: Exchange): Promise<Response> {
  const { limits, observer, pages, registry, toFault } = exchange
  observer?.reached('pipeline', pipelinePath)
  allow(exchange.method, ['POST'])
  const calls = exchange.callsBy('pipeline')
  const batch = await received(exchange, calls)
  const run = new Pipeline({ registry, calls, pages, lookup: exchange, toFault, observer, limits })
  return stepByStep(run, batch, exchange)
}

/** Uploads are stored for those alone who may call what they are for. */
async function received(exchange: Exchange, calls: Calls): Promise<Batch> {
  const { context, enter, limits, options, own, path, registry } = exchange
  const read = (value: unknown) => inParts(readBatch(value, limits.steps))
  if (calls.open) return read((await requestBody(exchange)).value)
  // Each refusal is told of once: with the step, or here where no step is begun.
  const refused: CallEntry[] = []
  const asking = exchange.callsBy('pipeline', { ...options, onCall: entry => refused.push(entry) })
  const permitted = async (url: string) => {
    const at = own.resolve(url, path)
    const target = at === undefined ? undefined : registry.resolver.find(at, enter)
    if (target === undefined) throw notFound()
    await asking.enter(target)
  }
  let batch: Batch | undefined
  const root = async (value: unknown) => {
    batch = await read(value)
    return unwantedBlobs(batch.steps, permitted, () => {
      for (const entry of refused) tell(options, context, entry)
    })
  }
  const { value } = await requestBody(exchange, root)
  return batch ?? (await read(value))
}

/**
 * A stream of `[step, status, value]` as steps finish, and at last how many they were. What is there at once goes out
 * whole; the rest as it comes.
 */
async function stepByStep(
  run: Pipeline,
  { steps, brief }: Batch,
  { bindings, pages, path: from, responses, toFault }: Exchange,
): Promise<Response> {
  const { codec, mostBytes } = responses
  const headers = responses.typed(headersOf(unkept))
  /** In the place of answers that cannot be encoded. */
  const instead = new Map<unknown, unknown>()
  const recover = (item: unknown, error: unknown) => {
    // The number of steps is always said.
    if (!Array.isArray(item)) return item
    const tooMuch = error instanceof EncodeLimitError
    const fault = tooMuch ? tooMuchToSay(mostBytes, 413) : toFault(error)
    // Steps that have not started would run for an answer that cannot be sent.
    if (tooMuch) run.stop(fault)
    const failed = [item[0], fault.status, fault]
    instead.set(item, failed)
    return failed
  }
  const { inline, settle } = pages
  const options: EncodeOptions = { inline, settle, recover, from, mostBytes, together: true }
  const outcomes = run.start(steps)
  const answers = new Answers({ outcomes, brief, pages, toFault })
  const timeIsUp = new Promise<never>((_, reject) =>
    bindings?.running?.bound((fault: Fault) => {
      run.stop(fault)
      answers.stop(fault)
      reject(fault)
    }),
  )
  unwaited(timeIsUp)
  if (await answers.complete()) {
    const finished = answers.finished()
    const message = codec.encodeMessage(new Items([...finished, outcomes.length]), options)
    const promised = settle()
    if (promised === undefined) return respond(message, 200, headers)
    // By getters: each answer waits for its own.
    unwaited(promised)
    answers.restore(finished.map(item => instead.get(item) ?? item))
  }
  const waiting = () => {
    const settled = settle()
    return settled && Promise.race([settled, timeIsUp])
  }
  asItComes(headers)
  const stream = answers.stream(() => run.abandon())
  return respond(codec.encodeStream(stream, { ...options, settle: waiting }), 200, headers)
}
