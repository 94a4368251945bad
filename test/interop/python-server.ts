// The Python server of 2012 (over werkzeug 0.8), as recorded answers to the requests of the tests.

import type { Recorded } from './replay.js'
import { b, D, L, u, X } from './wire.js'

const message = (status: string, type: string, body: string, ...more: string[]) =>
  [
    `HTTP/1.0 ${status}`,
    `Content-Type: ${type}`,
    `Content-Length: ${Buffer.byteLength(body, 'latin1')}`,
    ...more,
    'Server: Werkzeug/0.8.3 Python/2.7.3',
    'Date: Sun, 12 Aug 2012 10:00:00 GMT',
    '',
    body,
  ].join('\r\n')
const value = (body: string) => message('200 OK', 'application/vnd.hyperglyph', body)
const none = () => message('204 None', 'text/plain; charset=utf-8', '')
const html = (status: string, title: string) =>
  message(
    status,
    'text/html',
    `<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 3.2 Final//EN">\n<title>${title}</title>\n<h1>${title}</h1>\n`,
  )
const traceback = (error: string) =>
  message(
    `500 not ok (${error.replace(/^\w+: /, '')})`,
    'text/plain; charset=utf-8',
    `Traceback (most recent call last):\n  File "router.py", line 48, in __call__\n    run()\n${error}\n`,
  )
const seeOther = (location: string) =>
  message(
    '303 SEE OTHER',
    'text/html; charset=utf-8',
    `<!DOCTYPE HTML>\n<title>Redirecting...</title>\n<a href="${location}">${location}</a>`,
    `Location: ${location}`,
  )

const input = (name: string) => X('input', D(u('name'), u(name)))
const form = (path: string, values: string) =>
  X('form', D(u('method'), u('POST'), u('url'), u(path), u('values'), values))
// The method of a link is a native string, and so a byte string here.
const link = (path: string) => X('link', D(u('method'), b('GET'), u('url'), u(path)))
const embedded = (path: string, content: string) =>
  X('link', D(u('inline'), 'T;', u('method'), u('GET'), u('url'), u(path)), content)

/** The state of an instance is in the query, a dict whose keys are native strings. */
const state = (content: string) =>
  D(b('value'), content).replaceAll(':', '%3A').replaceAll(';', '%3B').replaceAll(' ', '+')
export const three = state('i3;')
const words = state(u("it's 50% + 1"))
const testPage = (query: string, content: string) =>
  X(
    'resource',
    D(u('name'), u('Test'), u('url'), u(`/Test/?${query}`)),
    D(
      u('add2'),
      link(`/Test/add2?${query}`),
      u('double'),
      form(`/Test/double?${query}`, L()),
      u('half'),
      embedded(`/Test/half?${query}`, 'i1;'),
      u('inc'),
      form(`/Test/inc?${query}`, L(input('n'))),
      u('title'),
      b('Test'),
      u('value'),
      content,
    ),
  )
const members = [
  ...['Test', 'join', 'echo'].map(name => [name, L(input('value'), input('other'))]),
  // The server publishes no defaults; one that says more of its inputs may.
  ['greet', L(X('input', D(u('name'), u('name'), u('value'), u('World'))), u('mark'))],
  // No constructor of its own: no values.
  ['Bare', 'N;'],
  ...[
    'nothing',
    'broken',
    'missing',
    'refused',
    'malformed',
    'made',
    'made_silently',
    'pair',
    'picture',
    'dated',
  ].map(name => [name, L()]),
] as const
const rootPage = X(
  'resource',
  D(u('name'), u('__default__'), u('url'), u('/__default__/?')),
  D(
    ...members.flatMap(([name = '', values = '']) => [
      u(name),
      form(`/${name}`, name === 'Test' || name === 'echo' ? L(input('value')) : values),
    ]),
    u('now'),
    link('/now'),
  ),
)

export function answer({ line, body, header }: Recorded, base: string): string {
  if (header('transfer-encoding') !== undefined) return traceback('StandardError: middleware doesnt unwrap')
  if (line.startsWith('POST') && body === '') return traceback('EOFError: ')
  switch (line) {
    case 'GET /':
      return seeOther(`${base}__default__/?`)
    case 'GET /__default__/':
      return value(rootPage)
    case 'GET /__default__/unsized':
      return value(rootPage).replace(/Content-Length: .*\r\n/, '')
    case 'POST /Test':
      return seeOther(`${base}Test/?${body.includes('i3;') ? three : words}`)
    case `GET /Test/?${three}`:
      return value(testPage(three, 'i3;'))
    case `GET /Test/?${words.replaceAll("'", '%27')}`:
      return value(testPage(words, u("it's 50% + 1")))
    case `GET /Test/add2?${three}`:
    case 'GET /now':
      return value('i5;')
    case `POST /Test/double?${three}`:
      return value('i6;')
    case `POST /Test/inc?${three}`:
      return seeOther(`${base}Test/?${three}`)
    case 'POST /Bare':
    case 'POST /nothing':
      return none()
    case 'POST /join':
    case 'POST /echo':
    case 'POST /greet':
      return value(b('joined'))
    case 'POST /broken':
      return traceback('KeyError: bob')
    case 'POST /malformed':
      return html('400 BAD REQUEST', '400 Bad Request')
    case 'POST /refused':
      return html('405 METHOD NOT ALLOWED', '405 Method Not Allowed')
    case 'POST /made':
      return message(
        '201 CREATED',
        'text/html; charset=utf-8',
        '<p>made</p>',
        `Location: ${base}Test/?${three}`,
      )
    case 'POST /made_silently':
      return message('201 CREATED', 'application/vnd.hyperglyph', '', `Location: /Test/?${three}`)
    case 'POST /pair':
      return value(L(testPage(three, 'i3;'), D(b('key'), testPage(three, 'i3;'))))
    case 'POST /picture':
      return value('B0:Du12:content-type;b9:image/png;;;c0:2:\x89P;c0;')
    case 'POST /dated':
      return value('Ld2012-08-12T10:00:00.000250Z;pP3DT2H;f0x1.8000000000000p-1;;')
    default:
      return html('404 NOT FOUND', '404 Not Found')
  }
}
