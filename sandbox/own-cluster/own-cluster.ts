// The sandbox's Discord and Alertmanager in front of the reader's own cluster, and the unmodified bot between them.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { startAlertmanager } from '../alertmanager/alertmanager.ts';
import { startBot } from '../bot.ts';
import { startDiscord } from '../discord/discord.ts';
import { type Homelab, type HomelabOptions, webhookToken } from '../homelab.ts';
import { findPrograms } from '../programs.ts';
import { checkCluster, NotReady } from './check.ts';
import { configFor } from './config.ts';

/** What there is of a homelab where cluster, repository and registry are the reader's. */
export type OwnCluster = Pick<Homelab, 'discord' | 'alertmanager' | 'bot' | 'webhookToken' | 'folder' | 'stop'> & {
  /** These are the reader's own, and out of the sandbox's hands. */
  readonly kubernetes: null;
  readonly git: null;
  readonly registry: null;
  readonly advice: null;
  /** What a reader should know about the start, a sentence each. */
  readonly notes: readonly string[];
};

/** Handed on from the reader's environment: where apps are deployed from, and what programs need to sign in. */
const handedOn = [
  'MANIFEST_REPO_URL',
  'MANIFEST_REPO_BRANCH',
  'MANIFEST_REPO_SSH_KEY',
  'MANIFEST_REPO_SSH_KEY_FILE',
  'MANIFEST_REPO_KNOWN_HOSTS',
  'MANIFEST_REPO_KNOWN_HOSTS_FILE',
  'MANIFEST_REPO_TOKEN',
  'MANIFEST_REPO_TOKEN_FILE',
  'REGISTRY_TOKEN',
  'REGISTRY_TOKEN_FILE',
  'LOG_LEVEL',
  'HOME',
  'USER',
  'TZ',
  'HTTP_PROXY',
  'HTTPS_PROXY',
  'NO_PROXY',
  'http_proxy',
  'https_proxy',
  'no_proxy',
  'SSL_CERT_FILE',
  'SSL_CERT_DIR',
];

/** Relative paths are meant from where the reader stands; the bot runs in a folder of its own. */
function isRelative(name: string, value: string): boolean {
  return /_(FILE|DIR)$/.test(name) || (name === 'MANIFEST_REPO_URL' && /^\.{1,2}(\/|$)/.test(value));
}

/**
 * Resolves once the bot takes webhooks, has its session with Discord, and the cluster answers it.
 * @param options.kubeconfig its absolute path.
 * @param options.from the folder that relative paths in the environment are meant from.
 * @throws NotReady before anything is started, where the cluster or the environment does not allow it.
 */
export async function startOwnCluster(options: {
  readonly kubeconfig: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly from: string;
  readonly alertmanager?: HomelabOptions['alertmanager'];
}): Promise<OwnCluster> {
  const { kubeconfig, environment, from } = options;
  await checkCluster(kubeconfig);
  const given = await readConfig(environment['CONFIG_FILE'], from);
  const stops: (() => Promise<unknown>)[] = [];
  async function stop(): Promise<void> {
    for (let step = stops.pop(); step !== undefined; step = stops.pop()) await step();
  }
  try {
    const folder = await mkdtemp(join(tmpdir(), 'homelab-bot-'));
    stops.push(() => rm(folder, { recursive: true, force: true }));
    const discord = await startDiscord();
    stops.push(() => discord.stop());
    const config = configFor(discord, given);
    const configFile = join(folder, 'config.yaml');
    await writeFile(configFile, config.text);
    const bot = await startBot({
      cwd: folder,
      env: {
        ...handOn(environment, from),
        DISCORD_TOKEN: discord.token,
        DISCORD_API_URL: discord.url,
        DISCORD_GUILD_ID: discord.guildId,
        DISCORD_ALERT_CHANNEL_ID: discord.channelId('alerts'),
        DISCORD_AUDIT_CHANNEL_ID: discord.channelId('audit'),
        ALERTMANAGER_WEBHOOK_TOKEN: webhookToken,
        KUBECONFIG: kubeconfig,
        CONFIG_FILE: configFile,
        DATABASE_URL: 'file:bot.db',
        PATH: (await findPrograms()).path,
      },
    });
    stops.push(() => bot.end('SIGTERM'));
    await bot.whenReady({ discord: 'ready', cluster: 'ready' });
    await discord.waitFor(() => discord.commands.length > 0, { what: 'the slash commands', timeoutMs: 30_000 });
    const alertmanager = await startAlertmanager({
      webhookUrl: `${bot.url}/webhooks/alertmanager`,
      token: webhookToken,
      ...options.alertmanager,
    });
    stops.push(() => alertmanager.stop());
    const theirs = { kubernetes: null, git: null, registry: null, advice: null };
    const notes = notesOf(environment, config.changed);
    return { discord, alertmanager, bot, webhookToken, folder, stop, notes, ...theirs };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function readConfig(path: string | undefined, from: string): Promise<string | null> {
  if (path === undefined || path === '') return null;
  return readFile(resolve(from, path), 'utf8').catch(() => {
    throw new NotReady(`CONFIG_FILE names ${path}, which cannot be read.`);
  });
}

function handOn(environment: Readonly<Record<string, string | undefined>>, from: string): Record<string, string> {
  const env: Record<string, string> = {};
  for (const name of handedOn) {
    const value = environment[name];
    if (value !== undefined && value !== '') env[name] = isRelative(name, value) ? resolve(from, value) : value;
  }
  return env;
}

function notesOf(environment: Readonly<Record<string, string | undefined>>, changed: string | null): string[] {
  const missing = ['MANIFEST_REPO_URL', 'CONFIG_FILE'].filter((name) => !environment[name]);
  return [
    ...(changed === null ? [] : [changed]),
    ...(missing.length === 0 ? [] : [`/deploy and /rollback need ${missing.join(' and ')} in the environment.`]),
  ];
}
