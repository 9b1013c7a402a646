// Exactly once, proven: 500 alert groups over time, while the bot is killed and Discord, the gateway and the disk fail, at random moments of a fixed seed.
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as delay } from 'node:timers/promises';
import type { Alertmanager } from '../sandbox/alertmanager/alertmanager.ts';
import { bodyOf } from '../sandbox/alertmanager/body.ts';
import type { Discord, Fault, SandboxMessage } from '../sandbox/discord/discord.ts';
import { type Homelab, levelsOf, startHomelab } from '../sandbox/homelab.ts';
import { bundle } from './bundle.ts';
import { type Random, seeded } from './random.ts';
import type { Row } from './row.ts';

const seed = Number(process.env['CHAOS_SEED'] ?? 1);
const groups = 500;
const kills = 25;
const overMs = 180_000;
const faultEveryMs = 700;
/** Discord forgets nonces this early, instead of after minutes. */
const nonceMs = 3_000;
/** Discord's limits are a channel's: groups are spread over so many. */
const channels = ['alerts', 'alerts-critical', 'operations', 'audit', 'general'];
const settleMs = 300_000;

interface Group {
  readonly name: string;
  readonly channel: string;
  /** When it fires, grows and, for most, resolves; milliseconds from the start. */
  readonly at: readonly number[];
  readonly resolves: boolean;
  /** What joins is critical: that rings. */
  readonly worsens: boolean;
}

/** Of groups that got worse: when it was first told, milliseconds since 1970. */
const toldWorse = new Map<string, number>();

export async function chaosBench(): Promise<Row[]> {
  const random = seeded(seed);
  const plan = Array.from({ length: groups }, (_, index) => groupOf(index, random));
  const homelab = await startHomelab({
    entry: bundle,
    discord: { windows: { nonce: nonceMs }, keepRequests: 100_000 },
    config: configOf,
  });
  try {
    await homelab.bot.whenReady({ discord: 'ready' });
    homelab.alertmanager.sendTo(null);
    const stop = new AbortController();
    const trouble = Promise.all([makeTrouble(homelab, random, stop.signal), killNowAndThen(homelab, random)]);
    await Promise.all(plan.map((group) => tell(homelab, group)));
    const told = performance.now();
    await trouble.then(() => undefined, rethrow);
    stop.abort();
    await homelab.discord.faults.clear();
    await untilTrue(homelab.discord, plan);
    return report(homelab.discord, plan, performance.now() - told);
  } finally {
    await homelab.stop();
  }
}

function rethrow(error: unknown): never {
  throw error;
}

function groupOf(index: number, random: Random): Group {
  const first = random.below(overMs * 0.8);
  const second = first + random.below(overMs * 0.1);
  const third = second + random.below(overMs * 0.1);
  return {
    name: `Chaos${String(index).padStart(4, '0')}`,
    channel: channels[index % channels.length] ?? '',
    at: [first, second, third],
    resolves: random.below(10) < 8,
    worsens: index % 4 === 0,
  };
}

/** One route a channel, by a label of its own. */
function configOf(discord: Discord): string {
  const routes = channels.map((name) => `    - { match: { lane: ${name} }, channel: "${discord.channelId(name)}" }`);
  return [levelsOf(discord), 'alerts:', '  routes:', ...routes, ''].join('\n');
}

