// A local server that speaks Discord's REST v10 and gateway v10, with a driver for the people in it.
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { serveFile } from './cdn.ts';
import { type Actor, createActor, describeAct } from './driver/actor.ts';
import { channelNamed } from './driver/payloads.ts';
import { type SandboxMessage, viewMessage } from './driver/view.ts';
import { type WaitOptions, waitFor } from './driver/wait.ts';
import { createFaultQueue, type Fault, type FaultMatch } from './faults.ts';
import { createGateway } from './gateway/gateway.ts';
import { answer } from './http.ts';
import { createLog, type LoggedRequest, type RequestLog } from './log.ts';
import { deleteMessage } from './messages.ts';
import { bits, type PermissionName } from './permissions.ts';
import { createRateLimiter, discordLimits, type RateLimits } from './rate-limits.ts';
import { type DiscordSeed, homelabGuild } from './seed.ts';
import { type Channel, createWorld, discordWindows, type Windows } from './state.ts';

export type { Actor, Choice, Typing } from './driver/actor.ts';
export type { InteractionResult } from './driver/result.ts';
export type { SandboxButton, SandboxFile, SandboxMessage, SandboxRevision } from './driver/view.ts';
export type { Fault, FaultMatch } from './faults.ts';
export type { LoggedRequest, RequestLog, RequestMatch } from './log.ts';
export type { PermissionName } from './permissions.ts';
export { discordLimits, type RateLimits } from './rate-limits.ts';
export { type DiscordSeed, homelabGuild } from './seed.ts';
export { discordWindows, type Windows } from './state.ts';

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
  /** Takes the whole server away: open connections are cut, new ones refused. */
  away(): Promise<void>;
  /** Brings it back on the same port. */
  back(): Promise<void>;
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

type Listeners = { [K in keyof DiscordEvents]: Set<(event: DiscordEvents[K]) => void> };

