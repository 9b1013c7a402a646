// The gateway: HELLO, IDENTIFY, RESUME, heartbeats and dispatches over WebSockets (docs: topics/gateway).
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type RawData, type WebSocket, WebSocketServer } from 'ws';
import { isObject } from '../checks/form.ts';
import type { WritableLog } from '../log.ts';
import type { World, WorldEvent } from '../state.ts';
import { dispatchFor, guildCreateData, readyData } from './dispatches.ts';
import {
  closeCodes,
  createSession,
  dispatch,
  interactionsUntil,
  knownIntents,
  missedSince,
  opcodes,
  privileged,
  type Session,
} from './session.ts';

const sendsPerMinute = 120;
const maximumPayload = 4096;
const identifiesPerDay = 1000;

export interface Gateway {
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** IDENTIFYs left today. */
  readonly remaining: number;
  /** How many clients are connected and ready. */
  readonly connected: number;
  close(code: number): void;
  askToReconnect(): void;
  invalidate(resumable: boolean): void;
  /** True: heartbeats get no answer and nothing is sent, as on a dead connection. */
  mute(on: boolean): void;
  /** The next RESUME is also sent every interaction of its session again. */
  replay(): void;
  reset(): void;
  /** Cuts every connection; sessions stay resumable. */
  cut(): void;
  stop(): void;
}

/** Thrown by whatever a client must not do; its connection is closed with this code. */
class Closing extends Error {
  override readonly name = 'Closing';
  readonly code: number;

  constructor(code: number, reason: string) {
    super(reason);
    this.code = code;
  }
}

interface Connection {
  readonly socket: WebSocket;
  session: Session | null;
  sends: number[];
  heartbeatTimer: NodeJS.Timeout | undefined;
}

