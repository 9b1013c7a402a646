// What stands in a commit of the bot, and how it is read back: a subject, git's own sentence for reverts, and trailers.

import { shortTag } from '../lib/tag.ts';
import type { Attribution } from './repository.ts';

export interface MessageParts {
  readonly app: string;
  readonly to: string;
  readonly by: Omit<Attribution, 'again'>;
  /** Commits that it takes back, newest first; empty for a deploy. */
  readonly reverts: readonly string[];
}

/** What is known from a message; all of it is null or empty for a commit made by hand. */
export interface Trailers {
  readonly person: { readonly id: string; readonly username: string } | null;
  readonly reason: string | null;
  readonly operation: string | null;
  readonly reverts: readonly string[];
}

const longestReason = 500;
const longestMessage = 65_536;
const mostReverts = 200;

/** Everything that came from people stands on one line of its own, so that no reason can add a trailer or a paragraph. */
export function commitMessage({ app, to, by, reverts }: MessageParts): string {
  const subject =
    reverts.length === 0 ? `Deploy ${line(app, 60)} ${shortTag(to)}` : `Roll back ${line(app, 60)} to ${shortTag(to)}`;
  const reason = by.reason === null ? '' : line(by.reason, longestReason);
  const trailers = [
    `Requested-by: ${line(by.person.username, 64)} (${line(by.person.id, 64)})`,
    ...(reason === '' ? [] : [`Reason: ${reason}`]),
    `Operation: ${line(by.operation, 200)}`,
    ...reverts.map((commit) => `Reverts: ${commit}`),
  ];
  // The sentence of `git revert`, which other tools know.
  const body = reverts.map((commit) => `This reverts commit ${commit}.`);
  return [subject, ...(body.length === 0 ? [] : [body.join('\n')]), trailers.join('\n')].join('\n\n').concat('\n');
}

/** Trailers are read from the last paragraph alone, as git does. The first of its kind counts, but all of `Reverts:`. */
export function parseCommitMessage(message: string): Trailers {
  const text = message.slice(0, longestMessage).replaceAll('\r\n', '\n').trimEnd();
  const paragraphs = text.split(/\n[ \t]*\n/);
  const fields = paragraphs.length < 2 ? [] : (paragraphs.at(-1) ?? '').split('\n').map(field);
  const first = (name: string) => fields.find((one) => one?.name === name)?.value ?? null;
  const named = fields.flatMap((one) => (one?.name === 'reverts' && isCommit(one.value) ? [one.value] : []));
  const said = [...text.matchAll(/^This reverts commit ([0-9a-f]{40,64})\b/gm)].flatMap(([, commit]) => commit ?? []);
  const person = /^(\S.{0,199}?) \((\S{1,64})\)$/.exec(first('requested-by') ?? '');
  return {
    person: person?.[1] && person[2] ? { username: person[1], id: person[2] } : null,
    reason: first('reason'),
    operation: first('operation'),
    reverts: [...new Set([...named, ...said])].slice(0, mostReverts),
  };
}

/** A whole commit id, SHA-1 or SHA-256. */
export function isCommit(text: string): boolean {
  return /^([0-9a-f]{40}|[0-9a-f]{64})$/.test(text);
}

function field(text: string): { readonly name: string; readonly value: string } | null {
  const match = /^([A-Za-z][A-Za-z-]{0,40}):[ \t]*(.*)$/.exec(text);
  const value = match?.[2]?.trim() ?? '';
  return match?.[1] === undefined || value === '' ? null : { name: match[1].toLowerCase(), value };
}

/** Controls, line and paragraph separators and invisible direction marks become blanks; runs of blanks become one. */
function line(text: string, longest: number): string {
  const flat = text
    .slice(0, longest * 4)
    .toWellFormed()
    .replace(/[\s\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ')
    .trim();
  const characters = [...flat];
  return characters.length <= longest
    ? flat
    : `${characters
        .slice(0, longest - 1)
        .join('')
        .trimEnd()}…`;
}
