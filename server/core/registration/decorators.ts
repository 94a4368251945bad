// The decorators that mark: `safe`, `inline`, `redirect`, `hidden`, `verb`, `args`, `doc` and `allow`. Each is a standard
// decorator and a plain function at once.

import {
  name as aName,
  checkArgument,
  checkOptions,
  type Kind,
  type Kinds,
  listOf,
  object,
} from '../../../lib/options.js'
import { isObject } from '../../../lib/plain.js'
import { setOwn } from '../../../lib/values/dict.js'
import { type Allowed, ruleOf } from '../access/rules.js'
import type { Context } from '../context/context.js'
import { RegistrationError } from '../faults/registration-error.js'
import { isClass } from '../reflection/source.js'
import { instanceSchema } from '../schemas/instance-schema.js'
import type { StandardSchemaV1 } from '../schemas/standard-schema.js'
import type { Callable, Declaring, NamedFunction, Outputs } from './input-types.js'
import {
  type Declarations,
  type MarkOptions,
  markKinds,
  type SafeOptions,
  safeKinds,
} from './mark-options.js'

import { addMarks, type Envelope, hideField, type Marks, marksOf, type Verb } from './marks.js'
import type { When } from './when.js'

// biome-ignore lint/suspicious/noExplicitAny: a mark leaves the type of any class as it is.
type Constructor = abstract new (...parameters: any[]) => any

/** Marks a function, or a method as its decorator. */
export type Marker<T = Callable> = <F extends T>(target: F, context?: DecoratorContext) => F

/** `@mark`, `mark(fn)`, `@mark(options)`, `mark(options)(fn)`. */
export interface Mark<Options> {
  <F extends Callable>(target: F, context?: DecoratorContext): F
  (options?: Options): Marker
}

function declared(options: MarkOptions): Marks {
  const { args } = options
  if (args === undefined) return {}
  if (isNames(args)) return { names: args }
  const schemas: Record<string, StandardSchemaV1> = {}
  for (const [name, given] of Object.entries(args)) {
    const isSchema = typeof (given as Partial<StandardSchemaV1>)?.['~standard']?.validate === 'function'
    const schema = isSchema ? (given as StandardSchemaV1) : instanceSchema(given)
    if (schema === undefined) {
      throw new RegistrationError(
        `args: the schema of "${name}" is not a Standard Schema validator, nor a class of the application; ` +
          'for a class that is not there yet, write () => Name',
      )
    }
    setOwn(schemas, name, schema)
  }
  return { names: Object.keys(args), schemas }
}

const isNames = (args: readonly string[] | Declarations): args is readonly string[] => Array.isArray(args)

/** Throws where a mark is used as a decorator of TypeScript's old kind: (prototype, key, descriptor). */
function refuseLegacy(mark: string, parameters: readonly unknown[]): void {
  const [, second, third] = parameters
  if (typeof second === 'string' || typeof second === 'symbol' || typeof third === 'object') {
    throw new RegistrationError(
      `@${mark} is a standard decorator: remove "experimentalDecorators" from the compiler options`,
    )
  }
}

/** Classes take `args` alone. */
function addMarksToFunction<F extends object>(mark: string, target: F, added: Marks): F {
  if (isClass(target)) {
    const { name } = target as { readonly name?: unknown }
    throw new RegistrationError(`${mark} marks functions and methods, not the class ${String(name)}`)
  }
  return addMarks(target, added)
}

function makeMark<Options extends MarkOptions>(
  name: string,
  kinds: () => Kinds,
  marksFor: (options: Options) => Marks,
): Mark<Options> {
  const mark = (...parameters: unknown[]): unknown => {
    refuseLegacy(name, parameters)
    const [target] = parameters
    if (typeof target === 'function') return addMarksToFunction(name, target, marksFor({} as Options))
    if (target !== undefined) checkOptions(name, target as object, kinds())
    const added = { ...marksFor((target ?? {}) as Options), ...declared((target ?? {}) as Options) }
    return (...inner: unknown[]) => {
      refuseLegacy(name, inner)
      const [fn] = inner
      if (typeof fn !== 'function')
        throw new RegistrationError(`${name}(options) marks functions and methods only`)
      return addMarksToFunction(name, fn, added)
    }
  }
  return mark as Mark<Options>
}

