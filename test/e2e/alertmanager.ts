// A real Alertmanager on 127.0.0.1, where one is installed; Debian's package is called prometheus-alertmanager.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';

export interface RealAlertmanager {
  /** With a path prefix. */
  readonly url: string;
  stop(): Promise<void>;
}

export const program = 'prometheus-alertmanager';

/** Its one receiver, `discord-bot`, sends to `webhookUrl`. Rejects with its output where it does not start within 15 s. */
export async function startRealAlertmanager(webhookUrl: string): Promise<RealAlertmanager> {
  const folder = await mkdtemp(join(tmpdir(), 'homelab-alertmanager-'));
  const config = join(folder, 'alertmanager.yml');
  await writeFile(
    config,
    stringify({
      route: { receiver: 'discord-bot', group_by: ['alertname', 'namespace'], group_wait: '1s', group_interval: '1s' },
      receivers: [{ name: 'discord-bot', webhook_configs: [{ url: webhookUrl }] }],
    }),
  );
  const address = `127.0.0.1:${await freePort()}`;
  const child = spawn(
    program,
    [
      `--config.file=${config}`,
      `--storage.path=${join(folder, 'data')}`,
      `--web.listen-address=${address}`,
      '--web.route-prefix=/ops',
      '--cluster.listen-address=',
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  let output = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  const url = `http://${address}/ops`;
  const stop = () => end(child).then(() => rm(folder, { recursive: true, force: true }));
  const deadline = Date.now() + 15_000;
  while (!(await isReady(url))) {
    if (Date.now() > deadline || child.exitCode !== null) {
      await stop();
      throw new Error(`Alertmanager did not start:\n${output.slice(-2000)}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return { url, stop };
}

async function isReady(url: string): Promise<boolean> {
  const answer = await fetch(`${url}/-/ready`, { signal: AbortSignal.timeout(1000) }).catch(() => null);
  return answer?.ok ?? false;
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'close');
  child.kill('SIGTERM');
  await ended;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('No free port on 127.0.0.1');
  return address.port;
}
