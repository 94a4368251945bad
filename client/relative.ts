// Relative references between the URLs of one origin.

/**
 * The shortest reference from one URL's directory to another URL, or that URL itself where the origins
 * differ. It names no more of the path than it must: a proxy may have put something before it.
 */
export function relativeUrl(from: string, to: string): string {
  const base = new URL(from)
  const target = new URL(to)
  if (base.origin !== target.origin) return target.href
  const directory = base.pathname.slice(0, base.pathname.lastIndexOf('/') + 1)
  let common = 0
  for (let index = 0; index < directory.length && directory[index] === target.pathname[index]; index++) {
    if (directory[index] === '/') common = index + 1
  }
  const up = '../'.repeat(directory.slice(common).split('/').length - 1)
  const rest = target.pathname.slice(common) + target.search
  return `${up === '' ? './' : up}${rest}`
}
