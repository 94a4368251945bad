// Extensions: the values with a meaning of their own (spec/protocol.md, "Extensions").
// Nodes are inert: they know their URL, but nothing here makes a request.

import { text as aText, checkArgument, object } from '../options.js'

export type Attributes = Readonly<Record<string, unknown>>

/** Where a node stands. Neither is sent. */
export interface NodeUrls {
  /** The base of a relative `url` attribute; undefined: that stays as it came. */
  readonly base?: string | undefined
  /** On a node that a server draws: its own path, for the references inside its content. */
  readonly path?: string | undefined
}

/**
 * A named value with attributes and content. Names that this library doesn't know arrive as an
 * Extension, can be read, and can be sent on.
 */
export class Extension {
  readonly name: string
  /** The attributes as they came or were given: `url` may be relative. */
  readonly given: Attributes
  readonly content: unknown
  readonly base: string | undefined
  readonly path: string | undefined
  #resolved: Attributes | undefined
  #url: string | undefined

  /** Throws TypeError for a name that is no text, and attributes that are no object. */
  constructor(name: string, attributes: Attributes = {}, content: unknown = null, urls?: NodeUrls) {
    if (typeof name !== 'string' || !object.is(attributes)) refuse(name, attributes)
    this.name = name
    this.given = attributes
    this.content = content
    this.base = urls?.base
    this.path = urls?.path
  }

  /** The attributes, `url` resolved where the base is known. */
  get attributes(): Attributes {
    if (this.base === undefined) return this.given
    this.#resolved ??= 'url' in this.given ? { ...this.given, url: this.url } : this.given
    return this.#resolved
  }

  /**
   * The URL that this node names, and that the references in its content resolve against: its own, or
   * where it has none, the enclosing node's. Throws TypeError for a URL that cannot be resolved.
   */
  get url(): string | undefined {
    if (this.#url === undefined) {
      const own = asText(this.given.url)
      this.#url = resolveUrl(own, this.base)
    }
    return this.#url
  }

  /** The attribute as text: the 2012 Python peers send byte strings where the format says unicode. */
  protected text(key: string): string | undefined {
    return asText(this.given[key])
  }

  /** For logs, which want to see what came where its URL is none. */
  toJSON(): unknown {
    const isKnown = this.base === undefined || URL.canParse(asText(this.given.url) ?? '', this.base)
    const attributes = isKnown ? this.attributes : this.given
    return { name: this.name, attributes, content: this.content }
  }
}

function refuse(name: unknown, attributes: unknown): void {
  checkArgument('Extension', name, { ...aText, expected: 'a name' })
  checkArgument('Extension', attributes, { ...object, expected: 'attributes, an object' })
}

/** Lets a kind of node be the schema of an argument: `@args({ target: Link })`. Standard Schema, version 1. */
interface NodeSchema<T> {
  readonly version: 1
  readonly vendor: 'hyperglyph'
  readonly validate: (
    value: unknown,
  ) =>
    | { readonly value: T; readonly issues?: undefined }
    | { readonly issues: { readonly message: string }[] }
  readonly types?: { readonly input: T; readonly output: T }
}

function schemaOf<T>(type: new (attributes: Attributes) => T, name: string): NodeSchema<T> {
  return {
    version: 1,
    vendor: 'hyperglyph',
    validate: value =>
      value instanceof type ? { value } : { issues: [{ message: `expected a ${name} to another server` }] },
  }
}

/** A safe request: calling it is a GET, or needs no request while its result is inline. */
export class Link extends Extension {
  static get '~standard'(): NodeSchema<Link> {
    return schemaOf(Link, 'link')
  }
  constructor(attributes: Attributes, content: unknown = null, urls?: NodeUrls) {
    super('link', attributes, content, urls)
  }
  get method(): string {
    return this.text('method') ?? 'GET'
  }
  get inline(): boolean {
    return this.given.inline === true
  }
}

/** A request with arguments, unsafe unless its method is GET. */
export class Form extends Extension {
  static get '~standard'(): NodeSchema<Form> {
    return schemaOf(Form, 'form')
  }
  #inputs: readonly Input[] | undefined

  constructor(attributes: Attributes, content: unknown = null, urls?: NodeUrls) {
    super('form', attributes, content, urls)
  }
  get method(): string {
    return (this.text('method') ?? 'POST').toUpperCase()
  }
  /** How arguments become a request: `form`, `query`, `blob` or `none`; undefined: the method's default. */
  get envelope(): string | undefined {
    return this.text('envelope')
  }
  /** The arguments in order. Names alone become inputs; what is neither (Ruby's `false`) is passed over. */
  get inputs(): readonly Input[] {
    this.#inputs ??= inputsOf(this.given.values)
    return this.#inputs
  }
}