export async function startDiscord(options: DiscordOptions = {}): Promise<Discord> {
  const { seed = homelabGuild, now = Date.now, rateLimits = {}, keepRequests = 5_000 } = options;
  const world = createWorld({ seed, now, windows: { ...discordWindows, ...options.windows } });
  const figures = { ...discordLimits, ...(rateLimits === 'off' ? {} : rateLimits) };
  const limits = createRateLimiter(now, figures, { off: rateLimits === 'off' });
  const log = createLog(keepRequests, () => limits.invalid);
  const faultQueue = createFaultQueue();
  const listeners: Listeners = { message: new Set(), act: new Set(), request: new Set(), gateway: new Set() };

  function tell<K extends keyof DiscordEvents>(event: K, value: DiscordEvents[K]): void {
    for (const listener of [...listeners[event]]) listener(value);
  }

  const gateway = createGateway(world, log, (what) => {
    tell('gateway', { what });
    world.tell({ kind: 'other' });
  });
  const parts = {
    world,
    limits,
    figures,
    log,
    faults: faultQueue,
    gateway: () => ({ url: world.baseUrl.replace('http', 'ws'), remaining: gateway.remaining }),
    onRequest: (entry: LoggedRequest) => {
      tell('request', entry);
      world.tell({ kind: 'other' });
    },
  };
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://discord');
    if (pathname.startsWith('/attachments/')) serveFile(world, pathname, response);
    else void answer(parts, request, response);
  });
  server.on('upgrade', (request, socket, head) => gateway.upgrade(request, socket, head));

  async function listen(port: number): Promise<void> {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    world.baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  async function close(): Promise<void> {
    if (!server.listening) return;
    const closed = once(server, 'close');
    server.close();
    gateway.cut();
    server.closeAllConnections();
    await closed;
  }

  await listen(options.port ?? 0);
  const port = (server.address() as AddressInfo).port;

  world.listen((event) => {
    if (event.kind === 'message') tell('message', { change: event.change, message: viewMessage(world, event.message) });
    if (event.kind !== 'interaction') return;
    const { interaction, what } = event;
    tell('act', {
      person: world.state.users.get(interaction.userId)?.username ?? interaction.userId,
      channel: world.state.channels.get(interaction.channelId)?.name ?? interaction.channelId,
      kind: { 2: 'command', 3: 'component', 4: 'autocomplete', 5: 'modal' }[interaction.type] as ActEvent['kind'],
      what: describeAct(interaction),
      state: what,
    });
  });

  function channel(name: string): Channel {
    const found = channelNamed(world.state, name);
    if (!found) throw new Error(`There is no channel "${name}"`);
    return found;
  }

  function overwriteForBot(name: string, permission: PermissionName, what: 'allow' | 'deny'): void {
    const place = channel(name);
    const botId = world.state.application.id;
    let entry = place.overwrites.find((one) => one.id === botId);
    if (!entry) {
      entry = { id: botId, type: 1, allow: 0n, deny: 0n };
      place.overwrites.push(entry);
    }
    const bit = bits([permission]);
    entry.allow = what === 'allow' ? entry.allow | bit : entry.allow & ~bit;
    entry.deny = what === 'deny' ? entry.deny | bit : entry.deny & ~bit;
    world.tell({ kind: 'channel', change: 'updated', channel: place });
  }

  function idByName(kind: string, entries: Iterable<{ id: string; name: string }>, name: string): string {
    const found = [...entries].find((one) => one.name === name);
    if (!found) throw new Error(`There is no ${kind} "${name}"`);
    return found.id;
  }

  function describe(): string {
    const lines = [...world.state.channels.values()].map((one) => {
      const list = messages(one.id, { ephemeral: true });
      const shown = list.slice(-20).map((message) => {
        const seen = message.ephemeralFor ? ` (only ${message.ephemeralFor} sees it)` : '';
        return `  - ${message.author.username}${seen}: ${(message.loading ? '(thinking)' : message.text).replaceAll('\n', '\n    ')}`;
      });
      return [`#${one.name}: ${list.length} message${list.length === 1 ? '' : 's'}`, ...shown].join('\n');
    });
    const last = log.all.slice(-10).map((entry) => `  ${entry.method} ${entry.path} -> ${entry.status ?? 'no answer'}`);
    return ['There is:', ...lines, `Clients on the gateway: ${gateway.connected}`, 'The last requests:', ...last].join(
      '\n',
    );
  }

  function messages(name: string, also: { deleted?: boolean; ephemeral?: boolean } = {}): readonly SandboxMessage[] {
    return (world.state.messages.get(channel(name).id) ?? [])
      .filter((one) => (also.deleted || one.deletedAt === null) && (also.ephemeral || one.ephemeralFor === null))
      .map((one) => viewMessage(world, one));
  }

  const faults: DiscordFaults = {
    next: faultQueue.next,
    async clear() {
      faultQueue.clear();
      gateway.mute(false);
      await faults.back();
    },
    closeGateway: gateway.close,
    askToReconnect: gateway.askToReconnect,
    invalidateSession: gateway.invalidate,
    silenceGateway: (on = true) => gateway.mute(on),
    away: close,
    async back() {
      if (!server.listening) await listen(port);
    },
  };

  return {
    url: `${world.baseUrl}/api`,
    get token() {
      return world.state.application.token;
    },
    guildId: seed.guild.id,
    applicationId: seed.application.id,
    channelId: (name) => channel(name).id,
    roleId: (name) => idByName('role', world.state.roles.values(), name),
    userId: (name) =>
      idByName(
        'person',
        [...world.state.users.values()].map((one) => ({ id: one.id, name: one.username })),
        name,
      ),
    faults,
    requests: log,
    get connected() {
      return gateway.connected;
    },
    get commands() {
      return [...world.state.commands.values()].map((one) => one.name);
    },
    messages,
    on: (event, listener) => {
      (listeners[event] as Set<typeof listener>).add(listener);
    },
    off: (event, listener) => {
      (listeners[event] as Set<typeof listener>).delete(listener);
    },
    waitFor: (look, waiting) => waitFor(world, look, describe, waiting),
    waitForMessage: (name, wanted = () => true, waiting = {}) =>
      waitFor(world, () => messages(name).find((message) => wanted(message)), describe, {
        what: `a message in #${name}`,
        ...waiting,
      }),
    revokeToken() {
      world.state.application.tokenValid = false;
      gateway.close(4004);
    },
    restoreToken() {
      world.state.application.tokenValid = true;
    },
    forgetNonces: () => world.nonces.forget(),
    deny: (name, permission) => overwriteForBot(name, permission, 'deny'),
    allow: (name, permission) => overwriteForBot(name, permission, 'allow'),
    setRoles(person, names) {
      const user = [...world.state.users.values()].find((one) => one.username === person);
      const member = user && world.state.members.get(user.id);
      if (!member) throw new Error(`There is nobody called "${person}"`);
      member.roles = names.map((name) => idByName('role', world.state.roles.values(), name));
    },
    deleteMessage(given) {
      const id = typeof given === 'string' ? given : given.id;
      const message = [...world.state.messages.values()].flat().find((one) => one.id === id && one.deletedAt === null);
      if (!message) throw new Error(`There is no message ${id}`);
      deleteMessage(world, message);
    },
    deleteChannel(name) {
      const place = channel(name);
      world.state.channels.delete(place.id);
      world.tell({ kind: 'channel', change: 'deleted', channel: place });
    },
    as: (person) => createActor(world, person),
    describe,
    reset({ keepCommands = false } = {}) {
      const { commands } = world.state;
      faultQueue.clear();
      limits.reset();
      log.clear();
      gateway.reset();
      world.reset();
      if (keepCommands) for (const [id, command] of commands) world.state.commands.set(id, command);
    },
    async stop() {
      world.stop();
      await close();
      gateway.stop();
    },
  };
}
