// nginx in front of servers, for test/upgrade, set up as spec/operations.md recommends: a file takes a server out.

import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Nginx } from '../nginx.js'

/** Servers that stand behind one address. */
export interface Group {
  readonly port: number
  readonly servers: readonly number[]
}

export class Balancer {
  readonly #nginx: Nginx

  private constructor(nginx: Nginx) {
    this.#nginx = nginx
  }

  static async start(program: string, groups: readonly Group[]): Promise<Balancer> {
    const ports = groups.map(({ port }) => port)
    const nginx = await Nginx.start(program, ports, folder =>
      groups.map(group => serverBlock(folder, group)).join(''),
    )
    mkdirSync(join(nginx.folder, 'away'))
    return new Balancer(nginx)
  }

  takeOut(server: number): void {
    writeFileSync(join(this.#nginx.folder, 'away', String(server)), '')
  }

  putBack(server: number): void {
    rmSync(join(this.#nginx.folder, 'away', String(server)))
  }

  /** What nginx has complained about. */
  log(): string {
    return this.#nginx.log()
  }

  async stop(): Promise<void> {
    await this.#nginx.stop()
  }
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
