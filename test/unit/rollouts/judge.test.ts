// What each state of a rollout means, a line each.
import { describe, expect, test } from '@jest/globals';
import { judge, type Since, type Verdict } from '../../../src/rollouts/judge.ts';
import type { RolloutView } from '../../../src/rollouts/view.ts';
import { begun, container, deployment, image, pod, startedAt, view, waiting } from './views.ts';

const since: Since = { startedAt, timeoutMs: 300_000, container: 'app', image };

/** @param seconds since the start. */
function judged(what: RolloutView, seconds = 1, more: Partial<Since> = {}): Verdict {
  return judge(what, { ...since, ...more }, startedAt + seconds * 1000);
}

function words(verdict: Verdict): string {
  return verdict.kind === 'failed' ? `${verdict.reason}: ${verdict.said}` : verdict.kind;
}

const crash = container({
  ...waiting('CrashLoopBackOff'),
  restarts: 3,
  lastExit: { code: 1, reason: 'Error', message: '' },
});
const deadline = {
  type: 'Progressing',
  status: 'False',
  reason: 'ProgressDeadlineExceeded',
  message: 'ReplicaSet "web" has timed out progressing.',
};
const away = { said: 'The cluster cannot be reached (connection refused at 10.0.0.1:6443).', since: startedAt };

describe('done', () => {
  test.each<[string, RolloutView]>([
    ['all pods are updated and available', view(deployment())],
    ['none are wanted', view(deployment({ wanted: 0, updated: 0, ready: 0, available: 0, total: 0 }))],
    [
      'none are wanted, and there is no ReplicaSet',
      view(deployment({ wanted: 0, updated: 0, ready: 0, available: 0, total: 0 }), { replicaSet: null }),
    ],
    ['an autoscaler wants fewer than there were updated', view(deployment({ wanted: 2 }))],
    ['paused after it was done', view(deployment({ paused: true }))],
    ['the digest was added to the image', view(deployment({ images: { app: `${image}@sha256:00` } }))],
    ['another container has another image', view(deployment({ images: { app: image, beside: 'busybox' } }))],
    ['an old condition says otherwise', view(deployment({ conditions: [deadline] }))],
    [
      'a pod that is there crashed long ago',
      view(deployment(), { pods: [pod([container({ ready: true, restarts: 9 })])] }),
    ],
  ])('%s', (_, what) => expect(words(judged(what))).toBe('done'));

  test('also when the time is over', () => expect(words(judged(view(deployment()), 999))).toBe('done'));
});

describe('not done', () => {
  const stale = { generation: 8, observedGeneration: 7 };
  test.each<[string, RolloutView, RegExp]>([
    ['the controller has not looked yet', view(deployment(stale)), /not been looked at/],
    [
      'nor where none are wanted',
      view(deployment({ ...stale, wanted: 0, updated: 0, total: 0, available: 0 })),
      /not been looked at/,
    ],
    ['too few are updated', view(begun), /1 of 3 new pods have been made/],
    ['old ones are ending', view(deployment({ total: 5 })), /2 old pods are ending/],
    ['one old one is ending', view(deployment({ total: 4 })), /1 old pod is ending/],
    [
      'none are wanted, but one is there',
      view(deployment({ wanted: 0, updated: 0, available: 0, total: 1 })),
      /1 old pod is ending/,
    ],
    ['updated ones are not available', view(deployment({ available: 2 })), /2 of 3 updated pods are available/],
    ['the cluster is away, and it was done when last seen', view(deployment(), { away }), /cannot be reached/],
    ['the cluster is away from the start', view(null, { away }), /cannot be reached/],
  ])('%s', (_, what, note) => {
    const verdict = judged(what);
    expect(words(verdict)).toBe('progressing');
    expect(verdict.progress.note).toMatch(note);
  });

  test.each<[string, Partial<RolloutView>]>([
    ['a crash loop', { pods: [pod([crash])] }],
    ['a missing image', { pods: [pod([container(waiting('ImagePullBackOff'))])] }],
    [
      'a quota',
      { replicaSet: { name: 'web', failure: { reason: 'FailedCreate', message: 'exceeded quota', since: 0 } } },
    ],
  ])('what the old version suffers from says nothing about the new one: %s', (_, more) => {
    expect(words(judged(view(deployment({ ...begun, generation: 8 }), more), 60))).toBe('progressing');
    expect(words(judged(view(begun, { ...more, away }), 60))).toBe('progressing');
  });

  test('a paused Deployment is not judged before the controller has looked', () => {
    expect(words(judged(view(deployment({ ...stale, paused: true }))))).toBe('progressing');
    expect(words(judged(view(deployment({ ...stale, conditions: [deadline] }))))).toBe('progressing');
  });

  test('counts', () => {
    expect(judged(view(begun)).progress).toEqual({
      wanted: 3,
      updated: 1,
      ready: 3,
      unavailable: 1,
      old: 3,
      note: '1 of 3 new pods have been made',
    });
    expect(judged(view(deployment(stale))).progress).toMatchObject({ updated: 0, old: 3 });
  });
});

