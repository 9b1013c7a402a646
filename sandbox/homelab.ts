// The whole sandbox: the servers at the other end, and the unmodified bot against them.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Alertmanager, startAlertmanager } from './alertmanager/alertmanager.ts';
import { type BotProcess, startBot } from './bot.ts';
import { type Discord, type DiscordOptions, startDiscord } from './discord/discord.ts';
import { type Kubernetes, startKubernetes } from './kubernetes/kubernetes.ts';
import { rbacObjects } from './rbac.ts';

export interface HomelabOptions {
  readonly discord?: DiscordOptions;
  /** Text of config.yaml; the three roles of the sandbox's Discord by default. */
  readonly config?: (discord: Discord) => string;
  /** Added to the bot's environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** What Node runs as the bot; its sources by default. */
  readonly entry?: string;
  readonly onOutput?: (text: string) => void;
  /** Alertmanager's figures; short ones by default. */
  readonly alertmanager?: Partial<Parameters<typeof startAlertmanager>[0]>;
}

export interface Homelab {
  readonly discord: Discord;
  readonly kubernetes: Kubernetes;
  readonly alertmanager: Alertmanager;
  readonly bot: BotProcess;
  /** Bearer token for webhooks. */
  readonly webhookToken: string;
  /** The bot's working directory; its database is `bot.db` in it. */
  readonly folder: string;
  /** Ends the bot, then the servers, and removes the folder. */
  stop(): Promise<void>;
}

const webhookToken = 'the-sandbox-token-that-opens-nothing-else';

/** Levels of the three roles that the sandbox's Discord has. */
export function levelsOf(discord: Discord): string {
  const roles = ['viewer', 'operator', 'admin'].map((name) => `  ${name}: ["${discord.roleId(name)}"]`);
  return ['access:', ...roles, ''].join('\n');
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
    const kubernetes = await startKubernetes();
    stops.push(() => kubernetes.stop());
    kubernetes.apply(await rbacObjects());
    const kubeconfig = join(folder, 'kubeconfig');
    await writeFile(kubeconfig, kubernetes.kubeconfig({ serviceAccount: 'chatops/homelab-bot' }), { mode: 0o600 });
    const configFile = join(folder, 'config.yaml');
    await writeFile(configFile, (options.config ?? levelsOf)(discord));
    const bot = await startBot({
      cwd: folder,
      env: {
        DISCORD_TOKEN: discord.token,
        DISCORD_API_URL: discord.url,
        DISCORD_GUILD_ID: discord.guildId,
        DISCORD_ALERT_CHANNEL_ID: discord.channelId('alerts'),
        ALERTMANAGER_WEBHOOK_TOKEN: webhookToken,
        KUBECONFIG: kubeconfig,
        CONFIG_FILE: configFile,
        DATABASE_URL: 'file:bot.db',
        ...options.env,
      },
      ...(options.entry !== undefined && { entry: options.entry }),
      ...(options.onOutput !== undefined && { onOutput: options.onOutput }),
    });
    stops.push(() => bot.end('SIGTERM'));
    await bot.whenReady();
    await discord.waitFor(() => discord.commands.length > 0, { what: 'the slash commands', timeoutMs: 30_000 });
    const alertmanager = startAlertmanager({
      webhookUrl: `${bot.url}/webhooks/alertmanager`,
      token: webhookToken,
      groupWaitMs: 50,
      groupIntervalMs: 500,
      ...options.alertmanager,
    });
    stops.push(() => alertmanager.stop());
    return { discord, kubernetes, alertmanager, bot, webhookToken, folder, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
