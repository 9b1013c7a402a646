// Something of the configuration cannot be used: told to whoever configured it, in one sentence, with exit code 78.

/** The message names the variable, what is wrong, and what would be right. */
export class Unusable extends Error {
  override readonly name = 'Unusable';
}
