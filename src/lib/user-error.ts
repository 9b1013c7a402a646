// The one kind of error whose message is shown to the person who asked; everything else is logged under a reference.

/**
 * Says what was wrong and what to do, in words for the person. `cause` is logged, never shown.
 */
export class UserError extends Error {
  override readonly name = 'UserError';
}
