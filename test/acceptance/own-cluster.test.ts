// `npm start -- --kubeconfig FILE`: the sandbox's Discord in front of a cluster that is not the sandbox's.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startGit } from '../../sandbox/git/git.ts';
import { homelabFiles } from '../../sandbox/git/seed.ts';
import { shopOf } from '../../sandbox/homelab.ts';
import { type Kubernetes, startKubernetes } from '../../sandbox/kubernetes/kubernetes.ts';
import { runningSha } from '../../sandbox/kubernetes/seed/workloads.ts';
import { checkCluster } from '../../sandbox/own-cluster/check.ts';
import { type OwnCluster, startOwnCluster } from '../../sandbox/own-cluster/own-cluster.ts';
import { rbacObjects } from '../../sandbox/rbac.ts';
import { startRegistry } from '../../sandbox/registry/registry.ts';
import { newFolder } from './running.ts';

const program = fileURLToPath(new URL('../../sandbox/start.ts', import.meta.url));

/** Runs `npm start -- …` to its end. */
async function start(...args: string[]): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', program, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 50_000,
    killSignal: 'SIGKILL',
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const [code] = await once(child, 'close');
  return { code, stdout, stderr };
}

async function kubeconfigIn(folder: string, text: string): Promise<string> {
  const path = `${folder}/kubeconfig`;
  await writeFile(path, text, { mode: 0o600 });
  return path;
}

describe('a cluster without the rights of the manifests', () => {
  let kubernetes: Kubernetes;

  beforeAll(async () => {
    kubernetes = await startKubernetes({ tls: true });
  });

  afterAll(() => kubernetes.stop());

  test('is told the one command that gives them, is not touched, and the exit code says that nothing runs', async () => {
    const path = await kubeconfigIn(await newFolder(), kubernetes.kubeconfig('admin'));
    const { code, stderr } = await start('--kubeconfig', path);
    expect(code).toBe(1);
    expect(stderr).toContain(`\n  kubectl --kubeconfig ${path} apply -k manifests/chatops/rbac\n`);
    expect(stderr).toContain('homelab-bot:viewer may not get nodes, list nodes, ');
    expect(stderr).toContain('homelab-bot:operator may not ');
    expect(stderr).not.toContain('may not impersonate');
    const changes = kubernetes.requests.filter(({ method }) => method !== 'GET').map(({ path }) => path.split('?')[0]);
    expect(new Set(changes)).toEqual(new Set(['/apis/authorization.k8s.io/v1/selfsubjectaccessreviews']));
  });

  test('and a user who may not impersonate: it is said who may', async () => {
    const path = await kubeconfigIn(await newFolder(), kubernetes.kubeconfig({ serviceAccount: 'default/default' }));
    const said = checkCluster(path);
    await expect(said).rejects.toThrow('the user of the kubeconfig may not impersonate users homelab-bot:viewer');
    await expect(said).rejects.toThrow('start again with a kubeconfig of that\naccount, or of an administrator');
  });

  test('a path with blanks and quotes is printed so that a shell reads it', async () => {
    const folder = `${await newFolder()}/ada's homelab`;
    await mkdir(folder);
    const path = await kubeconfigIn(folder, kubernetes.kubeconfig('admin'));
    await expect(checkCluster(path)).rejects.toThrow("/ada'\\''s homelab/kubeconfig' apply -k");
  });
});

describe('what is wrong with the file is one sentence', () => {
  let kubernetes: Kubernetes;

  beforeAll(async () => {
    kubernetes = await startKubernetes({ tls: true });
    kubernetes.apply(await rbacObjects());
  });

  afterAll(() => kubernetes.stop());

  async function said(path: string): Promise<string> {
    const error: unknown = await checkCluster(path).then(
      () => null,
      (thrown: unknown) => thrown,
    );
    return error instanceof Error && error.name === 'NotReady' ? error.message : `not refused: ${String(error)}`;
  }

  test('where it is missing, a folder, or may not be read', async () => {
    const folder = await newFolder();
    expect(await said(`${folder}/none`)).toBe(`There is no file ${folder}/none.`);
    expect(await said(folder)).toBe(`${folder} is a folder: --kubeconfig needs the path of a file.`);
    if (process.getuid?.() === 0) return;
    const path = await kubeconfigIn(folder, kubernetes.kubeconfig('admin'));
    await chmod(path, 0);
    expect(await said(path)).toBe(`${path} may not be read (EACCES).`);
  });

  test('where it is no kubeconfig', async () => {
    const folder = await newFolder();
    for (const text of [
      'just a note\n',
      '{}\n',
      'apiVersion: v1\nkind: Config\ncurrent-context: nowhere\n',
      ': : :\n',
    ]) {
      const path = await kubeconfigIn(folder, text);
      expect(await said(path)).toMatch(/^\S+kubeconfig is (not a kubeconfig|no kubeconfig with a current-context)\.$/);
    }
  });

  test('where it acts as somebody already', async () => {
    const text = kubernetes.kubeconfig('admin').replace(/^( +)token: /m, '$1as: homelab-bot:admin\n$&');
    const path = await kubeconfigIn(await newFolder(), text);
    expect(await said(path)).toBe(
      `${path} acts as homelab-bot:admin already (as:). The bot impersonates by itself and refuses such a kubeconfig: give one without.`,
    );
  });

  test('where its credentials are not taken', async () => {
    const text = kubernetes.kubeconfig('admin').replace(/token: .*/, 'token: a-token-of-nobody');
    const path = await kubeconfigIn(await newFolder(), text);
    expect(await said(path)).toBe(`The cluster does not take the credentials of ${path}.`);
  });

  test('where the cluster is away', async () => {
    const path = await kubeconfigIn(await newFolder(), kubernetes.kubeconfig('admin'));
    await kubernetes.away();
    try {
      expect(await said(path)).toMatch(/^The cluster of \S+ does not answer: .*refused[^\n]*$/);
    } finally {
      await kubernetes.back();
    }
  });
});