/** One argument of a form. */
export class Input extends Extension {
  constructor(attributes: Attributes, content: unknown = null, urls?: NodeUrls) {
    super('input', attributes, content, urls)
  }
  /** The argument's name (`name` is the kind of the node). */
  get argument(): string {
    return this.text('name') ?? ''
  }
  /** May the caller leave it out? True where a default is published, even nil. */
  get optional(): boolean {
    return Object.hasOwn(this.given, 'value')
  }
  get value(): unknown {
    return this.given.value
  }
}

/** Members that a page has in common with others of its class: each is made when somebody looks at it. */
export interface SharedMembers {
  /** All names of the content in their order, those of the page's own data among them. */
  readonly names: readonly string[]
  has(name: string): boolean
  make(name: string): unknown
  /** The page's own data. */
  readonly data: Readonly<Record<string, unknown>>
  /** All of it: the data, and every member made. */
  content(): Readonly<Record<string, unknown>>
}

/** An object as a client sees it: data, links and forms by name. On the wire it is called `resource`. */
export class Page extends Extension {
  static get '~standard'(): NodeSchema<Page> {
    return schemaOf(Page, 'page')
  }
  #shared: SharedMembers | undefined
  #content: unknown

  constructor(attributes: Attributes, content: unknown = {}, urls?: NodeUrls) {
    super('resource', attributes, content, urls)
  }

  static readonly #contentWhenAsked: PropertyDescriptor = {
    get(this: Page) {
      return (this.#content ??= this.#shared?.content())
    },
    enumerable: true,
  }

  /** A page whose content is made when it is asked for: a client calls one method of many. */
  static sharing(attributes: Attributes, shared: SharedMembers, base?: string): Page {
    const page = new Page(attributes, undefined, { base })
    page.#shared = shared
    return Object.defineProperty(page, 'content', Page.#contentWhenAsked)
  }

  /** The members that are made when they are asked for; undefined where all of the content is there. */
  get shared(): SharedMembers | undefined {
    return this.#shared
  }

  /** The name of the object's class, for people. */
  get title(): string | undefined {
    return this.text('name')
  }
}

function inputsOf(values: unknown): readonly Input[] {
  if (!Array.isArray(values)) return []
  const inputs: Input[] = []
  for (const value of values) {
    if (value instanceof Input) inputs.push(value)
    else {
      const name = asText(value)
      if (name !== undefined) inputs.push(new Input({ name }))
    }
  }
  return inputs
}

const decoder = /* @__PURE__ */ new TextDecoder()

/** Text, or a byte string read as UTF-8: what the 2012 Python peers send; undefined for anything else. */
export function asText(value: unknown): string | undefined {
  if (typeof value === 'string') return value
  return value instanceof Uint8Array ? decoder.decode(value) : undefined
}

/** Resolves a reference as a browser does; an empty or missing one is the base itself. */
export function resolveUrl(reference: string | undefined, base: string | undefined): string | undefined {
  if (reference === undefined || reference === '') return base
  if (base === undefined) return reference
  return (plain.test(reference) && plainly(reference, base)) || new URL(reference, base).href
}

/** References that servers like ours write: some levels up, then down by segments that a URL parser leaves as they are. */
const plain = /^(?:\/|\.\/|(?:\.\.\/)+)?[\w-]+(?:\/[\w-]+)*\/?$/

/** The base that was used last, if it is in the one spelling of a URL parser, without query and fragment. */
let directory: { readonly base: string; readonly root: number; readonly end: number } | undefined

/**
 * The URL Standard's answer for a plain reference, without its parser, which takes a tenth of the time that a
 * client spends on a page.
 */
function plainly(reference: string, base: string): string | undefined {
  if (directory?.base !== base) {
    const isPlain = /^https?:\/\//.test(base) && !/[?#]/.test(base) && new URL(base).href === base
    if (!isPlain) return undefined
    directory = { base, root: base.indexOf('/', 8), end: base.lastIndexOf('/') }
  }
  if (reference.startsWith('/')) return base.slice(0, directory.root) + reference
  let { end } = directory
  let start = reference.startsWith('./') ? 2 : 0
  for (; reference.startsWith('../', start); start += 3) {
    // Above the root is the root.
    if (end > directory.root) end = base.lastIndexOf('/', end - 1)
  }
  return base.slice(0, end + 1) + reference.slice(start)
}
