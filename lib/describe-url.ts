// URLs for people, in messages and so in logs: without what they carry, which may be a secret or a capability.

/** Longer than names of methods are: a state, at the end of a URL that somebody wrote without its last slash. */
const longestName = 32

/** The path of a URL; its middle, where state is, left out, and so are the query and the authority. */
export function describeUrl(url: string): string {
  const path = url.replace(/^[a-z][a-z\d+.-]*:\/\/[^/?#]*/i, '').split(/[?#]/, 1)[0] ?? ''
  const segments = path.split('/').slice(1)
  const last = segments.at(-1) ?? ''
  const shown = last.length > longestName ? '…' : last
  if (segments.length < 3) return path === '' ? '/' : path.slice(0, path.length - last.length) + shown
  return `/${segments[0]}/…/${shown}`
}
