// The types of a client's objects for each of the server's. Types only: nothing here exists at run time.
//
// `Remote` is the way out (results), `Argument` the way in, `Call` a result on its way. What TypeScript
// cannot see is settled here: a generic function's type parameters become `unknown`, and of overloads the
// last one counts. What an object shows is told in spec/protocol.md, "Pages".

import type { Blob } from '../lib/values/blob.js'
import type { Duration } from '../lib/values/duration.js'
import type { Fault } from '../lib/values/fault.js'
import type { Extension, Link } from '../lib/values/nodes.js'

/**
 * The classes whose instances travel by value and arrive as themselves. Classes that `extend` registers are added by
 * declaration merging: `declare module 'hyperglyph/client' { interface Values { money: Money } }`.
 */
export interface Values {
  date: Date
  duration: Duration
  blob: Blob
  /** Links, forms, inputs and pages too, where a function returns them as such. */
  extension: Extension
  fault: Fault
}
type Value = Values[keyof Values]

type Scalar = string | number | boolean | null
type Bytes = Uint8Array<ArrayBuffer>

// biome-ignore-start lint/suspicious/noExplicitAny: nothing else matches every parameter list and every type.
type AnyFunction = (...parameters: any) => any
type AnyClass = abstract new (...parameters: any) => any
type AnyMap = ReadonlyMap<any, any>
type AnySet = ReadonlySet<any>
type Container =
  | Uint8Array
  | globalThis.Blob
  | AnyMap
  | AnySet
  | PromiseLike<any>
  | AsyncIterable<any>
  | Iterator<any>
type AnyRemoteFunction = RemoteFunction<any, any>
// biome-ignore-end lint/suspicious/noExplicitAny: as above.

declare const pending: unique symbol
declare const byName: unique symbol

/**
 * The key under which a server's type names the type that the client gets in its place, as `Router`, `Created` and
 * `Reference` do: `declare readonly '~remote'?: T`. A string, so that two copies of the package agree on it.
 */
export type Stead = '~remote'

/**
 * The client's type for a `T` of the server: scalars, dates, bytes, lists, sets, maps and dicts by value;
 * functions and classes as a `RemoteFunction`, instances and namespaces as a `RemotePage`. `undefined` arrives
 * as `null`, a bigint of the safe range as a number, any iterator as an `AsyncIterable`.
 */
export type Remote<T> = Whole<T> extends Whole<Scalar> ? T : unknown extends T ? T : Arriving<T>

// The first test spares the unions of literals, which keep their name; this one takes unions apart.
// Lists come first, since most other tests make the compiler look at every member of a list's type.
type Arriving<T> = T extends Scalar
  ? T
  : T extends readonly (infer Item)[]
    ? Item[] extends T
      ? Remote<Item>[] // Not mapped: a mapped array of a recursive type never ends.
      : { -readonly [Index in keyof T]: Remote<T[Index]> }
    : T extends AnyFunction | AnyClass
      ? Callable<T>
      : T extends void
        ? null
        : T extends bigint
          ? number | bigint
          : Stead extends Names<T>
            ? Remote<NonNullable<T[Stead]>>
            : T extends Value
              ? T
              : ArrivingObject<T>

// Compares unions whole. The usual one-tuple makes the compiler build a list's members for every type.
interface Whole<out T> {
  readonly type: T
}

/** The names that a type declares: a dict of any names declares none. */
type Names<T> = string extends keyof T ? never : keyof T

type ArrivingObject<T> = T extends Container
  ? ArrivingContainer<T>
  : true extends IsPage<T>
    ? RemotePage<T>
    : RemoteData<T>

type ArrivingContainer<T> = T extends Uint8Array
  ? Bytes
  : T extends globalThis.Blob
    ? Blob
    : T extends ReadonlyMap<infer Key, infer Item>
      ? Map<Remote<Key>, Remote<Item>>
      : T extends ReadonlySet<infer Item>
        ? Set<Remote<Item>>
        : T extends PromiseLike<infer Result>
          ? Remote<Result>
          : T extends AsyncIterable<infer Item> | Iterator<infer Item>
            ? AsyncIterable<Remote<Item>>
            : never

type Callable<F> = F extends (...parameters: infer P) => infer R
  ? RemoteFunction<P, R>
  : F extends abstract new (
        ...parameters: infer P
      ) => infer I
    ? RemoteFunction<P, I>
    : F

/** An instance or a namespace, rather than a dict: it has a function or a class, or a `Resource`'s context. */
type IsPage<T> = T extends Contextual ? true : { [Name in keyof T]-?: IsMember<T[Name]> }[keyof T]
type IsMember<T> = 0 extends 1 & T
  ? false
  : T extends Scalar | readonly unknown[]
    ? false
    : T extends AnyFunction | AnyClass
      ? true
      : false

/** A `Resource`, by what it has (the server's classes are not imported). */
type Contextual = { readonly context: { readonly request: Request; readonly signal: AbortSignal } }
type Hidden<T> = symbol | `_${string}` | 'then' | (T extends Contextual ? 'context' : never)

/**
 * An object of the server, by reference. Its fields and getters are data, as they were when the page was
 * drawn; its methods are remote. Names that are private or start with `_` are not here; neither is `then`, which
 * JavaScript has taken: `call(page, 'then')` reaches it.
 */
export type RemotePage<T> = {
  readonly [Name in keyof T as Exclude<Name, Hidden<T>>]: Remote<T[Name]>
}

