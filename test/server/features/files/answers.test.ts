// `files(directory)` as browsers, `curl` and our client see it: listings, files, ranges, conditions.

import { mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  type Access,
  allow,
  anyone,
  Blob,
  files,
  get,
  local,
  Router,
  type Server,
  serve,
} from '../../../../index.js'

const folder = mkdtempSync(join(tmpdir(), 'hyperglyph-files-'))
const root = join(folder, 'root')
const modified = new Date('2026-01-02T03:04:05.678Z')

function write(name: string, content: string): void {
  mkdirSync(join(root, name, '..'), { recursive: true })
  writeFileSync(join(root, name), content)
  utimesSync(join(root, name), modified, modified)
}

write('hello.txt', 'hello, world')
write('empty', '')
write('data.json', '{"a":{"$extension":"link"}}')
write('guide/index.html', '<link rel="stylesheet" href="style.css">')
write('guide/style.css', 'body {}')
write('guide/größe 100%?.txt', 'odd')
write('page/page.html', '<p>')
write('entries', 'a file with the name of a property')
write('.secret', 'hidden')
write('.git/config', 'hidden')
writeFileSync(join(folder, 'outside.txt'), 'outside')
symlinkSync('../outside.txt', join(root, 'out.txt'))
symlinkSync('..', join(root, 'up'))
symlinkSync('hello.txt', join(root, 'in.txt'))
symlinkSync('loop', join(root, 'loop'))

let server: Server
beforeAll(async () => {
  const members = {
    docs: files(root),
    plain: files(root, { index: [], hidden: name => name === 'hello.txt', maxAge: 60, public: true }),
    uploads: files(root, { trusted: false }),
    deep: { er: files(join(root, 'guide')) },
  }
  server = await serve(new Router(members), { port: 0 })
})
afterAll(async () => {
  await server.close(0)
  rmSync(folder, { recursive: true, force: true })
})

const ask = (path: string, headers: Record<string, string> = {}, method = 'GET') =>
  fetch(server.url + path, { method, headers, redirect: 'manual' })

