// What `Router` throws when something cannot be registered: a mistake in the application's own code, found
// at start and never sent to a caller. The message says what failed, where, and what to write instead.

/** A TypeError, because the thing handed over is of a kind that cannot be published. */
export class RegistrationError extends TypeError {
  override readonly name = 'RegistrationError'
}
