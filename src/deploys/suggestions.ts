// What autocomplete offers for tags: from memory at once, refreshed in the background when somebody asks.
import type { Logger } from 'pino';
import { shortTag } from '../lib/tag.ts';
import type { TagChange } from '../repository/repository.ts';
import type { App } from './app.ts';
import type { Outside } from './outside.ts';

export interface Suggestion {
  readonly name: string;
  readonly value: string;
}

export interface Suggestions {
  tags(app: string): readonly Suggestion[];
  earlier(app: string): readonly Suggestion[];
  /** Reads what is not known yet; resolves when it is, or could not be read. */
  refresh(): Promise<void>;
  stop(): void;
}

const freshMs = 60_000;
const limitMs = 20_000;

interface Known {
  readonly at: number;
  readonly listed: readonly string[];
  readonly history: readonly TagChange[];
}

export function createSuggestions(outside: Outside, log: Logger): Suggestions {
  const known = new Map<string, Known>();
  const reading = new Map<string, Promise<void>>();
  const stopping = new AbortController();

  async function read(app: App): Promise<void> {
    const signal = AbortSignal.any([stopping.signal, AbortSignal.timeout(limitMs)]);
    const source = { app: app.name, path: app.path, image: app.image };
    const [listed, history] = await Promise.allSettled([
      outside.registry.tags(app.image, signal),
      outside.repository?.history(source, 50, signal) ?? Promise.resolve([]),
    ]);
    const before = known.get(app.name);
    known.set(app.name, {
      at: outside.now().getTime(),
      listed: listed.status === 'fulfilled' ? listed.value : (before?.listed ?? []),
      history: history.status === 'fulfilled' ? history.value : (before?.history ?? []),
    });
    for (const result of [listed, history]) {
      if (result.status === 'rejected')
        log.debug({ err: result.reason, app: app.name }, 'Suggestions could not be refreshed');
    }
  }

  function refreshed(app: App): Promise<void> {
    const running = reading.get(app.name) ?? read(app).finally(() => reading.delete(app.name));
    reading.set(app.name, running);
    return running;
  }

  function knownOf(name: string): Known | undefined {
    const app = outside.apps.find((one) => one.name === name);
    const found = known.get(name);
    const stale = found === undefined || outside.now().getTime() - found.at > freshMs;
    if (app !== undefined && stale && !stopping.signal.aborted) void refreshed(app);
    return found;
  }

  return {
    tags(name) {
      const { listed = [], history = [] } = knownOf(name) ?? {};
      const deployed = history.map(({ to, at, person }) => ({ name: describe(to, at, person?.username), value: to }));
      const seen = new Set(deployed.map(({ value }) => value));
      const others = listed.filter((tag) => !seen.has(tag)).map((tag) => ({ name: tag, value: tag }));
      return unique([...others.toReversed(), ...deployed]);
    },
    earlier(name) {
      const { history = [] } = knownOf(name) ?? {};
      return unique(
        history.slice(1).map(({ to, at, person }) => ({ name: describe(to, at, person?.username), value: to })),
      );
    },
    async refresh() {
      await Promise.all(outside.apps.map(refreshed));
    },
    stop: () => stopping.abort(),
  };
}

function describe(tag: string, at: Date, username: string | undefined): string {
  const when = at.toISOString().slice(0, 16).replace('T', ' ');
  return `${shortTag(tag)} · ${when} · ${username ?? 'by hand'}`;
}

function unique(suggestions: readonly Suggestion[]): readonly Suggestion[] {
  return [...new Map(suggestions.map((one) => [one.value, one])).values()];
}
