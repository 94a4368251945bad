// Examples to be copied, a line each: how a function or method is called from a shell, from TypeScript, and from the Python of 2012.
// Arguments are their defaults, or what stands for them until somebody writes something better.

import { segmentOf } from '../../core/urls/paths.js'
import type { Argument, Callable, DescribedClass, Entry } from './description.js'
import type { Json } from './json.js'

export interface Examples {
  readonly curl: string
  readonly typescript: string
  readonly python: string
}

/** Examples for a function, or for the constructor of a class. `base` is the server's URL, without a slash at the end. */
export function examplesOf(entry: Entry, base: string): Examples {
  const given = entry.arguments.map(example)
  return {
    curl: entry.kind === 'class' ? curlOfClass(entry, base) : curlOf(entry, quoted(base + entry.path)),
    typescript: `await ${reached('api', entry.names)}(${given.map(inScript).join(', ')})`,
    python: `${reached('api', entry.names, true)}(${named(entry.arguments)})`,
  }
}

/** Examples for a method, which begin with an object of the class. */
export function examplesOfMethod(of: DescribedClass, method: Callable, base: string): Examples {
  const made = of.arguments.map(example).map(inScript).join(', ')
  const given = method.arguments.map(example).map(inScript).join(', ')
  const address = `$(curl -s -o /dev/null -w '%{redirect_url}' ${form(of, quoted(base + of.path))})`
  const object = `${reached('api', of.names, true)}(${named(of.arguments)})`
  return {
    curl: curlOf(method, `"${address}${segmentOf(method.name)}"`),
    typescript: `await ${reached(`${reached('api', of.names)}(${made})`, method.names)}(${given})`,
    python: `${reached(object, method.names, true)}(${named(method.arguments)})`,
  }
}

/** A value of the kind that is wanted, where anything is known of that. */
function example({ name, fallback, schema }: Argument): Json {
  if (fallback !== undefined && fallback.value !== null) return fallback.value
  const choices = schema.enum
  if (Array.isArray(choices)) return choices[0]
  switch (schema.type) {
    case 'integer':
    case 'number':
      return typeof schema.minimum === 'number' ? Math.max(1, schema.minimum) : 1
    case 'boolean':
      return true
    case 'array':
      return []
    case 'object':
      return {}
    default:
      return name
  }
}

/** Optional arguments of which nothing is known are left out. */
const shown = (given: readonly Argument[]): readonly Argument[] =>
  given.filter(({ required, fallback }) => required || (fallback !== undefined && fallback.value !== null))

function curlOf(callable: Callable, address: string): string {
  const { marks, method } = callable
  const given = shown(callable.arguments)
  if (marks.envelope === 'blob') {
    return `curl -X ${method} ${address} -H 'Content-Type: text/plain' --data-binary 'content'`
  }
  if (method === 'GET' || marks.envelope === 'query') {
    const verb = method === 'GET' ? '' : `-X ${method} `
    const fields = given.map(
      argument => `--data-urlencode ${quoted(`${argument.name}=${asText(example(argument))}`)}`,
    )
    return [`curl ${verb}${given.length > 0 ? '-G ' : ''}${address}`, ...fields].join(' ')
  }
  const verb = method !== 'POST' || given.length === 0 ? `-X ${method} ` : ''
  return `curl ${verb}${marks.redirect ? '-L ' : ''}${body(given, address)}`
}

const curlOfClass = (entry: DescribedClass, base: string) =>
  `curl -L ${form(entry, quoted(base + entry.path))}`

const form = (entry: DescribedClass, address: string) =>
  shown(entry.arguments).length === 0 ? `-d '' ${address}` : body(shown(entry.arguments), address)

/** Text as a form, anything else as JSON, which keeps it what it is. */
function body(given: readonly Argument[], address: string): string {
  const values = given.map(argument => [argument.name, example(argument)] as const)
  if (values.every(([, value]) => typeof value === 'string')) {
    return [address, ...values.map(([name, value]) => field(name, value as string))].join(' ')
  }
  const json = JSON.stringify(Object.fromEntries(values))
  return `${address} -H 'Content-Type: application/json' -d ${quoted(json)}`
}

const field = (name: string, value: string) =>
  /^[\w .,-]*$/.test(value) && /^\w+$/.test(name)
    ? `-d ${quoted(`${name}=${value.replaceAll(' ', '+')}`)}`
    : `-d ${quoted(`${encodeURIComponent(name)}=${encodeURIComponent(value)}`)}`

const asText = (value: Json): string => (typeof value === 'string' ? value : JSON.stringify(value))

/** For a shell: as it is where that is safe. */
const quoted = (text: string): string =>
  /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`

const isName = (name: string) => /^[\p{L}_$][\p{L}\p{N}_$]*$/u.test(name)

/** Members by their names; those that no language spells, by their text. */
const reached = (from: string, names: readonly string[], python = false): string =>
  names.reduce((path, name) => {
    if (isName(name)) return `${path}.${name}`
    return python ? `getattr(${path}, ${JSON.stringify(name)})` : `${path}[${JSON.stringify(name)}]`
  }, from)

const inScript = (value: Json): string =>
  typeof value === 'string' && !/['\\\p{Cc}]/u.test(value) ? `'${value}'` : JSON.stringify(value)

const named = (given: readonly Argument[]): string =>
  shown(given)
    .map(argument => `${argument.name}=${inPython(example(argument))}`)
    .join(', ')

function inPython(value: Json): string {
  if (value === null) return 'None'
  if (typeof value === 'boolean') return value ? 'True' : 'False'
  if (Array.isArray(value)) return `[${value.map(inPython).join(', ')}]`
  if (typeof value === 'object') {
    return `{${Object.entries(value)
      .map(([name, item]) => `${JSON.stringify(name)}: ${inPython(item)}`)
      .join(', ')}}`
  }
  return JSON.stringify(value)
}
