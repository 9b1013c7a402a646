// The doctor on a real control plane, as the bot's own ServiceAccount: all is well, a level lacks its rights, nothing is granted at all.
import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { type Homelab, startHomelab } from '../../sandbox/homelab.ts';
import { generous } from '../acceptance/posting.ts';
import { type Ended, runBot } from '../acceptance/running.ts';
import { rbacFolder } from '../rbac-manifests.ts';
import { type Cluster, startCluster } from './cluster.ts';

jest.setTimeout(180_000);

const run = promisify(execFile);
const levels = ['viewer', 'operator', 'admin'] as const;

let control: Cluster;
let programs = '';
let homelab: Homelab;

beforeAll(async () => {
  control = await startCluster({ audit: true });
  programs = await control.programs();
  await admin('apply', '-k', rbacFolder);
  await admin('create', 'namespace', 'laravel-apps');
  const labels = { app: 'laravel-multi-tenant' };
  const deployment = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'laravel-multi-tenant', namespace: 'laravel-apps' },
    spec: {
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: { containers: [{ name: 'laravel-app', image: 'registry.test/shop:1' }] },
      },
    },
  };
  const manifest = join(control.dir, 'deployment.json');
  await writeFile(manifest, JSON.stringify(deployment));
  await admin('apply', '-f', manifest);
  const account = join(control.dir, 'homelab-bot.kubeconfig');
  await writeFile(account, await control.user({ serviceAccount: 'chatops/homelab-bot' }), { mode: 0o600 });
  homelab = await startHomelab({
    discord: { rateLimits: generous, windows: { identify: 100 } },
    env: { KUBECONFIG: account, PATH: `${programs}:${process.env['PATH'] ?? ''}` },
  });
}, 900_000);

afterAll(async () => {
  await homelab?.stop();
  await control?.stop();
});

async function admin(...args: string[]): Promise<string> {
  return (await run(join(programs, 'kubectl'), ['--kubeconfig', control.kubeconfigPath, ...args])).stdout;
}

function diagnose(env: Readonly<Record<string, string>> = {}): Promise<Ended> {
  const { hostname, port } = new URL(homelab.bot.url);
  const whole = { ...homelab.bot.env, HTTP_HOST: hostname, HTTP_PORT: port, ...env };
  return runBot({ args: ['doctor'], env: whole, cwd: homelab.folder });
}

function failures({ stdout }: Ended): string[] {
  return stdout.split('\n').filter((line) => /^(FAIL|warn)/.test(line));
}

test('all is well with what manifests/chatops/rbac grants', async () => {
  const ended = await diagnose();
  expect(failures(ended)).toEqual([]);
  expect(ended.code).toBe(0);
  expect(ended.stdout).toMatch(/^ok {4}Kubernetes API: v1\.36\.\d\S* at 127\.0\.0\.1:\d+$/m);
  expect(ended.stdout).toContain(
    'system:serviceaccount:chatops:homelab-bot, with no right beyond acting as the levels',
  );
  expect(ended.stdout).toContain('metrics.k8s.io: not served, which is fine');
  expect(ended.stdout).toContain('laravel-apps/laravel-multi-tenant is there, with its container laravel-app');
  expect(ended.stdout).toMatch(/^ok {4}program kubectl: 1\.36/m);
});

test('rights that are bound in the namespaces of the apps alone are enough', async () => {
  const binding = 'clusterrolebinding/homelab-bot:operator';
  await admin('delete', binding);
  const groups = ['--group=homelab-bot:operator', '--group=homelab-bot:admin'];
  await admin(
    'create',
    'rolebinding',
    'operator',
    '-n',
    'laravel-apps',
    '--clusterrole=homelab-bot:operator',
    ...groups,
  );
  try {
    expect(failures(await diagnose())).toEqual([]);
  } finally {
    await admin('delete', 'rolebinding', 'operator', '-n', 'laravel-apps');
    await admin('apply', '-k', rbacFolder);
  }
});

test('a level whose rights are not bound: each right is named, with what grants them', async () => {
  await admin('delete', 'clusterrolebinding/homelab-bot:operator');
  try {
    const ended = await diagnose();
    expect(ended.code).toBe(1);
    const [operators, admins, ...others] = failures(ended);
    expect(others).toEqual([]);
    for (const [level, line] of [
      ['operator', operators],
      ['admin', admins],
    ] as const) {
      expect(line).toMatch(new RegExp(`^FAIL {2}Kubernetes rights of ${level}: lacks \\d+ of \\d+: `));
      expect(line).toContain('patch deployments.apps/scale');
      expect(line).toContain('get pods/log');
    }
    expect(ended.stdout).toContain('→ kubectl apply -k manifests/chatops/rbac');
  } finally {
    await admin('apply', '-k', rbacFolder);
  }
});

test('an account that nothing is granted to: no level can be acted as, and the rest is checked', async () => {
  await admin('create', 'serviceaccount', 'bare', '-n', 'default');
  const kubeconfig = join(control.dir, 'bare.kubeconfig');
  await writeFile(kubeconfig, await control.user({ serviceAccount: 'default/bare' }), { mode: 0o600 });
  const ended = await diagnose({ KUBECONFIG: kubeconfig });
  expect(ended.code).toBe(1);
  expect(failures(ended).map((line) => line.slice(0, line.indexOf(':')))).toEqual(
    levels.map((level) => `FAIL  Kubernetes impersonation of ${level}`),
  );
  expect(ended.stdout).toContain('and not to system:serviceaccount:default:bare');
  expect(ended.stdout).toMatch(/^skip {2}app shop Deployment: the account may not act as this level$/m);
  expect(ended.stdout).toMatch(/^ok {4}app shop image: /m);
});

test('an administrator may do everything, which is a warning', async () => {
  const ended = await diagnose({ KUBECONFIG: control.kubeconfigPath });
  expect(ended.code).toBe(0);
  expect(failures(ended)).toEqual([expect.stringMatching(/^warn {2}Kubernetes account: .* everything/)]);
});
