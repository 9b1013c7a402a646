// Memory of the bundle: idle, under 200 bodies of 3 MiB at once, and after 10,000 alerts in 1,000 groups.
import { setTimeout as delay } from 'node:timers/promises';
import { type Homelab, startHomelab } from '../sandbox/homelab.ts';
import { notification, post, untilShown } from './alerts.ts';
import { bundle, unlimited } from './bundle.ts';
import { type Memory, memoryOf } from './memory-of.ts';
import type { Row } from './row.ts';

const groups = 1_000;
const groupSize = 10;
const atOnce = 10;
/** Long enough for what the start or the storm left behind to be collected. */
const restMs = 15_000;

const underFlood = '200 bodies of 3 MiB at once';
const aim = { unit: 'MB', aim: 100 };

export async function memoryBench(): Promise<Row[]> {
  const homelab = await startHomelab({ entry: bundle, discord: { rateLimits: unlimited } });
  try {
    await homelab.bot.whenReady({ discord: 'ready', cluster: 'ready' });
    await delay(restMs);
    const idle = await memoryOf(homelab.bot.pid);
    const floods: Row[] = [];
    for (const [shape, bodiesOf] of Object.entries(floodBodies)) {
      const { peak, slowestMs, taken } = await flood(homelab, bodiesOf());
      const note = `${taken} taken, the others told to come again`;
      floods.push(
        { name: `${underFlood}, ${shape}, RssAnon above idle`, value: peak.anonymous - idle.anonymous, ...aim, note },
        { name: `${underFlood}, ${shape}, VmRSS above idle`, value: peak.resident - idle.resident, unit: 'MB' },
        { name: `${underFlood}, ${shape}, slowest answer of /whoami`, value: slowestMs, unit: 'ms', aim: 3_000 },
      );
    }
    let next = 0;
    const send = async (): Promise<void> => {
      while (next < groups) {
        const name = `Storm${String(next).padStart(4, '0')}`;
        next += 1;
        await post(homelab, notification(name, groupSize));
      }
    };
    await Promise.all(Array.from({ length: atOnce }, send));
    const busy = await memoryOf(homelab.bot.pid);
    await untilShown(homelab, 300_000);
    await delay(restMs);
    const after = await memoryOf(homelab.bot.pid);
    return [
      ...rows('idle', idle, 100),
      ...floods,
      ...rows(`when ${groups * groupSize} alerts were just taken`, busy),
      ...rows(`after ${groups * groupSize} alerts`, after, 120),
    ];
  } finally {
    await homelab.stop();
  }
}

/** Bodies of about 3 MiB, by their shape. */
const floodBodies: Record<string, () => readonly string[]> = {
  '5,000 alerts each': () => [notification('Flood', 5_000)],
  '5,000 alerts each, 12 groups': () => Array.from({ length: 12 }, (_, index) => notification(`Flood${index}`, 5_000)),
  '25,000 tiny alerts each': () => [tiny('Tiny')],
  '25,000 tiny alerts each, 12 groups': () => Array.from({ length: 12 }, (_, index) => tiny(`Tiny${index}`)),
  '30 huge alerts each, 12 groups': () => Array.from({ length: 12 }, (_, index) => huge(`Huge${index}`)),
};

/** As many alerts as 3 MiB hold. */
function tiny(group: string): string {
  const alerts = Array.from({ length: 25_000 }, (_, index) => ({
    status: 'firing',
    labels: { alertname: 'T', i: String(index) },
    startsAt: '2026-01-31T03:00:00Z',
    fingerprint: index.toString(16),
  }));
  return JSON.stringify({ version: '4', groupKey: group, status: 'firing', receiver: 'r', alerts });
}

/** As long texts as 3 MiB hold. */
function huge(group: string): string {
  const alerts = Array.from({ length: 30 }, (_, index) => ({
    status: 'firing',
    labels: { alertname: 'Huge', i: String(index) },
    annotations: { description: 'änderung '.repeat(10_000) },
    startsAt: '2026-01-31T03:00:00Z',
    fingerprint: `huge-${index}`,
  }));
  return JSON.stringify({ version: '4', groupKey: group, status: 'firing', receiver: 'r', alerts });
}

interface Flood {
  /** The most that was held, each figure by itself. */
  readonly peak: Memory;
  readonly slowestMs: number;
  readonly taken: number;
}

/** 200 of these notifications at once, and a person who asks for something all the while. */
async function flood(homelab: Homelab, bodies: readonly string[]): Promise<Flood> {
  let peak: Memory = { anonymous: 0, resident: 0 };
  const watching = setInterval(() => {
    void memoryOf(homelab.bot.pid).then(({ anonymous, resident }) => {
      peak = { anonymous: Math.max(peak.anonymous, anonymous), resident: Math.max(peak.resident, resident) };
    });
  }, 20);
  let over = false;
  const asking = (async () => {
    let slowestMs = 0;
    while (!over) {
      const { ack, failure } = await homelab.discord.as('vera').command('whoami');
      if (ack.afterMs === null) throw new Error(`A command was not acknowledged: ${failure}`);
      slowestMs = Math.max(slowestMs, ack.afterMs);
      await delay(50);
    }
    return slowestMs;
  })();
  try {
    const posts = Array.from({ length: 200 }, (_, index) => tryPost(homelab, bodies[index % bodies.length] ?? ''));
    const statuses = await Promise.all(posts);
    await delay(restMs);
    over = true;
    return { peak, slowestMs: await asking, taken: statuses.filter((status) => status === 202).length };
  } finally {
    over = true;
    clearInterval(watching);
  }
}

/** Some of so many are told to come again: that is what bounds the memory. */
async function tryPost(homelab: Homelab, body: string): Promise<number | null> {
  return fetch(`${homelab.bot.url}/webhooks/alertmanager`, {
    method: 'POST',
    headers: { authorization: `Bearer ${homelab.webhookToken}`, 'content-type': 'application/json' },
    body,
  }).then(
    async (response) => {
      await response.arrayBuffer();
      return response.status;
    },
    () => null,
  );
}

function rows(when: string, memory: Memory, aim?: number): Row[] {
  return [
    { name: `RssAnon, ${when}`, value: memory.anonymous, unit: 'MB', ...(aim !== undefined && { aim }) },
    { name: `VmRSS, ${when}`, value: memory.resident, unit: 'MB' },
  ];
}
