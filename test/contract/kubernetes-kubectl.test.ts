// The real kubectl against the sandbox's cluster, over TLS: what the bot runs, and what a newcomer types.
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { homelabFiles, seedPath } from '../../sandbox/git/seed.ts';
import { type Kubernetes, startKubernetes } from '../../sandbox/kubernetes/kubernetes.ts';
import { runningSha } from '../../sandbox/kubernetes/seed/workloads.ts';
import { findPrograms } from '../../sandbox/programs.ts';

const image = '127.0.0.1:5000/acme/shop';
const shop = 'deployment/laravel-multi-tenant';
const inShop = ['-n', 'laravel-apps'];
const applying = ['apply', '--server-side', '--field-manager=homelab-bot', '--force-conflicts', '-f', '-'];

interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

let cluster: Kubernetes;
let folder: string;
let path: string;

beforeAll(async () => {
  const programs = await findPrograms();
  if (programs.advice !== null) throw new Error(programs.advice);
  path = programs.path;
  folder = await mkdtemp(join(tmpdir(), 'homelab-kubectl-'));
  cluster = await startKubernetes({
    tls: true,
    image: `${image}:${runningSha}`,
    delays: { ready: 20, failed: 20, backOff: 200, terminate: 5 },
  });
  await writeFile(join(folder, 'admin'), cluster.kubeconfig('admin'));
  await writeFile(join(folder, 'bot'), cluster.kubeconfig({ serviceAccount: 'chatops/homelab-bot' }));
});

afterAll(async () => {
  await cluster?.stop();
  if (folder !== undefined) await rm(folder, { recursive: true });
});

function kubectl(args: readonly string[], input = '', user = 'admin'): Promise<Ran> {
  return new Promise((resolve) => {
    const env = { PATH: path, HOME: folder, KUBECONFIG: join(folder, user) };
    const child = execFile('kubectl', [...args], { env, timeout: 30_000 }, (error, out, err) => {
      resolve({ code: error === null ? 0 : typeof error.code === 'number' ? error.code : -1, out, err });
    });
    child.stdin?.end(input);
  });
}

/** What the manifest repository holds for that commit, rendered. */
async function rendered(tag: string): Promise<string> {
  const repository = await mkdtemp(join(folder, 'repository-'));
  for (const [name, text] of Object.entries(homelabFiles({ image, tag }))) {
    await mkdir(dirname(join(repository, name)), { recursive: true });
    await writeFile(join(repository, name), text);
  }
  const { out, err, code } = await kubectl(['kustomize', join(repository, seedPath)]);
  expect([code, err]).toEqual([0, '']);
  return out;
}

function small(name: string, tag: string, spec = ''): string {
  return `apiVersion: apps/v1
kind: Deployment
metadata: {name: ${name}, namespace: default}
spec:
  replicas: 1
  ${spec}
  selector: {matchLabels: {app: ${name}}}
  template:
    metadata: {labels: {app: ${name}}}
    spec: {containers: [{name: app, image: "registry.test/${name}:${tag}"}]}
`;
}

describe('a deploy', () => {
  const applied =
    'service/laravel-multi-tenant-service serverside-applied\ndeployment.apps/laravel-multi-tenant serverside-applied\n';

  test('of the running commit changes no pod', async () => {
    const before = await kubectl(['get', 'pods', ...inShop, '-o', 'name']);
    expect(await kubectl(applying, await rendered(runningSha))).toEqual({ code: 0, out: applied, err: '' });
    expect((await kubectl(['rollout', 'status', shop, ...inShop])).out).toBe(
      'deployment "laravel-multi-tenant" successfully rolled out\n',
    );
    expect(await kubectl(['get', 'pods', ...inShop, '-o', 'name'])).toEqual(before);
  });

  test('of another one is followed until it is done', async () => {
    const wanted = await rendered('b81e64f0d2a97c35e8f1046b7a9d52c3e0f84b16');
    const dry = await kubectl([...applying, '--dry-run=server'], wanted);
    expect([dry.code, dry.err]).toEqual([0, '']);
    expect(dry.out).toContain('deployment.apps/laravel-multi-tenant serverside-applied (server dry run)');
    expect((await kubectl(applying, wanted)).out).toBe(applied);
    const { out, code } = await kubectl(['rollout', 'status', shop, ...inShop]);
    expect([code, out]).toEqual([0, expect.stringMatching(/successfully rolled out\n$/)]);
    const images = ['-o', 'jsonpath={.items[*].spec.containers[?(@.name=="laravel-app")].image}'];
    const pods = await kubectl(['get', 'pods', ...inShop, '-l', 'app=laravel-multi-tenant', ...images]);
    const running = pods.out.split(' ').filter((one) => one.endsWith(':b81e64f0d2a97c35e8f1046b7a9d52c3e0f84b16'));
    expect(running).toHaveLength(3);
  });

  test('that cannot become ready in time ends with an error', async () => {
    await kubectl(applying, small('late', 'unready', 'progressDeadlineSeconds: 1'));
    const { code, err } = await kubectl(['rollout', 'status', 'deployment/late']);
    expect([code, err]).toEqual([1, 'error: deployment "late" exceeded its progress deadline\n']);
  });

  test('that takes over a field of someone else says whose it is, unless forced', async () => {
    await kubectl(applying, small('taken', 'v1'));
    const polite = ['apply', '--server-side', '--field-manager=someone', '-f', '-'];
    const refused = await kubectl(polite, small('taken', 'v2'));
    expect(refused.code).toBe(1);
    expect(refused.err).toContain(
      'Apply failed with 1 conflict: conflict with "homelab-bot": .spec.template.spec.containers[name="app"].image',
    );
  });

  test.each([
    [
      'a selector that selects nothing',
      small('wrong', 'v1').replace('labels: {app: wrong}', 'labels: {app: x}'),
      'does not match template',
    ],
    [
      'a namespace that is not there',
      small('wrong', 'v1').replace('namespace: default', 'namespace: nowhere'),
      'namespaces "nowhere" not found',
    ],
    [
      'a kind that is not served',
      'apiVersion: v1\nkind: Endpoints\nmetadata: {name: x}\n',
      'no matches for kind "Endpoints"',
    ],
    [
      'a custom kind that is not defined',
      'apiVersion: cert-manager.io/v1\nkind: Certificate\nmetadata: {name: x}\n',
      'no matches for kind "Certificate" in version "cert-manager.io/v1"',
    ],
  ])('with %s is refused', async (_what, text, said) => {
    const { code, err } = await kubectl(applying, text);
    expect([code, err]).toEqual([1, expect.stringContaining(said)]);
  });
});