describe('to browsers and curl', () => {
  test('a file has a plain URL, its type, size, time and tag', async () => {
    const answer = await ask('docs/hello.txt')
    expect(answer.status).toBe(200)
    expect(await answer.text()).toBe('hello, world')
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'content-type': 'text/plain; charset=utf-8',
      'content-length': '12',
      'last-modified': 'Fri, 02 Jan 2026 03:04:05 GMT',
      'accept-ranges': 'bytes',
      'cache-control': 'private, no-cache',
      'x-content-type-options': 'nosniff',
      etag: expect.stringMatching(/^"\w+-c"$/),
    })
    expect(answer.headers.get('content-security-policy')).toBe(null)
  })

  test('HEAD has the headers of GET and no body', async () => {
    const [head, whole] = await Promise.all([ask('docs/hello.txt', {}, 'HEAD'), ask('docs/hello.txt')])
    const without = ({ headers }: Response) =>
      Object.fromEntries([...headers].filter(([name]) => !/^(?:date|connection|keep-alive)$/.test(name)))
    expect(head.status).toBe(200)
    expect(without(head)).toEqual(without(whole))
    expect(await head.text()).toBe('')
  })

  test.each<[headers: Record<string, string>, status: number, body: string, range: string | null]>([
    [{ range: 'bytes=0-4' }, 206, 'hello', 'bytes 0-4/12'],
    [{ range: 'bytes=7-' }, 206, 'world', 'bytes 7-11/12'],
    [{ range: 'bytes=-5' }, 206, 'world', 'bytes 7-11/12'],
    [{ range: 'bytes=-500' }, 206, 'hello, world', 'bytes 0-11/12'],
    [{ range: 'bytes=11-500' }, 206, 'd', 'bytes 11-11/12'],
    [{ range: 'bytes=12-' }, 416, '', 'bytes */12'],
    [{ range: 'bytes=-0' }, 416, '', 'bytes */12'],
    [{ range: 'bytes=4-2' }, 200, 'hello, world', null],
    [{ range: 'bytes=0-1,3-4' }, 200, 'hello, world', null],
    [{ range: 'lines=0-1' }, 200, 'hello, world', null],
    [{ range: 'bytes=-' }, 200, 'hello, world', null],
    [{ range: 'bytes=0-0', 'if-range': 'TAG' }, 206, 'h', 'bytes 0-0/12'],
    [{ range: 'bytes=0-0', 'if-range': 'W/TAG' }, 200, 'hello, world', null],
    [{ range: 'bytes=0-0', 'if-range': '"other"' }, 200, 'hello, world', null],
    [{ range: 'bytes=0-0', 'if-range': 'Fri, 02 Jan 2026 03:04:05 GMT' }, 206, 'h', 'bytes 0-0/12'],
    [{ range: 'bytes=0-0', 'if-range': 'Fri, 02 Jan 2026 03:04:06 GMT' }, 200, 'hello, world', null],
    [{ 'if-none-match': 'TAG' }, 304, '', null],
    [{ 'if-none-match': '"x", W/TAG' }, 304, '', null],
    [{ 'if-none-match': '*' }, 304, '', null],
    [
      { 'if-none-match': '"x"', 'if-modified-since': 'Fri, 02 Jan 2026 03:04:05 GMT' },
      200,
      'hello, world',
      null,
    ],
    [{ 'if-modified-since': 'Fri, 02 Jan 2026 03:04:05 GMT' }, 304, '', null],
    [{ 'if-modified-since': 'Fri, 02 Jan 2026 03:04:04 GMT' }, 200, 'hello, world', null],
    [{ 'if-modified-since': 'nonsense' }, 200, 'hello, world', null],
    [{ accept: 'image/png' }, 200, 'hello, world', null],
  ])('%j is answered with %i and %j', async (headers, status, body, range) => {
    const tag = (await ask('docs/hello.txt', {}, 'HEAD')).headers.get('etag') ?? ''
    const given = Object.fromEntries(
      Object.entries(headers).map(([key, value]) => [key, value.replace('TAG', tag)]),
    )
    const answer = await ask('docs/hello.txt', given)
    expect({ status: answer.status, body: await answer.text() }).toEqual({ status, body })
    expect(answer.headers.get('content-range')).toBe(range)
    expect(answer.headers.get('etag')).toBe(tag)
  })

  test.each<[path: string, status: number, location: string]>([
    ['docs', 301, './docs/'],
    ['docs/guide', 301, './guide/'],
    ['docs/guide?after=a', 301, './guide/?after=a'],
    ['deep/er', 301, './er/'],
  ])('%s is a directory, whose URL is with a slash', async (path, status, location) => {
    const answer = await ask(path)
    expect({ status: answer.status, location: answer.headers.get('location') }).toEqual({ status, location })
  })

  test('an index file stands for its directory, so that what it refers to is beside it', async () => {
    expect(await (await ask('docs/guide/')).text()).toContain('style.css')
    expect(await (await ask('docs/guide/style.css')).text()).toBe('body {}')
    expect(await (await ask('deep/er/')).text()).toContain('style.css')
    expect((await ask('plain/guide/')).headers.get('content-type')).toBe('application/json')
  })

  test('a directory without one is listed, as HTML and as JSON', async () => {
    const html = await ask('docs/page/', { accept: 'text/html' })
    expect(html.headers.get('content-type')).toMatch(/^text\/html/)
    const [, reference = ''] = /href="([^"]*page\.html)"/.exec(await html.text()) ?? []
    expect(new URL(reference, html.url).href).toBe(`${server.url}docs/page/page.html`)
    const json = (await (await ask('docs/page/')).json()) as { content: { entries: unknown } }
    expect(json.content.entries).toMatchObject([
      {
        name: 'page.html',
        type: 'text/html; charset=utf-8',
        size: 3,
        modified: { $datetime: expect.any(String) },
      },
    ])
  })

  test('caches are told what the application says', async () => {
    const answer = await ask('plain/data.json')
    expect(answer.headers.get('cache-control')).toBe('public, max-age=60')
  })

  test('files of others are in a sandbox', async () => {
    const answer = await ask('uploads/guide/index.html')
    expect(answer.headers.get('content-security-policy')).toContain('sandbox')
    expect(answer.headers.get('content-disposition')).toBe('inline; filename="index.html"')
  })

  test('other methods are not allowed', async () => {
    const answer = await ask('docs/hello.txt', {}, 'POST')
    expect({ status: answer.status, allow: answer.headers.get('allow') }).toEqual({
      status: 405,
      allow: 'GET, HEAD',
    })
  })
})

