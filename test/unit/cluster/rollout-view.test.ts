// What a rollout's view is made of: whose pods are looked at, since when something has been so, and what becomes of objects that are strange.
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Deployment, ReplicaSet, RolloutPod, Versioned, WatchEvent } from '../../../src/cluster/rollout-schema.ts';
import { createViewer, type Known } from '../../../src/cluster/rollout-view.ts';

const current = { away: null, requests: 6 };
const revised = (revision: number) => ({ 'deployment.kubernetes.io/revision': String(revision) });
const template = (image: string) => ({ spec: { containers: [{ name: 'app', image }] } });
const owned = (uid: string) => [
  { uid: 'other', controller: false },
  { uid, controller: true },
];

function deployment(image: string, revision: number, more: object = {}) {
  return Deployment.parse({
    metadata: { name: 'web', uid: 'd1', generation: 2, annotations: revised(revision) },
    spec: { replicas: 3, selector: { matchLabels: { app: 'web' } }, template: template(image), ...more },
    status: { observedGeneration: 2, replicas: 3, updatedReplicas: 1 },
  });
}

function replicaSet(name: string, image: string, revision: number, more: object = {}) {
  return ReplicaSet.parse({
    metadata: { name, uid: `uid-${name}`, annotations: revised(revision), ownerReferences: owned('d1'), ...more },
    spec: { template: template(image) },
    status: {},
  });
}

function pod(name: string, set: string, more: object = {}, status: object = {}) {
  return RolloutPod.parse({
    metadata: { name, ownerReferences: owned(`uid-${set}`), creationTimestamp: '2026-01-01T00:00:00Z', ...more },
    status: { phase: 'Pending', ...status },
  });
}

function viewOf(known: Known) {
  return createViewer(() => 0)(known, current);
}

describe('the newest ReplicaSet', () => {
  const old = replicaSet('old', 'shop:1', 1);
  const fresh = replicaSet('new', 'shop:2', 2);
  const pods = [pod('a', 'old'), pod('b', 'new'), pod('c', 'elsewhere')];

  test('is the one of the present template; its pods alone are looked at', () => {
    const view = viewOf({ deployment: deployment('shop:2', 2), replicaSets: [old, fresh], pods });
    expect(view.replicaSet?.name).toBe('new');
    expect(view.pods.map(({ name }) => name)).toEqual(['b']);
  });

  test('is none while only the old one is known', () => {
    expect(viewOf({ deployment: deployment('shop:2', 1), replicaSets: [old], pods })).toMatchObject({
      replicaSet: null,
      pods: [],
    });
    expect(viewOf({ deployment: deployment('shop:2', 2), replicaSets: [old], pods })).toMatchObject({
      replicaSet: null,
      pods: [],
    });
  });

  test('is by revision where both have the same images', () => {
    const same = [replicaSet('old', 'shop:2', 1), replicaSet('new', 'shop:2', 2)];
    expect(viewOf({ deployment: deployment('shop:2', 2), replicaSets: same, pods }).replicaSet?.name).toBe('new');
    expect(viewOf({ deployment: deployment('shop:2', 3), replicaSets: same, pods }).replicaSet).toBeNull();
  });

  test('after going back it is the old one, with its newer revision', () => {
    const back = [replicaSet('old', 'shop:1', 3), fresh];
    expect(viewOf({ deployment: deployment('shop:1', 3), replicaSets: back, pods }).replicaSet?.name).toBe('old');
  });

  test('never one of another Deployment that the selector also finds', () => {
    const other = replicaSet('new', 'shop:2', 2, { ownerReferences: owned('d2') });
    expect(viewOf({ deployment: deployment('shop:2', 2), replicaSets: [other], pods }).replicaSet).toBeNull();
  });
});

test('pods that are being deleted are counted, of any version, and not judged', () => {
  const deleting = { deletionTimestamp: '2026-01-01T00:00:30Z' };
  const view = viewOf({
    deployment: deployment('shop:2', 2),
    replicaSets: [replicaSet('old', 'shop:1', 1), replicaSet('new', 'shop:2', 2)],
    pods: [pod('a', 'old', deleting), pod('b', 'new', deleting), pod('c', 'new'), pod('d', 'elsewhere', deleting)],
  });
  expect(view.terminating).toBe(2);
  expect(view.pods.map(({ name }) => name)).toEqual(['c']);
});

