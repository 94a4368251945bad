// nginx in front of servers, for test/upgrade, set up as spec/operations.md recommends: a file takes a server out.

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'

/** Servers that stand behind one address. */
export interface Group {
  readonly port: number
  readonly servers: readonly number[]
}

export class Balancer {
  readonly #folder: string
  readonly #process: ChildProcess

  private constructor(folder: string, process: ChildProcess) {
    this.#folder = folder
    this.#process = process
  }

  /** `folder` is empty, and the balancer's own. */
  static async start(nginx: string, folder: string, groups: readonly Group[]): Promise<Balancer> {
    mkdirSync(join(folder, 'away'))
    writeFileSync(join(folder, 'nginx.conf'), configuration(folder, groups))
    const process = spawn(nginx, ['-p', folder, '-c', 'nginx.conf', '-e', 'error.log'], { stdio: 'ignore' })
    const balancer = new Balancer(folder, process)
    for (const { port } of groups) await listening(port, () => balancer.log())
    return balancer
  }

  takeOut(server: number): void {
    writeFileSync(join(this.#folder, 'away', String(server)), '')
  }

  putBack(server: number): void {
    rmSync(join(this.#folder, 'away', String(server)))
  }

  /** What nginx has complained about. */
  log(): string {
    return readFileSync(join(this.#folder, 'error.log'), 'utf8')
  }

  async stop(): Promise<void> {
    if (this.#process.exitCode === null && this.#process.kill()) await once(this.#process, 'exit')
  }
}

function configuration(home: string, groups: readonly Group[]): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
  return `
${process.getuid?.() === 0 ? 'user root;' : ''}
daemon off;
worker_processes 1;
pid nginx.pid;
events { worker_connections 1024; }
http {
  access_log off;
  ${temporary.map(name => `${name}_temp_path ${home}/${name};`).join(' ')}
${groups.map(group => serverBlock(home, group)).join('')}
}
`
}

const serverBlock = (home: string, { port, servers }: Group) => `
  ${upstream(`all-${port}`, servers)}
  ${servers
    .map(out =>
      upstream(
        `without-${out}`,
        servers.filter(server => server !== out),
      ),
    )
    .join('\n  ')}
  server {
    listen 127.0.0.1:${port};
    client_max_body_size 0;
    set $servers all-${port};
    ${servers.map(server => `if (-f ${home}/away/${server}) { set $servers without-${server}; }`).join('\n    ')}
    location / {
      proxy_pass http://$servers;
      proxy_http_version 1.1;
      proxy_set_header Host $http_host;
      proxy_set_header Connection '';
    }
  }
`

const upstream = (name: string, servers: readonly number[]) =>
  `upstream ${name} { ${servers.map(port => `server 127.0.0.1:${port} max_fails=0;`).join(' ')} keepalive 16; }`

async function listening(port: number, problem: () => string): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt++) {
    const socket = connect(port, '127.0.0.1')
    const isThere = await Promise.race([
      once(socket, 'connect').then(() => true),
      once(socket, 'error').then(() => false),
    ]).catch(() => false)
    socket.destroy()
    if (isThere) return
    await new Promise(resolve => setTimeout(resolve, 50))
  }
  throw new Error(`nginx did not start: ${problem()}`)
}