describe('the image', () => {
  const said = 'Back-off pulling image "shop:2": not found';
  test.each(['ImagePullBackOff', 'InvalidImageName', 'ErrImageNeverPull'])('%s fails at once', (reason) => {
    expect(words(judged(view(begun, { pods: [pod([container(waiting(reason, said))])] }), 0))).toBe(
      `image pull: The container app of web-1 has no image. ${reason}: ${said}`,
    );
  });

  test.each(['ErrImagePull', 'RegistryUnavailable', 'ImageInspectError'])('%s is given a moment', (reason) => {
    const what = view(begun, { pods: [pod([container(waiting(reason, 'timeout', startedAt + 5000))])] });
    const first = judged(what, 10);
    expect(words(first)).toBe('progressing');
    expect(first.progress.note).toContain(`${reason}: timeout`);
    expect(words(judged(what, 15))).toMatch(/^image pull:/);
  });

  test('of an init container', () => {
    expect(
      words(
        judged(
          view(begun, { pods: [pod([container({ init: true, name: 'migrate', ...waiting('ImagePullBackOff') })])] }),
        ),
      ),
    ).toBe('image pull: The init container migrate of web-1 has no image. ImagePullBackOff');
  });
});

describe('crashes', () => {
  test.each<[string, Partial<Parameters<typeof container>[0]>, string]>([
    ['exit code', {}, 'The container app of web-1 crashes (CrashLoopBackOff): exit code 1, 3 restarts.'],
    ['once', { restarts: 1 }, 'crashes (CrashLoopBackOff): exit code 1, 1 restart.'],
    ['no exit known', { lastExit: null }, 'crashes (CrashLoopBackOff): 3 restarts.'],
    [
      'out of memory',
      { lastExit: { code: 137, reason: 'OOMKilled', message: '' } },
      'OOMKilled, exit code 137: it took more memory than its limit; 3 restarts.',
    ],
    [
      'an end that is no error',
      { lastExit: { code: 0, reason: 'Completed', message: '' } },
      'exit code 0 (Completed), 3 restarts.',
    ],
    [
      'a command that is not there',
      { lastExit: { code: 128, reason: 'StartError', message: 'exec: "foo": not found' } },
      'exit code 128 (StartError: exec: "foo": not found), 3 restarts.',
    ],
    ['of an init container', { init: true, name: 'migrate' }, 'The init container migrate of web-1 crashes'],
  ])('%s', (_, more, said) => {
    const verdict = judged(view(begun, { pods: [pod([container({ ...crash, ...more })], { phase: 'Running' })] }));
    expect(words(verdict)).toContain('crash loop: ');
    expect(words(verdict)).toContain(said);
    expect(verdict).toMatchObject({ culprit: { pod: 'web-1', container: more?.name ?? 'app' } });
  });

  const restarted = container({ restarts: 2, lastExit: { code: 2, reason: 'Error', message: '' } });
  test.each<[string, RolloutView, string]>([
    [
      'two restarts are a loop',
      view(begun, { pods: [pod([restarted])] }),
      'crash loop: The container app of web-1 crashes: exit code 2, 2 restarts.',
    ],
    ['one is not', view(begun, { pods: [pod([container({ ...restarted, restarts: 1 })])] }), 'progressing'],
    [
      'nor two of one that is ready again',
      view(begun, { pods: [pod([{ ...restarted, ready: true }])] }),
      'progressing',
    ],
    [
      'nor those of a pod that was there before',
      view(begun, { pods: [pod([restarted], { createdAt: startedAt - 3_600_000 })] }),
      'progressing',
    ],
    [
      'a pod that was there before crashes now',
      view(begun, { pods: [pod([crash], { createdAt: 0 })] }),
      'crash loop: The container app of web-1 crashes (CrashLoopBackOff): exit code 1, 3 restarts.',
    ],
    ['a pod that was evicted is replaced', view(begun, { pods: [pod([crash], { phase: 'Failed' })] }), 'progressing'],
    [
      'the second of two pods',
      view(begun, { pods: [pod([container({ ready: true })]), pod([crash], { name: 'web-2' })] }),
      'crash loop: The container app of web-2 crashes (CrashLoopBackOff): exit code 1, 3 restarts.',
    ],
  ])('%s', (_, what, expected) => expect(words(judged(what))).toBe(expected));
});

describe('a container that cannot be started', () => {
  test.each(['CreateContainerConfigError', 'CreateContainerError', 'RunContainerError'])(
    '%s, after a moment',
    (reason) => {
      const what = view(begun, { pods: [pod([container(waiting(reason, 'secret "db" not found'))])] });
      expect(words(judged(what, 9))).toBe('progressing');
      expect(words(judged(what, 10))).toBe(
        `container config: The container app of web-1 cannot be started. ${reason}: secret "db" not found`,
      );
    },
  );

  test.each(['ContainerCreating', 'PodInitializing', 'SomethingNew'])('%s is no trouble', (reason) => {
    expect(words(judged(view(begun, { pods: [pod([container(waiting(reason))])] }), 200))).toBe('progressing');
  });
});

