// Amounts of bytes for people, as the limits of the documents count them.

const units = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB']

/** `1 byte`, `12 bytes`, `3.4 MiB`. */
export function bytesText(bytes: number): string {
  if (bytes === 1) return '1 byte'
  const power = bytes < 1024 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(bytes) / 10))
  const amount = bytes / 1024 ** power
  return `${amount < 100 && power > 0 ? amount.toFixed(1) : Math.round(amount)} ${units[power]}`
}
