// Storms at Discord's own limits: ten thousand groups at once, and a hundred in five seconds; how soon all are visible, and what it costs.
import { setTimeout as delay } from 'node:timers/promises';
import type { Discord } from '../sandbox/discord/discord.ts';
import { type Homelab, startHomelab } from '../sandbox/homelab.ts';
import { notification, post } from './alerts.ts';
import { bundle } from './bundle.ts';
import { memoryOf } from './memory-of.ts';
import type { Row } from './row.ts';

const groups = 10_000;
const critical = 20;
/** Alertmanager has few connections open to one receiver; more only wait in the kernel. */
const connections = 50;

export async function stormBench(): Promise<Row[]> {
  return [...(await tenThousand()), ...(await hundredInFiveSeconds())];
}

async function tenThousand(): Promise<Row[]> {
  const homelab = await startHomelab({ entry: bundle, discord: { keepRequests: 10_000 } });
  try {
    await homelab.bot.whenReady({ discord: 'ready', cluster: 'ready' });
    await delay(5_000);
    const stop = new AbortController();
    const memory = watchMemory(homelab, stop.signal);
    const acknowledged = watchCommands(homelab, stop.signal);
    const names = Array.from({ length: groups }, (_, index) => `Storm${String(index).padStart(5, '0')}`);
    const started = performance.now();
    await inTurns(names, (name, index) => post(homelab, bodyOf(name, index % (groups / critical) === 7)));
    const taken = performance.now();
    const visible = await untilVisible(homelab.discord, names, taken);
    const urgent = names.filter((_, index) => index % (groups / critical) === 7);
    const own = await untilOwn(homelab.discord, urgent, taken);
    await inTurns(names, (name, index) => post(homelab, bodyOf(name, index % (groups / critical) === 7, new Date())));
    const ended = performance.now();
    await homelab.discord.waitFor(() => texts(homelab.discord).some((text) => text.includes('storm over')), {
      timeoutMs: 300_000,
      what: 'the end of the storm',
    });
    const over = performance.now() - ended;
    stop.abort();
    return [
      { name: `${groups} groups, taken`, value: groups / ((taken - started) / 1000), unit: 'groups/s' },
      { name: 'until every group is visible, after the last webhook', value: visible / 1000, unit: 's', aim: 30 },
      { name: `until the ${critical} critical ones have messages of their own`, value: own / 1000, unit: 's' },
      { name: 'until the storm has its account, after the last end', value: over / 1000, unit: 's' },
      {
        name: 'slowest acknowledgement of a command meanwhile',
        value: Math.max(...(await acknowledged)),
        unit: 'ms',
        aim: 500,
      },
      { name: 'most RssAnon meanwhile', value: await memory, unit: 'MB', aim: 150 },
      { name: '429s', value: limited(homelab.discord), unit: '', aim: 0 },
    ];
  } finally {
    await homelab.stop();
  }
}

async function hundredInFiveSeconds(): Promise<Row[]> {
  const homelab = await startHomelab({ entry: bundle });
  try {
    await homelab.bot.whenReady({ discord: 'ready', cluster: 'ready' });
    await delay(3_000);
    const names = Array.from({ length: 100 }, (_, index) => `Burst${String(index).padStart(5, '0')}`);
    for (const name of names) {
      await post(homelab, notification(name));
      await delay(50);
    }
    const visible = await untilVisible(homelab.discord, names, performance.now());
    return [
      { name: '100 alerts in 5 s: until all are visible, after the last', value: visible / 1000, unit: 's', aim: 10 },
      { name: '100 alerts in 5 s: 429s', value: limited(homelab.discord), unit: '', aim: 0 },
    ];
  } finally {
    await homelab.stop();
  }
}

function bodyOf(name: string, isCritical: boolean, endsAt: Date | null = null): string {
  const body = notification(name);
  const severe = isCritical ? body.replaceAll('"severity":"warning"', '"severity":"critical"') : body;
  if (endsAt === null) return severe;
  // What began with it ends now.
  return severe
    .replaceAll('"status":"firing"', '"status":"resolved"')
    .replaceAll('0001-01-01T00:00:00Z', endsAt.toISOString());
}

async function inTurns(
  names: readonly string[],
  work: (name: string, index: number) => Promise<unknown>,
): Promise<void> {
  let next = 0;
  const one = async (): Promise<void> => {
    while (next < names.length) {
      const index = next;
      next += 1;
      await work(names[index] ?? '', index);
    }
  };
  await Promise.all(Array.from({ length: connections }, one));
}

function texts(discord: Discord): readonly string[] {
  return discord.messages('alerts').map(({ text, files }) => `${text}\n${files.map((file) => file.text()).join('\n')}`);
}

/** Milliseconds since `from` until each name stands in some message or its file. */
async function untilVisible(discord: Discord, names: readonly string[], from: number): Promise<number> {
  const shown = () => {
    const seen = new Set(texts(discord).flatMap((text) => text.match(/(?:Storm|Burst)\d{5}/g) ?? []));
    return names.every((name) => seen.has(name));
  };
  while (!shown()) {
    if (performance.now() - from > 300_000) throw new Error('Not every group became visible in five minutes');
    await delay(250);
  }
  return performance.now() - from;
}

async function untilOwn(discord: Discord, names: readonly string[], from: number): Promise<number> {
  const own = () => discord.messages('alerts').filter(({ content }) => !content.includes('storm'));
  await discord.waitFor(() => names.every((name) => own().some(({ content }) => content.includes(name))), {
    timeoutMs: 120_000,
    what: 'messages of what is critical',
  });
  return performance.now() - from;
}

function limited(discord: Discord): number {
  return discord.requests.all.filter(({ status }) => status === 429).length;
}

/** The most anonymous memory until the signal, in MB. */
async function watchMemory({ bot }: Homelab, signal: AbortSignal): Promise<number> {
  let most = 0;
  while (!signal.aborted) {
    most = Math.max(most, (await memoryOf(bot.pid)).anonymous);
    await delay(100);
  }
  return most;
}

/** How long each command took until its first response, one after the other until the signal; in milliseconds. */
async function watchCommands({ discord }: Homelab, signal: AbortSignal): Promise<readonly number[]> {
  const times: number[] = [];
  while (!signal.aborted) {
    const { ack } = await discord.as('vera').command('whoami');
    times.push(ack.afterMs ?? Number.POSITIVE_INFINITY);
    // Discord lets a bot answer some thirty times a minute in one channel.
    await delay(2_500);
  }
  return times;
}
