// The whole sandbox: the servers at the other end, and the unmodified bot against them.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Alertmanager, startAlertmanager } from './alertmanager/alertmanager.ts';
import { type BotProcess, startBot } from './bot.ts';
import { type Discord, type DiscordOptions, startDiscord } from './discord/discord.ts';
import { type SandboxGit, startGit } from './git/git.ts';
import { homelabFiles, seedPath } from './git/seed.ts';
import { type Kubernetes, startKubernetes } from './kubernetes/kubernetes.ts';
import { runningSha } from './kubernetes/seed/workloads.ts';
import { findPrograms } from './programs.ts';
import { rbacObjects } from './rbac.ts';
import { type Registry, startRegistry } from './registry/registry.ts';

export interface HomelabOptions {
  readonly discord?: DiscordOptions;
  /** Text of config.yaml; the three roles of the sandbox's Discord by default. */
  readonly config?: (discord: Discord, apps: string) => string;
  /** Added to the bot's environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** What Node runs as the bot; see `program`. */
  readonly entry?: string;
  readonly onOutput?: (text: string) => void;
  /** Alertmanager's figures; short ones by default. */
  readonly alertmanager?: Partial<Parameters<typeof startAlertmanager>[0]>;
}

export interface Homelab {
  readonly discord: Discord;
  readonly kubernetes: Kubernetes;
  readonly alertmanager: Alertmanager;
  /** The manifest repository. */
  readonly git: SandboxGit;
  readonly registry: Registry;
  /** What to install, where kubectl could not be had; changes of apps then fail. */
  readonly advice: string | null;
  readonly bot: BotProcess;
  /** Bearer token for webhooks. */
  readonly webhookToken: string;
  /** The bot's working directory; its database is `bot.db` in it. */
  readonly folder: string;
  /** Ends the bot, then the servers, and removes the folder. */
  stop(): Promise<void>;
}

/** Bearer token for the webhooks of every sandbox. */
export const webhookToken = 'the-sandbox-token-that-opens-nothing-else';

/** Levels of the three roles that the sandbox's Discord has. */
export function levelsOf(discord: Discord): string {
  const roles = ['viewer', 'operator', 'admin'].map((name) => `  ${name}: ["${discord.roleId(name)}"]`);
  return ['access:', ...roles, ''].join('\n');
}

/** The demo app, as config.yaml names it. */
export function shopOf(image: string, more: readonly string[] = []): string {
  const lines = [
    'namespace: laravel-apps',
    'deployment: laravel-multi-tenant',
    'container: laravel-app',
    `image: ${image}`,
    `path: ${seedPath}`,
    'source: https://github.com/acme/shop',
    ...more,
  ];
  return ['apps:', '  shop:', ...lines.map((line) => `    ${line}`), ''].join('\n');
}

/**
 * As somebody who tries it all wants it: alerts ring the operators, and the admins where nobody acknowledges a critical one; the times are the shortest that
 * may be. A route is kept with its incident: that of the warnings too mentions somebody, or one that gets worse would mention nobody.
 */
export function ringingConfig(discord: Discord, apps: string): string {
  const route = {
    match: { severity: '/^(critical|warning)$/' },
    channel: discord.channelId('alerts'),
    mention: [discord.roleId('operator')],
    escalate: { after: '1m', mention: [discord.roleId('admin')] },
  };
  return `${levelsOf(discord)}${apps}alerts: ${JSON.stringify({ routes: [route], watchdog: { after: '1m' } })}\n`;
}

/** Resolves once the bot takes webhooks and has its session with Discord. */
export async function startHomelab(options: HomelabOptions = {}): Promise<Homelab> {
  const stops: (() => Promise<unknown>)[] = [];
  async function stop(): Promise<void> {
    for (let step = stops.pop(); step !== undefined; step = stops.pop()) await step();
  }
  try {
    const folder = await mkdtemp(join(tmpdir(), 'homelab-bot-'));
    stops.push(() => rm(folder, { recursive: true, force: true }));
    const discord = await startDiscord(options.discord);
    stops.push(() => discord.stop());
    const registry = await startRegistry();
    stops.push(() => registry.stop());
    const image = registry.image('acme/shop');
    const git = await startGit({ folder: join(folder, 'git') });
    stops.push(() => git.stop());
    await git.seed(homelabFiles({ image, tag: runningSha }));
    const kubernetes = await startKubernetes({ tls: true, image: `${image}:${runningSha}` });
    stops.push(() => kubernetes.stop());
    kubernetes.apply(await rbacObjects());
    const kubeconfig = join(folder, 'kubeconfig');
    await writeFile(kubeconfig, kubernetes.kubeconfig({ serviceAccount: 'chatops/homelab-bot' }), { mode: 0o600 });
    const configFile = join(folder, 'config.yaml');
    const config = options.config ?? ((guild: Discord, apps: string) => `${levelsOf(guild)}${apps}`);
    await writeFile(configFile, config(discord, shopOf(image)));
    const programs = await findPrograms();
    const alertmanager = await startAlertmanager({
      token: webhookToken,
      groupWaitMs: 50,
      groupIntervalMs: 500,
      ...options.alertmanager,
    });
    stops.push(() => alertmanager.stop());
    const bot = await startBot({
      cwd: folder,
      env: {
        DISCORD_TOKEN: discord.token,
        DISCORD_API_URL: discord.url,
        DISCORD_GUILD_ID: discord.guildId,
        DISCORD_ALERT_CHANNEL_ID: discord.channelId('alerts'),
        ALERTMANAGER_WEBHOOK_TOKEN: webhookToken,
        ALERTMANAGER_URL: alertmanager.api.url,
        KUBECONFIG: kubeconfig,
        CONFIG_FILE: configFile,
        DATABASE_URL: 'file:bot.db',
        MANIFEST_REPO_URL: git.url,
        REGISTRY_TOKEN: registry.token,
        DISCORD_AUDIT_CHANNEL_ID: discord.channelId('audit'),
        PATH: programs.path,
        HOME: folder,
        ...options.env,
      },
      ...(options.entry !== undefined && { entry: options.entry }),
      ...(options.onOutput !== undefined && { onOutput: options.onOutput }),
    });
    stops.push(() => bot.end('SIGTERM'));
    await bot.whenReady();
    await discord.waitFor(() => discord.commands.length > 0, { what: 'the slash commands', timeoutMs: 30_000 });
    alertmanager.sendTo(`${bot.url}/webhooks/alertmanager`);
    return {
      discord,
      kubernetes,
      alertmanager,
      git,
      registry,
      advice: programs.advice,
      bot,
      webhookToken,
      folder,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
