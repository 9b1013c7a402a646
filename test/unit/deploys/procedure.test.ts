// What follows from a failure or an Abort at a step, and what the card says of it.
import { expect, test } from '@jest/globals';
import { deployMessage } from '../../../src/deploys/message.ts';
import type { Outside } from '../../../src/deploys/outside.ts';
import { deployProcedure } from '../../../src/deploys/procedure.ts';
import type { DeployState, Step } from '../../../src/deploys/state.ts';
import type { Operation } from '../../../src/operations/operation.ts';

// What follows from a failure is decided from the apps alone: nothing else of the outside is touched.
const outside = { apps: [] } as unknown as Outside;
const procedure = deployProcedure('deploy', outside);

function at(step: Step, state: Partial<DeployState> = {}): Operation<DeployState> {
  return {
    id: 'a1',
    kind: 'deploy',
    app: 'shop',
    requester: { id: '1', username: 'otto' },
    level: 'operator',
    channelId: '9',
    reason: null,
    reference: 'R1',
    step,
    startedAt: 0,
    endedAt: null,
    ending: null,
    abortedBy: null,
    resumed: 0,
    state: {
      from: '3f2c1a9',
      to: 'b81e64f',
      takesBack: [],
      change: null,
      undo: null,
      image: null,
      appliedAt: null,
      progress: null,
      failure: 'The push failed.',
      evidence: [],
      undoFailure: null,
      ...state,
    },
  };
}

test.each(['look for the commit', 'undo commit', 'undo apply', 'undo follow'] as const)(
  'an Abort that comes during "%s" does not end the undoing half-way',
  (step) => {
    expect(procedure.interrupted(at(step), 'Aborted by ada', true)).toMatchObject({ next: step });
  },
);

test('where nobody could look whether the commit arrived, the card does not say that nothing was changed', () => {
  const operation = at('look for the commit');
  const after = procedure.interrupted(operation, 'The repository is away.', false);
  expect(after).toMatchObject({ end: 'failed' });
  const message = deployMessage({ ...operation, state: after.state, ending: 'failed', endedAt: 1000 }, 1000);
  const shown = JSON.stringify(message);
  expect(shown).not.toContain('nothing was changed');
  expect(shown).toContain('The repository is away.');
  expect(shown).toContain('may differ now');
});

test('where the commit did not arrive, the card says that nothing was changed', () => {
  const message = deployMessage({ ...at('look for the commit'), ending: 'failed', endedAt: 1000 }, 1000);
  expect(message.title).toContain('failed, nothing was changed');
});
