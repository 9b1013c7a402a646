// A value that must not be seen: it prints as [redacted] wherever it could be printed by accident.
import { inspect } from 'node:util';

export const redacted = '[redacted]';

/** Printing, interpolating, inspecting, logging and serialising it give `[redacted]`; only `reveal` gives the text. */
export class Secret {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  /** The text itself, for the one place that sends or compares it. */
  reveal(): string {
    return this.#text;
  }

  toString(): string {
    return redacted;
  }

  toJSON(): string {
    return redacted;
  }

  [Symbol.toPrimitive](): string {
    return redacted;
  }

  [inspect.custom](): string {
    return redacted;
  }
}