describe('a cluster with the rights of the manifests', () => {
  let kubernetes: Kubernetes;
  let folder: string;
  const started: OwnCluster[] = [];

  beforeAll(async () => {
    kubernetes = await startKubernetes({ tls: true });
    kubernetes.apply(await rbacObjects());
  });

  afterAll(async () => {
    for (const sandbox of started) await sandbox.stop();
    await kubernetes.stop();
  });

  async function begin(serviceAccount: 'bot' | 'admin', environment: Record<string, string> = {}): Promise<OwnCluster> {
    folder = await newFolder();
    const user = serviceAccount === 'admin' ? 'admin' : ({ serviceAccount: 'chatops/homelab-bot' } as const);
    const kubeconfig = await kubeconfigIn(folder, kubernetes.kubeconfig(user));
    const sandbox = await startOwnCluster({
      kubeconfig,
      environment,
      from: folder,
      alertmanager: { groupWaitMs: 50, groupIntervalMs: 500 },
    });
    started.push(sandbox);
    return sandbox;
  }

  test.each(['bot', 'admin'] as const)(
    'is asked through the bot with a kubeconfig of %s, and the alerts of the sandbox still appear',
    async (account) => {
      const { discord, alertmanager, notes } = await begin(account);
      expect(notes).toEqual(['/deploy and /rollback need MANIFEST_REPO_URL and CONFIG_FILE in the environment.']);
      const nodes = await (await discord.as('vera').command('nodes')).final();
      expect(nodes.text).toContain('desktop-1');
      alertmanager.fire({ alertname: 'Hello', severity: 'warning' }, { summary: 'of the sandbox' });
      await discord.waitForMessage('alerts', ({ text }) => text.includes('Hello'));
      const deploy = await (await discord.as('otto').command('deploy', { sha: 'abc1234' })).final();
      expect(deploy.text).toContain('No app is configured.');
      expect(deploy.text).toContain('names apps under apps in its configuration file');
    },
  );

  test('deploys apps from where the environment says, at the levels of the sandbox’s roles', async () => {
    const registry = await startRegistry();
    const home = await newFolder();
    const git = await startGit({ folder: `${home}/git` });
    try {
      const image = registry.image('acme/shop');
      await git.seed(homelabFiles({ image, tag: runningSha }));
      await writeFile(
        `${home}/mine.yaml`,
        `# of my own server\naccess: { viewer: ["112233445566778801"] }\nalerts:\n  routes: [{ match: { severity: critical }, channel: "112233445566778811" }]\n${shopOf(image)}`,
      );
      const { discord, notes } = await begin('bot', {
        MANIFEST_REPO_URL: git.url,
        CONFIG_FILE: `${home}/mine.yaml`,
        REGISTRY_TOKEN: registry.token,
      });
      expect(notes).toEqual([expect.stringContaining('The roles and channels of your CONFIG_FILE are elsewhere')]);
      const status = await (await discord.as('vera').command('status')).final({ timeoutMs: 30_000 });
      expect(status.text).toContain('shop');
      expect(status.text).toContain(runningSha.slice(0, 7));
    } finally {
      await git.stop();
      await registry.stop();
    }
  });

  test('a CONFIG_FILE that cannot be read is named before anything is started', async () => {
    await expect(begin('bot', { CONFIG_FILE: 'nowhere.yaml' })).rejects.toThrow(
      'CONFIG_FILE names nowhere.yaml, which cannot be read.',
    );
  });
});

test('the tour belongs to the homelab of the sandbox', async () => {
  const { code, stderr } = await start('--tour', '--kubeconfig', 'any');
  expect(code).toBe(64);
  expect(stderr).toContain('not with --kubeconfig');
});

test.each([[['--kubeconfig']], [['--kubeconfig=']], [['--tour', 'twice']], [['--frobnicate']]])(
  '%j is answered with the usage',
  async (args) => {
    const { code, stderr } = await start(...args);
    expect(code).toBe(64);
    expect(stderr).toContain('Usage: npm start');
  },
);