export function createGateway(
  world: World,
  log: WritableLog,
  changed: (what: 'connected' | 'resumed' | 'lost') => void,
): Gateway {
  const server = new WebSocketServer({ noServer: true, perMessageDeflate: false, maxPayload: 1024 * 1024 });
  const sessions = new Map<string, Session>();
  const connections = new Set<Connection>();
  let identified: number[] = [];
  let muted = false;
  let replaying = false;

  const stopListening = world.listen((event) => {
    for (const session of sessions.values()) hear(session, event);
  });

  function hear(session: Session, event: WorldEvent): void {
    if (session.lostAt !== null && world.now() - session.lostAt > world.windows.resume) {
      sessions.delete(session.id);
      return;
    }
    const wanted = dispatchFor(world, session, event);
    if (wanted) dispatch(muted ? withoutSocket(session) : session, wanted.event, wanted.data);
  }

  function send(connection: Connection, op: number, d: unknown = null): void {
    if (!muted) connection.socket.send(JSON.stringify({ op, d, s: null, t: null }));
  }

  /** Runs what a client asks for, and closes its connection when that is not allowed. */
  function guarded(socket: WebSocket, run: () => void): void {
    try {
      run();
    } catch (error) {
      if (!(error instanceof Closing)) throw error;
      socket.close(error.code, error.message);
    }
  }

  function accept(socket: WebSocket, request: IncomingMessage): void {
    const connection: Connection = { socket, session: null, sends: [], heartbeatTimer: undefined };
    connections.add(connection);
    socket.on('error', () => socket.terminate());
    socket.on('close', (code) => lost(connection, code));
    guarded(socket, () => greet(connection, new URL(request.url ?? '/', 'http://gateway').searchParams));
  }

  function greet(connection: Connection, query: URLSearchParams): void {
    const { socket } = connection;
    if ((query.get('v') ?? '10') !== '10') throw new Closing(closeCodes.invalidVersion, 'Invalid API version');
    if ((query.get('encoding') ?? 'json') !== 'json' || query.has('compress'))
      throw new Closing(closeCodes.decodeError, 'The sandbox speaks uncompressed JSON');
    socket.on('message', (data) => guarded(socket, () => receive(connection, data)));
    send(connection, opcodes.hello, { heartbeat_interval: world.windows.heartbeat, _trace: ['["homelab-sandbox"]'] });
    expectHeartbeat(connection);
  }

  /** 4009 when a client is silent for two intervals. */
  function expectHeartbeat(connection: Connection): void {
    clearTimeout(connection.heartbeatTimer);
    connection.heartbeatTimer = setTimeout(
      () => connection.socket.close(closeCodes.sessionTimedOut, 'Session timed out.'),
      world.windows.heartbeat * 2,
    );
  }

  function lost(connection: Connection, code: number): void {
    clearTimeout(connection.heartbeatTimer);
    connections.delete(connection);
    const { session } = connection;
    if (!session || session.socket !== connection.socket) return;
    session.socket = null;
    session.lostAt = world.now();
    // A client that closes with 1000 or 1001 ends its session; any other end can be resumed.
    if (code === 1000 || code === 1001) sessions.delete(session.id);
    changed('lost');
  }

  function receive(connection: Connection, raw: RawData): void {
    const now = world.now();
    connection.sends = connection.sends.filter((at) => now - at < 60_000);
    connection.sends.push(now);
    if (connection.sends.length > sendsPerMinute)
      throw new Closing(closeCodes.rateLimited, 'You are being rate limited.');
    const text = raw.toString();
    const payload = text.length > maximumPayload ? undefined : parse(text);
    if (!isObject(payload)) throw new Closing(closeCodes.decodeError, 'Error while decoding payload.');
    const { op, d } = payload;
    if (op === opcodes.heartbeat) {
      expectHeartbeat(connection);
      send(connection, opcodes.heartbeatAck);
      return;
    }
    if (op === opcodes.identify) {
      identify(connection, isObject(d) ? d : {});
      return;
    }
    if (op === opcodes.resume) {
      resume(connection, isObject(d) ? d : {});
      return;
    }
    const known = [opcodes.presence, opcodes.voiceState, opcodes.requestMembers, 14, 31, 43].includes(Number(op));
    if (!known) throw new Closing(closeCodes.unknownOpcode, 'Unknown opcode.');
    if (!connection.session) throw new Closing(closeCodes.notAuthenticated, 'Not authenticated.');
  }

  function identify(connection: Connection, data: Record<string, unknown>): void {
    const { socket } = connection;
    if (connection.session) throw new Closing(closeCodes.alreadyAuthenticated, 'Already authenticated.');
    if (!isToken(data['token'])) throw new Closing(closeCodes.authenticationFailed, 'Authentication failed.');
    const shard = data['shard'] ?? [0, 1];
    if (!Array.isArray(shard) || shard[0] !== 0 || shard[1] !== 1)
      throw new Closing(closeCodes.invalidShard, 'Invalid shard.');
    const wanted = data['intents'];
    if (typeof wanted !== 'number' || !Number.isInteger(wanted) || wanted < 0 || wanted > knownIntents) {
      throw new Closing(closeCodes.invalidIntents, 'Invalid intent(s).');
    }
    if (wanted & privileged) throw new Closing(closeCodes.disallowedIntents, 'Disallowed intent(s).');
    const now = world.now();
    log.countGateway('identify');
    const last = identified.at(-1);
    identified = [...identified.filter((at) => now - at < 86_400_000), now];
    if (last !== undefined && now - last < world.windows.identify) {
      send(connection, opcodes.invalidSession, false);
      return;
    }
    const session = createSession(wanted, socket);
    sessions.set(session.id, session);
    connection.session = session;
    dispatch(session, 'READY', readyData(world, session, gatewayUrl()));
    if (wanted & 1) dispatch(session, 'GUILD_CREATE', guildCreateData(world));
    changed('connected');
  }

  function resume(connection: Connection, data: Record<string, unknown>): void {
    const { socket } = connection;
    if (connection.session) throw new Closing(closeCodes.alreadyAuthenticated, 'Already authenticated.');
    if (!isToken(data['token'])) throw new Closing(closeCodes.authenticationFailed, 'Authentication failed.');
    const session = sessions.get(String(data['session_id']));
    const isOver = !session || (session.lostAt !== null && world.now() - session.lostAt > world.windows.resume);
    if (isOver) {
      if (session) sessions.delete(session.id);
      send(connection, opcodes.invalidSession, false);
      return;
    }
    const sequence = Number(data['seq']);
    if (!(sequence >= 0) || sequence > session.sequence) throw new Closing(closeCodes.invalidSequence, 'Invalid seq.');
    const missed = missedSince(session, sequence);
    if (!missed) {
      sessions.delete(session.id);
      send(connection, opcodes.invalidSession, false);
      return;
    }
    if (session.socket && session.socket !== socket)
      session.socket.close(closeCodes.unknownError, 'Resumed elsewhere.');
    session.socket = socket;
    session.lostAt = null;
    connection.session = session;
    log.countGateway('resume');
    const again = replaying ? interactionsUntil(session, sequence) : [];
    replaying = false;
    for (const text of [...again, ...missed]) socket.send(text);
    dispatch(session, 'RESUMED', { _trace: ['["homelab-sandbox"]'] });
    changed('resumed');
  }

  /** Some clients send the token with "Bot " before it. */
  function isToken(value: unknown): boolean {
    const { application } = world.state;
    return application.tokenValid && typeof value === 'string' && value.replace(/^Bot /, '') === application.token;
  }

  function gatewayUrl(): string {
    return world.baseUrl.replace('http', 'ws');
  }

  return {
    upgrade(request, socket, head) {
      server.handleUpgrade(request, socket, head, (accepted) => accept(accepted, request));
    },
    get remaining() {
      return Math.max(0, identifiesPerDay - identified.filter((at) => world.now() - at < 86_400_000).length);
    },
    get connected() {
      return [...sessions.values()].filter((session) => session.socket !== null).length;
    },
    close(code) {
      for (const { socket } of connections) socket.close(code);
    },
    askToReconnect() {
      for (const connection of connections) send(connection, opcodes.reconnect);
    },
    invalidate(resumable) {
      if (!resumable) sessions.clear();
      for (const connection of connections) {
        if (!resumable) connection.session = null;
        send(connection, opcodes.invalidSession, resumable);
      }
    },
    mute(on) {
      muted = on;
    },
    replay() {
      replaying = true;
    },
    reset() {
      muted = false;
      replaying = false;
      identified = [];
    },
    cut() {
      for (const { socket } of connections) socket.terminate();
    },
    stop() {
      stopListening();
      for (const connection of connections) {
        clearTimeout(connection.heartbeatTimer);
        connection.socket.terminate();
      }
      server.close();
    },
  };
}

/** Counts and keeps the dispatch without sending it. */
function withoutSocket(session: Session): Session {
  const { sent } = session;
  return {
    id: session.id,
    intents: session.intents,
    sent,
    socket: null,
    lostAt: null,
    get sequence() {
      return session.sequence;
    },
    set sequence(value) {
      session.sequence = value;
    },
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
