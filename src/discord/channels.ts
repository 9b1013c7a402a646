// The publisher's requests: create, edit and find a message in a channel.
import { Routes } from 'discord.js';
import type { Channels, Mark, Outcome } from '../cards/channels.ts';
import type { Redact } from '../lib/redact.ts';
import type { Room } from '../lib/room.ts';
import { failureOf } from './failures.ts';
import { createHistory, type OwnMessage } from './history.ts';
import { render } from './message.ts';
import { prepare } from './prepare.ts';
import type { Rest } from './rest.ts';
import { IdOnly } from './schema.ts';

export function createChannels(options: {
  rest: Rest;
  now: () => Date;
  redact: Redact;
  workroom?: Room | undefined;
}): Channels {
  const { rest, now, redact, workroom } = options;
  const history = createHistory({ rest, now });

  return {
    async create(channelId, message, marker, { after, ...posting }, signal) {
      const { body, files } = render(await prepare(message, { redact, workroom }), {
        redact,
        ...(marker !== null && { marker }),
        ...posting,
      });
      const isRefused = await after?.catch(() => true);
      if (isRefused) return { kind: 'not sent', reason: 'that it is begun could not be written down' };
      return send({ method: 'POST', route: Routes.channelMessages(channelId) }, body, files, signal);
    },
    async edit(channelId, messageId, message, marker, signal) {
      const { body, files } = render(await prepare(message, { redact, workroom }), { redact, marker });
      return send({ method: 'PATCH', route: Routes.channelMessage(channelId, messageId) }, body, files, signal);
    },
    async remove(channelId, messageId, signal) {
      if (signal.aborted) return { kind: 'not sent', reason: 'stopping' };
      try {
        await rest.request({ method: 'DELETE', route: Routes.channelMessage(channelId, messageId), signal });
        return { kind: 'sent', messageId };
      } catch (error) {
        return failed(error);
      }
    },
    async find(channelId, mark, since, signal) {
      const found: OwnMessage[] = [];
      const read = await look(channelId, since, signal, (message) => {
        if (carries(message, mark)) found.push(message);
        return found.length === 0;
      });
      if (read.kind !== 'read') return read;
      const [own] = found;
      return own === undefined
        ? { kind: 'not there' }
        : { kind: 'found', messageId: own.id, mentionRoles: rolesIn(own) };
    },
    async readBack(channelId, since, signal) {
      const messages = new Map<string, string>();
      const read = await look(channelId, since, signal, (message) => {
        const marker = markerOf(message);
        if (marker !== null && !messages.has(marker)) messages.set(marker, message.id);
        return true;
      });
      return read.kind === 'read' ? { kind: 'read', messages } : read;
    },
  };

  async function look(channelId: string, since: Date, signal: AbortSignal, visit: (message: OwnMessage) => boolean) {
    if (signal.aborted) return { kind: 'not sent', reason: 'stopping' } as const;
    try {
      return await history.visitBack(channelId, { since, signal, visit });
    } catch (error) {
      return notFoundBecause(failureOf(error, now()));
    }
  }

  async function send(
    { method, route }: { method: 'POST' | 'PATCH'; route: `/${string}` },
    body: unknown,
    files: Parameters<Rest['request']>[0]['files'] & {},
    signal: AbortSignal,
  ): Promise<Outcome> {
    if (signal.aborted) return { kind: 'not sent', reason: 'stopping' };
    try {
      const answer = IdOnly.safeParse(await rest.request({ method, route, body, files, signal }));
      if (!answer.success) return { kind: 'unknown', reason: 'the answer is not a message' };
      return { kind: 'sent', messageId: answer.data.id };
    } catch (error) {
      return failed(error);
    }
  }

  function failed(error: unknown): Outcome {
    const failure = failureOf(error, now());
    return 'reason' in failure ? { ...failure, reason: redact(failure.reason) } : failure;
  }
}

function carries(message: OwnMessage, mark: Mark): boolean {
  if ('replyTo' in mark) return message.message_reference?.message_id === mark.replyTo;
  return markerOf(message) === mark.marker;
}

function rolesIn({ content }: OwnMessage): readonly string[] {
  return [...content.matchAll(/<@&(\d+)>/g)].flatMap(([, id]) => id ?? []);
}

function markerOf({ embeds }: OwnMessage): string | null {
  return /(?:^| )ref (\S+)$/.exec(embeds[0]?.footer?.text ?? '')?.[1] ?? null;
}

function notFoundBecause(failure: ReturnType<typeof failureOf>) {
  if (failure.kind === 'gone') return { kind: 'read' } as const;
  if (failure.kind === 'message refused') return { kind: 'unknown', reason: failure.reason } as const;
  return failure;
}
