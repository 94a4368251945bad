// The types of arguments that schemas declare, as functions take them and as callers give them. Types only.

import type { Declarations } from './mark-options.js'

/** A function of any kind. Without a signature, so that a function written where one is expected keeps its own types. */
export type Callable = CallableFunction

/** What a schema gives to the function: `z.string().default('')` a string. A class gives its objects. */
export type OutputOf<S> = S extends { readonly '~standard': { readonly types?: infer T | undefined } }
  ? Exclude<T, undefined> extends { readonly output: infer O }
    ? O
    : unknown
  : S extends abstract new (
        // biome-ignore lint/suspicious/noExplicitAny: the constructor parameters of any class.
        ...parameters: any[]
      ) => infer I
    ? I
    : S extends () => infer C
      ? OutputOf<C>
      : unknown

/** What a schema takes from callers: `z.string().default('')` a string, or nothing. */
export type InputOf<S> = S extends { readonly '~standard': { readonly types?: infer T | undefined } }
  ? Exclude<T, undefined> extends { readonly input: infer I }
    ? I
    : unknown
  : OutputOf<S>

/** What a function is given whose arguments have names: one object. */
export type Outputs<D extends Declarations> = { readonly [K in keyof D]: OutputOf<D[K]> }

type OptionalKeys<D extends Declarations> = {
  [K in keyof D]-?: undefined extends InputOf<D[K]> ? K : never
}[keyof D]

/** What callers give, by name: what a schema lets be left out may be. */
export type Inputs<D extends Declarations> = Flat<
  { [K in Exclude<keyof D, OptionalKeys<D>>]: InputOf<D[K]> } & {
    [K in OptionalKeys<D>]?: InputOf<D[K]>
  }
>

type Flat<T> = { [K in keyof T]: T[K] }

/** A function that is called with its arguments by name, in one object; with none where all may be left out. */
export type NamedFunction<D extends Declarations, R> =
  Record<never, never> extends Inputs<D> ? (input?: Inputs<D>) => R : (input: Inputs<D>) => R

type UnionToIntersection<U> = (U extends unknown ? (value: U) => void : never) extends (
  value: infer I,
) => void
  ? I
  : never
type IsUnion<T> = [T] extends [UnionToIntersection<T>] ? false : true

// biome-ignore lint/suspicious/noExplicitAny: what a schema gives that the compiler knows nothing of.
type Knowing<T> = unknown extends T ? any : T

/**
 * Marks a function with schemas. Where there is one, its parameter has its type; where there are several, each parameter
 * must take what at least one of them gives: which is whose the names tell, which the compiler does not see.
 */
export type Declaring<D extends Declarations> =
  IsUnion<keyof D> extends false
    ? <F extends TakesOne<Knowing<OutputOf<D[keyof D]>>> | AnyConstructor>(
        target: F,
        context?: DecoratorContext,
      ) => F
    : <F extends Callable>(target: F & Fits<F, OutputOf<D[keyof D]>>, context?: DecoratorContext) => F

// biome-ignore lint/suspicious/noExplicitAny: the constructor parameters of any class.
type AnyConstructor = abstract new (...parameters: any[]) => any

// biome-ignore-start lint/suspicious/noExplicitAny: whatever `this` and the result of the function are.
type TakesOne<T> = (this: any, value: T) => any

/** `unknown` where each parameter of a function can be given one of the outputs; else what is wrong. */
type Fits<F, Output> = [Output] extends [never]
  ? unknown
  : F extends (this: any, ...parameters: infer P) => any
    ? [Misfits<P, Output>] extends [never]
      ? unknown
      : { readonly 'no schema gives what this parameter takes': Misfits<P, Output> }
    : unknown
// biome-ignore-end lint/suspicious/noExplicitAny: as above.

/** The parameters that no output fits. */
type Misfits<P extends readonly unknown[], Output> = {
  [K in keyof P]-?: unknown extends Output ? never : Misfit<P[K], Output>
}[number]

type Misfit<T, Output> = unknown extends T
  ? never
  : [Extract<Output, T>] extends [never]
    ? [Exclude<T, undefined | null>] extends [never]
      ? never
      : T
    : never
