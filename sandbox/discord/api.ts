// What the sandbox's Discord offers to tests, the transcript and the page.
import type { Actor } from './driver/actor.ts';
import type { SandboxMessage } from './driver/view.ts';
import type { WaitOptions } from './driver/wait.ts';
import type { Fault, FaultMatch } from './faults.ts';
import type { LoggedRequest, RequestLog } from './log.ts';
import type { PermissionName } from './permissions.ts';
import type { RateLimits } from './rate-limits.ts';
import type { DiscordSeed } from './seed.ts';
import type { Windows } from './state.ts';

export interface DiscordOptions {
  readonly seed?: DiscordSeed;
  /** A free one by default. */
  readonly port?: number;
  /** Milliseconds since 1970. Deadlines, windows and rate limits are reckoned by it; timers run in real time. */
  readonly now?: () => number;
  /** Discord's by default; some changed, or none refused (headers are still sent). */
  readonly rateLimits?: Partial<RateLimits> | 'off';
  readonly windows?: Partial<Windows>;
  /** How many requests the log holds; 5,000 by default. */
  readonly keepRequests?: number;
}

export interface MessageEvent {
  readonly change: 'created' | 'edited' | 'deleted';
  readonly message: SandboxMessage;
}

export interface ActEvent {
  readonly person: string;
  readonly channel: string;
  readonly kind: 'command' | 'component' | 'autocomplete' | 'modal';
  /** `/nodes node:desktop-1`. */
  readonly what: string;
  /** What became of it: sent to the bot, answered, or not answered in time. */
  readonly state: 'created' | 'acknowledged' | 'failed';
}

export interface DiscordEvents {
  message: MessageEvent;
  act: ActEvent;
  request: LoggedRequest;
  gateway: { readonly what: 'connected' | 'resumed' | 'lost' };
}

export interface DiscordFaults {
  /** The next request that matches; several wait in order. */
  next(match: FaultMatch, fault: Fault): void;
  /** Takes all of them back, also `silence` and `away`. */
  clear(): Promise<void>;
  closeGateway(code: number): void;
  /** Opcode 7. */
  askToReconnect(): void;
  /** Opcode 9. */
  invalidateSession(resumable: boolean): void;
  /** Heartbeats get no answer and nothing is dispatched, until it is called with false. */
  silenceGateway(on?: boolean): void;
  /** At its next RESUME a client is also sent again what people did in its session, as Discord sometimes does. */
  replayInteractions(): void;
  /** Takes the whole server away: open connections are cut, new ones refused. */
  away(): Promise<void>;
  /** Brings it back on the same port. */
  back(): Promise<void>;
}

export interface SandboxPerson {
  readonly id: string;
  readonly username: string;
  readonly displayName: string;
  readonly bot: boolean;
  readonly roles: readonly string[];
}

export interface Discord {
  /** REST base without version, for DISCORD_API_URL. */
  readonly url: string;
  readonly token: string;
  readonly guildId: string;
  readonly applicationId: string;
  channelId(name: string): string;
  roleId(name: string): string;
  userId(name: string): string;
  readonly faults: DiscordFaults;
  readonly requests: RequestLog;
  /** How many clients are connected to the gateway and ready. */
  readonly connected: number;
  /** The guild's name. */
  readonly guildName: string;
  /** Who is in the guild, the bot among them, with names of roles. */
  readonly people: readonly SandboxPerson[];
  /** The guild's roles but @everyone and the bots' own. */
  readonly roles: readonly { readonly id: string; readonly name: string; readonly color: number }[];
  /** Names of the registered commands. */
  readonly commands: readonly string[];
  /** What is in the channel now, oldest first: what everybody there sees, unless asked for more. */
  messages(
    channel: string,
    also?: { readonly deleted?: boolean; readonly ephemeral?: boolean },
  ): readonly SandboxMessage[];
  on<K extends keyof DiscordEvents>(event: K, listener: (event: DiscordEvents[K]) => void): void;
  off<K extends keyof DiscordEvents>(event: K, listener: (event: DiscordEvents[K]) => void): void;
  /** Looks again after every change here and every 20 ms (for what changes elsewhere), until the answer is truthy; rejects with a description of what is there. */
  waitFor<T>(look: () => T, options?: WaitOptions): Promise<NonNullable<Exclude<T, false>>>;
  /** Waits for a message in a channel. */
  waitForMessage(
    channel: string,
    wanted?: (message: SandboxMessage) => unknown,
    options?: WaitOptions,
  ): Promise<SandboxMessage>;
  /** The token is refused from now on, and the gateway closes with 4004; `restoreToken` makes it valid again. */
  revokeToken(): void;
  restoreToken(): void;
  forgetNonces(): void;
  /** Takes a permission from the bot in a channel, or gives it. */
  deny(channel: string, permission: PermissionName): void;
  allow(channel: string, permission: PermissionName): void;
  /** Gives or takes a person's role, by names. */
  setRoles(person: string, roles: readonly string[]): void;
  /** As someone with the right to do so would. */
  deleteMessage(message: SandboxMessage | string): void;
  deleteChannel(channel: string): void;
  as(person: string): Actor;
  /** Everything there is, in words. */
  describe(): string;
  /** Back to the seed: messages, commands, interactions, nonces, limits, log, faults. Connected clients stay connected. */
  reset(options?: { readonly keepCommands?: boolean }): void;
  stop(): Promise<void>;
}
