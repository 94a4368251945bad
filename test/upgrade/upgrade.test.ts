// Rolling upgrades under load: servers behind nginx are replaced by ten releases, one server after the other, while
// clients that were compiled once go on calling. No call fails, none is lost, none is done twice: what the clients
// believe is compared with the ledger that the servers have written.

import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { compiled, type Program } from '../fixtures/compiled.js'
import { freePorts } from '../ports.js'
import { ensure } from '../system.js'
import { Balancer } from './balancer.js'
import type { Belief } from './client.js'
import { releaseCount } from './releases.js'
import type { Orders } from './server.js'

const nginx = ensure('nginx')
/** Milliseconds that a server goes on answering when it is to be replaced. */
const drain = 300
const loops = 4
/** Calls at least, of each test. */
const wanted = 10_000

let programs: { server: Program; client: Program }
beforeAll(() => {
  programs = { server: compiled('../upgrade/server'), client: compiled('../upgrade/client') }
})
afterAll(() => {
  for (const program of Object.values(programs)) program.remove()
})

const children: ChildProcess[] = []
let folder: string | undefined
let balancer: Balancer | undefined
afterEach(async () => {
  for (const child of children.splice(0)) {
    if (child.exitCode === null && child.signalCode === null && child.kill()) await once(child, 'exit')
  }
  await balancer?.stop()
  if (folder !== undefined) rmSync(folder, { recursive: true })
})

/** A process that waits for orders. */
function spare(): ChildProcess {
  const child = fork(programs.server.path, [], { execArgv: [] })
  children.push(child)
  return child
}

/** What a process says next; rejects if it ends without a word. */
async function said<T>(child: ChildProcess): Promise<T> {
  const ended = once(child, 'exit').then(([code, signal]) => {
    throw new Error(`a process ended with ${code ?? signal}`)
  })
  return Promise.race([once(child, 'message').then(([value]) => value as T), ended])
}

async function listen(child: ChildProcess, orders: Orders): Promise<string> {
  child.send(orders)
  return said<string>(child)
}

const sorted = (lines: readonly string[]) => [...lines].sort()

describe.skipIf(nginx === undefined)('behind nginx', () => {
  test.each([
    { name: 'three servers of one host', shards: 1, servers: 3 },
    { name: 'two servers of each of two hosts, on which objects live by their names', shards: 2, servers: 2 },
  ])(
    '$name are replaced ten times, and no call fails, is lost, or is done twice',
    async ({ shards, servers }) => {
      folder = mkdtempSync(join(tmpdir(), 'hyperglyph-upgrade-'))
      const began = performance.now()
      const ledger = join(folder, 'ledger')
      writeFileSync(ledger, '')
      const fronts = await freePorts(shards)
      const urls = fronts.map(port => `http://127.0.0.1:${port}/`)
      const ports = await freePorts(shards * servers)
      const sharded = shards > 1

      // Where objects live for three releases, when there is one host only.
      const [aside] = (await freePorts(1)) as [number]
      const elsewhere = `http://127.0.0.1:${aside}/`
      const origins = [...urls, elsewhere]
      const base = { ledger, drain, origins, sharded, hosts: sharded ? urls : [elsewhere] }
      const start = (child: ChildProcess, port: number, release: number) =>
        listen(child, { ...base, release, port })
      await start(spare(), aside, 8)

      const running = new Map<number, ChildProcess>()
      for (const port of ports) {
        const child = spare()
        await start(child, port, 0)
        running.set(port, child)
      }
      const groups = fronts.map((port, index) => {
        return { port, servers: ports.slice(index * servers, (index + 1) * servers) }
      })
      balancer = await Balancer.start(nginx as string, groups)
      const front = balancer

      const client = fork(programs.client.path, [urls[0] as string, String(loops)], { execArgv: [] })
      children.push(client)
      await said(client)
      let made = 0
      client.on('message', message => {
        if (typeof message === 'number') made = message
      })
      const final = new Promise<Belief>((resolve, reject) => {
        client.on('message', message => {
          if (typeof message === 'object') resolve(message as Belief)
        })
        client.once('exit', code => reject(new Error(`the client ended with ${code}`)))
      })
      const haveMade = async (count: number) => {
        while (made < count && client.exitCode === null) await once(client, 'message')
      }

      // Started a step ahead, so that the replacing itself takes no longer than it must.
      const spares = groups.map(spare)
      const replace = async (port: number, release: number): Promise<void> => {
        const next = spares.shift() as ChildProcess
        spares.push(spare())
        const old = running.get(port) as ChildProcess
        front.takeOut(port)
        const end = once(old, 'exit')
        old.send('close')
        await end
        await start(next, port, release)
        running.set(port, next)
        front.putBack(port)
      }
      for (let release = 1; release < releaseCount; release++) {
        // The calls are spread over all releases, however fast the machine is.
        await haveMade((wanted * release) / releaseCount)
        for (let server = 0; server < servers; server++) {
          // One of each host at a time.
          await Promise.all(groups.map(group => replace(group.servers[server] as number, release)))
        }
      }

      await haveMade(wanted)
      client.send('stop')
      const belief = await final
      const written = readFileSync(ledger, 'utf8').trim().split('\n')
      const seconds = ((performance.now() - began) / 1000).toFixed(0)
      console.log(`${seconds} s, ${belief.calls} calls, ${written.length} lines in the ledger`)
      expect(belief.failures).toEqual([])
      expect(sorted(written)).toEqual(sorted(belief.done))
      expect(new Set(written).size).toBe(written.length)
      expect(belief.calls).toBeGreaterThanOrEqual(wanted)
      expect(balancer.log()).toBe('')
    },
    300_000,
  )
})
