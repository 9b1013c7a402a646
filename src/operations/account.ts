// What an operation's end leaves behind: a row of the audit trail, and a post in the audit channel where there is one.
import type { Audit } from '../audit/audit.ts';
import { type Post, storedPost } from '../cards/posts.ts';
import { formatDuration } from '../lib/duration.ts';
import type { Fact } from '../message.ts';
import type { Operation } from './operation.ts';
import type { Account } from './store.ts';

/** @param options.auditChannelId null where none is set. */
export function createAccounts(options: {
  audit: Pick<Audit, 'doneRow'>;
  auditChannelId: string | null;
}): (operation: Operation) => Account {
  return (operation) => {
    const { requester, reference, channelId, kind, app, level, ending, startedAt, endedAt, id, reason } = operation;
    const durationMs = (endedAt ?? startedAt) - startedAt;
    const row = options.audit.doneRow({
      reference,
      person: requester,
      channelId,
      action: kind,
      options: { app, operation: id, ...(reason !== null && { reason }) },
      level,
      outcome: ending ?? 'unknown',
      durationMs,
    });
    if (options.auditChannelId === null) return { row, post: null };
    const message = announcement(operation, durationMs);
    const post = { id: `audit-${id}`, channelId: options.auditChannelId, message };
    return { row, post: storedPost(post, row.at.getTime()) };
  };
}

function announcement(
  { kind, app, requester, ending, reason, reference, abortedBy }: Operation,
  durationMs: number,
): Post['message'] {
  const facts: Fact[] = [
    { name: 'Requested by', value: [{ person: requester.id }, ` (${requester.username})`] },
    ...(abortedBy === null ? [] : [{ name: 'Aborted by', value: [{ person: abortedBy.id }] }]),
    ...(reason === null ? [] : [{ name: 'Reason', value: reason }]),
    { name: 'Took', value: formatDuration(durationMs, 2) },
    { name: 'Reference', value: { code: reference } },
  ];
  return {
    headline: `${kind} of ${app} by ${requester.username}: ${ending}`,
    tone: 'neutral',
    title: `${kind} of ${app}: ${ending}`,
    facts,
  };
}