/** As Alertmanager does: each state until it is taken, and a newer one instead of an older; its list says the same. */
async function tell({ bot, webhookToken, alertmanager }: Homelab, group: Group): Promise<void> {
  const started = performance.now();
  const states = [1, 2, ...(group.resolves ? [3] : [])];
  for (const [step, state] of states.entries()) {
    await delay(Math.max(0, (group.at[step] ?? 0) - (performance.now() - started)));
    list(alertmanager, group, state);
    const body = bodyFor(group, state);
    for (let tries = 1; ; tries += 1) {
      // What is made while it is told again and again may say so itself.
      if (state === 2 && group.worsens && tries === 1) toldWorse.set(group.name, Date.now());
      const status = await fetch(`${bot.url}/webhooks/alertmanager`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${webhookToken}` },
        body,
        signal: AbortSignal.timeout(15_000),
      }).then(
        (answer) => answer.status,
        () => null,
      );
      if (status === 202) break;
      if (status !== null && status < 500) throw new Error(`A webhook was answered with ${status}`);
      await delay(Math.min(5_000, 200 * 2 ** tries));
    }
  }
}

/** Not told by Alertmanager itself, which would not be of the seed. */
function list(alertmanager: Alertmanager, group: Group, state: number): void {
  const startsAt = startOf(group.name);
  for (const { labels, annotations } of alertsOf(group, state)) {
    if (state < 3) alertmanager.fire(labels, annotations, { startsAt });
    else alertmanager.resolve(labels);
  }
}

/** 1: one alert fires. 2: two fire. 3: both are resolved. */
function alertsOf({ name, channel, worsens }: Group, state: number) {
  return Array.from({ length: Math.min(2, state) }, (_, index) => ({
    labels: {
      alertname: name,
      severity: worsens && index === 1 ? 'critical' : 'warning',
      lane: channel,
      instance: `host-${index}`,
    },
    annotations: { summary: `${name} on host-${index}` },
  }));
}

function bodyFor(group: Group, state: number): string {
  const alerts = alertsOf(group, state).map((alert) => ({
    ...alert,
    startsAt: startOf(group.name),
    endsAt: state === 3 ? new Date() : null,
    generatorURL: 'http://prometheus.monitoring:9090/graph?g0.expr=up',
  }));
  return bodyOf({
    receiver: 'discord-bot',
    reason: 'first notification',
    groupLabels: { alertname: group.name },
    alerts,
    maxAlerts: 0,
    externalURL: 'http://alertmanager.monitoring:9093',
  });
}

const starts = new Map<string, Date>();

/** An alert keeps its start. */
function startOf(name: string): Date {
  const known = starts.get(name) ?? new Date(Date.now() - 60_000);
  starts.set(name, known);
  return known;
}

async function killNowAndThen({ bot }: Homelab, random: Random): Promise<void> {
  const moments = Array.from({ length: kills }, () => random.below(overMs)).sort((a, b) => a - b);
  const started = performance.now();
  for (const moment of moments) {
    await delay(Math.max(0, moment - (performance.now() - started)));
    await bot.end('SIGKILL');
    bot.start();
  }
}

/** Until told to stop: faults of requests, of the gateway, of all of Discord, and of the disk. */
async function makeTrouble({ discord, folder }: Homelab, random: Random, stop: AbortSignal): Promise<void> {
  const until = performance.now() + overMs;
  while (performance.now() < until && !stop.aborted) {
    await delay(random.below(2 * faultEveryMs));
    const choice = random.below(20);
    if (choice === 0) discord.faults.closeGateway(4000);
    else if (choice === 1) discord.faults.askToReconnect();
    else if (choice === 2) await away(discord, random.below(4_000));
    else if (choice === 3) await diskFull(folder, random.below(6_000));
    else {
      discord.faults.next({ path: /\/messages/ }, requestFault(random));
    }
  }
}

function requestFault(random: Random): Fault {
  const retryAfterMs = 300 + random.below(2_000);
  const faults: readonly Fault[] = [
    'drop before acting',
    'drop after acting',
    'drop after acting',
    'hang',
    'hang after acting',
    { status: 500 },
    { status: 502 },
    { delayMs: random.below(3_000) },
    { rateLimit: 'route', retryAfterMs },
    { rateLimit: 'global', retryAfterMs },
    { rateLimit: 'shared', retryAfterMs },
    { rateLimit: 'cloudflare', retryAfterMs },
  ];
  return faults[random.below(faults.length)] ?? 'hang';
}

async function away(discord: Discord, ms: number): Promise<void> {
  await discord.faults.away();
  await delay(ms);
  await discord.faults.back();
}

/** No write succeeds meanwhile: another process that holds the lock does to the bot what a full disk does. */
async function diskFull(folder: string, ms: number): Promise<void> {
  const database = new DatabaseSync(join(folder, 'bot.db'), { timeout: 5_000 });
  try {
    database.exec('BEGIN IMMEDIATE');
    await delay(ms);
    database.exec('ROLLBACK');
  } finally {
    database.close();
  }
}

function shown(discord: Discord, group: Group): readonly SandboxMessage[] {
  return about(discord, group).filter(({ replyTo }) => replyTo === null);
}

function rings(discord: Discord, group: Group): readonly SandboxMessage[] {
  return about(discord, group).filter(({ replyTo }) => replyTo !== null);
}

/** Messages of its own. */
function about(discord: Discord, { name, channel }: Group): readonly SandboxMessage[] {
  return discord.messages(channel).filter((message) => !isStorm(message) && message.text.includes(name));
}

function isStorm({ content }: SandboxMessage): boolean {
  return content.includes('storm');
}

/** Its line in the file or the text of a storm's message; undefined where none has it. */
function lineInStorm(discord: Discord, { name, channel }: Group): string | undefined {
  const storms = discord.messages(channel).filter(isStorm);
  const lines = storms.flatMap(({ text, files }) => [text, ...files.map((file) => file.text())].join('\n').split('\n'));
  return lines.find((line) => line.includes(name));
}

/** It got worse after its message was made, and goes on. */
function shouldRing(discord: Discord, group: Group): boolean {
  const told = toldWorse.get(group.name);
  return told !== undefined && !group.resolves && shown(discord, group).some(({ createdAt }) => createdAt < told);
}

function isTrue(discord: Discord, group: Group): boolean {
  if (shown(discord, group).length === 0) {
    return lineInStorm(discord, group)?.includes(group.resolves ? 'resolved' : '2 firing') === true;
  }
  const [ring] = rings(discord, group);
  if (ring === undefined ? shouldRing(discord, group) : group.resolves) return false;
  return shown(discord, group).some(({ text }) =>
    group.resolves ? text.includes('2 resolved') : text.includes('2 firing'),
  );
}

async function untilTrue(discord: Discord, plan: readonly Group[]): Promise<void> {
  const until = performance.now() + settleMs;
  while (performance.now() < until && !plan.every((group) => isTrue(discord, group))) await delay(100);
}

function report(discord: Discord, plan: readonly Group[], ms: number): Row[] {
  const provoked = discord.requests.all.filter(({ status, byFault }) => status === 429 && !byFault);
  const isAlone = (group: Group) => shown(discord, group).length > 0;
  const lost = plan.filter((group) => !isAlone(group) && lineInStorm(discord, group) === undefined);
  const folded = plan.filter((group) => !isAlone(group) && lineInStorm(discord, group) !== undefined);
  const twice = plan.filter((group) => shown(discord, group).length > 1);
  const untrue = plan.filter((group) => !isTrue(discord, group));
  for (const { method, route } of provoked) console.log(`  429 provoked by ${method} ${route}`);
  const unrung = plan.filter((group) => shouldRing(discord, group) && rings(discord, group).length === 0);
  const rungTwice = plan.filter((group) => rings(discord, group).length > 1);
  const rungOn = plan.filter((group) => group.resolves && rings(discord, group).length > 0);
  const rang = plan.filter((group) => rings(discord, group).length > 0).length;
  for (const [what, some] of Object.entries({ lost, twice, untrue, unrung, rungTwice, rungOn })) {
    if (some.length > 0) console.log(`  ${what}: ${some.map(({ name }) => name).join(', ')}`);
  }
  const note = `seed ${seed}: ${groups} groups in ${overMs / 1000} s, ${kills} kills`;
  const count = (name: string, value: number, aim?: number): Row => ({
    name,
    value,
    unit: '',
    note,
    ...(aim !== undefined && { aim }),
  });
  return [
    count('groups lost', lost.length, 0),
    count('groups that share the message of a storm', folded.length),
    count('groups shown twice', twice.length, 0),
    count('groups whose message is not true in the end', untrue.length, 0),
    count('rings lost', unrung.length, 0),
    count('rings that are there twice', rungTwice.length, 0),
    count('rings of what is over', rungOn.length, 0),
    count('rings in the end', rang),
    count('429s provoked', provoked.length, 0),
    { name: 'from the last webhook until all is true', value: ms / 1000, unit: 's', note },
  ];
}
