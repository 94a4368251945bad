// SIGTERM and SIGINT end a process after its servers; a second one at once; programs with handlers do it themselves.

import { type ChildProcess, fork, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { Router, serve } from '../../../../server/index.js'
import { compiled, type Program } from '../../../fixtures/compiled.js'

let program: Program
let child: ChildProcess | undefined
beforeAll(() => {
  program = compiled('stopping-server')
})
afterAll(() => program.remove())
afterEach(() => child?.kill('SIGKILL'))

const start = (...parameters: string[]) =>
  watch(fork(program.path, parameters, { stdio: ['ignore', 'pipe', 'inherit', 'ipc'], execArgv: [] }))

/** As process 1 of a namespace. */
const startInside = (...parameters: string[]) =>
  watch(
    spawn('unshare', ['--pid', '--fork', '--kill-child', process.execPath, program.path, ...parameters], {
      stdio: ['ignore', 'pipe', 'inherit'],
    }),
  )

/** The one process that another has started. */
const processBelow = (pid: number): number =>
  Number(readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8'))

async function watch(started: ChildProcess) {
  child = started
  const lines: string[] = []
  const ended = once(child, 'exit')
  let wake: (() => void) | undefined
  createInterface(child.stdout as NonNullable<ChildProcess['stdout']>).on('line', line => {
    lines.push(line)
    wake?.()
  })
  const said = async (line: RegExp) => {
    while (!lines.some(found => line.test(found))) await new Promise<void>(resolve => (wake = resolve))
  }
  await said(/^http/)
  return { process: child, url: lines[0] as string, lines, said, ended }
}

const call = async (url: string, name: string) => {
  const answer = await fetch(`${url}${name}/`, { method: 'POST' })
  return answer.json()
}

test.each(['SIGTERM', 'SIGINT'] as const)(
  '%s lets what runs end, and then the process, as the signal says',
  async signal => {
    const { process, url, said, lines, ended } = await start()
    const answer = call(url, 'slow')
    await said(/^slow/)
    process.kill(signal)
    expect(await answer).toBe('done')
    expect(await ended).toEqual([null, signal])
    expect(lines.slice(1)).toEqual(['slow', 'pending', 'arrived'])
  },
)

test('a second signal ends the process at once', async () => {
  const { process, url, said, ended } = await start()
  const answer = call(url, 'stuck').catch(() => 'cut')
  await said(/^stuck/)
  process.kill('SIGTERM')
  await said(/^arrived/)
  process.kill('SIGTERM')
  expect(await ended).toEqual([null, 'SIGTERM'])
  expect(await answer).toBe('cut')
})

test('a program that handles the signal closes its servers itself', async () => {
  const { process, lines, ended } = await start('own')
  process.kill('SIGTERM')
  expect(await ended).toEqual([7, null])
  expect(lines.slice(1)).toEqual(['own', 'pending', 'arrived'])
})

/** In a namespace of its own, as in a container; undefined where this machine makes none. */
const namespace = spawnSync('unshare', ['--pid', '--fork', 'true']).status === 0

test.skipIf(!namespace && process.env.CI === undefined).each([
  ['SIGTERM', 143],
  ['SIGINT', 130],
] as const)(
  'the first process of a container ends after %s, though something else keeps it alive',
  async (signal, code) => {
    const { process: outer, lines, said, ended } = await startInside('busy')
    const first = processBelow(outer.pid as number)
    process.kill(first, signal)
    await said(/^arrived/)
    expect(await ended).toEqual([code, null])
    expect(lines.slice(1)).toEqual(['pending', 'arrived'])
  },
)

test.skipIf(!namespace && process.env.CI === undefined)(
  'a second signal ends the first process of a container at once',
  async () => {
    const { process: outer, url, said, ended } = await startInside('busy')
    const answer = call(url, 'stuck').catch(() => 'cut')
    await said(/^stuck/)
    const first = processBelow(outer.pid as number)
    process.kill(first, 'SIGTERM')
    await said(/^arrived/)
    process.kill(first, 'SIGTERM')
    expect(await ended).toEqual([143, null])
    expect(await answer).toBe('cut')
  },
)

test('handlers are there while servers are, and only where they are wanted', async () => {
  const count = () => process.listenerCount('SIGTERM') + process.listenerCount('SIGINT')
  const before = count()
  const servers = await Promise.all([1, 2].map(() => serve(new Router(), { port: 0, signals: true })))
  expect(count()).toBe(before + 2)
  await servers[0]?.close(0)
  expect(count()).toBe(before + 2)
  await servers[1]?.close(0)
  expect(count()).toBe(before)
  const silent = await serve(new Router(), { port: 0, signals: false })
  expect(count()).toBe(before)
  await silent.close(0)
})
