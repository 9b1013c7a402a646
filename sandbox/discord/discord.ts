// A local server that speaks Discord's REST v10 and gateway v10, with a driver for the people in it.
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ActEvent, Discord, DiscordEvents, DiscordFaults, DiscordOptions } from './api.ts';
import { serveFile } from './cdn.ts';
import { createActor, describeAct } from './driver/actor.ts';
import { channelNamed } from './driver/payloads.ts';
import { type SandboxMessage, viewMessage } from './driver/view.ts';
import { waitFor } from './driver/wait.ts';
import { createFaultQueue } from './faults.ts';
import { createGateway } from './gateway/gateway.ts';
import { answer } from './http.ts';
import { createLog, type LoggedRequest } from './log.ts';
import { deleteMessage } from './messages.ts';
import { bits, type PermissionName } from './permissions.ts';
import { createRateLimiter, discordLimits } from './rate-limits.ts';
import { type DiscordSeed, homelabGuild } from './seed.ts';
import { type Channel, createWorld, discordWindows, type Role } from './state.ts';

export type {
  ActEvent,
  Discord,
  DiscordEvents,
  DiscordFaults,
  DiscordOptions,
  MessageEvent,
  SandboxPerson,
} from './api.ts';
export type { Actor, Choice, Typing } from './driver/actor.ts';
export type { InteractionResult } from './driver/result.ts';
export type { SandboxButton, SandboxFile, SandboxMessage, SandboxRevision } from './driver/view.ts';
export type { Fault, FaultMatch } from './faults.ts';
export type { LoggedRequest, RequestLog, RequestMatch } from './log.ts';
export type { PermissionName } from './permissions.ts';
export { discordLimits, type RateLimits } from './rate-limits.ts';
export { type DiscordSeed, homelabGuild } from './seed.ts';
export { discordWindows, type Windows } from './state.ts';

type Listeners = { [K in keyof DiscordEvents]: Set<(event: DiscordEvents[K]) => void> };

/** A bot of another sandbox, whose port this one may have got, must not be let in. */
function withOwnToken(seed: DiscordSeed): DiscordSeed {
  const token = `${seed.application.token}-${randomBytes(6).toString('hex')}`;
  return { ...seed, application: { ...seed.application, token } };
}

/** Starts it on 127.0.0.1; rejects when the port is taken. Whoever starts it stops it. */
export async function startDiscord(options: DiscordOptions = {}): Promise<Discord> {
  const { seed = withOwnToken(homelabGuild), now = Date.now, rateLimits = {}, keepRequests = 5_000 } = options;
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
    const { url = '/' } = request;
    if (url.startsWith('/attachments/')) serveFile(world, new URL(url, 'http://discord').pathname, response);
    else void answer(parts, request, response);
  });
  // Longer than any client keeps a connection, so that the server never closes one that a request is on its way over.
  server.keepAliveTimeout = 120_000;
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

  /** The highest first. */
  function guildRoles(): Role[] {
    const own = [...world.state.roles.values()].filter((role) => role.id !== seed.guild.id && role.botId === null);
    return own.sort((a, b) => b.position - a.position);
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
    replayInteractions: gateway.replay,
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
    guildName: seed.guild.name,
    get people() {
      return [...world.state.users.values()].map(({ id, username, displayName, bot }) => {
        const held = new Set(world.state.members.get(id)?.roles ?? []);
        const roles = guildRoles().filter((role) => held.has(role.id));
        return { id, username, displayName: displayName ?? username, bot, roles: roles.map((role) => role.name) };
      });
    },
    get roles() {
      return guildRoles().map(({ id, name, color }) => ({ id, name, color }));
    },
    get commands() {
      return [...world.state.commands.values()].map((one) => one.name);
    },
    messages,
    on: (event, listener) => {
      // The event and its listener are of one type argument, which looking it up forgets.
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
