// An OpenAPI 3.1 document of what is registered, for tools that know nothing of pages. Written from the same
// descriptions as the help. https://spec.openapis.org/oas/v3.1.0

import { codecs } from '../../../lib/codecs.js'
import type { Scheme } from '../../features/identity/identity-providers.js'
import type { Mounted } from '../../hono.js'
import { type Argument, type Callable, type DescribedClass, describe, type Guards } from './description.js'
import type { Json } from './json.js'

type Dict = { readonly [name: string]: Json }

export interface OpenApiOptions {
  readonly title: string
  readonly version: string
  /** Without a slash at the end. */
  readonly base: string
  /** The guards of the visitor. */
  readonly guards?: Guards
}

export function openapi(mounted: readonly Mounted[], options: OpenApiOptions): Dict {
  const { title, version, base, guards } = options
  const schemes = schemesOf(mounted)
  const paths: Record<string, Dict> = {}
  const add = (path: string, operations: Dict) => {
    paths[path] = { ...paths[path], ...operations }
  }
  for (const { path, registry } of mounted) {
    add(`${path}/`, {
      get: { operationId: unique(`${path}/`, 'root'), summary: registry.root.name, responses: answers(page) },
    })
  }
  const names = Object.keys(schemes)
  for (const entry of describe(mounted, guards)) {
    if (entry.kind === 'class') for (const [path, operations] of pathsOf(entry, names)) add(path, operations)
    else add(entry.path, operationOf(entry, names))
  }
  return {
    openapi: '3.1.0',
    jsonSchemaDialect: 'https://json-schema.org/draft/2020-12/schema',
    info: { title, version },
    servers: [{ url: `${base}/` }],
    paths: Object.fromEntries(Object.entries(paths).map(([path, item]) => [path, item])),
    components: {
      responses: { Fault: fault },
      ...(names.length === 0 ? {} : { securitySchemes: schemes }),
    },
  }
}

/** The ways in which users are known, by name. Of several routers' of one name the first counts. */
function schemesOf(mounted: readonly Mounted[]): Record<string, Dict> {
  const all = mounted.flatMap(({ identities }) => identities.schemes)
  return Object.fromEntries(all.reverse().map(scheme => [scheme.name, schemeOf(scheme)]))
}

const schemeOf = ({ name, cookie }: Scheme): Dict =>
  cookie === undefined
    ? { type: 'http', scheme: name }
    : { type: 'apiKey', in: 'cookie', name: cookie, description: 'by https with a prefix' }

/** A callable that not everybody may call wants one of the ways. */
const secured = ({ rules }: Callable | DescribedClass, schemes: readonly string[]): Dict =>
  rules.length === 0 || schemes.length === 0 ? {} : { security: schemes.map(name => ({ [name]: [] })) }

/** Ids are unique where names of namespaces and routers are not. */
const unique = (path: string, name: string): string =>
  `${path.replace(/[^\w{}]+/g, '_').replace(/^_|_$/g, '')}:${name}`

function pathsOf(entry: DescribedClass, schemes: readonly string[]): [string, Dict][] {
  const own = `${entry.path}{state}/`
  const get = unique(own, 'get')
  const location = { Location: { description: 'the object', required: true, schema: { type: 'string' } } }
  const links = {
    [linkName(entry.name)]: { operationId: get, description: 'the object’s page is at Location' },
  }
  const made = {
    '303': { description: `the URL of an object of ${entry.name}`, headers: location, links },
    default: faultReference,
  }
  return [
    [
      entry.path,
      {
        post: {
          operationId: unique(entry.path, 'post'),
          ...documented(entry),
          ...secured(entry, schemes),
          ...bodyOf(entry.arguments),
          responses: made,
        },
      },
    ],
    [
      own,
      {
        get: {
          operationId: get,
          summary: `The page of an object of ${entry.name}`,
          ...secured(entry, schemes),
          parameters: [state],
          responses: answers(page),
        },
      },
    ],
    ...entry.methods.map((method): [string, Dict] => [method.path, operationOf(method, schemes)]),
  ]
}

/** Keys of components and links are made of these characters alone. */
const linkName = (name: string) => name.replace(/[^\w.-]/g, '_')

function operationOf(callable: Callable, schemes: readonly string[]): Dict {
  const { path, method, marks } = callable
  const given =
    marks.envelope === 'blob'
      ? blobBody
      : method === 'GET' || marks.envelope === 'query'
        ? {}
        : bodyOf(callable.arguments)
  const query = method === 'GET' || marks.envelope === 'query' ? callable.arguments.map(inQuery) : []
  const parameters = [...(callable.kind === 'method' ? [state] : []), ...query]
  const moved = {
    '303': { description: 'the URL of the object', headers: { Location: { schema: { type: 'string' } } } },
  }
  const operation = {
    operationId: unique(path, method.toLowerCase()),
    ...documented(callable),
    ...secured(callable, schemes),
    ...(parameters.length === 0 ? {} : { parameters }),
    ...given,
    responses: { ...(marks.redirect ? moved : {}), ...answers('what it gives') },
  }
  return { [method.toLowerCase()]: operation }
}

const documented = ({ doc, names }: Callable | DescribedClass): Dict => ({
  summary: names.join('.'),
  ...(doc === undefined ? {} : { description: doc }),
})

const state: Dict = {
  name: 'state',
  in: 'path',
  required: true,
  description: 'opaque: taken from a URL that the server has given',
  schema: { type: 'string' },
}

const inQuery = ({ name, required, schema }: Argument): Dict => ({ name, in: 'query', required, schema })

function bodyOf(given: readonly Argument[]): Dict {
  if (given.length === 0) return {}
  const required = given.filter(argument => argument.required).map(({ name }) => name)
  const schema = {
    type: 'object',
    properties: Object.fromEntries(given.map(argument => [argument.name, argument.schema])),
    ...(required.length === 0 ? {} : { required }),
    additionalProperties: false,
  }
  const content = { 'application/json': { schema }, 'application/x-www-form-urlencoded': { schema } }
  return { requestBody: { required: required.length > 0, content } }
}

const blobBody: Dict = { requestBody: { required: true, content: { '*/*': {} } } }

const page = 'a page: properties, links and forms'
const types = Object.fromEntries([...codecs.keys()].map(type => [type, {}]))
const faultReference: Dict = { $ref: '#/components/responses/Fault' }
const fault: Dict = { description: 'a Fault: code, message, origin, logref, details', content: types }

const answers = (description: string): Dict => ({
  '200': { description, content: types },
  '204': { description: 'nil' },
  default: faultReference,
})