describe('what a newcomer types', () => {
  test('get draws the tables', async () => {
    const wide = await kubectl(['get', 'deployments,services', ...inShop, '-o', 'wide']);
    expect(wide.out).toMatch(/^NAME +READY +UP-TO-DATE +AVAILABLE +AGE +CONTAINERS +IMAGES +SELECTOR$/m);
    expect(wide.out).toMatch(
      /^deployment\.apps\/laravel-multi-tenant +3\/3 +3 +3 +79d +laravel-app +\S+ +app=laravel-multi-tenant$/m,
    );
    expect(wide.out).toMatch(/^service\/laravel-multi-tenant-service +ClusterIP +10\.43\.\d+\.\d+ +<none> +80\/TCP /m);
    const all = await kubectl(['get', 'all', '-n', 'monitoring']);
    expect([all.code, all.err]).toEqual([0, '']);
  });

  test('scale, get as JSON, delete', async () => {
    await kubectl(applying, small('grown', 'v1'));
    expect((await kubectl(['scale', 'deployment/grown', '--replicas=3'])).out).toBe('deployment.apps/grown scaled\n');
    expect((await kubectl(['rollout', 'status', 'deployment/grown'])).code).toBe(0);
    const { out } = await kubectl(['get', 'deployment', 'grown', '-o', 'json']);
    expect(JSON.parse(out)).toMatchObject({ spec: { replicas: 3 }, status: { readyReplicas: 3 } });
    const gone = await kubectl(['delete', 'deployment', 'grown']);
    expect([gone.code, gone.out]).toEqual([0, expect.stringMatching(/^deployment\.apps "grown" deleted/)]);
    const left = await kubectl(['wait', '--for=delete', 'pod', '-l', 'app=grown', '--timeout=20s']);
    expect(left.code).toBe(0);
  });

  test('logs of a container that died, as it is and as it was', async () => {
    await kubectl(applying, small('dead', 'broken'));
    const waited = ['wait', '--for=jsonpath={.status.containerStatuses[0].restartCount}=1', 'pod', '-l', 'app=dead'];
    expect((await kubectl([...waited, '--timeout=20s'])).code).toBe(0);
    const { out } = await kubectl(['logs', 'deployment/dead', '--tail=3']);
    expect(out.trimEnd().split('\n')).toHaveLength(3);
    const name = (await kubectl(['get', 'pods', '-l', 'app=dead', '-o', 'jsonpath={.items[0].metadata.name}'])).out;
    const previous = await kubectl(['logs', name, '--previous', '--timestamps']);
    expect(previous.out).toMatch(/^\d{4}-\d\d-\d\dT\S+Z #0 \/app\/vendor/m);
  });
});

describe('who asks', () => {
  test('the account alone may do nothing, the level that it acts as what its role says', async () => {
    cluster.apply(rights());
    const asOperator = ['--as=homelab-bot:operator', '--as-group=homelab-bot:operator'];
    const ask = async (args: readonly string[]) =>
      (await kubectl(['auth', 'can-i', 'patch', 'deployments', ...inShop, ...args], '', 'bot')).out.trim();
    expect([await ask([]), await ask(asOperator)]).toEqual(['no', 'yes']);
    const refused = await kubectl(applying, await rendered(runningSha), 'bot');
    expect([refused.code, refused.err]).toEqual([1, expect.stringContaining('(Forbidden)')]);
    const text = (await rendered(runningSha)).split('---\n').find((one) => one.includes('kind: Deployment')) ?? '';
    const done = await kubectl([...applying, ...asOperator], text, 'bot');
    expect([done.code, done.err]).toEqual([0, '']);
    expect(cluster.requests.findLast(({ verb }) => verb === 'patch')).toMatchObject({
      resource: 'apps/deployments',
      user: { name: 'system:serviceaccount:chatops:homelab-bot' },
      impersonated: { name: 'homelab-bot:operator' },
      status: 200,
    });
  });
});

function rights() {
  const group = 'rbac.authorization.k8s.io';
  const role = (name: string, rules: readonly object[]) => ({
    apiVersion: `${group}/v1`,
    kind: 'ClusterRole',
    metadata: { name },
    rules,
  });
  const binding = (name: string, subject: object) => ({
    apiVersion: `${group}/v1`,
    kind: 'ClusterRoleBinding',
    metadata: { name },
    roleRef: { apiGroup: group, kind: 'ClusterRole', name },
    subjects: [subject],
  });
  return [
    role('acting', [{ apiGroups: [''], resources: ['users', 'groups'], verbs: ['impersonate'] }]),
    binding('acting', { kind: 'ServiceAccount', name: 'homelab-bot', namespace: 'chatops' }),
    role('operating', [{ apiGroups: ['apps'], resources: ['deployments'], verbs: ['get', 'patch'] }]),
    binding('operating', { apiGroup: group, kind: 'Group', name: 'homelab-bot:operator' }),
  ];
}
