// `npm start`: the sandbox and the bot, the page to play with them, and a live transcript of what appears; or the tour.
import { beginWatchdog } from './alertmanager/watchdog.ts';
import { readArguments } from './arguments.ts';
import type { Discord, SandboxMessage } from './discord/discord.ts';
import { type Homelab, ringingConfig, startHomelab } from './homelab.ts';
import { showOwnCluster } from './own-cluster/show.ts';
import { startPage } from './page/page.ts';
import { playTour } from './tour.ts';
import { type Names, transcriptOf } from './transcript.ts';

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

function namesIn(discord: Discord): Names {
  const named = (names: readonly string[], idOf: (name: string) => string) => {
    const byId = new Map(names.map((name) => [idOf(name), name]));
    return (id: string) => byId.get(id) ?? id;
  };
  return {
    channel: named(['alerts', 'alerts-critical', 'operations', 'audit', 'general'], discord.channelId),
    role: named(['viewer', 'operator', 'admin'], discord.roleId),
    user: named(['vera', 'otto', 'ada', 'nils'], discord.userId),
  };
}

function follow(discord: Discord): void {
  const names = namesIn(discord);
  const last = new Map<string, string>();
  discord.on('message', ({ change, message }) => {
    if (message.loading) return;
    const text = transcriptOf(message, change, names);
    // An edit that a reader cannot see is none.
    if (last.get(message.id) === bare(message)) return;
    last.set(message.id, bare(message));
    say(`${text}\n`);
  });
  discord.on('act', ({ person, channel, kind, what, state }) => {
    if (state === 'created' && kind !== 'autocomplete') say(`#${channel}  ${person}\n  │ ${what}\n`);
  });
}

function bare(message: SandboxMessage): string {
  return `${message.deleted}${message.text}`;
}

async function main(): Promise<number> {
  // npm runs this in the folder of the package; paths are meant from where it was typed.
  const from = process.env['INIT_CWD'] ?? process.cwd();
  const read = readArguments(process.argv.slice(2), from);
  if (!read.ok) {
    (read.isHelp ? process.stdout : process.stderr).write(read.said);
    return read.isHelp ? 0 : 64;
  }
  const { tour: tourOnly, kubeconfig, port } = read.arguments;
  if (kubeconfig !== null) return showOwnCluster({ kubeconfig, from, port, say, follow });
  say('Starting a sandbox of Discord, Kubernetes and Alertmanager on this machine, and the bot against it …\n');
  const homelab = await startHomelab({
    config: ringingConfig,
    alertmanager: { groupWaitMs: 300, groupIntervalMs: 1500 },
  });
  beginWatchdog(homelab.alertmanager);
  const interrupted = new Promise<void>((resolve) => {
    process.once('SIGINT', () => resolve());
    process.once('SIGTERM', () => resolve());
  });
  try {
    follow(homelab.discord);
    return tourOnly ? await playOnce(homelab, interrupted) : await serve(homelab, port, interrupted);
  } finally {
    await homelab.stop();
  }
}

/** Until somebody or the bot ends it. */
async function serve(homelab: Homelab, port: number, interrupted: Promise<void>): Promise<number> {
  const page = await startPage(homelab, { port });
  try {
    if (homelab.advice !== null) say(`— ${homelab.advice}`);
    say(`— The page is at ${page.url}`);
    say(
      `— Webhooks go to ${homelab.bot.url}/webhooks/alertmanager, with "Authorization: Bearer ${homelab.webhookToken}".`,
    );
    say('  What appears in the channels is written here too.');
    say('— Ctrl-C ends all of it. npm start -- --tour plays the main job by itself.\n');
    await Promise.race([interrupted, homelab.bot.ended.then(({ code }) => say(`The bot ended with code ${code}.`))]);
    return 0;
  } finally {
    await page.stop();
  }
}

/** An interrupted tour is none that failed. */
async function playOnce(homelab: Homelab, interrupted: Promise<void>): Promise<number> {
  const failure = await Promise.race([tour(homelab), interrupted.then(() => 'interrupted' as const)]);
  if (failure === 'interrupted') return 0;
  if (failure === null) {
    say('— The tour is over: everything appeared.');
    return 0;
  }
  process.stderr.write(`\nThe tour did not go as it should: ${failure}\n`);
  return 1;
}

async function tour(homelab: Homelab): Promise<string | null> {
  try {
    await playTour(homelab, (text) => say(`— ${text}\n`));
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

process.exitCode = await main();
