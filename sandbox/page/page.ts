// The page of the sandbox: what Discord would show, live, with the homelab beside it; served on 127.0.0.1.
import type { MessageEvent } from '../discord/discord.ts';
import { createActions } from './actions.ts';
import { loadAssets } from './assets.ts';
import { createClients } from './clients.ts';
import { pageCommands } from './commands.ts';
import { pageHomelab } from './homelab-view.ts';
import { pageMessage, pageMessages, sees } from './messages.ts';
import { createOutage } from './outage.ts';
import type { PageParts } from './parts.ts';
import { listenFrom } from './port.ts';
import { createPageServer } from './server.ts';
import { stepsIn } from './walk.ts';
import { createWatch } from './watch.ts';
import type { PageHello, WalkStep } from './web/protocol.ts';

export type { PageParts } from './parts.ts';

export interface PageOptions {
  /** 3000 by default, and the next free one when it is taken; 0 for any. */
  readonly port?: number;
}

export interface Page {
  /** `http://127.0.0.1:<port>/`. */
  readonly url: string;
  /** How many browsers listen. */
  readonly clients: number;
  stop(): Promise<void>;
}

/** Starts it over a homelab that runs; whoever starts it stops it before the homelab. */
export async function startPage(parts: PageParts, options: PageOptions = {}): Promise<Page> {
  const { discord, kubernetes } = parts;
  const clients = createClients();
  const steps = new Set<WalkStep>();
  const outage = createOutage(discord.faults, () => clients.tell('outage', () => ({ until: outage.until })));
  const watch = createWatch(() => pageHomelab(parts), {
    isWatched: () => clients.size > 0,
    tell: (homelab) => clients.tell('homelab', () => homelab),
  });

  function tellWalk(): void {
    clients.tell('walk', () => [...steps]);
  }

  function onMessage({ change, message }: MessageEvent): void {
    clients.tell('message', (actor) => (sees(actor, message) ? { change, message: pageMessage(message) } : null));
    const taken = steps.size;
    for (const step of stepsIn(message)) steps.add(step);
    if (steps.size > taken) tellWalk();
    watch.poke();
  }

  async function greet(): Promise<(username: string) => PageHello> {
    const homelab = await watch.look();
    return (username) => {
      const actor = discord.as(username);
      return {
        guild: discord.guildName,
        as: username,
        now: Date.now(),
        people: discord.people,
        roles: discord.roles,
        channels: actor.channels().map(({ id, name, topic }) => ({ id, name, topic: topic ?? '' })),
        commands: pageCommands(actor.definitions()),
        messages: pageMessages(actor),
        homelab,
        outage: { until: outage.until },
        walk: [...steps],
      };
    };
  }

  const actions = createActions({
    parts,
    outage,
    forgetWalk: () => {
      steps.clear();
      tellWalk();
    },
  });
  const server = createPageServer({
    assets: await loadAssets(),
    actions,
    clients,
    discord,
    greet,
    onAction: () => watch.poke(),
  });
  const port = await listenFrom(server, options.port ?? 3000).catch((error: unknown) => {
    watch.stop();
    clients.stop();
    throw error;
  });
  discord.on('message', onMessage);
  const unwatch = kubernetes?.onChange(() => watch.poke());

  return {
    url: `http://127.0.0.1:${port}/`,
    get clients() {
      return clients.size;
    },
    async stop() {
      discord.off('message', onMessage);
      unwatch?.();
      watch.stop();
      outage.stop();
      clients.stop();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}