const keeping = ({ maxAge, public: shared }: SafeOptions): Marks => ({
  ...(maxAge === undefined ? {} : { maxAge }),
  ...(shared === undefined ? {} : { public: shared }),
})

/** Changes nothing: a link (GET), or with arguments a GET form; retried by clients, kept by caches. */
export const safe: Mark<SafeOptions> = makeMark<SafeOptions>(
  'safe',
  () => safeKinds,
  options => ({
    safe: true,
    ...keeping(options),
  }),
)

/**
 * Safe, and called when the page is drawn: its result travels with the page and needs no request, for as long
 * as `maxAge` says.
 */
export const inline: Mark<SafeOptions> = makeMark<SafeOptions>(
  'inline',
  () => safeKinds,
  options => ({
    safe: true,
    inline: true,
    ...keeping(options),
  }),
)

/** Its result is answered with 303 See Other to the result's URL: for what creates or finds an object. */
export const redirect: Mark<MarkOptions> = makeMark(
  'redirect',
  () => markKinds,
  () => ({ redirect: true }),
)

const declarations: Kind = {
  is: value => object.is(value) || listOf(aName).is(value),
  expected: 'names, or an object of schemas by name',
}

/**
 * Names the arguments, `@args('subject', 'body')`, or gives their schemas too,
 * `@args({ subject: z.string(), to: User })`: a Standard Schema validator for each, in order, or the class whose
 * objects it takes, by reference. On a class: its constructor's. Names are given to the parameters in order, since
 * minified code has no others; the source's own names in another order are refused at registration.
 *
 * With the function behind the schemas, `args({ query: z.string(), page: z.number().default(1) }, ({ query, page }) => …)`,
 * it takes one object, typed by them, and callers give one: names do not shift when another is inserted.
 */
export function args(...names: string[]): Marker<Callable | Constructor>
export function args<const D extends Declarations>(schemas: D): Declaring<D>
export function args<const D extends Declarations, R>(
  schemas: D,
  fn: (this: Context, input: Outputs<D>) => R,
): NamedFunction<D, R>
export function args(...parameters: readonly unknown[]): unknown {
  const [first, second] = parameters
  if (typeof second === 'function') return byName(first, second as (...values: unknown[]) => unknown)
  checkArgument('args', isObject(first) && parameters.length === 1 ? first : parameters, declarations)
  const added = declared({
    args: typeof first === 'object' ? (first as Declarations) : (parameters as string[]),
  })
  return (target: object, ...rest: unknown[]) => {
    refuseLegacy('args', [target, ...rest])
    return addMarks(target, added)
  }
}

/** The function as it is registered, which is called with its arguments in order, as all are. */
function byName(schemas: unknown, fn: (...values: unknown[]) => unknown): unknown {
  checkArgument('args', schemas, { is: isObject, expected: 'schemas by the names of arguments' })
  if (isClass(fn))
    throw new RegistrationError(`args: a class takes its arguments in order: args(schemas)(${fn.name})`)
  const { names = [], ...more } = declared({ args: schemas as Declarations })
  const call = function (this: unknown, ...values: unknown[]): unknown {
    const input: Record<string, unknown> = {}
    for (const [index, name] of names.entries())
      if (values[index] !== undefined) setOwn(input, name, values[index])
    return fn.call(this, input)
  }
  Object.defineProperty(call, 'name', { value: fn.name })
  return addMarks(call, { ...marksOf(fn), ...more, names, input: fn })
}

/**
 * The description of a function, method or class, for people who read the help of a server: `@doc('Sends a message')`.
 * Comments are not in what an engine keeps of a function; those before the methods of a class are, and count too,
 * unless a compiler has left them out.
 */
export function doc(text: string): Marker<Callable | Constructor> {
  if (typeof text !== 'string') throw new RegistrationError('doc: expected a text')
  return (target, ...rest) => {
    refuseLegacy('doc', [target, ...rest])
    return addMarks(target, { doc: text })
  }
}

