// Our own messages in a channel, read back page by page.
import { Routes } from 'discord.js';
import { pause } from '../lib/pause.ts';
import { failureOf } from './failures.ts';
import { limits, snowflakeAt } from './limits.ts';
import type { Rest } from './rest.ts';
import { IdOnly, MessagePage } from './schema.ts';

export type OwnMessage = MessagePage[number];

export interface History {
  /**
   * Our own messages, newest first, until `visit` says no. What lies further back than the last page looked at counts as not there: an alert that is
   * shown twice is better than one that is never shown because it began long ago in a busy channel. Rejects with what `failureOf` reads.
   */
  visitBack(
    channelId: string,
    options: { since: Date; signal: AbortSignal; visit: (message: OwnMessage) => boolean },
  ): Promise<{ readonly kind: 'read' } | { readonly kind: 'unknown'; readonly reason: string }>;
}

/** How far Discord's clock and ours may differ. */
const clockMargin = 2 * 60 * 1000;
const mostPages = 20;

/** For the next page a limit is waited out that is no longer than this, in milliseconds: whoever began anew would never get further. */
const patienceMs = 10_000;
/** For one page. */
const mostWaits = 3;

export function createHistory({ rest, now }: { rest: Rest; now: () => Date }): History {
  let ownId: Promise<string> | null = null;

  async function page(channelId: string, before: string | null, signal: AbortSignal, waits = 0): Promise<unknown> {
    const query = { ...(before !== null && { before }), limit: String(limits.page) };
    try {
      return await rest.request({
        method: 'GET',
        route: Routes.channelMessages(channelId),
        query,
        signal,
        sparing: true,
      });
    } catch (error) {
      const failure = failureOf(error, now());
      const waitMs = failure.kind === 'slow down' ? failure.at.getTime() - now().getTime() : Number.POSITIVE_INFINITY;
      if (before === null || waits === mostWaits || waitMs > patienceMs || signal.aborted) throw error;
      await pause(waitMs, signal);
      return page(channelId, before, signal, waits + 1);
    }
  }

  function whoAmI(signal: AbortSignal): Promise<string> {
    // Channels are read back at the same time.
    ownId ??= rest.request({ method: 'GET', route: Routes.user(), signal }).then((answer) => IdOnly.parse(answer).id);
    const asked = ownId;
    return asked.catch((error: unknown) => {
      if (ownId === asked) ownId = null;
      throw error;
    });
  }

  return {
    async visitBack(channelId, { since, signal, visit }) {
      const self = await whoAmI(signal);
      const oldest = BigInt(snowflakeAt(new Date(since.getTime() - clockMargin)));
      let before: string | null = null;
      for (let pages = 0; pages < mostPages; pages += 1) {
        const messages = MessagePage.safeParse(await page(channelId, before, signal));
        if (!messages.success) return { kind: 'unknown', reason: 'the answer is not a list of messages' };
        for (const message of messages.data) if (message.author.id === self && !visit(message)) return { kind: 'read' };
        const [last = 0n] = messages.data.map(({ id }) => BigInt(id)).sort((a, b) => (a < b ? -1 : 1));
        if (messages.data.length < limits.page || last < oldest) break;
        before = String(last);
      }
      return { kind: 'read' };
    },
  };
}
