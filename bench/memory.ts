// Memory of the bundle: idle, under 200 bodies of 3 MiB at once, and after 10,000 alerts in 1,000 groups.
import { setTimeout as delay } from 'node:timers/promises';
import { type Homelab, startHomelab } from '../sandbox/homelab.ts';
import { notification, post, watchArrivals } from './alerts.ts';
import { bundle, unlimited } from './bundle.ts';
import { type Memory, memoryOf } from './memory-of.ts';
import type { Row } from './row.ts';

const groups = 1_000;
const groupSize = 10;
const atOnce = 10;
/** Long enough for what the start or the storm left behind to be collected. */
const restMs = 15_000;

export async function memoryBench(): Promise<Row[]> {
  const homelab = await startHomelab({ entry: bundle, discord: { rateLimits: unlimited } });
  try {
    await homelab.bot.whenReady({ discord: 'ready', cluster: 'ready' });
    await delay(restMs);
    const idle = await memoryOf(homelab.bot.pid);
    const floods: Row[] = [];
    for (const [shape, bodies] of Object.entries(floodBodies())) {
      floods.push({
        name: `RssAnon, more than idle under 200 bodies of 3 MiB at once, ${shape}`,
        value: (await floodPeak(homelab, bodies)) - idle.anonymous,
        unit: 'MB',
        aim: 100,
      });
    }
    const seen = watchArrivals(homelab, /Storm\d{4}/);
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
    await seen.all(groups, 300_000);
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
function floodBodies(): Record<string, readonly string[]> {
  return {
    'of 5,000 alerts': [notification('Flood', 5_000)],
    'of 25,000 tiny alerts': [tiny('Tiny')],
    'of 25,000 tiny alerts in 12 groups': Array.from({ length: 12 }, (_, index) => tiny(`Tiny${index}`)),
  };
}

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

/** The most that is held while 200 of these notifications arrive at once, in MB. */
async function floodPeak(homelab: Homelab, bodies: readonly string[]): Promise<number> {
  let peak = 0;
  const watching = setInterval(() => {
    void memoryOf(homelab.bot.pid).then(({ anonymous }) => {
      peak = Math.max(peak, anonymous);
    });
  }, 50);
  try {
    await Promise.all(Array.from({ length: 200 }, (_, index) => tryPost(homelab, bodies[index % bodies.length] ?? '')));
    await delay(restMs);
  } finally {
    clearInterval(watching);
  }
  return peak;
}

/** Some of so many are told to come again: that is what bounds the memory. */
async function tryPost(homelab: Homelab, body: string): Promise<void> {
  await fetch(`${homelab.bot.url}/webhooks/alertmanager`, {
    method: 'POST',
    headers: { authorization: `Bearer ${homelab.webhookToken}`, 'content-type': 'application/json' },
    body,
  }).then(
    (response) => response.arrayBuffer(),
    () => undefined,
  );
}

function rows(when: string, memory: Memory, aim?: number): Row[] {
  return [
    { name: `RssAnon, ${when}`, value: memory.anonymous, unit: 'MB', ...(aim !== undefined && { aim }) },
    { name: `VmRSS, ${when}`, value: memory.resident, unit: 'MB' },
  ];
}
