// Dispatch over a real store in a folder of its own, and the people who use it.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import type { Access } from '../../../src/access/standing.ts';
import { createAudit } from '../../../src/audit/audit.ts';
import type { Cluster, Identity } from '../../../src/cluster/cluster.ts';
import type { Command } from '../../../src/dispatch/command.ts';
import { createDispatch, type Dispatch } from '../../../src/dispatch/dispatch.ts';
import type { CommandInvocation, OptionValue, Person } from '../../../src/dispatch/invocation.ts';
import { noCluster } from '../../../src/dispatch/no-cluster.ts';
import type { DispatchOptions } from '../../../src/dispatch/setting.ts';
import type { ActionButton, Message } from '../../../src/message.ts';
import { answerShelf } from '../../../src/store/answers.ts';
import { auditRows } from '../../../src/store/audit.ts';
import { openStore } from '../../../src/store/database.ts';
import { interactionMemory } from '../../../src/store/interactions.ts';
import type { Store } from '../../../src/store/store.ts';
import { interaction, type Seen } from './discord.ts';
import { noApps } from './no-apps.ts';

export const guild = '100000000000000001';
export const roles = { viewer: '200000000000000001', operator: '200000000000000002', admin: '200000000000000003' };
export const access: Access = { viewer: [roles.viewer], operator: [roles.operator], admin: [roles.admin] };

export const viewer: Person = { id: '300000000000000001', username: 'vera', roles: [roles.viewer] };
export const operator: Person = { id: '300000000000000002', username: 'otto', roles: [roles.operator] };
export const stranger: Person = { id: '300000000000000003', username: 'stan', roles: [] };

export interface Bot {
  readonly store: Store;
  readonly dispatch: Dispatch;
  /** Whom the cluster was asked as. */
  readonly identities: Identity[];
  readonly shared: { id: string; channelId: string; message: Message }[];
  readonly logged: { level: number; msg: string; reference?: string; err?: { message: string } }[];
  /** Milliseconds that pass at once. */
  pass(ms: number): void;
  /** From now on the store refuses, or takes again. */
  breakStore(broken: boolean): void;
  type(person: Person, command: string, more?: Typed): Promise<Seen>;
  press(person: Person, button: Pick<ActionButton, 'action' | 'subject'>, guildId?: string): Promise<Seen>;
  /** The same as after a restart: nothing in memory, the store as it was. */
  restart(): void;
  auditTrail(): Promise<{ phase: string; action: string; username: string; outcome: string | null; target: string }[]>;
  close(): Promise<void>;
}

interface Typed {
  readonly options?: Readonly<Record<string, OptionValue>>;
  readonly id?: string;
  readonly guildId?: string | null;
  readonly seen?: Seen;
}

let lastId = 400_000_000_000_000_000n;
export function snowflake(): string {
  lastId += 1n;
  return String(lastId);
}

export function typed(person: Person, command: string, more: Typed = {}): CommandInvocation {
  return {
    kind: 'command',
    id: more.id ?? snowflake(),
    person,
    guildId: more.guildId === undefined ? guild : more.guildId,
    channelId: '500000000000000001',
    command,
    subcommand: null,
    options: more.options ?? {},
  };
}

export async function startBot(commands: readonly Command[], options: Partial<DispatchOptions> = {}): Promise<Bot> {
  const folder = mkdtempSync(join(tmpdir(), 'dispatch-'));
  let now = new Date('2026-01-01T00:00:00Z');
  let broken = false;
  const logged: Bot['logged'] = [];
  const log = pino({ level: 'debug' }, { write: (line: string) => void logged.push(JSON.parse(line)) });
  const opened = await openStore({ path: join(folder, 'bot.db'), log, now: () => now });
  // What a full disk does: every write is refused.
  const store: Store = {
    db: opened.db,
    state: () => opened.state(),
    onRecovered: (listener) => opened.onRecovered(listener),
    close: () => opened.close(),
    commit: (work) =>
      opened.commit(async (tx) => {
        if (broken) throw Object.assign(new Error('database or disk is full'), { errcode: 13 });
        return work(tx);
      }),
  };
  const identities: Identity[] = [];
  const shared: Bot['shared'] = [];
  const create = (): Dispatch =>
    createDispatch({
      commands,
      access,
      guildId: guild,
      clusterAs: (identity) => {
        identities.push(identity);
        return emptyCluster;
      },
      cache: { nodeNames: () => ['desktop-1', 'desktop-2'] },
      audit: createAudit({ rows: auditRows(store), redact: (text) => text, keepMs: 86_400_000, now: () => now, log }),
      memory: interactionMemory(store, { keepMs: 86_400_000 }),
      answers: answerShelf(store),
      share: async (post) => void shared.push(post),
      ...noApps,
      log,
      now: () => now,
      ...options,
    });
  let dispatch = create();

  return {
    store,
    identities,
    shared,
    logged,
    get dispatch() {
      return dispatch;
    },
    pass(ms) {
      now = new Date(now.getTime() + ms);
    },
    breakStore(value) {
      broken = value;
    },
    async type(person, command, more = {}) {
      const seen = more.seen ?? interaction('command');
      await dispatch.invoked(typed(person, command, more), seen.answering);
      return seen;
    },
    async press(person, { action, subject }, guildId = guild) {
      const seen = interaction('press');
      const channelId = '500000000000000001';
      const messageId = snowflake();
      await dispatch.invoked(
        {
          kind: 'press',
          id: snowflake(),
          askedAt: now.getTime(),
          person,
          guildId,
          channelId,
          action,
          subject,
          messageId,
        },
        seen.answering,
      );
      return seen;
    },
    restart() {
      dispatch = create();
    },
    auditTrail: () =>
      store.db.selectFrom('audit').select(['phase', 'action', 'username', 'outcome', 'target']).orderBy('id').execute(),
    async close() {
      await dispatch.stop(AbortSignal.timeout(1000));
      await store.close();
      rmSync(folder, { recursive: true });
    },
  };
}

const emptyCluster: Cluster = {
  ...noCluster(),
  nodes: async () => [],
  node: async () => {
    throw new Error('There is no node');
  },
  nodeUsage: async () => null,
  podCounts: async () => new Map(),
  podsOn: async () => [],
  eventsOn: async () => [],
};
