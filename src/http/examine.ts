// What the doctor asks about the HTTP address: whether it is free, or the bot that runs has it.
import { createServer } from 'node:http';
import { z } from 'zod';
import type { PortFacts } from '../doctor/machine.ts';
import { Unusable } from '../lib/unusable.ts';
import { listen, reachable } from './server.ts';

const answerMs = 2000;

const Ready = z.object({
  status: z.enum(['starting', 'ready', 'stopping']),
  store: z.string().max(20),
  discord: z.string().max(20),
  cluster: z.string().max(20),
});

/** Takes the port for a moment where nothing answers there. */
export async function examinePort(
  { host, port }: { readonly host: string; readonly port: number },
  signal: AbortSignal,
): Promise<PortFacts> {
  if (port === 0) return { kind: 'any' };
  const bot = await readyOf(`http://${reachable(host)}:${port}/readyz`, signal);
  if (bot !== null) {
    return {
      kind: 'the bot',
      state: `${bot.status}, store ${bot.store}, Discord ${bot.discord}, cluster ${bot.cluster}`,
    };
  }
  const server = createServer();
  try {
    await listen(server, { host, port });
    return { kind: 'free' };
  } catch (error) {
    if (error instanceof Unusable) return { kind: 'unusable', why: error.message };
    throw error;
  } finally {
    server.close();
  }
}

/** Null where no bot answers. */
async function readyOf(url: string, signal: AbortSignal): Promise<z.output<typeof Ready> | null> {
  try {
    const response = await fetch(url, {
      signal: AbortSignal.any([signal, AbortSignal.timeout(answerMs)]),
      redirect: 'error',
    });
    if (Number(response.headers.get('content-length') ?? 0) > 1000) return null;
    return Ready.safeParse(await response.json()).data ?? null;
  } catch {
    return null;
  }
}
