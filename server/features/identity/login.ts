// Where people log in who have no header to do it by: what `session({ login })` names, as programs are told of it, and
// browsers shown it.

import { Fault } from '../../../lib/values/fault.js'
import type { FunctionMapper, Namespace } from '../../core/registration/mappers.js'
import type { Login } from '../../core/responses/representation.js'
import { referenceTo } from '../../core/urls/paths.js'
import { quoted } from './identification.js'

/** What begins with a slash or a scheme is a page. Undefined where nothing is called like that. */
export function loginIn(root: Namespace, login: string): Login | undefined {
  if (/^\/|^https?:/.test(login)) return { kind: 'page', url: login }
  let found: unknown = root
  for (const name of login.split('.')) found = (found as Partial<Namespace> | undefined)?.entries?.get(name)
  const mapper = found as FunctionMapper | undefined
  return mapper?.kind === 'function' ? { kind: 'function', name: login, mapper } : undefined
}

/**
 * What `WWW-Authenticate` says where the path `from` was asked for, by a reference from there. The scheme is that of
 * draft-broyer-http-cookie-auth-00, so that browsers ask nobody by themselves.
 */
export const challengeOf = (login: Login, from: string, mount: string): string =>
  `Cookie realm="hyperglyph", form-action=${quoted(login.kind === 'page' ? login.url : referenceTo(from, mount + login.mapper.path))}`

/** A 401 that says how to log in. Words that an application has chosen for it stay as they are. */
export function asking(fault: Fault, login: Login): Fault {
  if (fault.status !== 401 || 'login' in fault.details) return fault
  const { message, code, origin, logref, details, cause } = fault
  const how =
    login.kind === 'page'
      ? login.url
      : `${login.name}(${login.mapper.operation.parameters.map(({ name }) => name).join(', ')})`
  return new Fault(code === 'unauthenticated' ? `${message} (log in: ${how})` : message, {
    code,
    status: 401,
    logref,
    cause,
    ...(origin === undefined ? {} : { origin }),
    details: { ...details, login: login.kind === 'page' ? login.url : login.name },
  })
}
