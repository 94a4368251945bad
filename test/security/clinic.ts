// An application of which some is for admins alone, kept from others in one of four ways, and what must not be seen of it.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeEach } from 'vitest'
import { type Access, allow, args, files, link, Router, safe, verb } from '../../server/index.js'

export const secret = 'swordfish'
export const directory = mkdtempSync(join(tmpdir(), 'refused-'))

export interface User {
  readonly name: string
  readonly rights: readonly string[]
}
export const users: Readonly<Record<string, User>> = {
  admin: { name: 'admin', rights: ['admin'] },
  eve: { name: 'eve', rights: [] },
}

export const validated: unknown[] = []
export const ran: string[] = []

export const schema = {
  '~standard': {
    version: 1,
    vendor: 'test',
    validate: (value: unknown) => {
      validated.push(value)
      return typeof value === 'string' ? { value } : { issues: [{ message: `one of ${secret}` }] }
    },
  },
} as const

export type Kind = 'allow' | 'authorize' | 'a condition' | 'authorize by arguments'

/** The same application, kept from others than admins in one of four ways. */
export function application(kind: Kind) {
  const mayBe = (user: unknown) => (user as User | undefined)?.rights.includes('admin') === true
  const conditions = {
    allow: allow('admin'),
    'a condition': allow(({ user }: Access) => mayBe(user)),
    authorize: <T>(member: T) => member,
    'authorize by arguments': <T>(member: T) => member,
  }
  const only = conditions[kind] as <T>(member: T) => T
  class Patient {
    readonly name: string
    constructor(readonly id = 7) {
      this.name = `Alice ${secret}`
    }
    diagnose(text: string, code = secret) {
      ran.push('diagnose')
      return `${text} ${code}`
    }
    upload(file: unknown, code = secret) {
      ran.push('upload')
      return [file, code]
    }
  }
  const router = new Router(
    {
      Patient: only(Patient),
      patient: allow('admin')(() => link(new Patient())),
      wipe: only((table: string, reason = secret) => ran.push(`wipe ${table} ${reason}`)),
      check: args({ planet: schema as never })(only((planet: string) => ran.push(planet))),
      look: safe(only((table: string, reason = secret) => ran.push(`look ${table} ${reason}`))),
      store: verb('PUT', { envelope: 'blob' })(only((content: unknown) => ran.push(String(content)))),
      change: verb('PATCH')(only((table: string, reason = secret) => ran.push(`change ${table} ${reason}`))),
      docs: only(files(import.meta.dirname)),
    },
    {
      secret: 'x'.repeat(40),
      seal: 'encrypt',
      pipeline: true,
      temporaryDirectory: directory,
      identify: request => users[request.headers.get('authorization') ?? ''],
      ...(kind === 'authorize' ? { authorize: ({ user }: Access) => mayBe(user) } : {}),
      ...(kind === 'authorize by arguments'
        ? { authorize: ({ user, args }: Access) => mayBe(user) && args.length >= 0 }
        : {}),
    },
  )
  return router
}

export const callers = ['', 'eve']

afterAll(() => rmSync(directory, { recursive: true }))
beforeEach(() => {
  validated.length = 0
  ran.length = 0
})
