// From a POST at the webhook to the arrival of the message's request at Discord: paced, and 500 at once.
import { setTimeout as delay } from 'node:timers/promises';
import { startHomelab } from '../sandbox/homelab.ts';
import { notification, post, watchArrivals } from './alerts.ts';
import { bundle, unlimited } from './bundle.ts';
import { type Row, spread } from './row.ts';

const paced = 200;
const burst = 500;
/** Below the 50 requests a second that discord.js allows itself in all. */
const paceMs = 40;

export async function webhookBench(): Promise<Row[]> {
  const homelab = await startHomelab({ entry: bundle, discord: { rateLimits: unlimited } });
  try {
    await arrivals(homelab, 'Warm', 20, paceMs);
    const calm = await arrivals(homelab, 'Paced', paced, paceMs);
    const storm = await arrivals(homelab, 'Burst', burst, 0);
    return [
      ...spread(`POST to Discord, one every ${paceMs} ms`, calm.arrival, { note: `${paced} groups` }),
      ...spread(`POST to 202, one every ${paceMs} ms`, calm.answer),
      ...spread(`POST to Discord, ${burst} at once`, storm.arrival, { note: 'at most 50 a second leave' }),
      ...spread(`POST to 202, ${burst} at once`, storm.answer),
    ];
  } finally {
    await homelab.stop();
  }
}

interface Samples {
  readonly arrival: number[];
  readonly answer: number[];
}

async function arrivals(
  homelab: Awaited<ReturnType<typeof startHomelab>>,
  prefix: string,
  count: number,
  gapMs: number,
): Promise<Samples> {
  const seen = watchArrivals(homelab, new RegExp(`${prefix}\\d{4}`));
  const posted = new Map<string, number>();
  const answers: Promise<number>[] = [];
  for (let index = 0; index < count; index += 1) {
    const name = `${prefix}${String(index).padStart(4, '0')}`;
    const body = notification(name);
    posted.set(name, performance.timeOrigin + performance.now());
    answers.push(post(homelab, body));
    if (gapMs > 0) await delay(gapMs);
  }
  const answer = await Promise.all(answers);
  await seen.all(count, 120_000);
  seen.stop();
  // The sandbox notes whole milliseconds, so that a request may seem to arrive up to one early.
  return { answer, arrival: [...posted].map(([name, at]) => Math.max(0, (seen.at.get(name) ?? Number.NaN) - at)) };
}