/**
 * The HTTP method of a form that is not a POST: `@verb('PUT') replace(content)`. `envelope` says how
 * arguments travel: `form` (default; for a DELETE without parameters `none`), `blob` (one argument, the
 * body as it is), `query` (DELETE only) or `none`.
 */
export function verb(method: Verb, options: MarkOptions & { readonly envelope?: Envelope } = {}): Marker {
  checkOptions('verb', options, { ...markKinds, envelope: true })
  if (!['POST', 'PUT', 'PATCH', 'DELETE'].includes(method)) {
    throw new RegistrationError(
      `verb: expected POST, PUT, PATCH or DELETE, not ${String(method)} (for GET use safe)`,
    )
  }
  const { envelope } = options
  if (envelope !== undefined && !['form', 'query', 'blob', 'none'].includes(envelope)) {
    throw new RegistrationError(
      `verb: expected the envelope form, query, blob or none, not "${String(envelope)}"`,
    )
  }
  if (envelope === 'query' && method !== 'DELETE') {
    throw new RegistrationError(
      `verb: ${method} takes no arguments in its URL; use the envelope "form" or "blob"`,
    )
  }
  const added = { verb: method, ...(envelope === undefined ? {} : { envelope }), ...declared(options) }
  return (target, ...rest) => {
    refuseLegacy('verb', [target, ...rest])
    return addMarksToFunction('verb', target, added)
  }
}

/**
 * Who may call a function or a method, who may reach the objects of a class and construct them, and who any of what
 * is in a namespace: users with one of these rights, or whom one of these functions lets in; without any of them, all
 * who have logged in. It holds for derived classes and overriding methods that don't say otherwise. A method's adds to
 * that of its class.
 */
export function allow(...allowed: readonly Allowed[]): Marker<object> {
  const rule = ruleOf(allowed)
  return (target, ...rest) => {
    refuseLegacy('allow', [target, ...rest])
    if (target === undefined)
      throw new RegistrationError('allow marks functions, methods, classes and namespaces, not fields')
    return addMarks(target, { allow: rule })
  }
}

/** Says of a function that it answers for everything below its path (handler/mount.ts). Throws RegistrationError. */
export function subtree<F extends Callable>(target: F): F {
  if (typeof target !== 'function') throw new RegistrationError('mount: expected a function')
  return addMarksToFunction('mount', target, { subtree: true })
}

/**
 * When there is such a thing: `@when<Ticket>(({ object, user }) => object.state === 'open')` on a method, a getter or a
 * function. It is drawn where the condition holds, and refused elsewhere, whatever way it is called, with 409 and the code
 * `not_now`, which says what is offered instead. The condition sees no arguments; it may be asynchronous. It is asked for
 * each object that is drawn, and before each call. A getter must not be `when` and read by its own condition.
 */
// biome-ignore lint/suspicious/noExplicitAny: objects and users of whatever types the application has.
export function when<O = any, U = any>(condition: When<O, U>): Marker {
  if (typeof condition !== 'function') throw new RegistrationError('when: expected a function')
  return (target, ...rest) => {
    refuseLegacy('when', [target, ...rest])
    return addMarksToFunction('when', target, { when: condition })
  }
}

interface Hidden {
  <F extends Callable | Constructor>(
    target: F,
    context?: ClassMethodDecoratorContext | ClassGetterDecoratorContext | ClassDecoratorContext,
  ): F
  (target: undefined, context: ClassFieldDecoratorContext): void
}

/**
 * Keeps a method, getter or field off the page, and out of callers' reach. On a class: its constructor, and those of
 * derived classes; its objects can be reached and called by whoever is given their URLs.
 */
export const hidden: Hidden = ((target: unknown, ...rest: unknown[]) => {
  const [context] = rest as [DecoratorContext?]
  if (typeof target === 'function') {
    refuseLegacy('hidden', [target, ...rest])
    return addMarks(target, { hidden: true })
  }
  if (typeof context !== 'object' || context.kind !== 'field') refuseLegacy('hidden', [target, '', {}])
  context?.addInitializer(function (this: unknown) {
    hideField(Object.getPrototypeOf(this), (context as ClassFieldDecoratorContext).name)
  })
  return undefined
}) as Hidden