test('since when: the first time it was seen, again once it was otherwise in between', () => {
  let now = 1000;
  const look = createViewer(() => now);
  const seen = (reason: string | null) => {
    const state = reason === null ? { running: {} } : { waiting: { reason } };
    const pods = [pod('a', 'new', {}, { containerStatuses: [{ name: 'app', state }] })];
    const known = { deployment: deployment('shop:2', 2), replicaSets: [replicaSet('new', 'shop:2', 2)], pods };
    return look(known, current).pods[0]?.containers[0]?.waiting?.since ?? null;
  };
  expect(seen('ErrImagePull')).toBe(1000);
  now = 2000;
  expect(seen('ErrImagePull')).toBe(1000);
  expect(seen('ImagePullBackOff')).toBe(2000);
  expect(seen(null)).toBeNull();
  now = 3000;
  expect(seen('ErrImagePull')).toBe(3000);
});

test('what failed of a container: this run where it ended, else the one before; its own words are not repeated', () => {
  const terminated = { exitCode: 1, reason: 'Error', message: 'password=secret' };
  const before = { exitCode: 128, reason: 'StartError', message: 'exec: "foo": not found' };
  const { containers } = pod(
    'a',
    'new',
    {},
    {
      initContainerStatuses: [
        { name: 'migrate', ready: true, restartCount: 0, state: { terminated }, lastState: { terminated: before } },
      ],
      containerStatuses: [
        {
          name: 'app',
          ready: false,
          restartCount: 2,
          state: { waiting: { reason: 'CrashLoopBackOff', message: 'back-off' } },
          lastState: { terminated: before },
        },
        { name: 'beside', state: null },
      ],
    },
  );
  expect(containers).toEqual([
    {
      name: 'migrate',
      init: true,
      ready: true,
      restarts: 0,
      waiting: null,
      lastExit: { code: 1, reason: 'Error', message: '' },
    },
    {
      name: 'app',
      init: false,
      ready: false,
      restarts: 2,
      waiting: { reason: 'CrashLoopBackOff', message: 'back-off' },
      lastExit: { code: 128, reason: 'StartError', message: 'exec: "foo": not found' },
    },
    { name: 'beside', init: false, ready: false, restarts: 0, waiting: null, lastExit: null },
  ]);
});

test.each<[object, string]>([
  [{ matchLabels: { app: 'web', tier: 'a' } }, 'app=web,tier=a'],
  [
    {
      matchExpressions: [
        { key: 'a', operator: 'In', values: ['x', 'y'] },
        { key: 'b', operator: 'NotIn', values: ['z'] },
      ],
    },
    'a in (x,y),b notin (z)',
  ],
  [
    {
      matchExpressions: [
        { key: 'a', operator: 'Exists' },
        { key: 'b', operator: 'DoesNotExist' },
      ],
    },
    'a,!b',
  ],
])('the selector as the API takes it: %j', (selector, text) => {
  expect(deployment('shop:1', 1, { selector }).selector).toBe(text);
});

test('whatever comes over the wire, reading it never throws, and what it gives is bounded', () => {
  const names = fc.constantFrom(
    'metadata',
    'name',
    'spec',
    'status',
    'conditions',
    'containerStatuses',
    'state',
    'waiting',
    'reason',
    'template',
    'containers',
    'ownerReferences',
    'annotations',
    'selector',
    'replicas',
  );
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof(
      { depthSize: 'small' },
      fc.jsonValue(),
      fc.dictionary(names, tie('value')),
      fc.array(tie('value'), { maxLength: 3 }),
    ),
  }));
  fc.assert(
    fc.property(value, (body) => {
      for (const schema of [Deployment, ReplicaSet, RolloutPod, WatchEvent]) schema.safeParse(body);
      Versioned.parse(body);
      const found = Deployment.safeParse({ metadata: { name: 'x' }, spec: body, status: body });
      if (found.success) viewOf({ deployment: found.data, replicaSets: [], pods: [] });
    }),
  );
});
