// Whether the gateway greets: a WebSocket is opened and closed again at the first word, without signing in, which costs none of the day's sign-ins.
import { GatewayOpcodes } from 'discord.js';
import { z } from 'zod';
import { type Asked, known } from '../lib/asked.ts';

const Hello = z.object({ op: z.literal(GatewayOpcodes.Hello) });

/**
 * @param url as `GET /gateway/bot` names it.
 * Rejects with the signal's reason.
 */
export async function greetingOf(url: string, timeoutMs: number, signal: AbortSignal): Promise<Asked<null>> {
  if (!/^wss?:\/\//.test(url) || !URL.canParse(url)) return { kind: 'odd', why: 'its address is no WebSocket' };
  const { host } = new URL(url);
  const { promise, resolve } = Promise.withResolvers<Asked<null>>();
  const socket = new WebSocket(`${url.replace(/\/+$/, '')}/?v=10&encoding=json`);
  const late = setTimeout(
    () => resolve({ kind: 'away', why: `${host} says nothing within ${timeoutMs / 1000} s` }),
    timeoutMs,
  );
  const leave = (): void => resolve({ kind: 'away', why: 'interrupted' });
  signal.addEventListener('abort', leave, { once: true });
  socket.addEventListener('message', ({ data }) => resolve(read(data)));
  socket.addEventListener('error', () => resolve({ kind: 'away', why: `no WebSocket to ${host}` }));
  socket.addEventListener('close', ({ code }) =>
    resolve({ kind: 'away', why: `${host} closed the WebSocket (${code})` }),
  );
  try {
    const answer = await promise;
    signal.throwIfAborted();
    return answer;
  } finally {
    clearTimeout(late);
    signal.removeEventListener('abort', leave);
    socket.close();
  }
}

function read(data: unknown): Asked<null> {
  try {
    if (Hello.safeParse(JSON.parse(String(data))).success) return known(null);
  } catch {
    // No JSON.
  }
  return { kind: 'odd', why: 'what answers there is no gateway of Discord' };
}
