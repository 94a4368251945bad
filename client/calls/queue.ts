// The queue of a turn: the steps that an application asks for until its microtasks have run. Those that one server can
// do in one request go out together, the others one by one.

import type { Sent } from '../errors.js'
import { beginning, bounded, sinceThen } from '../exchange/deadline.js'
import { originOf } from '../exchange/origin-of.js'
import type { Origin, Session } from '../exchange/session.js'
import { sendBatch } from './batch.js'
import { mapHere } from './map.js'
import { memberOf } from './member.js'
import { currentRecording } from './record.js'
import { type Action, type Queued, rootOf, Step } from './step.js'
import { submit } from './submit.js'
import { canTravel, references } from './travel.js'

/** Steps that one request holds; servers refuse more (spec/protocol.md, "Limits"). */
const batchSteps = 64

/**
 * From so many steps on, with none under way, they go in two requests: while the server works on one, the other is made
 * or its answers are read. With one request, client and server would wait for each other: 1.5 × the time for 32 steps at
 * once, turn after turn (bench/RESULTS.md). For fewer steps the second request costs more than it saves.
 */
const halvedSteps = 24

/** Steps that go to the same pipeline, with the same options. */
interface Queue extends Queued {
  readonly origin: Origin
}

/** The steps for one pipeline of one session: never across options, and so never across credentials. */
interface Lane {
  queue: Queue | undefined
  /** Requests whose answers are not all there. */
  underWay: number
}

/** By session and pipeline. */
const lanes = new WeakMap<Session, Map<string, Lane>>()

/** Takes up a step; it is sent once the microtasks of this turn have run. */
export function enqueue(action: Action, origin: Origin): Step {
  const { session } = origin
  const recording = currentRecording()
  const step = new Step({ action, needs: references(action), session, begun: beginning(session), recording })
  if (recording !== undefined) recording.steps.push(step)
  else add(step, origin)
  return step
}

function add(step: Step, origin: Origin): void {
  const { session } = origin
  const key = origin.pipeline ?? ''
  let ofSession = lanes.get(session)
  if (ofSession === undefined) lanes.set(session, (ofSession = new Map()))
  let lane = ofSession.get(key)
  if (lane === undefined) ofSession.set(key, (lane = { queue: undefined, underWay: 0 }))
  let { queue } = lane
  if (queue === undefined) {
    const due: Queue = { steps: [], origin }
    const used = lane
    const leave = () => {
      if (used.queue === undefined && used.underWay === 0) ofSession.delete(key)
    }
    lane.queue = queue = due
    const afterTurn = session.transport.afterTurn ?? queueMicrotask
    afterTurn(() => {
      used.queue = undefined
      flush(due, used, leave)
      leave()
    })
  }
  queue.steps.push(step)
  step.queue = queue
}

/** A step that depends on another: in that one's request if it has not left, else once its result is there. */
export function enqueueAfter(action: Exclude<Action, { kind: 'call' | 'item' }>): Step {
  const parent = action.of
  const { session } = parent
  const recording = currentRecording() ?? parent.recording
  const begun = session && beginning(session)
  const step = new Step({ action, needs: references(action), session, begun, recording })
  const { queue } = parent
  if (recording !== undefined) recording.steps.push(step)
  else if (parent.progress === 'queued' && queue !== undefined) {
    queue.steps.push(step)
    step.queue = queue
  } else runHere(step)
  return step
}

/** Sends the steps of a turn. `arrived` is called when there may be nothing more under way. */
function flush({ steps, origin }: Queue, lane: Lane, arrived: () => void): void {
  const pipeline = origin.pipeline
  const needed = new Set<Step>()
  for (const step of steps) {
    for (const other of step.needs) {
      other.depend()
      needed.add(other)
    }
  }
  const together = pipeline === undefined ? [] : travellers(steps, needed, pipeline)
  const groups = origin.session.coalesce
    ? cut(together, lane.underWay === 0)
    : connected(together).flatMap(group => cut(group, false))
  const sent = new Set<Step>()
  for (const group of groups) {
    if (group.length < 2) continue
    for (const step of group) sent.add(step)
    lane.underWay++
    const left = () => {
      lane.underWay--
      arrived()
    }
    sendBatch({ steps: group, needed, origin, alone: runAlone, arrived: left })
  }
  for (const step of steps) if (!sent.has(step)) runAlone(step)
}

/** Does a step as if there were no pipelines: the same results, more requests. */
function runAlone(step: Step): void {
  const { action, begun } = step
  if (action.kind !== 'call') return runHere(step)
  step.follow(submit(action, begun))
}

function runHere(step: Step): void {
  const { action } = step
  if (action.kind === 'member') {
    const member = (value: unknown) => sinceThen(step.begun, () => memberOf(value, action))
    step.follow(inTime(action.of.result(), step, 'no').then(member))
  } else if (action.kind === 'map') {
    const work = (list: unknown) => inTime(mapHere(list, action.callback, step.begun), step, 'unknown')
    step.follow(inTime(action.of.result(), step, 'no').then(work))
  }
}

/** A promise that a step waits for, as long as the step may take. */
function inTime<T>(promise: Promise<T>, step: Step, sent: Sent): Promise<T> {
  const { session, begun } = step
  if (session === undefined || (session.timeout === undefined && session.signal === undefined)) return promise
  return bounded(promise, { session, begun }, { ...rootOf(step), sent })
}

/** The steps of a turn that can go out in one request to the pipeline. */
function travellers(steps: readonly Step[], needed: ReadonlySet<Step>, pipeline: string): Step[] {
  const origin = originOf(pipeline)
  const travelling = new Set<Step>()
  for (const step of steps) {
    const fits = step.needs.every(other => (other.progress === 'settled' ? false : travelling.has(other)))
    if (fits && canTravel(step, needed.has(step), origin)) travelling.add(step)
  }
  return [...travelling]
}

/**
 * Steps as requests of as many as servers take, each in the order in which they were asked for; with `halving`, many
 * steps as two requests. Steps that depend on each other stay together, unless they are more than a request takes.
 */
function cut(steps: readonly Step[], halving: boolean): (readonly Step[])[] {
  const halved = halving && steps.length >= halvedSteps
  const most = halved ? Math.min(batchSteps, Math.ceil(steps.length / 2)) : batchSteps
  if (steps.length <= most) return [steps]
  const requests: Set<Step>[] = []
  let request = new Set<Step>()
  for (const group of connected(steps)) {
    if (request.size > 0 && request.size + group.length > most) request = new Set()
    for (const step of group) {
      if (request.size === batchSteps) request = new Set()
      if (request.size === 0) requests.push(request)
      request.add(step)
    }
  }
  return requests.map(chosen => steps.filter(step => chosen.has(step)))
}

/** Groups of steps that depend on each other. */
function connected(steps: readonly Step[]): Step[][] {
  const groups = new Map<Step, Step[]>()
  for (const step of steps) {
    const joined = new Set(step.needs.map(other => groups.get(other) ?? []))
    const group = [...joined].flat()
    group.push(step)
    for (const member of group) groups.set(member, group)
  }
  return [...new Set(groups.values())]
}
