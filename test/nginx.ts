// nginx as tests run it: a process of its own, with all its files in a folder that goes with it.

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export class Nginx {
  readonly folder: string
  readonly #process: ChildProcess

  private constructor(folder: string, process: ChildProcess) {
    this.folder = folder
    this.#process = process
  }

  /**
   * `program` is its path, `http` what stands in the block of that name, in which files are named by the folder
   * given. Settles once all of `ports` are open.
   */
  static async start(
    program: string,
    ports: readonly number[],
    http: (folder: string) => string,
  ): Promise<Nginx> {
    const folder = mkdtempSync(join(tmpdir(), 'hyperglyph-nginx-'))
    writeFileSync(join(folder, 'nginx.conf'), configuration(folder, http(folder)))
    const parameters = ['-p', folder, '-c', 'nginx.conf', '-e', 'error.log']
    const nginx = new Nginx(folder, spawn(program, parameters, { stdio: 'ignore' }))
    try {
      for (const port of ports) await nginx.#opened(port)
    } catch (error) {
      await nginx.stop()
      throw error
    }
    return nginx
  }

  async #opened(port: number): Promise<void> {
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
    throw new Error(`nginx did not start: ${this.log()}`)
  }

  /** What it has complained about. */
  log(): string {
    return readFileSync(join(this.folder, 'error.log'), 'utf8')
  }

  async stop(): Promise<void> {
    if (this.#process.exitCode === null && this.#process.kill()) await once(this.#process, 'exit')
    rmSync(this.folder, { recursive: true, force: true })
  }
}

const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']

const configuration = (folder: string, http: string) => `
${process.getuid?.() === 0 ? 'user root;' : ''}
daemon off;
worker_processes 1;
pid nginx.pid;
events { worker_connections 1024; }
http {
  access_log off;
  ${temporary.map(name => `${name}_temp_path ${folder}/${name};`).join(' ')}
  ${http}
}
`
