// A gateway session: what a client identified as, what it was sent, and what it missed while away.
import { randomBytes } from 'node:crypto';
import type { WebSocket } from 'ws';

export interface Session {
  readonly id: string;
  readonly intents: number;
  sequence: number;
  socket: WebSocket | null;
  /** Since when it has no connection. */
  lostAt: number | null;
  /** The newest dispatches, for a RESUME. */
  readonly sent: { readonly sequence: number; readonly text: string }[];
}

const kept = 500;

export function createSession(intents: number, socket: WebSocket): Session {
  return { id: randomBytes(16).toString('hex'), intents, sequence: 0, socket, lostAt: null, sent: [] };
}

export const opcodes = {
  dispatch: 0,
  heartbeat: 1,
  identify: 2,
  presence: 3,
  voiceState: 4,
  resume: 6,
  reconnect: 7,
  requestMembers: 8,
  invalidSession: 9,
  hello: 10,
  heartbeatAck: 11,
};

/** Discord's close codes that this gateway uses (docs: topics/opcodes-and-status-codes#gateway-gateway-close-event-codes). */
export const closeCodes = {
  unknownError: 4000,
  unknownOpcode: 4001,
  decodeError: 4002,
  notAuthenticated: 4003,
  authenticationFailed: 4004,
  alreadyAuthenticated: 4005,
  invalidSequence: 4007,
  rateLimited: 4008,
  sessionTimedOut: 4009,
  invalidShard: 4010,
  invalidVersion: 4012,
  invalidIntents: 4013,
  disallowedIntents: 4014,
};

export const intents = {
  guilds: 1 << 0,
  guildMessages: 1 << 9,
  guildReactions: 1 << 10,
  directMessages: 1 << 12,
  directReactions: 1 << 13,
  messageContent: 1 << 15,
};

/** GUILD_MEMBERS, GUILD_PRESENCES and MESSAGE_CONTENT: the seeded application has none of them switched on. */
export const privileged = (1 << 1) | (1 << 8) | (1 << 15);

/** All that exist. */
export const knownIntents = (1 << 26) - 1;

/** Sends a dispatch, or keeps it for a RESUME when the session has no connection. */
export function dispatch(session: Session, event: string, data: unknown): void {
  session.sequence += 1;
  const text = JSON.stringify({ op: opcodes.dispatch, t: event, s: session.sequence, d: data });
  session.sent.push({ sequence: session.sequence, text });
  if (session.sent.length > kept) session.sent.shift();
  session.socket?.send(text);
}

/** What was dispatched after `sequence`; undefined when that is not known any more, or was never sent. */
export function missedSince(session: Session, sequence: number): string[] | undefined {
  if (sequence > session.sequence) return undefined;
  const oldest = session.sent[0]?.sequence ?? session.sequence + 1;
  if (sequence + 1 < oldest) return undefined;
  return session.sent.filter((one) => one.sequence > sequence).map((one) => one.text);
}

/** The interactions that were dispatched up to `sequence`, as they were sent. */
export function interactionsUntil(session: Session, sequence: number): string[] {
  return session.sent
    .filter((one) => one.sequence <= sequence && one.text.startsWith('{"op":0,"t":"INTERACTION_CREATE"'))
    .map((one) => one.text);
}