describe('no room', () => {
  const message = '0/3 nodes are available: 3 Insufficient memory.';
  const homeless = pod([], { unschedulable: { message, since: startedAt } });
  test('a pod that no node takes fails after 15 s', () => {
    const early = judged(view(begun, { pods: [homeless] }), 14);
    expect(words(early)).toBe('progressing');
    expect(early.progress.note).toContain(message);
    expect(words(judged(view(begun, { pods: [homeless] }), 15))).toBe(
      `unschedulable: No node takes the pod web-1 (Unschedulable): ${message}`,
    );
  });

  const failure = {
    reason: 'FailedCreate',
    message: 'pods "web-2" is forbidden: exceeded quota: one',
    since: startedAt,
  };
  const refused = view(begun, { replicaSet: { name: 'web', failure } });
  test('a quota fails after a moment', () => {
    expect(words(judged(refused, 9))).toBe('progressing');
    expect(words(judged(refused, 10))).toBe(`quota: No pod can be made (FailedCreate): ${failure.message}`);
  });

  test('while pods are ending, room and quota may come free', () => {
    expect(words(judged({ ...refused, terminating: 1 }, 30))).toBe('progressing');
    expect(words(judged(view(begun, { pods: [homeless], terminating: 2 }), 30))).toBe('progressing');
    expect(words(judged({ ...refused, terminating: 1 }, 60))).toMatch(/^quota:/);
  });

  test('what is certain is said before what may pass', () => {
    const what = view(begun, {
      pods: [homeless, pod([crash], { name: 'web-2' })],
      replicaSet: { name: 'web', failure },
    });
    expect(words(judged(what))).toMatch(/^crash loop:/);
  });
});

describe('it ends', () => {
  const unready = pod([container()], { phase: 'Running' });
  test.each<[string, RolloutView, number, RegExp]>([
    ['deleted', view(null), 1, /^gone: The Deployment is gone/],
    [
      'the deadline of Kubernetes',
      view({ ...begun, conditions: [deadline] }),
      1,
      /^deadline: .*ProgressDeadlineExceeded.*has timed out progressing/,
    ],
    [
      'the same with a pod that is not ready',
      view({ ...begun, conditions: [deadline] }, { pods: [unready] }),
      1,
      /^deadline: .*\nThe container app of web-1 runs, but does not become ready/,
    ],
    [
      'the same where there is no ReplicaSet at all',
      view(
        { ...begun, conditions: [{ ...deadline, message: 'Deployment "web" has timed out progressing.' }] },
        { replicaSet: null },
      ),
      1,
      /^deadline:/,
    ],
    [
      'the deadline of the version before',
      view({ ...begun, conditions: [{ ...deadline, message: 'ReplicaSet "web-old" has timed out progressing.' }] }),
      1,
      /^progressing$/,
    ],
    [
      'a deadline while the ReplicaSet is not known',
      view({ ...begun, conditions: [deadline] }, { replicaSet: null }),
      1,
      /^progressing$/,
    ],
    [
      'another condition',
      view({ ...begun, conditions: [{ ...deadline, reason: 'ReplicaSetUpdated', status: 'True' }] }),
      1,
      /^progressing$/,
    ],
    ['paused', view({ ...begun, paused: true }), 1, /^paused: .*kubectl rollout resume/],
    ['our own time', view(begun), 300, /^timeout: Not finished after 5m: 1 of 3 new pods have been made\.$/],
    ['a moment before', view(begun), 299, /^progressing$/],
    [
      'our own time, and a pod that is not ready',
      view(begun, { pods: [unready] }),
      300,
      /^timeout: .*\nThe container app of web-1 runs, but/,
    ],
    [
      'our own time, and a pod that is being pulled',
      view(begun, { pods: [pod([container(waiting('ContainerCreating'))])] }),
      300,
      /new pods have been made\.$/,
    ],
    [
      'our own time, never looked at',
      view(deployment({ generation: 8 })),
      300,
      /^timeout: .*not been looked at yet\.$/,
    ],
    [
      'our own time, and the cluster is away',
      view(begun, { away }),
      300,
      /^timeout: Not finished after 5m, and its state is not known: The cluster cannot be reached/,
    ],
    ['our own time, and the cluster was never there', view(null, { away }), 300, /^timeout: .*state is not known/],
    [
      'another image',
      view(deployment({ images: { app: 'ghcr.io/acme/shop:3' } })),
      1,
      /^taken over: .*app is to run ghcr\.io\/acme\/shop:3/,
    ],
    ['another container', view(deployment({ images: { web: image } })), 1, /^taken over: .*no container app/],
    ['a longer tag', view(deployment({ images: { app: `${image}0` } })), 1, /^taken over/],
    ['a container that is named like a property', view(deployment({ images: {} })), 1, /^taken over/],
  ])('%s', (_, what, seconds, expected) => expect(words(judged(what, seconds))).toMatch(expected));

  test('the log of what does not become ready is of use', () => {
    expect(judged(view(begun, { pods: [unready] }), 300)).toMatchObject({
      culprit: { pod: 'web-1', container: 'app' },
    });
  });

  test('where nobody knows the image, nothing can take over', () => {
    expect(words(judged(view(deployment({ images: {} })), 1, { image: null }))).toBe('done');
  });
});
