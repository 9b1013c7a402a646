// Requests that act as one identity: what each tells about the cluster's health, and how its failure reads.
import type { KubeConfig } from '@kubernetes/client-node';
import type { Level } from '../access/level.ts';
import type { UserError } from '../lib/user-error.ts';
import { type About, explain, type Failure, type Outcome, provesReachable, saysAway } from './failures.ts';
import type { Health } from './health.ts';
import type { Ask, Requests, StreamLimits } from './requests.ts';

export type What = Pick<About, 'verb' | 'resource'>;

export interface Bound {
  send(ask: Ask, what: What, signal: AbortSignal): Promise<Outcome>;
  /** What `read` makes of a good answer; throws a `UserError` for any other, and where `read` gives null. */
  ask<T>(ask: Ask, what: What, signal: AbortSignal, read: (body: unknown) => T | null): Promise<T>;
  stream(
    ask: Ask,
    what: What,
    limits: StreamLimits,
    take: (line: string) => void,
    signal: AbortSignal,
  ): Promise<{ readonly kind: 'ended' } | Failure>;
  explain(failure: Failure, what: What): UserError;
}

export interface BoundOptions {
  readonly requests: Requests;
  readonly as: KubeConfig;
  readonly level: Level;
  /** Host and port, for messages. */
  readonly server: string;
  readonly health: Health;
}

export function createBound({ requests, as, level, server, health }: BoundOptions): Bound {
  function explained(failure: Failure, what: What): UserError {
    return explain(failure, { ...what, level, server });
  }

  async function send(ask: Ask, what: What, signal: AbortSignal): Promise<Outcome> {
    const outcome = await requests.send(as, ask, signal);
    if (outcome.kind !== 'answered' && saysAway(outcome, what)) health.away(fieldsOf(outcome));
    else if (provesReachable(outcome)) health.answered();
    return outcome;
  }

  return {
    send,
    async ask(ask, what, signal, read) {
      const outcome = await send(ask, what, signal);
      if (outcome.kind !== 'answered') throw explained(outcome, what);
      const value = read(outcome.body);
      if (value === null) throw explained({ kind: 'unreadable' }, what);
      return value;
    },
    // Its connection may be cut for many reasons; whether the cluster is away is told by the request that follows.
    stream: (ask, _what, limits, take, signal) => requests.stream(as, ask, limits, take, signal),
    explain: explained,
  };
}

function fieldsOf(failure: Failure): { kind: string; status?: number; err?: unknown } {
  if (failure.kind === 'refused') return { kind: failure.kind, status: failure.status };
  return { kind: failure.kind, ...('cause' in failure && { err: failure.cause }) };
}
