// Asks the page's server to do something, and listens to what it tells.
import type { PageEvents } from './protocol.ts';

/** Rejects with the server's reason. */
export async function act<T = unknown>(action: string, body: Readonly<Record<string, unknown>>): Promise<T> {
  const response = await fetch(`/actions/${action}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  }).catch(() => {
    throw new Error('The sandbox does not answer; it may have ended.');
  });
  const answer = (await response.json()) as T & { readonly error?: string };
  if (!response.ok) throw new Error(answer.error ?? `The sandbox answered ${response.status}.`);
  return answer;
}

export type Listeners = { readonly [K in keyof PageEvents]: (value: PageEvents[K]) => void };

export interface Stream {
  close(): void;
}

/** Comes back by itself after a loss, with a fresh hello. */
export function listen(as: string, listeners: Listeners, onLost: () => void): Stream {
  const source = new EventSource(`/events?as=${encodeURIComponent(as)}`);
  const on = <K extends keyof PageEvents>(event: K): void => {
    source.addEventListener(event, ({ data }) => listeners[event](JSON.parse(data) as PageEvents[K]));
  };
  for (const event of ['hello', 'message', 'homelab', 'outage', 'walk'] as const) on(event);
  source.addEventListener('error', onLost);
  return { close: () => source.close() };
}
