// The end of an operation: the audit trail, and the audit channel where there is one.
import type { Audit } from '../audit/audit.ts';
import type { Posts } from '../cards/posts.ts';
import { formatDuration } from '../lib/duration.ts';
import type { Fact } from '../message.ts';
import type { Operation } from './operation.ts';

export function operationEnded(options: {
  audit: Audit;
  posts: Posts;
  /** Null where no audit channel is set. */
  auditChannelId: string | null;
}): (operation: Operation) => Promise<void> {
  return async (operation) => {
    const { requester, reference, channelId, kind, app, level, ending, startedAt, endedAt, id } = operation;
    const durationMs = (endedAt ?? startedAt) - startedAt;
    await options.audit.done({
      reference,
      person: requester,
      channelId,
      action: kind,
      options: { app, operation: id },
      level,
      outcome: ending ?? 'unknown',
      durationMs,
    });
    if (options.auditChannelId === null) return;
    await options.posts.post({
      id: `audit-${id}`,
      channelId: options.auditChannelId,
      message: announcement(operation, durationMs),
    });
  };
}

function announcement({ kind, app, requester, ending, reason, reference, abortedBy }: Operation, durationMs: number) {
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
  } as const;
}
