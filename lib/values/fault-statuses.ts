// The codes of Faults that say by themselves which HTTP status they have. Words of one place, such as `seal` or `stream`,
// are not here: an application may mean something else by them.

const statuses = {
  unauthenticated: 401,
  forbidden: 403,
  cross_origin: 403,
  not_found: 404,
  method_not_allowed: 405,
  not_acceptable: 406,
  not_now: 409,
  media_type: 415,
  misdirected: 421,
  invalid_argument: 422,
  internal: 500,
  not_implemented: 501,
  not_ready: 503,
  overloaded: 503,
  storage_full: 507,
} as const

export type FaultCode = keyof typeof statuses

const byCode: ReadonlyMap<string, number> = new Map(Object.entries(statuses))

/** The status of a Fault whose thrower names none: that of its code, else 400. */
export const statusOf = (code: string): number => byCode.get(code) ?? 400
