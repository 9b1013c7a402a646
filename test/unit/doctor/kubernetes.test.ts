// What the doctor says about the cluster and the apps in it, fact by fact.
import { describe, expect, test } from '@jest/globals';
import type { Level } from '../../../src/access/level.ts';
import { type ClusterFacts, judgeCluster, judgeDeployment, type LevelFacts } from '../../../src/doctor/kubernetes.ts';
import type { Line } from '../../../src/doctor/line.ts';
import type { Need } from '../../../src/doctor/wanted.ts';
import { type Fault, known, notAsked } from '../../../src/lib/asked.ts';

const rbac = 'kubectl apply -k manifests/chatops/rbac';
const need = (verb: string, resource: string, group = '', namespace: string | null = null): Need => ({
  group,
  resource,
  verb,
  namespace,
});
const needs: Readonly<Record<Level, readonly Need[]>> = {
  viewer: [need('list', 'nodes')],
  operator: [need('list', 'nodes'), need('get', 'pods/log')],
  admin: [need('list', 'nodes'), need('get', 'pods/log')],
};
const well: LevelFacts = { impersonation: known(null), missing: known([]) };
const name = 'system:serviceaccount:chatops:homelab-bot';

const healthy: ClusterFacts = {
  server: '10.0.0.1:6443',
  version: known('v1.36.3+k3s1'),
  account: known({ name, excess: [] }),
  levels: { viewer: well, operator: well, admin: well },
  metrics: known('served'),
  apps: new Map([['shop', known(['app', 'sidecar'])]]),
};

function lines(facts: Partial<ClusterFacts>): readonly Line[] {
  return judgeCluster({ ...healthy, ...facts }, needs);
}

function about(what: string, facts: Partial<ClusterFacts>): Line | undefined {
  return lines(facts).find((line) => line.what === `Kubernetes ${what}`);
}

const operator = (facts: Partial<LevelFacts>) => ({ levels: { ...healthy.levels, operator: { ...well, ...facts } } });
const fault = (kind: Fault['kind'], why = 'why'): Fault => ({ kind, why });
const states = (all: readonly Line[]) => all.map(({ state }) => state);

test('all is well: a line for each thing, all of them ok', () => {
  expect(lines({}).map(({ state, what, found }) => `${state} ${what}: ${found}`)).toEqual([
    'ok Kubernetes API: v1.36.3+k3s1 at 10.0.0.1:6443',
    `ok Kubernetes account: ${name}, with no right beyond acting as the levels`,
    'ok Kubernetes impersonation of viewer: requests arrive as homelab-bot:viewer in the name of a person',
    'ok Kubernetes rights of viewer: all 1 that its commands use',
    'ok Kubernetes impersonation of operator: requests arrive as homelab-bot:operator in the name of a person',
    'ok Kubernetes rights of operator: all 2 that its commands use',
    'ok Kubernetes impersonation of admin: requests arrive as homelab-bot:admin in the name of a person',
    'ok Kubernetes rights of admin: all 2 that its commands use',
    'ok Kubernetes metrics.k8s.io: served',
  ]);
});

describe('no cluster', () => {
  test('is a warning, since alerts work without one', () => {
    expect(judgeCluster(null, needs)).toEqual([
      expect.objectContaining({ state: 'warn', remedy: expect.stringContaining('KUBECONFIG') }),
    ]);
  });

  test('because of a kubeconfig that cannot be used: its own words', () => {
    expect(judgeCluster('The kubeconfig /x names the file /y, which does not exist', needs)).toEqual([
      expect.objectContaining({ state: 'FAIL', found: expect.stringContaining('/y'), remedy: 'correct KUBECONFIG' }),
    ]);
  });
});

describe('an API server', () => {
  const nobody: LevelFacts = { impersonation: notAsked, missing: notAsked };
  const nothing = {
    account: notAsked,
    metrics: notAsked,
    levels: { viewer: nobody, operator: nobody, admin: nobody },
    apps: new Map(),
  };

  test.each([
    ['away', /can be reached from here/, 'the cluster cannot be reached'],
    ['not let in', /renew the credentials/, 'the cluster does not take the credentials'],
    ['odd', /something else answers there/, 'the cluster cannot be reached'],
  ] as const)('%s: the rest is skipped and says why', (kind, remedy, because) => {
    const [first, ...others] = lines({ version: fault(kind), ...nothing });
    expect(first).toMatchObject({
      state: 'FAIL',
      found: 'why (10.0.0.1:6443)',
      remedy: expect.stringMatching(remedy),
    });
    expect(others).toHaveLength(8);
    for (const line of others) expect(line).toMatchObject({ state: 'skip', found: because });
    const app = { name: 'shop', namespace: 'shop', deployment: 'web', container: 'app' };
    const deployment = judgeDeployment(app, { ...healthy, ...nothing, version: fault(kind) });
    expect(deployment).toMatchObject({ state: 'skip', found: because });
  });

  test('without metrics is fine; with metrics that do not answer it is a warning', () => {
    expect(about('metrics.k8s.io', { metrics: known('not served') })).toMatchObject({
      state: 'ok',
      found: expect.stringContaining('not served, which is fine'),
    });
    expect(about('metrics.k8s.io', { metrics: fault('away', 'it answers 503') })).toMatchObject({ state: 'warn' });
  });
});

