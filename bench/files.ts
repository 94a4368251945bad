// How fast a large file goes out, beside Hono's serve-static on the same adapter: `npx tsx bench/files.ts [MiB]`. Each
// server is a process of its own; the reader takes bytes from a socket and counts them.

import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { serve as serveHono } from '@hono/node-server'
import { serveStatic } from '@hono/node-server/serve-static'
import { Hono } from 'hono'
import { files, Router, serve } from '../server/index.js'
import { median, quantile } from './statistics.js'

const names = ['hyperglyph', 'serve-static'] as const
const rounds = 15

/** Serves a folder under `/docs/`; says on which port, and how much memory it has taken at most. */
async function server(name: string, folder: string): Promise<void> {
  let port: number
  if (name === 'hyperglyph') port = (await serve(new Router({ docs: files(folder) }), { port: 0 })).port
  else {
    const app = new Hono()
    const rewriteRequestPath = (path: string) => path.replace('/docs', '')
    app.use('/docs/*', serveStatic({ root: folder, rewriteRequestPath }))
    port = await new Promise(resolve =>
      serveHono({ fetch: app.fetch, port: 0 }, address => resolve(address.port)),
    )
  }
  process.send?.(port)
  process.on('message', () => {
    const [, peak = '0'] = /VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8')) ?? []
    process.send?.({ peak: Number(peak) / 1024, cpu: process.cpuUsage() })
  })
}

/** Milliseconds until all of it has come. Throws for fewer bytes. */
async function download(port: number, size: number): Promise<number> {
  const start = performance.now()
  const socket = connect(port, '127.0.0.1')
  let bytes = 0
  socket.on('data', chunk => (bytes += chunk.length))
  socket.write('GET /docs/large.bin HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n')
  await once(socket, 'close')
  if (bytes < size) throw new Error(`${bytes} of ${size} bytes have come`)
  return performance.now() - start
}

async function measure(mebibytes: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'hyperglyph-bench-'))
  const size = mebibytes * 2 ** 20
  writeFileSync(join(folder, 'large.bin'), Buffer.alloc(size, 'hyperglyph'))
  const children = names.map(name => fork(fileURLToPath(import.meta.url), ['--serve', name, folder]))
  try {
    const ports = await Promise.all(children.map(async child => (await once(child, 'message'))[0] as number))
    const times: number[][] = names.map(() => [])
    for (const port of ports) await download(port, size)
    for (let round = 0; round < rounds; round++) {
      for (const turn of names.keys()) {
        const at = (turn + round) % names.length
        times[at]?.push(await download(ports[at] as number, size))
      }
    }
    const [ours = [], theirs = []] = times
    const ratios = ours.map((time, round) => (theirs[round] as number) / time)
    for (const [at, name] of names.entries()) {
      const child = children[at]
      child?.send('report')
      const [{ peak, cpu }] = (await once(child as NonNullable<typeof child>, 'message')) as [
        { peak: number; cpu: NodeJS.CpuUsage },
      ]
      const speed = (mebibytes * 1000) / median(times[at] ?? [])
      const used = (cpu.user + cpu.system) / 1000 / (rounds + 1)
      console.log(
        `${name.padEnd(14)} ${speed.toFixed(0)} MiB/s, ${used.toFixed(0)} ms of CPU each, peak ${peak.toFixed(0)} MiB`,
      )
    }
    const [low, middle, high] = [0.25, 0.5, 0.75].map(part => quantile(ratios, part).toFixed(2))
    console.log(
      `ours is ${middle} × as fast (quartiles ${low} and ${high}, ${rounds} rounds of ${mebibytes} MiB)`,
    )
  } finally {
    for (const child of children) child.kill()
    rmSync(folder, { recursive: true })
  }
}

const [first, name = '', folder = ''] = process.argv.slice(2)
if (first === '--serve') await server(name, folder)
else await measure(Number(first ?? 256))
