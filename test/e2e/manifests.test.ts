// All of manifests/ on a real control plane: its API server knows every field, its admission takes every pod, its scheduler finds each a node, and
// the forced command deploys with exactly the rights of its account.
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { root } from '../../scripts/check/run-tool.ts';
import { manifestFiles, textOf } from '../manifests/everything.ts';
import { manifestsFolder } from '../manifests/render.ts';
import { copyTo, settle } from '../manifests/settled.ts';
import { appliedIn } from '../manifests/steps.ts';
import { type Cluster, startCluster } from './cluster.ts';

jest.setTimeout(180_000);

const run = promisify(execFile);
const crds = resolve(root, '../shared/crds');
const first = '3f2c1a9d'.repeat(5);

/** README's order, without what waits for a kind that the operator of Tailscale brings. */
const order = appliedIn(textOf('README.md')).filter((name) => name !== 'tailscale');
/** For whoever wants them. */
const optional = ['database/mysql-replica', 'chatops/helm-admin'];

let control: Cluster;
let programs = '';
let folder = '';
/** A clone of the reader's repository, and the bare one that it is pushed to. */
let clone = '';
let origin = '';

beforeAll(async () => {
  control = await startCluster();
  programs = await control.programs();
  folder = await mkdtemp(join(tmpdir(), 'homelab-bot-manifests-'));
  [clone, origin] = [join(folder, 'clone'), join(folder, 'origin.git')];
  await mkdir(clone);
  await copyTo(clone);
  await settle(clone, first);
  for (const name of await readdir(crds)) await kubectl('apply', '--server-side', '-f', join(crds, name));
  await kubectl('wait', '--for=condition=Established', 'crd', '--all', '--timeout=30s');
  // What the NFS provisioner does for its class, done by what does it here for the other.
  const stages = await readFile(resolve(root, '../shared/cluster/config/volume-stages.yaml'), 'utf8');
  await writeFile(
    join(folder, 'nfs.yaml'),
    stages
      .replaceAll('local-path', 'nfs-client')
      .replaceAll('claim-provision', 'nfs-claim-provision')
      .replace(/is-default-class: "true"/, 'is-default-class: "false"'),
  );
  await kubectl('apply', '-f', join(folder, 'nfs.yaml'));
}, 900_000);

afterAll(async () => {
  await control?.stop();
  if (folder !== '') await rm(folder, { recursive: true, force: true });
});

/** As the administrator, in the reader's repository; standard output, and what is warned of. */
async function kubectl(...args: string[]): Promise<{ stdout: string; stderr: string }> {
  return run(join(programs, 'kubectl'), ['--kubeconfig', control.kubeconfigPath, ...args], { cwd: clone });
}

async function apply(object: object): Promise<void> {
  await writeFile(join(folder, 'object.json'), JSON.stringify(object));
  await kubectl('apply', '-f', join(folder, 'object.json'));
}

async function get<Shape>(...args: string[]): Promise<Shape> {
  return JSON.parse((await kubectl('get', ...args, '-o', 'json')).stdout);
}

interface Listed {
  readonly items: readonly {
    readonly metadata: { readonly name: string };
    readonly spec: { readonly nodeName?: string };
    readonly status: { readonly phase: string };
  }[];
}

