// Alertmanager itself as a peer: it posts to Discord's webhooks too. Measured where Debian's package is installed.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { stringify } from 'yaml';

const program = 'prometheus-alertmanager';

export interface Peer {
  /** For example `Alertmanager 0.25.0`. */
  readonly name: string;
  /** Where alerts are posted, API v2. */
  readonly url: string;
  /** What its requests to Discord have in their path. */
  readonly path: RegExp;
  stop(): Promise<void>;
}

/** Sends each group at once to a server that answers as a webhook of Discord. Null where it is not installed. */
export async function startPeer(): Promise<Peer | null> {
  const version = /version (\S+)/.exec(spawnSync(program, ['--version'], { encoding: 'utf8' }).stdout ?? '')?.[1];
  if (version === undefined) return null;
  const folder = await mkdtemp(join(tmpdir(), 'homelab-peer-'));
  const discord = createServer((request, response) => {
    request.resume().once('end', () => response.writeHead(204).end());
  });
  const webhook = `http://127.0.0.1:${await listening(discord)}/peer/webhook`;
  const port = await freePort();
  const config = join(folder, 'alertmanager.yml');
  await writeFile(
    config,
    stringify({
      route: { receiver: 'discord', group_by: ['alertname'], group_wait: '0s', group_interval: '1h' },
      receivers: [{ name: 'discord', discord_configs: [{ webhook_url: webhook, send_resolved: false }] }],
    }),
  );
  const child = spawn(
    program,
    [
      `--config.file=${config}`,
      `--storage.path=${join(folder, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--cluster.listen-address=',
      '--log.level=error',
    ],
    { stdio: 'ignore' },
  );
  const peer: Peer = {
    name: `Alertmanager ${version}`,
    url: `http://127.0.0.1:${port}/api/v2/alerts`,
    path: /^\/peer\/webhook/,
    async stop() {
      await end(child);
      discord.closeAllConnections();
      discord.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
  for (let tries = 0; tries < 150; tries += 1) {
    const answer = await fetch(`http://127.0.0.1:${port}/-/ready`).catch(() => null);
    if (answer?.ok) return peer;
    await delay(100);
  }
  await peer.stop();
  throw new Error('Alertmanager did not start within 15 s');
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'close');
  child.kill('SIGTERM');
  await ended;
}

async function listening(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('No free port on 127.0.0.1');
  return address.port;
}

async function freePort(): Promise<number> {
  const server = createServer();
  const port = await listening(server);
  server.close();
  await once(server, 'close');
  return port;
}
