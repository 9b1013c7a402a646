// What API v2 does with silences that are made and ended over it, and what it says to those that it does not take.
import type { Silences } from './silences.ts';

export interface Change {
  readonly status: number;
  readonly body: string;
}

interface Posted {
  readonly id?: unknown;
  readonly matchers?: unknown;
  readonly startsAt?: unknown;
  readonly endsAt?: unknown;
  readonly createdBy?: unknown;
  readonly comment?: unknown;
}

/** Null where there is no such change. */
export function changeOf(method: string, path: string, body: string, silences: Silences): Change | null {
  if (method === 'POST' && path === '/api/v2/silences') return made(body, silences);
  const id = /^\/api\/v2\/silence\/([^/]+)$/.exec(path)?.[1];
  return method === 'DELETE' && id !== undefined ? ended(decodeURIComponent(id), silences) : null;
}

function made(body: string, silences: Silences): Change {
  let posted: Posted;
  try {
    posted = JSON.parse(body);
  } catch {
    return { status: 400, body: '{"code":400,"message":"parsing silence body failed"}' };
  }
  for (const field of ['matchers', 'startsAt', 'endsAt', 'createdBy', 'comment'] as const) {
    if (posted[field] === undefined)
      return { status: 422, body: `{"code":602,"message":"silence.${field} in body is required"}` };
  }
  const [startsAt, endsAt] = [new Date(String(posted.startsAt)), new Date(String(posted.endsAt))];
  if (Number.isNaN(endsAt.getTime()) || endsAt <= startsAt)
    return refused('failed to create silence: start time must be before end time');
  if (endsAt <= new Date()) return refused("failed to create silence: end time can't be in the past");
  const matchers = Array.isArray(posted.matchers) ? posted.matchers : [];
  if (matchers.length === 0) return refused('invalid silence: at least one matcher required');
  if (matchers.every(({ value }) => value === ''))
    return refused('invalid silence: at least one matcher must not match the empty string');
  // Of what the bot may make: labels that are equal.
  if (matchers.some(({ isRegex, isEqual }) => isRegex !== false || isEqual === false))
    return { status: 501, body: '"the sandbox takes matchers of equality alone"' };
  const labels = Object.fromEntries(matchers.map(({ name, value }) => [String(name), String(value)]));
  const id = silences.add(labels, {
    forMs: endsAt.getTime() - Date.now(),
    createdBy: String(posted.createdBy),
    comment: String(posted.comment),
  });
  return { status: 200, body: `{"silenceID":"${id}"}\n` };
}

function ended(id: string, silences: Silences): Change {
  const known = silences.all().find((one) => one.id === id);
  if (known === undefined) return { status: 404, body: '' };
  // A second end is taken too.
  if (known.endsAt > new Date()) silences.expire(id);
  return { status: 200, body: '' };
}

function refused(message: string): Change {
  return { status: 400, body: `${JSON.stringify(message)}\n` };
}
