// Templates: what pages share, sent once, and what must not be shared.

import { describe, expect, it } from 'vitest'
import { cbor } from '../../../lib/cbor/index.js'
import { DecodeError, EncodeError } from '../../../lib/errors.js'
import { blob } from '../../../lib/values/blob.js'
import type { Fault } from '../../../lib/values/fault.js'
import { type Attributes, type Extension, Form, Input, Link, Page } from '../../../lib/values/nodes.js'
import { Drawing, type Entry, hole, Template } from '../../../lib/values/template.js'
import { describeValue, split } from '../../values.js'

const shared: readonly Entry[] = [
  ['b', hole],
  ['1', hole],
  ['bio', new Link({ method: 'GET', url: 'bio' })],
  ['message', new Form({ url: 'message', values: [new Input({ name: 'tags', value: ['a', { b: 1 }] })] })],
  ['limit', 5],
]
const user = new Template(
  [
    ['name', 'User'],
    ['url', hole],
  ],
  shared,
)
const draw = (id: string, ...values: unknown[]) => new Drawing(user, [`./${id}/`, ...values], `/User/${id}/`)
const content = (page: unknown) => (page as Page).content as { [name: string]: unknown }

/** A message that is one template without holes or with them, whatever is in it. */
function messageOf(attributes: string, members: string, ...values: string[]): Uint8Array {
  const bytes = Buffer.from(`d81b83687265736f75726365${attributes}${members}`, 'hex')
  const head = Buffer.from([0xd9, 0xb1, 0x0c, 0x80 + 1 + values.length, 0x58, bytes.length])
  return Buffer.concat([head, bytes, Buffer.from(values.join(''), 'hex')])
}

describe('a drawing', () => {
  it('arrives as the page that it stands for', async () => {
    const drawing = draw('bob', new Date(0), undefined)
    expect(await describeValue(cbor.decode(cbor.encode(drawing)))).toBe(
      await describeValue(cbor.decode(cbor.encode(drawing.page()))),
    )
    expect(content(drawing.page())['1']).toBeNull()
  })

  it('has its template once in a message, and few bytes after that', () => {
    const one = cbor.encode([draw('a', 1, 2)]).length
    const three = cbor.encode([draw('a', 1, 2), draw('b', 3, 4), draw('c', draw('d', 5, 6), 7)])
    expect(three.length).toBeLessThan(one + 60)
    const [a, b, c] = cbor.decode(three) as Page[]
    expect([content(a).b, content(b)['1'], content(c)['1']]).toEqual([1, 4, 7])
    expect(content(content(c).b).b).toBe(5)
  })

  it('keeps its template where a dict around it leaves keys out', () => {
    const decoded = cbor.decode(cbor.encode({ none: undefined, a: draw('a', 1, 2), b: draw('b', 3, 4) }))
    expect(content((decoded as { b: Page }).b).b).toBe(3)
  })

  it('resolves what is in it against its own URL', () => {
    const page = cbor.decode(cbor.encode(draw('bob', new Link({ url: 'x' }), 1)), {
      baseUrl: 'http://h/User/',
    })
    expect((page as Page).url).toBe('http://h/User/bob/')
    expect((content(page).bio as Link).url).toBe('http://h/User/bob/bio')
    expect((content(page).b as Link).url).toBe('http://h/User/bob/x')
  })

  it('tells `inline` the path that references are relative to', () => {
    class Other {}
    const template = new Template(
      [
        ['url', './'],
        ['owner', hole],
      ],
      [['other', hole]],
    )
    const seen: (string | undefined)[] = []
    const inline = (_: object, from: string | undefined) => {
      seen.push(from)
      return null
    }
    const values = [new Other(), new Other()]
    cbor.encode(new Drawing(template, values, '/own/'), { inline, from: '/outer' })
    cbor.encode(new Drawing(template, values), { inline, from: '/outer' })
    expect(seen).toEqual(['/outer', '/own/', '/outer', '/outer'])
  })

  it('may hold blobs', async () => {
    const page = cbor.decode(cbor.encode(draw('a', blob('x'), 1)))
    expect(await (content(page).b as { text(): Promise<string> }).text()).toBe('x')
  })

  it('streams in pieces of any size', async () => {
    const value = [draw('a', 1, 2), draw('b', blob('x'), 4)]
    const page = ((await cbor.decodeStream(split(cbor.encode(value)))) as Page[])[1]
    expect(content(page)['1']).toBe(4)
  })
})

