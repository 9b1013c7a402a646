// 100 slash commands at once, a few times over: how long until Discord has the bot's first response to each.
import { startHomelab } from '../sandbox/homelab.ts';
import { bundle, unlimited } from './bundle.ts';
import { type Row, spread } from './row.ts';

const count = 100;
const rounds = 5;

export async function commandsBench(): Promise<Row[]> {
  const homelab = await startHomelab({ entry: bundle, discord: { rateLimits: unlimited } });
  try {
    const { discord } = homelab;
    await discord.waitFor(() => discord.commands.includes('nodes'), {
      timeoutMs: 15_000,
      what: 'the registered commands',
    });
    const person = discord.as('vera');
    const acknowledge = async (): Promise<number> => {
      const result = await person.command('nodes');
      if (result.ack.afterMs === null) throw new Error(`A command was not acknowledged: ${result.failure}`);
      await result.final({ timeoutMs: 60_000 });
      return result.ack.afterMs;
    };
    const first = await acknowledge();
    const all: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      all.push(...(await Promise.all(Array.from({ length: count }, acknowledge))));
    }
    return [
      { name: 'first /nodes after the start, acknowledged', value: first, unit: 'ms' },
      ...spread(`${count} /nodes at once, ${rounds} times, acknowledged`, all, { aim: 100 }),
    ];
  } finally {
    await homelab.stop();
  }
}
