// The sandbox's Discord in front of a real control plane: refused without the rights of the manifests, answered with them.
import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { checkCluster } from '../../sandbox/own-cluster/check.ts';
import { type OwnCluster, startOwnCluster } from '../../sandbox/own-cluster/own-cluster.ts';
import { rbacFolder } from '../rbac-manifests.ts';
import { type Cluster, startCluster } from './cluster.ts';

const run = promisify(execFile);

let control: Cluster;
let sandbox: OwnCluster | null = null;

beforeAll(async () => {
  control = await startCluster();
}, 900_000);

afterAll(async () => {
  await sandbox?.stop();
  await control?.stop();
});

async function kubeconfigOf(name: string, text: Promise<string>): Promise<string> {
  const path = join(control.dir, `${name}.kubeconfig`);
  await writeFile(path, await text, { mode: 0o600 });
  return path;
}

async function apply(): Promise<void> {
  const kubectl = join(await control.programs(), 'kubectl');
  await run(kubectl, ['--kubeconfig', control.kubeconfigPath, 'apply', '-k', rbacFolder]);
}

test('what is missing is told before the manifests are applied; after it the bot answers with the nodes', async () => {
  const refused = checkCluster(control.kubeconfigPath);
  await expect(refused).rejects.toThrow('homelab-bot:viewer may not get nodes');
  await expect(refused).rejects.toThrow('apply -k manifests/chatops/rbac');

  await apply();
  await checkCluster(control.kubeconfigPath);
  const person = await kubeconfigOf('person', control.user({ name: 'ada', groups: ['friends'] }));
  await expect(checkCluster(person)).rejects.toThrow('the user of the kubeconfig may not impersonate');

  const kubeconfig = await kubeconfigOf('bot', control.user({ serviceAccount: 'chatops/homelab-bot' }));
  sandbox = await startOwnCluster({ kubeconfig, environment: {}, from: control.dir });
  const answer = await (await sandbox.discord.as('vera').command('nodes')).final({ timeoutMs: 30_000 });
  for (const node of ['desktop-1', 'desktop-2', 'worker-db-01']) expect(answer.text).toContain(node);
});
