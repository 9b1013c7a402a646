// Cuts data to a length without laying open half a secret: what is cut off could be what a secret is known by.
import { redact } from './redact.ts';

/** How far beyond the cut a secret is looked for, in code units; those that may be longer are known by their start. */
const lookedBeyond = 1024;

/** At most `most` code units with the ellipsis, and never half of a character; what is short enough stays as it is, secrets included. */
export function shortened(text: string, most: number): string {
  if (text.length <= most) return text;
  const beginning = redact(text.slice(0, most + lookedBeyond))
    .slice(0, most - 1)
    .toWellFormed();
  return `${beginning.replace(/\ufffd$/, '')}…`;
}
