// What may be posted as a silence, and the words for what may not, as measured on Alertmanager 0.25.
import { type Matcher, matches } from './silences.ts';

export interface PostedSilence {
  readonly matchers: readonly Matcher[];
  readonly createdBy: string;
  readonly comment: string;
  readonly startsAt: Date;
  readonly endsAt: Date;
}

export type Parsed =
  | { readonly kind: 'posted'; readonly silence: PostedSilence }
  /** `body` is sent as JSON. */
  | { readonly kind: 'wrong'; readonly status: number; readonly body: unknown };

export function parseSilence(text: string, now: Date): Parsed {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    return wrong(400, { code: 400, message: 'parsing silence body from "" failed, because it is no JSON' });
  }
  if (typeof body !== 'object' || body === null)
    return wrong(422, { code: 600, message: 'silence in body is required' });
  const given = body as Readonly<Record<string, unknown>>;
  for (const name of ['comment', 'createdBy', 'endsAt', 'matchers', 'startsAt']) {
    if (given[name] === undefined || given[name] === null)
      return wrong(422, { code: 602, message: `${name} in body is required` });
  }
  const matchers = Array.isArray(given['matchers']) ? given['matchers'].map(matcherOf) : [];
  if (matchers.length === 0) return wrong(422, { code: 612, message: 'matchers in body should have at least 1 items' });
  const startsAt = new Date(String(given['startsAt']));
  const endsAt = new Date(String(given['endsAt']));
  if (startsAt >= endsAt) return wrong(400, 'Failed to create silence: start time must be before end time');
  if (endsAt < now) return wrong(400, "Failed to create silence: end time can't be in the past");
  const odd = matchers.findIndex(({ name }) => name === '');
  if (odd !== -1) return wrong(400, `silence invalid: invalid label matcher ${odd}: invalid label name ""`);
  if (matchers.every((matcher) => matches(matcher, {})))
    return wrong(400, 'silence invalid: at least one matcher must not match the empty string');
  const silence = {
    matchers,
    createdBy: String(given['createdBy']),
    comment: String(given['comment']),
    startsAt,
    endsAt,
  };
  return { kind: 'posted', silence };
}

function matcherOf(given: Readonly<Record<string, unknown>>): Matcher {
  return {
    name: String(given['name'] ?? ''),
    value: String(given['value'] ?? ''),
    isRegex: given['isRegex'] === true,
    isEqual: given['isEqual'] !== false,
  };
}

function wrong(status: number, body: unknown): Parsed {
  return { kind: 'wrong', status, body };
}
