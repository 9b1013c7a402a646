// What this Discord holds at a moment: guild, channels, people, messages, commands, interactions; and who listens to changes.
import type { APIApplicationCommand, APIEmbed, APIMessageTopLevelComponent } from 'discord-api-types/v10';
import { createIds, type Ids } from './ids.ts';
import { createNonces, type Nonces } from './nonces.ts';
import type { DiscordSeed } from './seed.ts';
import { seedState } from './seeding.ts';

export interface User {
  readonly id: string;
  readonly username: string;
  readonly displayName: string | null;
  readonly bot: boolean;
}

export interface Member {
  readonly userId: string;
  roles: string[];
  readonly joinedAt: number;
}

export interface Role {
  readonly id: string;
  readonly name: string;
  permissions: bigint;
  readonly position: number;
  readonly color: number;
  mentionable: boolean;
  /** Set for the role that comes with a bot. */
  readonly botId: string | null;
}

export interface Overwrite {
  readonly id: string;
  /** 0 role, 1 member. */
  readonly type: 0 | 1;
  allow: bigint;
  deny: bigint;
}

export interface Thread {
  readonly ownerId: string;
  archived: boolean;
  locked: boolean;
  autoArchiveMinutes: number;
  archiveChangedAt: number;
  readonly createdAt: number;
  readonly members: Map<string, number>;
  messageCount: number;
}

export interface Channel {
  readonly id: string;
  /** 0 text, 1 direct message, 11 public thread, 12 private thread. */
  readonly type: 0 | 1 | 11 | 12;
  name: string;
  topic: string | null;
  readonly position: number;
  readonly parentId: string | null;
  overwrites: Overwrite[];
  lastMessageId: string | null;
  lastPinAt: number | null;
  readonly thread: Thread | null;
  readonly recipients: readonly string[];
}

export interface StoredAttachment {
  readonly id: string;
  readonly filename: string;
  readonly description: string | undefined;
  readonly contentType: string;
  readonly data: Buffer;
}

/** What an edit can change. */
export interface MessageBody {
  content: string;
  embeds: APIEmbed[];
  components: APIMessageTopLevelComponent[];
  attachments: StoredAttachment[];
  flags: number;
}

export interface Revision extends MessageBody {
  readonly at: number;
}

export interface Reaction {
  readonly emoji: { readonly id: string | null; readonly name: string };
  readonly users: Set<string>;
}

export interface StoredMessage extends MessageBody {
  readonly id: string;
  readonly channelId: string;
  readonly authorId: string;
  /** Discord's message type: 0 default, 18 thread created, 19 reply, 20 answer to a slash command, 6 pin notice. */
  readonly type: number;
  readonly createdAt: number;
  editedAt: number | null;
  deletedAt: number | null;
  readonly nonce: string | number | null;
  mentions: { users: string[]; roles: string[]; everyone: boolean };
  /** Ids of people and roles (the guild's for @everyone and @here) that it rang when it was made; edits ring nobody. */
  readonly rang: readonly string[];
  readonly replyTo: { channelId: string; messageId: string } | null;
  readonly tts: boolean;
  pinnedAt: number | null;
  readonly reactions: Reaction[];
  threadId: string | null;
  /** The interaction that it answers; `kind` original is what `@original` names. */
  readonly interaction: { readonly id: string; readonly kind: 'original' | 'follow-up' } | null;
  /** The one person who sees it. */
  readonly ephemeralFor: string | null;
  /** How it looked after its creation and after each edit, oldest first. */
  readonly revisions: Revision[];
}

export interface Command extends Omit<APIApplicationCommand, 'guild_id'> {
  readonly guildId: string | null;
}

export type InteractionType = 2 | 3 | 4 | 5;

export interface Modal {
  readonly title: string;
  readonly customId: string;
  readonly components: readonly Record<string, unknown>[];
}

export interface Interaction {
  readonly id: string;
  readonly token: string;
  /** 2 command, 3 component, 4 autocomplete, 5 modal submitted. */
  readonly type: InteractionType;
  readonly userId: string;
  readonly channelId: string;
  readonly createdAt: number;
  readonly data: Record<string, unknown>;
  readonly commandName: string | null;
  /** What the person used, as it is written on it: a button, a select with what was picked, a modal. Discord does not tell it. */
  readonly label: string | null;
  /** The message whose component was used, also for a modal that a component opened. */
  readonly sourceId: string | null;
  ack: { readonly type: number; readonly at: number; readonly ephemeral: boolean } | null;
  /** True once nobody answered in time. */
  failed: boolean;
  /** What `@original` names. */
  originalId: string | null;
  readonly followUpIds: string[];
  choices: { name: string; value: string | number }[];
  modal: Modal | null;
}

