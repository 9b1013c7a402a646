// Keeps a copy of the objects that a selector gives: one list, then one watch from there on, opened again where it ends.
import { setTimeout as sleep } from 'node:timers/promises';
import type { z } from 'zod';
import { backoff } from '../lib/backoff.ts';
import type { Bound, What } from './bound.ts';
import { type Failure, saysAway } from './failures.ts';
import { Versioned, WatchEvent } from './rollout-schema.ts';
import { List } from './schema.ts';

export interface Source<T> {
  /** As in RBAC. */
  readonly resource: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly schema: z.ZodType<T>;
  /** Milliseconds without a word after which a list finds out whether the connection died. */
  readonly silenceMs: number;
}

export interface Reflection<T> {
  /** By name. */
  readonly items: ReadonlyMap<string, T>;
  /** Rejects with `Lost`, or with what is for the person. */
  list(signal: AbortSignal): Promise<void>;
  /** From the last list on, until `over` holds; rejects as `list` does. */
  watch(over: () => boolean, signal: AbortSignal): Promise<void>;
}

/** What was known cannot be relied on any more: list again. */
export class Lost extends Error {
  /** In words for people where the cluster is away; null where it only forgot the history (410). */
  readonly said: string | null;
  constructor(said: string | null) {
    super(said ?? 'The history that was asked for is gone');
    this.said = said;
  }
}

/** The watch has told all that was wanted of it. */
class Over extends Error {}

/** The server ends a watch after this many seconds; it is opened again. */
const watchSeconds = 300;
const lineBytes = 4 * 2 ** 20;
/** Items of a list: a bound. */
const most = 500;
export const retry = { first: 300, longest: 5000 } as const;

export function createReflection<T>(
  bound: Bound,
  source: Source<T>,
  events: { readonly requested: () => void; readonly changed: () => void },
): Reflection<T> {
  const { resource, path, query, schema, silenceMs } = source;
  const items = new Map<string, T>();
  let version = '';

  async function list(signal: AbortSignal): Promise<void> {
    const what = { verb: 'list', resource } as const;
    events.requested();
    const outcome = await bound.send({ path: pathWith({ limit: String(most) }) }, what, signal);
    if (outcome.kind !== 'answered') throw fail(outcome, what);
    const body = List.safeParse(outcome.body);
    if (!body.success) throw fail({ kind: 'unreadable' }, what);
    items.clear();
    for (const item of body.data.items ?? []) put(item);
    version = body.data.metadata.resourceVersion;
  }

  async function watch(over: () => boolean, signal: AbortSignal): Promise<void> {
    const what = { verb: 'watch', resource } as const;
    for (let barren = 0; !over(); ) {
      let lines = 0;
      const take = (line: string) => {
        lines += 1;
        takeEvent(line);
        if (over()) throw new Over();
      };
      events.requested();
      const outcome = await bound
        .stream({ path: watchPath() }, what, { idleMs: silenceMs, lineBytes }, take, signal)
        .catch((error: unknown) => {
          if (error instanceof Over) return { kind: 'ended' } as const;
          throw error;
        });
      const silent = outcome.kind === 'timeout' && outcome.afterMs === silenceMs;
      if (silent) {
        await list(signal);
        events.changed();
      } else if (outcome.kind !== 'ended') throw fail(outcome, what);
      barren = lines === 0 && !silent ? barren + 1 : 0;
      if (barren > 0) await sleep(backoff(retry, barren, Math.random), undefined, { signal });
    }
  }

  function watchPath(): string {
    const timeoutSeconds = String(watchSeconds);
    return pathWith({ watch: '1', allowWatchBookmarks: 'true', timeoutSeconds, resourceVersion: version });
  }

  function pathWith(more: Readonly<Record<string, string>>): string {
    return `${path}?${new URLSearchParams({ ...query, ...more })}`;
  }

  function takeEvent(line: string): void {
    const event = WatchEvent.safeParse(parsed(line));
    if (!event.success) throw fail({ kind: 'unreadable' }, { verb: 'watch', resource });
    const { type, object } = event.data;
    const { metadata, code } = Versioned.parse(object);
    if (type === 'ERROR') throw new Lost(code === 410 ? null : `The cluster ended the watch of ${resource}.`);
    if (metadata.resourceVersion !== '') version = metadata.resourceVersion;
    if (type === 'BOOKMARK') return;
    if (type === 'DELETED') items.delete(metadata.name);
    else put(object);
    events.changed();
  }

  /** What cannot be read is as if it were not there. */
  function put(object: unknown): void {
    const { metadata } = Versioned.parse(object);
    const item = schema.safeParse(object);
    if (item.success) items.set(metadata.name, item.data);
  }

  function fail(failure: Failure, what: What): Error {
    if (failure.kind === 'refused' && failure.status === 410) return new Lost(null);
    const busy = failure.kind === 'refused' && failure.status === 429;
    const error = bound.explain(failure, what);
    return busy || saysAway(failure, { resource: 'the API server itself' })
      ? new Lost(withoutAdvice(error.message))
      : error;
  }

  return { items, list, watch };
}

/** It is tried again anyway. */
function withoutAdvice(said: string): string {
  return said.replace(/ (?:Alerts still arrive; try|Try) again [^.]*\.$/, '');
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
