// The assertions of the fixtures.

/** `true` for types that are the same to the compiler, `any` and modifiers included. */
export type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false

/** `true` where an `A` can stand for a `B`. */
export type Fits<A, B> = [A] extends [B] ? true : false

/** A compile-time error unless the type is `true`. */
export declare function assert<_T extends true>(): void
export declare function refute<_T extends false>(): void
