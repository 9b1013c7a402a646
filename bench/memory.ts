// Memory of the bundle: idle, and after 10,000 alerts in 1,000 groups.
import { setTimeout as delay } from 'node:timers/promises';
import { startHomelab } from '../sandbox/homelab.ts';
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
      ...rows(`when ${groups * groupSize} alerts were just taken`, busy),
      ...rows(`after ${groups * groupSize} alerts`, after, 120),
    ];
  } finally {
    await homelab.stop();
  }
}

function rows(when: string, memory: Memory, aim?: number): Row[] {
  return [
    { name: `RssAnon, ${when}`, value: memory.anonymous, unit: 'MB', ...(aim !== undefined && { aim }) },
    { name: `VmRSS, ${when}`, value: memory.resident, unit: 'MB' },
  ];
}
