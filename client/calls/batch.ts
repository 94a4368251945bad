// A batch: steps in one request to a server's pipeline, and their answers (spec/protocol.md, "Pipelines").

import { DecodeError, LimitError } from '../../lib/errors.js'
import { unwaited } from '../../lib/promises.js'
import { Fault } from '../../lib/values/fault.js'
import { NetworkError, RemoteError } from '../errors.js'
import { beginning } from '../exchange/deadline.js'
import { exchange } from '../exchange/exchange.js'
import { nextUrl } from '../exchange/redirects.js'
import type { Origin } from '../exchange/session.js'
import { BatchEncoder } from './batch-encoder.js'
import type { Recorded } from './record.js'
import { rootOf, type Step } from './step.js'
import { type Take, Walk } from './walk.js'

/** Answers of a server that has no pipeline where its page said: nothing was done. */
const withoutPipeline = new Set([404, 405, 501])

/** Steps that travel together. */
export interface Batch {
  /** In the order in which they were asked for. The steps that they refer to are among them or settled. */
  readonly steps: readonly Step[]
  /** The steps that others depend on. */
  readonly needed: ReadonlySet<Step>
  readonly origin: Origin
  /** Does a step without the pipeline. */
  readonly alone: (step: Step) => void
  /** Called when none of the steps waits for this request any more. */
  readonly arrived: () => void
}

export function sendBatch(batch: Batch): void {
  const { steps, needed, origin, alone, arrived } = batch
  const encoder = new BatchEncoder(origin.pipeline as string)
  const sent: Step[] = []
  for (const step of steps) {
    try {
      encoder.add(step)
      sent.push(step)
      step.progress = 'sent'
    } catch (error) {
      // A TypeError is about arguments that the form does not take; steps that depend on this one meet it too.
      if (error instanceof TypeError) step.reject(error)
      else alone(step)
    }
  }
  if (sent.length === 0) return arrived()
  const brief: number[] = []
  for (const [index, step] of sent.entries()) if (!step.awaited && needed.has(step)) brief.push(index)
  let body: Uint8Array
  try {
    body = encoder.bytes(origin.codec, brief)
  } catch {
    // Something in the arguments of one step cannot travel: each finds out for itself, and the others go on.
    for (const step of sent) alone(step)
    return arrived()
  }
  unwaited(deliver(body, sent, encoder.walks, batch))
}

/** `steps`: in the order of their numbers in the message. */
async function deliver(
  body: Uint8Array,
  steps: readonly Step[],
  walks: ReadonlyMap<Step, Recorded>,
  { origin, alone, arrived }: Batch,
): Promise<void> {
  const { session } = origin
  const url = origin.pipeline as string
  const headers = { 'content-type': origin.codec.type, 'content-length': String(body.length) }
  /** The steps without an answer, by their numbers. */
  const unanswered: (Step | undefined)[] = [...steps]
  let missing = steps.length
  // An object that an answer refers to is fetched by the rules of redirects: the application has not chosen its URL.
  const fetchLater = (status: number, reference: unknown) => () => {
    const next = nextUrl('POST', url, status, typeof reference === 'string' ? reference : undefined)
    return exchange(session, { method: 'GET', url: next, from: url }, origin, beginning(session))
  }
  const take: Take = (step, status, value, goOn) => settle(step, status, value, goOn, fetchLater)
  const walk = new Walk(walks, take)
  let begun = false
  try {
    const answers = await exchange(session, { method: 'POST', url, headers, body }, origin, steps[0]?.begun)
    begun = true
    for await (const answer of answers as AsyncIterable<unknown>) {
      if (!Array.isArray(answer)) continue
      const [index, status, value] = answer as [number, number, unknown]
      const step = unanswered[index]
      if (step === undefined) continue
      unanswered[index] = undefined
      if (--missing === 0) arrived()
      const recorded = Array.isArray(value) ? walks.get(step) : undefined
      const goOn = (): void =>
        recorded ? step.follow(walk.finish(step, recorded, value as unknown[])) : alone(step)
      take(step, status, value, goOn)
    }
    if (missing === 0) return
    arrived()
    const incomplete = new NetworkError({
      method: 'POST',
      url,
      problem: 'the answer lacks steps',
      sent: 'unknown',
    })
    for (const step of unanswered) step?.reject(incomplete)
  } catch (error) {
    const isWithout = error instanceof RemoteError && withoutPipeline.has(error.status) && !begun
    const reason = failureOf(error, url, begun)
    if (missing > 0) arrived()
    for (const step of unanswered) {
      if (step === undefined) continue
      if (isWithout) alone(step)
      else step.reject(reason)
    }
  }
}

/**
 * The error of steps without an answer. `begun`: the status of the answer has come. Steps may be done where an answer
 * cannot be read, or has broken off.
 */
function failureOf(error: unknown, url: string, begun: boolean): unknown {
  const broken = begun && error instanceof RemoteError
  const lost = error instanceof NetworkError && error.sent === 'answered'
  const unread = error instanceof DecodeError || lost || broken || error instanceof TypeError
  if (!unread || error instanceof LimitError) return error
  const problem = lost ? 'the answer broke off' : `the answer broke off: ${error.message}`
  return new NetworkError({
    method: 'POST',
    url,
    problem,
    sent: 'unknown',
    cause: lost ? error.cause : error,
  })
}

/**
 * Ends a step as its answer says, or goes on with it here. `fetchLater` gives a function that fetches the object of a
 * reference.
 */
function settle(
  step: Step,
  status: number,
  value: unknown,
  goOn: () => void,
  fetchLater: (status: number, reference: unknown) => () => Promise<unknown>,
): void {
  if (status === 200) step.resolve(value)
  else if (value instanceof Fault) {
    const message = `${memberIn(step)}${value.message}`
    step.reject(new RemoteError({ method: 'POST', url: rootOf(step).url, status, fault: value, message }))
  } else if (status === 303 || status === 307) step.resolveLater(fetchLater(status, value))
  else goOn()
}

/** For messages, whose URL is that of the whole chain: `at .bio(): `. */
function memberIn({ action }: Step): string {
  return action.kind === 'member' ? `at .${action.name}${action.parameters === undefined ? '' : '()'}: ` : ''
}
