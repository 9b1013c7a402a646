// Takes secrets out of everything that is shown or logged. Every rule takes time in proportion to the text, however hostile.
import { redactAssignments } from './redact-assignments.ts';
import { redactTokens } from './redact-tokens.ts';
import { redacted, type Secret } from './secret.ts';

export type Redact = (text: string) => string;

/**
 * Replaces what looks like a secret by `[redacted]`: tokens and keys known by their form, passwords in URLs and connection
 * strings, credentials in headers, and the values of fields, variables and flags whose name says so. What is redacted already
 * stays as it is, so that applying it twice does no harm.
 */
export function redact(text: string): string {
  if (text.length < 6) return text;
  let rest = text;
  // Once is enough for all but texts made to confuse: there a replacement may lay open what another rule then sees.
  for (let pass = 0; pass < mostPasses; pass += 1) {
    const next = redactAssignments(redactTokens(rest));
    if (next === rest) break;
    rest = next;
  }
  return rest;
}

const mostPasses = 4;

/** Shorter secrets would be found everywhere by accident; the configuration warns of them. */
const shortest = 6;

/** What a text was cut to ends with this. */
const ellipsis = '…';

/** Less of the beginning of a secret would be found by accident. */
const shortestBeginning = 8;

/**
 * `redact`, and besides it these secrets wherever they appear, as they are and as they look in a URL, in JSON and in base64. Where a text was cut
 * in the middle of one, its beginning is redacted.
 * @param secrets of this process's own configuration.
 */
export function redactor(secrets: readonly Secret[]): Redact {
  const spellings = new Set(secrets.flatMap((secret) => spellingsOf(secret.reveal())));
  const known = [...spellings].filter((one) => one.length >= shortest).sort((a, b) => b.length - a.length);
  return (text) => {
    let rest = text;
    for (const one of known) {
      if (rest.includes(one)) rest = rest.split(one).join(redacted);
    }
    return redact(rest.includes(ellipsis) ? withoutBeginnings(rest, known) : rest);
  };
}

function withoutBeginnings(text: string, secrets: readonly string[]): string {
  let rest = text;
  for (const secret of secrets) {
    const beginning = secret.slice(0, shortestBeginning);
    if (beginning.length < shortestBeginning) continue;
    for (let at = rest.indexOf(beginning); at !== -1; at = rest.indexOf(beginning, at + 1)) {
      let end = at + shortestBeginning;
      while (end - at < secret.length && rest[end] === secret[end - at]) end += 1;
      if (rest[end] === ellipsis) rest = `${rest.slice(0, at)}${redacted}${rest.slice(end)}`;
    }
  }
  return rest;
}

function spellingsOf(text: string): string[] {
  // A key of several lines may be shown a line at a time.
  const lines = text.split('\n').filter((line) => line.length >= 20);
  return [text, ...lines].flatMap((one) => {
    const bytes = Buffer.from(one);
    const encoded = encodeURIComponent(one.toWellFormed());
    return [one, encoded, JSON.stringify(one).slice(1, -1), bytes.toString('base64'), bytes.toString('base64url')];
  });
}