describe('what pages share', () => {
  const decode = () => cbor.decode(cbor.encode(draw('a', 1, 2)), { baseUrl: 'http://h/' })
  const values = (page: unknown) => (content(page).message as Form).attributes.values as Input[]

  it('cannot be changed by who holds one of them', () => {
    const [input] = values(decode())
    const list = input?.value as unknown[]
    expect(() => list.push('c')).toThrow(TypeError)
    expect(() => Object.assign(list[1] as object, { b: 2 })).toThrow(TypeError)
    expect(values(decode())[0]?.value).toEqual(['a', { b: 1 }])
  })

  it('is not the nodes: each page has its own, with its own URL', () => {
    const [a, b] = cbor.decode(cbor.encode([draw('a', 1, 2), draw('b', 1, 2)]), {
      baseUrl: 'http://h/',
    }) as Page[]
    expect(content(a).bio).not.toBe(content(b).bio)
    expect([(content(a).bio as Link).url, (content(b).bio as Link).url]).toEqual([
      'http://h/a/bio',
      'http://h/b/bio',
    ])
  })

  it('is not what `node` made for another message', () => {
    const seen = (tag: string) => {
      const names: string[] = []
      const node = (met: Extension | Fault) => names.push(`${tag} ${met.name}`) && met
      const page = cbor.decode(cbor.encode(draw(tag, 1, 2)), { node }) as Page
      expect(names).toEqual([`${tag} resource`])
      void page.content
      return names
    }
    expect(seen('a')).toEqual(['a resource', 'a link', 'a input', 'a form'])
    expect(seen('b')).toEqual(['b resource', 'b link', 'b input', 'b form'])
  })

  it('is the same nodes as a page in full passes to `node`, once they are looked at', () => {
    const names = (value: unknown) => {
      const seen: string[] = []
      const page = cbor.decode(cbor.encode(value), { node: node => seen.push(node.name) && node }) as Page
      void page.content
      return seen.sort()
    }
    expect(names(draw('a', 1, 2))).toEqual(names(draw('a', 1, 2).page()))
  })

  it.each<readonly [string, unknown]>([
    ['a list', [1]],
    ['a dict', {}],
    ['bytes', Uint8Array.of(1)],
    ['a page', new Page({ url: 'x' })],
    ['a blob', blob('x')],
    ['a link with content', new Link({ url: 'x' }, 1)],
    [
      'a form with a link as a default',
      new Form({ values: [new Input({ name: 'a', value: new Link({}) })] }),
    ],
    ['a form with a blob', new Form({ icon: blob('x') })],
  ])('cannot be %s', (_, value) => {
    const template = new Template([['url', hole]], [['x', value]])
    expect(() => cbor.encode(new Drawing(template, ['./']))).toThrow(EncodeError)
  })
})

describe('templates of others', () => {
  it('are refused where the receiver wants none, as servers do', () => {
    const bytes = cbor.encode(draw('a', 1, 2))
    expect(() => cbor.decode(bytes, { templates: false })).toThrow(
      'a template is not accepted here at byte 0',
    )
  })

  it('that hold a blob leave none behind for the next message', () => {
    const link = 'd81b83646c696e6ba16162d9b10b8200a0f6'
    const message = messageOf('a0', `a1616b${link}`)
    for (let count = 0; count < 2; count++) expect(() => cbor.decode(message)).toThrow('must not hold a blob')
  })

  it('count their holes where keys are digits', () => {
    const page = cbor.decode(messageOf('a0', 'a3616be06131e06130e0', '01', '02', '03'))
    expect(content(page)).toEqual({ k: 1, 1: 2, 0: 3 })
  })

  it('may have a key __proto__', () => {
    const page = cbor.decode(messageOf('a0', 'a1695f5f70726f746f5f5fe0', 'a0'))
    expect(Object.keys(content(page))).toEqual(['__proto__'])
    expect(Object.getPrototypeOf(content(page))).toBe(Object.prototype)
  })

  it('may hold links in attributes', () => {
    const link = 'd81b83646c696e6ba16375726c6179f6'
    const page = cbor.decode(messageOf(`a26375726c622e2f6178${link}`, 'a0'), {
      baseUrl: 'http://h/a/',
    }) as Page
    expect((page.attributes as Attributes & { x: Link }).x.url).toBe('http://h/a/y')
  })

  it('fail at every byte that is missing', () => {
    const bytes = cbor.encode([draw('a', 1, 2), draw('b', 3, 4)])
    for (let length = 0; length < bytes.length; length++) {
      expect(() => cbor.decode(bytes.subarray(0, length))).toThrow(DecodeError)
    }
  })

  it('more than are kept still decode', () => {
    for (let round = 0; round < 2; round++) {
      for (let count = 0; count < 300; count++) {
        const template = new Template([['url', hole]], [[`key${count}`, hole]])
        expect(content(cbor.decode(cbor.encode(new Drawing(template, ['./', count]))))).toEqual({
          [`key${count}`]: count,
        })
      }
    }
  })

  it('too large to keep still decode', () => {
    const template = new Template(
      [['url', hole]],
      [
        ['x'.repeat(15_000), hole],
        ['y'.repeat(15_000), 1],
      ],
    )
    const bytes = cbor.encode(new Drawing(template, ['./', 1]))
    for (let count = 0; count < 2; count++) expect(Object.values(content(cbor.decode(bytes)))).toEqual([1, 1])
  })
})