describe("the bot's own account", () => {
  test('that may do more is a warning, which names it', () => {
    const excess = ['everything', 'get secrets'];
    expect(about('account', { account: known({ name: 'admin', excess }) })).toMatchObject({
      state: 'warn',
      found: 'admin may do more than act as the levels: everything and get secrets',
      remedy: expect.stringContaining('ServiceAccount homelab-bot'),
    });
  });

  test('whose rights cannot be listed is a warning', () => {
    expect(about('account', { account: fault('refused') })).toMatchObject({ state: 'warn' });
  });
});

describe('a level', () => {
  test('that the account may not act as: the manifests to apply, and the rest of it is skipped', () => {
    const facts = operator({ impersonation: fault('refused', 'cannot impersonate'), missing: notAsked });
    expect(about('impersonation of operator', facts)).toEqual({
      state: 'FAIL',
      what: 'Kubernetes impersonation of operator',
      found: 'the account may not act as homelab-bot:operator (cannot impersonate)',
      remedy: rbac,
    });
    expect(about('rights of operator', facts)).toMatchObject({
      state: 'skip',
      found: 'the account may not act as this level',
    });
    expect(states(lines(facts)).filter((state) => state === 'ok')).toHaveLength(7);
  });

  test('that could not be asked about: its rights are skipped for that reason', () => {
    const facts = operator({ impersonation: fault('away', 'no answer within 5 s'), missing: notAsked });
    expect(about('impersonation of operator', facts)).toMatchObject({ state: 'FAIL', found: 'no answer within 5 s' });
    expect(about('rights of operator', facts)).toMatchObject({ state: 'skip', found: 'the cluster did not answer' });
  });

  test('that another account may not act as: to whom the manifests grant it', () => {
    const facts = {
      ...operator({ impersonation: fault('refused'), missing: notAsked }),
      account: known({ name: 'system:serviceaccount:default:default', excess: [] }),
    };
    expect(about('impersonation of operator', facts)).toMatchObject({
      remedy: `${rbac}: it grants that to ${name}, which the bot is to be, and not to system:serviceaccount:default:default`,
    });
  });

  test('without some rights: each is named, with the manifests to apply', () => {
    const missing = [
      need('create', 'configmaps', '', 'shop'),
      need('patch', 'configmaps', '', 'shop'),
      need('create', 'deployments', 'apps', 'shop'),
      need('patch', 'deployments', 'apps', 'shop'),
      need('patch', 'deployments/scale', 'apps', 'shop'),
      need('patch', 'deployments/scale', 'apps', 'blog'),
      need('list', 'nodes', 'metrics.k8s.io'),
      need('list', 'nodes'),
    ];
    expect(about('rights of operator', operator({ missing: known(missing) }))).toEqual({
      state: 'FAIL',
      what: 'Kubernetes rights of operator',
      found:
        'lacks 8 of 2: create and patch configmaps, deployments.apps in shop; ' +
        'patch deployments.apps/scale in shop and blog; list nodes.metrics.k8s.io, nodes',
      remedy: rbac,
    });
  });

  test('that could not be asked about is a failure of the connection, not of the rights', () => {
    const line = about('rights of operator', operator({ missing: fault('away', 'no answer within 5 s') }));
    expect(line).toMatchObject({ state: 'FAIL', found: 'no answer within 5 s' });
    expect(JSON.stringify(line)).not.toContain('rbac');
  });
});

describe('an app', () => {
  const app = { name: 'shop', namespace: 'shop', deployment: 'web', container: 'app' };
  const judged = (asked: ClusterFacts['apps'] extends ReadonlyMap<string, infer A> ? A : never) =>
    judgeDeployment(app, { ...healthy, apps: new Map([['shop', asked]]) });

  test('that is there', () => {
    expect(judged(known(['app']))).toMatchObject({ state: 'ok', what: 'app shop Deployment' });
  });

  test('without its Deployment', () => {
    expect(judged(known(null))).toMatchObject({
      state: 'FAIL',
      found: 'there is no Deployment shop/web',
      remedy: expect.stringContaining('kubectl apply -k'),
    });
  });

  test('without its container: those that there are', () => {
    expect(judged(known(['php', 'nginx']))).toMatchObject({
      state: 'FAIL',
      found: 'shop/web has no container app; it has php and nginx',
      remedy: 'correct apps.shop.container',
    });
  });

  test('that viewers may not see', () => {
    expect(judged(fault('refused', 'deployments is forbidden'))).toMatchObject({ state: 'FAIL', remedy: rbac });
  });

  const unless = (kind: Fault['kind']) => ({
    ...healthy.levels,
    viewer: { impersonation: fault(kind), missing: notAsked },
  });

  test.each([
    [null, 'no cluster is configured'],
    ['The kubeconfig is wrong', 'the kubeconfig cannot be used'],
    [{ ...healthy, levels: unless('refused'), apps: new Map() }, 'the account may not act as this level'],
    [{ ...healthy, levels: unless('away'), apps: new Map() }, 'the cluster did not answer'],
  ])('that cannot be looked at is skipped', (facts, because) => {
    expect(judgeDeployment(app, facts)).toMatchObject({ state: 'skip', found: because });
  });
});