/** A dict of the server, by value. A property that is `undefined` is left out. */
export type RemoteData<T> = {
  [Name in keyof T as Exclude<Name, symbol>]: undefined extends T[Name]
    ? Remote<Exclude<T[Name], undefined>> | undefined
    : Remote<T[Name]>
}

/**
 * A function, method or class of the server, with the parameters `P` and the result `R` that it has there.
 * A class is called without `new`, and gives the page of the instance.
 */
export interface RemoteFunction<P extends readonly unknown[], R> {
  // This one first: the compiler's errors, `Parameters` and `ReturnType` are about the last.
  /** Arguments by name: `api.message(named({ subject: 'Hello' }))`. */
  (args: Named): Call<Remote<R>>
  (...args: Arguments<P>): Call<Remote<R>>
}

/**
 * A result on its way. Await it, pass it on as an argument, or go on with what it will be: methods can be
 * called at once, and a property is a `Call` of its own. `User | null` must be awaited first.
 */
export type Call<T> = Pending<T> & Ahead<Chainable<T>>

interface Pending<T> extends Promise<T> {
  readonly [pending]: true // A promise of the application's own is not a Call.
}

/** The members of a result that has not arrived. */
type Ahead<T> = {
  readonly [Name in keyof T as Chain<Name>]-?: T[Name] extends AnyFunction
    ? T[Name]
    : Call<undefined extends T[Name] ? Exclude<T[Name], undefined> | null : T[Name]>
}
type Chain<Name> = Name extends keyof Promise<unknown> ? never : string extends Name ? never : Name

/** The results that can be walked before they have arrived: pages, dicts and lists; of streams, the iteration. */
type Chainable<T> =
  Whole<T> extends Whole<object>
    ? Whole<T> extends Whole<readonly unknown[] | AnyFunction | AnyMap | AnySet | Value | Bytes>
      ? Listed<T>
      : T
    : unknown

type Listed<T> = T extends readonly (infer Item)[] ? Walkable<Item> : unknown

/** A list that has not arrived. */
interface Walkable<Item> {
  /**
   * Does the same for each item, in the request that the list comes with: `friends.map(friend => friend.name())`.
   * The callback is run once, with a Call that stands for every item; one that awaits is run for each instead.
   */
  map<Result>(callback: (item: Call<Item>) => Result): Call<Walked<Result>[]>
}

/** The result of a walk's callback, with the results of the Calls in it. */
type Walked<Result> =
  Result extends PromiseLike<infer Settled>
    ? Settled
    : Result extends Scalar | undefined
      ? Result
      : { [Name in keyof Result]: Walked<Result[Name]> }

/**
 * The values that the client may pass where the server expects an `A`: the like value, or a `Call` of one. Every Call is
 * a `Pending`: to compare its members too takes the compiler a fifth more time.
 */
export type Argument<A> = unknown extends A ? A : Passed<A> | Pending<Remote<Exclude<A, undefined>>>

/** The arguments for the parameters `P`, with their names. */
export type Arguments<P extends readonly unknown[]> = { [Index in keyof P]: Argument<P[Index]> }

type Passed<A> = A extends Scalar
  ? A
  : A extends readonly (infer Item)[]
    ? Item[] extends A
      ? readonly Argument<Item>[]
      : { readonly [Index in keyof A]: Argument<A[Index]> }
    : A extends AnyFunction | AnyClass
      ? PassedFunction<A>
      : A extends bigint
        ? number | bigint
        : A extends undefined
          ? undefined // Written out: an optional property may be `undefined` too, under any compiler options.
          : A extends Value
            ? PassedValue<A>
            : PassedObject<A>

/** A remote function or class; its result does not matter where the server expects `void`. */
type PassedFunction<F> = F extends (...parameters: infer P) => infer R
  ? RemoteFunction<P, void extends R ? unknown : R>
  : Callable<F>

type PassedValue<A> = A extends Blob
  ? Blob | globalThis.Blob
  : A extends Link
    ? Link | AnyRemoteFunction | { readonly [name: string]: unknown }
    : A

type PassedObject<A> = A extends Uint8Array
  ? Uint8Array
  : A extends globalThis.Blob
    ? Blob | globalThis.Blob
    : A extends ReadonlyMap<infer Key, infer Item>
      ? ReadonlyMap<Argument<Key>, Argument<Item>>
      : A extends ReadonlySet<infer Item>
        ? ReadonlySet<Argument<Item>>
        : true extends IsPage<A>
          ? RemotePage<A>
          : { readonly [Name in keyof A as Exclude<Name, symbol>]: Argument<A[Name]> }

/** The result of `named`: arguments by name, for any remote function. Their names and types are not checked. */
export interface Named {
  readonly [byName]: true
}

/** The names that `call(page, name)` suggests; it takes every other string too. */
export type MemberName<P> = keyof P & string

/** The arguments of `call(page, name, ...args)`: those of the method if the page's type has it. */
export type MemberArguments<P, Name> = Name extends keyof P
  ? P[Name] extends RemoteFunction<infer A, unknown>
    ? Arguments<A> | [args: Named]
    : unknown[]
  : unknown[]

/** The result of `call(page, name, ...args)`. */
export type MemberResult<P, Name> = Name extends keyof P
  ? P[Name] extends RemoteFunction<never, infer R>
    ? Call<Remote<R>>
    : Call<unknown>
  : Call<unknown>
