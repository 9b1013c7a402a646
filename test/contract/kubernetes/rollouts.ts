// What becomes of a Deployment: pods, steps, failures with their reasons, events and logs.
import { expect, test } from '@jest/globals';
import {
  type AppOptions,
  app,
  applyApp,
  appSpace,
  conditionOf,
  deploymentOf,
  deploymentsPath,
  podsOf,
  podsPath,
  revisionOf,
  rolledOut,
  setsOf,
  statusOf,
  until,
} from './apps.ts';
import { type AnyObject, type Connection, failure, listOf } from './connection.ts';

interface PodStatus {
  readonly phase: string;
  readonly conditions?: readonly { readonly type: string; readonly status: string; readonly message?: string }[];
  readonly containerStatuses?: readonly ContainerStatus[];
}

interface ContainerStatus {
  readonly name: string;
  readonly ready: boolean;
  readonly restartCount: number;
  readonly state: { readonly waiting?: { readonly reason: string; readonly message: string } };
  readonly lastState: { readonly terminated?: { readonly exitCode: number; readonly reason: string } };
}

function podStatus(pod: AnyObject | undefined): PodStatus | undefined {
  return pod?.['status'] as PodStatus | undefined;
}

function waitingOf(pod: AnyObject | undefined): { readonly reason: string; readonly message: string } | undefined {
  return podStatus(pod)?.containerStatuses?.[0]?.state.waiting;
}

/** One more at a time, none missing: as the demo app is rolled out. */
const careful = { strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } } };

