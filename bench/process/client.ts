// The client's process: `client.js PEER URL`. With `cold` behind it, it makes one call and says how many
// milliseconds after its start that was answered.

import type { Client, ClientModule } from '../peer.js'
import { answer, type Request } from './messages.js'

const [name, url = '', cold] = process.argv.slice(2)
const { connect, connectAlone } = (await import(`../peers/${name}/client.js`)) as ClientModule
const client = await connect(url)

if (cold === undefined) await serveRunner()
else {
  await client.small('World')
  const milliseconds = performance.now()
  process.on('disconnect', () => process.exit())
  process.send?.({ value: milliseconds })
}

/** What only a warm client needs is loaded here, so that it does not count as part of a cold start. */
async function serveRunner(): Promise<void> {
  const { workloads } = await import('../workloads.js')
  const { callsOf, sliceOf } = await import('./slice.js')
  const { collect, resetPeak, usage } = await import('./usage.js')
  const held: Client[] = []

  const workloadOf = (wanted: string) => {
    const workload = workloads.find(candidate => candidate.name === wanted)
    if (workload === undefined) throw new Error(`there is no workload ${wanted}`)
    return workload
  }

  answer(async (request: Request) => {
    switch (request.do) {
      case 'usage':
        if (request.collect) await collect()
        if (request.reset) resetPeak()
        return usage()
      case 'check': {
        const { bind, check } = workloadOf(request.workload)
        const run = bind(client)
        if (run === undefined) return false
        check(await run())
        return true
      }
      case 'slice': {
        const { bind, inFlight } = workloadOf(request.workload)
        const run = bind(client)
        if (run === undefined) throw new Error(`${name} cannot do ${request.workload}`)
        return sliceOf(run, inFlight, request.milliseconds)
      }
      case 'calls':
        return callsOf(() => client.small('World'), 32, request.count)
      case 'hold': {
        if (connectAlone === undefined) return false
        const open = async () => held.push(await connectAlone(url))
        await callsOf(open, 32, request.count)
        // A call of each, the older ones too: what a server closes for idleness is opened again.
        let next = 0
        await callsOf(async () => held[next++]?.small('World'), 32, held.length)
        return held.length
      }
    }
  })
  process.send?.({ value: 'ready' })
}
