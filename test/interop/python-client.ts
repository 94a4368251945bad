// The Python client of 2012 (over requests 1.2), as far as its behaviour shows on the wire.

import { converse, type RawAnswer } from './conversation.js'
import { PythonBlob, PythonExtension, readPython, urljoin } from './python-reader.js'
import { b, u } from './wire.js'

/** A value as Python prints it. */
export class Wire {
  constructor(readonly text: string) {}
}

const type = 'application/vnd.hyperglyph'

/** What requests puts on the wire. The media type is in both headers, also of a GET. */
export function pythonRequest(method: string, url: string, body = ''): Buffer {
  const { host, pathname, search } = new URL(url)
  const head = [
    `${method} ${pathname}${search} HTTP/1.1`,
    `Host: ${host}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
    `Content-Type: ${type}`,
    'Accept-Encoding: gzip, deflate, compress',
    `Accept: ${type}`,
    'User-Agent: python-requests/1.2.3 CPython/2.7.5 Linux/3.10.0',
  ]
  return Buffer.from(`${head.join('\r\n')}\r\n\r\n${body}`)
}

export class PythonClient {
  /** Every answer so far. */
  readonly answers: RawAnswer[] = []

  async fetch(method: string, url: string, body?: string): Promise<unknown> {
    const answer = await converse(url, pythonRequest(method, url, body))
    this.answers.push(answer)
    const { status } = answer
    const location = () => urljoin(url, answer.header('location') ?? '')
    if (status === 303) return this.fetch('GET', location())
    if (status === 204) return null
    if (status === 201) return new PythonExtension('link', new Map([['url', location()]]), null)
    if (status >= 400) throw new Error(`HTTPError: ${status}`)
    const contentType = answer.header('content-type')
    if (contentType?.startsWith(type)) return readPython(answer.body, url)
    const blob = new PythonBlob(new Map([['content-type', contentType]]))
    blob.content = answer.body
    return blob
  }

  /** `page.name(*args, **kwargs)`: a link or a form of a page is called, data come back as they are. */
  call(page: unknown, name: string, args: unknown[] = [], named: Record<string, unknown> = {}) {
    const { content } = page as PythonExtension
    if (!(content instanceof Map) || !content.has(name)) throw new Error(`AttributeError: ${name}`)
    return this.invoke(content.get(name), args, named)
  }

  async invoke(node: unknown, args: unknown[] = [], named: Record<string, unknown> = {}): Promise<unknown> {
    if (!(node instanceof PythonExtension)) throw new Error('TypeError: not callable')
    const { attributes, content } = node
    if (node.name === 'link') {
      if (attributes.get('inline') === true) return content
      return this.fetch(String(attributes.get('method') ?? 'GET'), item(attributes, 'url') as string)
    }
    if (node.name !== 'form') throw new Error('TypeError: not callable')
    const url = item(attributes, 'url') as string
    const data = formData((item(attributes, 'values') ?? []) as unknown[], args, named)
    // It looks for the method under the wrong key, so that every form is a POST; an envelope is a KeyError.
    if (attributes.has('envelope')) throw new Error(`KeyError: ${attributes.get('envelope')}`)
    return this.fetch('POST', url, dump(data, 'O'))
  }
}

function item(map: Map<string, unknown>, key: string): unknown {
  if (!map.has(key)) throw new Error(`KeyError: ${key}`)
  return map.get(key)
}

function formData(values: unknown[], args: unknown[], named: Record<string, unknown>): Map<string, unknown> {
  const data = new Map<string, unknown>()
  const left = [...args]
  const leftNamed = new Map(Object.entries(named))
  for (const value of values) {
    const input = value instanceof PythonExtension ? value.attributes : new Map([['name', value]])
    const name = String(item(input, 'name'))
    if (left.length > 0) data.set(name, left.shift())
    else if (leftNamed.has(name)) {
      data.set(name, leftNamed.get(name))
      leftNamed.delete(name)
    } else if (input.has('value')) data.set(name, input.get('value'))
    else throw new Error(`TypeError: argument ${name} missing`)
  }
  if (left.length > 0 || leftNamed.size > 0) throw new Error('TypeError: extra parameters')
  return data
}

/** Pages and links that came from a server are sent back whole. Dicts are sorted, also ordered ones. */
export function dump(value: unknown, dict: 'D' | 'O' = 'D'): string {
  if (value instanceof Wire) return value.text
  if (value === null) return 'N;'
  if (typeof value === 'boolean') return value ? 'T;' : 'F;'
  if (typeof value === 'string') return u(value)
  if (typeof value === 'number') return `i${value};`
  if (Buffer.isBuffer(value)) return b(value.toString())
  if (Array.isArray(value)) return `L${value.map(element => dump(element)).join('')};`
  if (value instanceof PythonExtension) {
    return `X${dump(value.name)}${dump(value.attributes)}${dump(value.content)};`
  }
  if (!(value instanceof Map)) throw new Error('inline failed')
  const entries = [...value].sort(([one], [other]) => (one < other ? -1 : 1))
  return `${dict}${entries.map(([key, element]) => dump(key) + dump(element)).join('')};`
}