describe('to our client', () => {
  test('a directory is a page, and what is in it is called by name', async () => {
    const api = await get(server.url)
    const docs = await api.docs()
    const names = docs.entries.map((entry: { name: string }) => entry.name)
    expect(names).toEqual(['data.json', 'empty', 'entries', 'guide', 'hello.txt', 'in.txt', 'page'])
    expect(docs.entries[3]).toMatchObject({ name: 'guide', type: 'directory', size: null })
    const hello: Blob = await docs['hello.txt']()
    expect({ type: hello.type, size: hello.size, text: await hello.text() }).toEqual({
      type: 'text/plain; charset=utf-8',
      size: 12,
      text: 'hello, world',
    })
    const guide = await docs.guide()
    expect(await (await guide['größe 100%?.txt']()).text()).toBe('odd')
    expect(await (await guide.entries[0].open()).text()).toBe('odd')
    expect(await (await (await api.deep.er())['style.css']()).text()).toBe('body {}')
  })

  test('a chain leads through directories', async () => {
    const api = await get(server.url)
    const style = await api.docs().guide()['style.css']()
    expect(await style.text()).toBe('body {}')
  })

  test('a file that looks like a message arrives as a blob', async () => {
    const docs = await (await get(server.url)).docs()
    const data = await docs['data.json']()
    expect(data).toBeInstanceOf(Blob)
    expect({ type: data.type, text: await data.text() }).toEqual({
      type: 'application/json',
      text: '{"a":{"$extension":"link"}}',
    })
  })

  test('authorize is asked with the path, before the disk is', async () => {
    const asked: unknown[] = []
    const authorize = ({ member, args }: Access) => {
      asked.push([member, args])
      return !String(args[0]).startsWith('guide')
    }
    const router = new Router({ docs: files(root) }, { authorize })
    const docs = await (await get('http://local/', { transport: local(router) })).docs()
    await docs['hello.txt']()
    await expect(docs.guide()).rejects.toMatchObject({ status: 403 })
    expect(asked).toEqual([
      ['docs', ['']],
      ['docs', ['hello.txt']],
      ['docs', ['guide']],
    ])
  })

  test('who may not call the directory does not reach its files', async () => {
    const router = new Router({ docs: allow('reader')(files(root)), open: allow(anyone)(files(root)) })
    for (const path of ['docs/', 'docs/hello.txt', 'docs/absent']) {
      expect((await router.fetch(new Request(`http://local/${path}`))).status).toBe(401)
    }
    expect((await router.fetch(new Request('http://local/open/hello.txt'))).status).toBe(200)
  })

  test('a long listing comes in pages', async () => {
    const many = join(folder, 'many')
    mkdirSync(many)
    for (let at = 0; at < 1001; at++) writeFileSync(join(many, `${at + 1000}`), '')
    const router = new Router({ many: files(many) })
    const first = await (await get('http://local/', { transport: local(router) })).many()
    const second = await first.more()
    expect([first.entries.length, second.entries.length, 'more' in second]).toEqual([1000, 1, false])
    expect(second.entries[0].name).toBe('2000')
  })
})
