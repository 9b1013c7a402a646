// What the card of a deploy or rollback says: pure, from the operation to the message.
import { formatDuration } from '../lib/duration.ts';
import { shortTag } from '../lib/tag.ts';
import type { Fact, Line, Message, Tone } from '../message.ts';
import type { Operation } from '../operations/operation.ts';
import { progressLines } from '../rollouts/lines.ts';
import type { DeployState, Step } from './state.ts';

type Deploy = Operation<DeployState>;

/** @param now milliseconds since 1970. */
export function deployMessage(operation: Deploy, now: number): Message {
  const { state, requester, reason } = operation;
  const [mark, word, tone] = standing(operation);
  const what = `${operation.kind} of ${operation.app} ${arrow(state)}`;
  const took = formatDuration((operation.endedAt ?? now) - operation.startedAt, 2);
  const facts: Fact[] = [
    { name: 'Requested by', value: [{ person: requester.id }, ` (${requester.username})`] },
    ...(operation.abortedBy === null ? [] : [{ name: 'Aborted by', value: [{ person: operation.abortedBy.id }] }]),
    ...(reason === null ? [] : [{ name: 'Reason', value: reason }]),
    ...(operation.endedAt === null ? [] : [{ name: 'Took', value: took }]),
  ];
  return {
    headline: `${mark} ${word}: ${what} (${requester.username})`,
    tone,
    title: `${what} · ${word}`,
    text: [...trail(operation), ...running(operation, now), ...endingLines(operation)],
    ...(state.evidence.length > 0 && { block: { lines: state.evidence, file: `${operation.app}.log` } }),
    facts,
    ...(isAbortable(operation) && {
      buttons: [{ label: 'Abort', style: 'danger', action: 'abort', subject: operation.id }],
    }),
  };
}

function arrow({ from, to }: DeployState): string {
  return from === null ? `to ${shortTag(to)}` : `${shortTag(from)} → ${shortTag(to)}`;
}

function standing({ ending, state, kind }: Deploy): readonly [string, string, Tone] {
  switch (ending) {
    case 'done':
      return ['✅', 'done', 'good'];
    case 'undone':
      return ['↩️', 'failed and undone', 'warning'];
    case 'aborted':
      return ['⏹️', 'aborted, nothing was changed', 'neutral'];
    case 'failed':
      return ['🔴', isUnchanged(state) ? 'failed, nothing was changed' : 'failed', 'critical'];
    case null:
      return state.failure === null ? ['🚀', 'running', 'info'] : ['↩️', `undoing the ${kind}`, 'warning'];
  }
}

/** Without a commit, and without a failure to find out whether there is one. */
function isUnchanged({ change, undoFailure }: DeployState): boolean {
  return change === null && undoFailure === null;
}

function isAbortable({ ending, state, abortedBy }: Deploy): boolean {
  return ending === null && state.failure === null && abortedBy === null;
}

/** What has been done, one line each. */
function trail({ state, resumed }: Deploy): readonly Line[] {
  const lines: Line[] = [];
  if (state.change !== null) lines.push(['✓ committed ', { code: state.change.commit.slice(0, 7) }]);
  if (state.failure !== null) lines.push(['✗ ', state.failure]);
  if (state.undo !== null) lines.push(['✓ reverted by ', { code: state.undo.commit.slice(0, 7) }]);
  if (state.undoFailure !== null) lines.push(['✗ ', state.undoFailure]);
  if (resumed > 0) lines.push('The bot was restarted meanwhile and went on from where it was.');
  return lines;
}

const doing: Readonly<Record<string, string>> = {
  commit: 'committing to the manifest repository',
  'look for the commit': 'looking whether the commit arrived',
  apply: 'applying the manifests',
  follow: 'waiting for the rollout',
  'undo commit': 'taking the commit back',
  'undo apply': 'applying what was before',
  'undo follow': 'waiting for the rollout of what was before',
} satisfies Record<Step, string>;

function running(operation: Deploy, now: number): readonly Line[] {
  const { state, ending } = operation;
  const bar =
    state.progress === null ? [] : progressLines(state.progress, (operation.endedAt ?? now) - operation.startedAt);
  if (ending !== null) return ending === 'done' || ending === 'undone' ? bar : [];
  return [['⏳ ', doing[operation.step] ?? operation.step], ...bar];
}

function endingLines({ ending, state, app }: Deploy): readonly Line[] {
  if (ending === 'undone')
    return [`${app} runs ${state.from === null ? 'what it ran before' : shortTag(state.from)} again.`];
  if (ending === 'failed' && !isUnchanged(state)) {
    return ['The repository and the cluster may differ now: look at /status, then /rollback or deploy again.'];
  }
  return [];
}