describe('in the order of README', () => {
  test.each(order)(
    '%s is taken by the server, which knows every field and warns of none, and stays as it is',
    async (name) => {
      const applied = await kubectl('apply', '--validate=strict', '-k', name);
      expect(applied.stderr).toBe('');
      // A second time changes nothing: no field is one that the server fills in otherwise. It ends with 1 where there is a difference.
      await kubectl('diff', '-k', name);
    },
  );

  test.each(optional)('%s, for whoever wants it, would be taken too', async (name) => {
    const tried = await kubectl('apply', '--server-side', '--validate=strict', '--dry-run=server', '-k', name);
    expect(tried.stderr).toBe('');
  });

  test('every claim is bound, and every pod runs where it belongs', async () => {
    await kubectl('-n', 'laravel-apps', 'rollout', 'status', 'statefulset/mysql-multi-tenant', '--timeout=60s');
    await kubectl('-n', 'laravel-apps', 'rollout', 'status', 'deployment/laravel-multi-tenant', '--timeout=90s');
    await kubectl('-n', 'chatops', 'rollout', 'status', 'deployment/homelab-bot', '--timeout=60s');
    const { items } = await get<Listed>('pods', '-n', 'laravel-apps');
    const nodes = (start: string) =>
      [
        ...new Set(items.filter(({ metadata }) => metadata.name.startsWith(start)).map(({ spec }) => spec.nodeName)),
      ].sort();
    expect(nodes('mysql-multi-tenant-')).toEqual(['worker-db-01']);
    // Neither on the tainted control plane nor on the database's node.
    expect(nodes('laravel-multi-tenant-')).toEqual(['desktop-2']);
    const claims = await get<Listed>('pvc', '-A');
    expect(claims.items.filter(({ status }) => status.phase !== 'Bound')).toEqual([]);
  });

  test('no pod was refused at any time, by admission or by a quota', async () => {
    const { items } = await get<{ items: { reason: string; message: string }[] }>('events', '-A');
    expect(items.length).toBeGreaterThan(5);
    expect(items.filter(({ reason }) => reason === 'FailedCreate').map(({ message }) => message)).toEqual([]);
  });

  test('a dump of the database is a pod that is admitted and ends', async () => {
    await kubectl('-n', 'laravel-apps', 'create', 'job', 'by-hand', '--from=cronjob/mysql-backup');
    await kubectl('-n', 'laravel-apps', 'wait', '--for=condition=Complete', 'job/by-hand', '--timeout=60s');
  });

  test('laravel-apps refuses a pod as root, and a port on every node', async () => {
    const pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'root', namespace: 'laravel-apps' },
      spec: { containers: [{ name: 'one', image: 'registry.test/web:1' }] },
    };
    await expect(apply(pod)).rejects.toThrow(/violates PodSecurity "restricted/);
    const service = {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'open', namespace: 'laravel-apps' },
      spec: { type: 'NodePort', ports: [{ port: 80 }] },
    };
    await expect(apply(service)).rejects.toThrow(/exceeded quota.*services.nodeports/);
  });
});

