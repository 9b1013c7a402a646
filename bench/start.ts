// From the start of the process until webhooks are taken, and until Discord said READY.
import { setTimeout as delay } from 'node:timers/promises';
import { startHomelab } from '../sandbox/homelab.ts';
import { bundle, unlimited } from './bundle.ts';
import { percentile, type Row } from './row.ts';

const runs = 9;

export async function startBench(): Promise<Row[]> {
  // Discord lets a bot identify once in 5 s; a bot that was just restarted waits for that, which is not what is measured.
  const homelab = await startHomelab({ entry: bundle, discord: { rateLimits: unlimited, windows: { identify: 0 } } });
  const taken: number[] = [];
  const ready: number[] = [];
  try {
    for (let run = 0; run < runs; run += 1) {
      await homelab.bot.end('SIGTERM');
      const started = performance.now();
      homelab.bot.start();
      taken.push((await until(homelab.bot, (seen) => seen.status === 'ready')) - started);
      ready.push((await until(homelab.bot, (seen) => seen.discord === 'ready')) - started);
    }
  } finally {
    await homelab.stop();
  }
  return [
    {
      name: 'start until webhooks are taken, median',
      value: percentile(taken, 0.5),
      unit: 'ms',
      note: `${runs} starts`,
    },
    { name: 'start until Discord READY, median', value: percentile(ready, 0.5), unit: 'ms', aim: 600 },
    { name: 'start until Discord READY, slowest', value: percentile(ready, 1), unit: 'ms' },
  ];
}

type Bot = Awaited<ReturnType<typeof startHomelab>>['bot'];
type Readiness = NonNullable<Awaited<ReturnType<Bot['ready']>>>;

/** The time at which `/readyz` said so. */
async function until(bot: Bot, wanted: (seen: Readiness) => boolean): Promise<number> {
  const deadline = performance.now() + 30_000;
  while (performance.now() < deadline) {
    const seen = await bot.ready();
    if (seen !== null && wanted(seen)) return performance.now();
    await delay(5);
  }
  throw new Error(`The bot did not become ready:\n${bot.output().slice(-2000)}`);
}