export interface Application {
  readonly id: string;
  readonly name: string;
  readonly token: string;
  tokenValid: boolean;
  readonly roleId: string;
}

export interface State {
  readonly guild: { readonly id: string; readonly name: string; readonly ownerId: string };
  readonly application: Application;
  readonly roles: Map<string, Role>;
  readonly channels: Map<string, Channel>;
  readonly users: Map<string, User>;
  readonly members: Map<string, Member>;
  /** By channel, oldest first, with deleted and ephemeral ones. */
  readonly messages: Map<string, StoredMessage[]>;
  readonly commands: Map<string, Command>;
  readonly interactions: Map<string, Interaction>;
}

/** Something happened that a gateway session, the transcript or a waiting test may want to know. */
export type WorldEvent =
  | { readonly kind: 'message'; readonly change: 'created' | 'edited' | 'deleted'; readonly message: StoredMessage }
  | {
      readonly kind: 'interaction';
      readonly interaction: Interaction;
      readonly what: 'created' | 'acknowledged' | 'failed';
    }
  | { readonly kind: 'channel'; readonly change: 'created' | 'updated' | 'deleted'; readonly channel: Channel }
  | {
      readonly kind: 'reaction';
      readonly added: boolean;
      readonly message: StoredMessage;
      readonly emoji: Reaction['emoji'];
      readonly userId: string;
    }
  | { readonly kind: 'pins'; readonly channel: Channel }
  | { readonly kind: 'stopped' }
  | { readonly kind: 'other' };

export interface World {
  state: State;
  readonly ids: Ids;
  readonly nonces: Nonces;
  readonly windows: Windows;
  now(): number;
  /** `http://127.0.0.1:<port>`, known once it listens. */
  baseUrl: string;
  tell(event: WorldEvent): void;
  listen(listener: (event: WorldEvent) => void): () => void;
  /** Runs it once the time has passed, unless the world is reset or stopped before. */
  later(ms: number, run: () => void): void;
  reset(): void;
  stop(): void;
}

/** Spans in milliseconds; tests may shorten them. */
export interface Windows {
  /** How long an interaction may go without a first response. */
  readonly firstResponse: number;
  /** How long an interaction's token lives. */
  readonly interactionToken: number;
  /** How long a nonce is remembered; Discord says "the past few minutes". */
  readonly nonce: number;
  /** Told to clients in HELLO. */
  readonly heartbeat: number;
  /** One IDENTIFY in this time. */
  readonly identify: number;
  /** How long a session without a connection can be resumed. */
  readonly resume: number;
}

export const discordWindows: Windows = {
  firstResponse: 3_000,
  interactionToken: 15 * 60_000,
  nonce: 120_000,
  heartbeat: 41_250,
  identify: 5_000,
  resume: 5 * 60_000,
};

export function createWorld(options: { seed: DiscordSeed; now: () => number; windows: Windows }): World {
  const listeners = new Set<(event: WorldEvent) => void>();
  const timers = new Set<NodeJS.Timeout>();
  const stopTimers = () => {
    for (const timer of timers) clearTimeout(timer);
    timers.clear();
  };
  const world: World = {
    state: seedState(options.seed, options.now()),
    ids: createIds(options.now),
    nonces: createNonces(options.windows.nonce),
    windows: options.windows,
    now: options.now,
    baseUrl: '',
    tell(event) {
      for (const listener of [...listeners]) listener(event);
    },
    listen(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    later(ms, run) {
      const timer = setTimeout(() => {
        timers.delete(timer);
        run();
      }, ms);
      timers.add(timer);
    },
    reset() {
      stopTimers();
      for (const interaction of world.state.interactions.values()) interaction.failed ||= interaction.ack === null;
      world.state = seedState(options.seed, options.now());
      world.nonces.forget();
      world.ids.reset();
      world.tell({ kind: 'other' });
    },
    stop() {
      stopTimers();
      world.tell({ kind: 'stopped' });
    },
  };
  return world;
}
