// Basic authentication (RFC 7617), as a client sends it.

/** The value of `Authorization` for `NAME:PASSWORD`, in UTF-8. */
export function basicAuthorization(user: string): string {
  const bytes = Array.from(new TextEncoder().encode(user), byte => String.fromCharCode(byte))
  return `Basic ${btoa(bytes.join(''))}`
}
