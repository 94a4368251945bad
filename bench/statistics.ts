// Medians, and ratios of what was measured in the same round: noise that both had falls out of them.

export function quantile(values: readonly number[], part: number): number {
  const sorted = values.filter(Number.isFinite).sort((a, b) => a - b)
  const position = (sorted.length - 1) * part
  const below = sorted[Math.floor(position)] ?? Number.NaN
  const above = sorted[Math.ceil(position)] ?? Number.NaN
  return below + (above - below) * (position - Math.floor(position))
}

export const median = (values: readonly number[]): number => quantile(values, 0.5)

/** `of` the first divided by `of` the second, round by round. */
export function ratios<T>(
  first: readonly T[],
  second: readonly T[],
  of: (measurement: T) => number,
): number[] {
  const rounds = Math.min(first.length, second.length)
  return Array.from({ length: rounds }, (_, round) => of(first[round] as T) / of(second[round] as T))
}