export function rolloutTests(connection: () => Connection): void {
  const put = (name: string, options: AppOptions) => applyApp(connection(), app(name, options));
  const waitingPod = (name: string, reason: string) =>
    until(
      async () => (await podsOf(connection(), name)).find((pod) => waitingOf(pod)?.reason === reason),
      (pod) => pod !== undefined,
    );
  const events = async (name: string) =>
    listOf(await connection().admin.ask(`/api/v1/namespaces/${appSpace}/events`)).items.filter((event) =>
      (event['involvedObject'] as { name: string }).name.startsWith(name),
    );

  test('a Deployment brings a ReplicaSet, pods on a node, and a status that counts them', async () => {
    await put('fresh', { replicas: 2 });
    const deployment = await rolledOut(connection(), 'fresh');
    expect(deployment['status']).toEqual({
      observedGeneration: 1,
      replicas: 2,
      updatedReplicas: 2,
      readyReplicas: 2,
      availableReplicas: 2,
      terminatingReplicas: 0,
      conditions: [expect.anything(), expect.anything()],
    });
    const [set] = await setsOf(connection(), 'fresh');
    expect(conditionOf(deployment, 'Available')).toMatchObject({
      status: 'True',
      reason: 'MinimumReplicasAvailable',
      message: 'Deployment has minimum availability.',
    });
    expect(conditionOf(deployment, 'Progressing')).toMatchObject({
      status: 'True',
      message: `ReplicaSet "${set?.metadata.name}" has successfully progressed.`,
    });
    const labels = { app: 'fresh', 'pod-template-hash': expect.stringMatching(/^[a-z0-9]{6,10}$/) };
    expect(set).toMatchObject({
      metadata: {
        name: expect.stringMatching(/^fresh-[a-z0-9]{6,10}$/),
        labels,
        annotations: {
          'deployment.kubernetes.io/revision': '1',
          'deployment.kubernetes.io/desired-replicas': '2',
          'deployment.kubernetes.io/max-replicas': '3',
        },
        ownerReferences: [
          {
            apiVersion: 'apps/v1',
            kind: 'Deployment',
            name: 'fresh',
            uid: deployment.metadata['uid'],
            controller: true,
          },
        ],
      },
      status: { replicas: 2, fullyLabeledReplicas: 2, readyReplicas: 2, availableReplicas: 2, observedGeneration: 1 },
    });
    for (const pod of await podsOf(connection(), 'fresh')) {
      expect(pod).toMatchObject({
        metadata: {
          name: expect.stringMatching(new RegExp(`^${set?.metadata.name}-[a-z0-9]{5}$`)),
          labels,
          ownerReferences: [{ kind: 'ReplicaSet', name: set?.metadata.name, controller: true }],
        },
        spec: { nodeName: expect.any(String), serviceAccountName: 'default' },
        status: { phase: 'Running', qosClass: 'BestEffort', startTime: expect.any(String) },
      });
      expect(
        podStatus(pod)
          ?.conditions?.map(({ type, status }) => `${type} ${status}`)
          .toSorted(),
      ).toEqual([
        'ContainersReady True',
        'Initialized True',
        'PodReadyToStartContainers True',
        'PodScheduled True',
        'Ready True',
      ]);
    }
  });

  test('another image replaces the pods; the first one again is its ReplicaSet with a newer revision', async () => {
    await put('turning', { replicas: 2, spec: careful });
    await rolledOut(connection(), 'turning');
    await put('turning', { replicas: 2, tag: 'v2', spec: careful });
    const second = await rolledOut(connection(), 'turning');
    expect(revisionOf(second)).toBe(2);
    const [old, fresh] = await setsOf(connection(), 'turning');
    expect([statusOf(old as AnyObject).replicas, statusOf(fresh as AnyObject).replicas]).toEqual([0, 2]);
    await until(
      () => podsOf(connection(), 'turning'),
      (pods) => pods.length === 2,
    );
    await put('turning', { replicas: 2, spec: careful });
    expect(revisionOf(await rolledOut(connection(), 'turning'))).toBe(3);
    const sets = await setsOf(connection(), 'turning');
    expect(sets.map(({ metadata }) => metadata.name)).toEqual([fresh?.metadata.name, old?.metadata.name]);
  });

  test('an image that is missing is waited for, while the old pods go on', async () => {
    await put('absent', { replicas: 2, spec: careful });
    await rolledOut(connection(), 'absent');
    await put('absent', { replicas: 2, tag: 'missing-1', spec: careful });
    const image = 'registry.test:5000/acme/absent:missing-1';
    const why = `failed to pull and unpack image "${image}": failed to resolve reference "${image}": ${image}: not found`;
    const pod = await waitingPod('absent', 'ImagePullBackOff');
    expect(waitingOf(pod)?.message).toBe(`Back-off pulling image "${image}": ErrImagePull: ${why}`);
    expect(podStatus(pod)).toMatchObject({ phase: 'Pending', containerStatuses: [{ ready: false, restartCount: 0 }] });
    const deployment = await deploymentOf(connection(), 'absent');
    expect(deployment['status']).toMatchObject({
      replicas: 3,
      updatedReplicas: 1,
      readyReplicas: 2,
      availableReplicas: 2,
      unavailableReplicas: 1,
    });
    expect(conditionOf(deployment, 'Available')?.status).toBe('True');
    const told = (await events('absent')).map((event) => `${event['type']} ${event['reason']}: ${event['message']}`);
    expect(told).toEqual(expect.arrayContaining(['Warning Failed: Error: ImagePullBackOff']));
  });

  test('a container that ends at once is started again and again', async () => {
    await put('dying', { replicas: 1, tag: 'broken' });
    const pod = await waitingPod('dying', 'CrashLoopBackOff');
    const status = podStatus(pod)?.containerStatuses?.[0];
    expect(status).toMatchObject({ ready: false, lastState: { terminated: { exitCode: 1, reason: 'Error' } } });
    expect(status?.restartCount).toBeGreaterThan(0);
    expect(status?.state.waiting?.message).toBe(
      `back-off 10s restarting failed container=app pod=${pod?.metadata.name}_${appSpace}(${pod?.metadata['uid']})`,
    );
    expect(podStatus(pod)?.conditions).toContainEqual(
      expect.objectContaining({ type: 'Ready', status: 'False', message: 'containers with unready status: [app]' }),
    );
    await put('dying', { replicas: 1, tag: 'oom' });
    const hungry = await until(
      async () => (await podsOf(connection(), 'dying')).map((one) => podStatus(one)?.containerStatuses?.[0]?.lastState),
      (states) => states.some((state) => state?.terminated?.reason === 'OOMKilled'),
    );
    expect(hungry.find((state) => state?.terminated?.reason === 'OOMKilled')?.terminated?.exitCode).toBe(137);
  });

  test('a pod that fits no node says why', async () => {
    await put('homeless', { replicas: 1, pod: { nodeSelector: { 'contract.test/nowhere': 'x' } } });
    const scheduled = await until(
      async () =>
        podStatus((await podsOf(connection(), 'homeless'))[0])?.conditions?.find(({ type }) => type === 'PodScheduled'),
      (condition) => condition !== undefined,
    );
    expect(scheduled).toMatchObject({ status: 'False', reason: 'Unschedulable' });
    expect(scheduled?.message).toMatch(
      /^0\/(\d) nodes are available: \d node\(s\) didn't match Pod's node affinity\/selector, \d node\(s\) had untolerated taint\(s\)\. no new claims to deallocate, preemption: 0\/\1 nodes are available: \1 Preemption is not helpful for scheduling\.$/,
    );
    const told = await until(
      () => events('homeless'),
      (all) => all.some((event) => event['reason'] === 'FailedScheduling'),
    );
    expect(told.find((event) => event['reason'] === 'FailedScheduling')).toMatchObject({
      type: 'Warning',
      message: scheduled?.message,
      reportingComponent: 'default-scheduler',
    });
  });

  test('without progress for too long it says so', async () => {
    await put('stuck', { replicas: 1, tag: 'unready', spec: { progressDeadlineSeconds: 2 } });
    const deployment = await until(
      () => deploymentOf(connection(), 'stuck'),
      (object) => conditionOf(object, 'Progressing')?.reason === 'ProgressDeadlineExceeded',
    );
    const [set] = await setsOf(connection(), 'stuck');
    expect(conditionOf(deployment, 'Progressing')).toMatchObject({
      status: 'False',
      message: `ReplicaSet "${set?.metadata.name}" has timed out progressing.`,
    });
    expect(conditionOf(deployment, 'Available')).toMatchObject({
      status: 'False',
      reason: 'MinimumReplicasUnavailable',
      message: 'Deployment does not have minimum availability.',
    });
  });

  test('a quota that is used up is told by ReplicaSet and Deployment', async () => {
    const { admin } = connection();
    const namespace = 'contract-quota';
    const path = `/apis/apps/v1/namespaces/${namespace}/deployments`;
    const headers = { 'content-type': 'application/json' };
    const create = (where: string, body: object) => admin.ask(where, { method: 'POST', headers, body });
    await create('/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
    const quota = { apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'few' }, spec: { hard: { pods: '1' } } };
    await create(`/api/v1/namespaces/${namespace}/resourcequotas`, quota);
    await until(
      async () => (await admin.ask(`/api/v1/namespaces/${namespace}/resourcequotas/few`)).body as AnyObject,
      ({ status }) => (status as { used?: { pods?: string } } | undefined)?.used?.pods === '0',
    );
    const wanted = app('many', { replicas: 2 });
    await create(path, { ...wanted, metadata: { name: 'many' } });
    const deployment = await until(
      async () => (await admin.ask(`${path}/many`)).body as AnyObject,
      (object) => conditionOf(object, 'ReplicaFailure') !== undefined,
    );
    expect(conditionOf(deployment, 'ReplicaFailure')).toMatchObject({
      status: 'True',
      reason: 'FailedCreate',
      message: expect.stringMatching(
        /^pods "many-[a-z0-9]+-[a-z0-9]{5}" is forbidden: exceeded quota: few, requested: pods=1, used: pods=1, limited: pods=1$/,
      ),
    });
  });

  test('scaled down to nothing, its pods end; each step is told', async () => {
    await put('shrinking', { replicas: 2 });
    await rolledOut(connection(), 'shrinking');
    const headers = { 'content-type': 'application/merge-patch+json' };
    const scale = { method: 'PATCH', headers, body: { spec: { replicas: 0 } } };
    await connection().admin.ask(`${deploymentsPath}/shrinking/scale`, scale);
    await until(
      () => podsOf(connection(), 'shrinking'),
      (pods) => pods.length === 0,
    );
    const [set] = await setsOf(connection(), 'shrinking');
    const told = await until(
      async () => (await events('shrinking')).map((event) => `${event['reason']}: ${event['message']}`),
      (all) => all.filter((text) => text.startsWith('ScalingReplicaSet')).length === 2,
    );
    expect(told).toEqual(
      expect.arrayContaining([
        `ScalingReplicaSet: Scaled up replica set ${set?.metadata.name} from 0 to 2`,
        `ScalingReplicaSet: Scaled down replica set ${set?.metadata.name} from 2 to 0`,
        expect.stringMatching(/^SuccessfulCreate: Created pod: shrinking-/),
        expect.stringMatching(/^SuccessfulDelete: Deleted pod: shrinking-/),
        expect.stringMatching(/^Scheduled: Successfully assigned contract-apps\/shrinking-\S+ to \S+$/),
      ]),
    );
  });

  test('a log is cut as asked', async () => {
    await put('talking', { replicas: 1 });
    await rolledOut(connection(), 'talking');
    const [pod] = await podsOf(connection(), 'talking');
    const name = pod?.metadata.name ?? '';
    const log = (query: string) => connection().admin.ask(`${podsPath}/${name}/log${query}`);
    const whole = await log('');
    expect([whole.status, whole.headers['content-type']]).toEqual([200, 'text/plain']);
    const lines = whole.text.trimEnd().split('\n');
    expect(lines.length).toBeGreaterThan(2);
    expect((await log('?container=app&tailLines=2')).text).toMatch(/^[^\n]+\n[^\n]+\n$/);
    expect((await log('?tailLines=0')).text).toBe('');
    expect((await log('?limitBytes=7')).text).toBe(whole.text.slice(0, 7));
    expect((await log('?timestamps=true&limitBytes=30')).text).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z$/);
    expect((await log('?container=nope')).text).toBe(
      failure(400, `container nope is not valid for pod ${name}`, 'BadRequest'),
    );
    expect((await connection().admin.ask(`${podsPath}/nope/log`)).text).toBe(
      failure(404, 'pods "nope" not found', 'NotFound', { name: 'nope', kind: 'pods' }),
    );
    expect((await log('?tailLines=x')).text).toBe(
      failure(400, 'strconv.ParseInt: parsing "x": invalid syntax', 'BadRequest'),
    );
    const said = 'Invalid value: -1: must be greater than or equal to 0';
    const causes = [{ reason: 'FieldValueInvalid', message: said, field: 'tailLines' }];
    const message = `PodLogOptions "${name}" is invalid: tailLines: ${said}`;
    const details = { name, kind: 'PodLogOptions', causes };
    expect((await log('?tailLines=-1')).text).toBe(failure(422, message, 'Invalid', details));
  });

  test('a pod that was deleted is replaced', async () => {
    await put('lasting', { replicas: 1 });
    await rolledOut(connection(), 'lasting');
    const [pod] = await podsOf(connection(), 'lasting');
    const path = `${podsPath}/${pod?.metadata.name}`;
    const answer = await connection().admin.ask(path, { method: 'DELETE' });
    expect(answer.body).toMatchObject({
      kind: 'Pod',
      metadata: { uid: pod?.metadata['uid'], deletionTimestamp: expect.any(String), deletionGracePeriodSeconds: 30 },
    });
    const left = await until(
      () => podsOf(connection(), 'lasting'),
      (pods) => pods.length === 1 && pods[0]?.metadata['uid'] !== pod?.metadata['uid'],
    );
    expect(left).toHaveLength(1);
    await rolledOut(connection(), 'lasting');
  });
}