describe('the forced command', () => {
  const second = 'b81e64f0'.repeat(5);
  const third = 'c0ffee11'.repeat(5);
  let account = '';

  beforeAll(async () => {
    account = join(folder, 'account');
    await writeFile(account, await control.user({ serviceAccount: 'laravel-apps/deployer' }), { mode: 0o600 });
    // A rollout that makes no progress is given up after five minutes; here after seconds.
    const file = join(clone, 'apps/laravel-multitenant/deployment.yaml');
    const text = await readFile(file, 'utf8');
    await writeFile(
      file,
      text
        .replace(/minReadySeconds: \d+/, 'minReadySeconds: 1')
        .replace(/progressDeadlineSeconds: \d+/, 'progressDeadlineSeconds: 6'),
    );
    await run('git', ['init', '--quiet', '--bare', '--initial-branch=main', origin]);
    await git('init', '--quiet', '--initial-branch=main');
    await git('add', '.');
    await git('commit', '--quiet', '-m', 'The homelab');
    await git('remote', 'add', 'origin', origin);
    await git('push', '--quiet', 'origin', 'main');
  });

  async function git(...args: string[]): Promise<string> {
    const identity = ['-c', 'user.name=operator', '-c', 'user.email=operator@homelab'];
    return (await run('git', [...identity, ...args], { cwd: clone })).stdout.trim();
  }

  /** As sshd runs it for the key of the CI. */
  function deploy(command: string): Promise<{ code: number; said: string }> {
    const env = {
      PATH: `${programs}:${process.env['PATH'] ?? ''}`,
      HOME: folder,
      KUBECONFIG: account,
      HOMELAB_REPOSITORY: clone,
      SSH_ORIGINAL_COMMAND: command,
    };
    return run(join(manifestsFolder, 'bootstrap/homelab-deploy'), [], { env, timeout: 120_000 }).then(
      ({ stdout, stderr }) => ({ code: 0, said: stdout + stderr }),
      (error: { code: number; stdout: string; stderr: string }) => ({
        code: error.code,
        said: error.stdout + error.stderr,
      }),
    );
  }

  /** The repository as others see it, and the cluster. */
  async function state() {
    await git('fetch', '--quiet', 'origin');
    const [subject, file] = [
      await git('log', '-1', '--format=%s', 'origin/main'),
      await git('show', 'origin/main:apps/laravel-multitenant/kustomization.yaml'),
    ];
    const { spec } = await get<{ spec: { template: { spec: { containers: { image: string }[] } } } }>(
      'deployment',
      'laravel-multi-tenant',
      '-n',
      'laravel-apps',
    );
    return {
      subject,
      tag: /newTag: "(.*)"/.exec(file)?.[1],
      runs: spec.template.spec.containers[0]?.image.split(':')[1],
    };
  }

  test('deploys a commit with the rights of its account, and the repository says so', async () => {
    const { code, said } = await deploy(second);
    expect(said).toContain(`Deployed ${second}.`);
    expect(code).toBe(0);
    expect(await state()).toEqual({ subject: `Deploy ${second}`, tag: second, runs: second });
  });

  test('the same again is no commit', async () => {
    const before = await git('rev-parse', 'origin/main');
    expect((await deploy(second)).code).toBe(0);
    await git('fetch', '--quiet', 'origin');
    expect(await git('rev-parse', 'origin/main')).toBe(before);
  });

  test('what does not become ready is taken back, in the repository and in the cluster, and fails', async () => {
    await kubectl('cordon', 'desktop-2');
    const { code, said } = await deploy(third);
    await kubectl('uncordon', 'desktop-2');
    expect(code).toBe(1);
    expect(said).toContain(`${third} did not become ready; back to ${second}.`);
    expect(await state()).toEqual({
      subject: `Back to ${second}: ${third} did not become ready`,
      tag: second,
      runs: second,
    });
  });

  test('a placeholder in the settings stops it before anything is changed', async () => {
    const before = await state();
    await writeFile(
      join(clone, 'settings/homelab.env'),
      `${await readFile(join(clone, 'settings/homelab.env'), 'utf8')}NEW=\n`,
    );
    await git('commit', '--quiet', '-am', 'A setting to be filled in');
    await git('push', '--quiet', 'origin', 'main');
    const { code, said } = await deploy(third);
    expect(code).toBe(65);
    expect(said).toContain('settings/homelab.env');
    expect(await state()).toEqual({ ...before, subject: 'A setting to be filled in' });
  });

  test('its account reads no Secret and nothing of other namespaces, and removes nothing', async () => {
    const may = (...args: string[]) =>
      run(join(programs, 'kubectl'), ['--kubeconfig', account, 'auth', 'can-i', ...args]).then(
        () => true,
        () => false,
      );
    expect(await may('patch', 'deployments', '-n', 'laravel-apps')).toBe(true);
    for (const refused of [
      'get secrets -n laravel-apps',
      'patch deployments -n chatops',
      'delete deployments -n laravel-apps',
      'create pods -n laravel-apps',
      'patch statefulsets -n laravel-apps',
    ]) {
      expect([refused, await may(...refused.split(' '))]).toEqual([refused, false]);
    }
  });
});

test('shellcheck finds nothing in any script', async () => {
  const scripts = (await manifestFiles()).filter(
    (name) => name.endsWith('.sh') || /^#!.*\b(ba)?sh\b/.test(textOf(name)),
  );
  expect(scripts.length).toBeGreaterThan(8);
  const { stdout } = await run('shellcheck', ['-x', ...scripts], { cwd: manifestsFolder }).catch(
    (error: { stdout: string }) => error,
  );
  expect(stdout).toBe('');
});
