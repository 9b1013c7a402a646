// The page's HTTP server: its files, the stream, the files of messages, and the actions.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { z } from 'zod';
import type { Actor, Discord, SandboxFile } from '../discord/discord.ts';
import type { Actions } from './actions.ts';
import type { Assets } from './assets.ts';
import { type Clients, eventText, maxClients } from './clients.ts';
import { refusalOf } from './guard.ts';
import { fileHeaders, safeHeaders } from './headers.ts';
import { Refusal, readJson } from './reading.ts';
import type { PageHello } from './web/protocol.ts';

export interface PageServerParts {
  readonly assets: Assets;
  readonly actions: Actions;
  readonly clients: Clients;
  readonly discord: Discord;
  /** Resolves with what says hello at the moment when it is called. */
  readonly greet: () => Promise<(username: string) => PageHello>;
  /** After each action that was done. */
  readonly onAction: () => void;
}

/** Shown by the browser; everything else is saved. */
const images = ['image/png', 'image/jpeg', 'image/gif', 'image/webp'];

export function createPageServer(parts: PageServerParts): Server {
  const server = createServer((request, response) => {
    answer(parts, request, response).catch((error: unknown) => refuse(response, error));
  });
  server.headersTimeout = 5_000;
  server.requestTimeout = 10_000;
  return server;
}

async function answer(parts: PageServerParts, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { method = 'GET', headers } = request;
  const why = refusalOf(method, headers, request.socket.localPort ?? 0);
  if (why !== null) throw new Refusal(403, why);
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://page');
  if (method === 'POST') return act(parts, pathname, request, response);
  if (method !== 'GET' && method !== 'HEAD') throw new Refusal(405, 'The page takes GET and POST.');
  if (pathname === '/events') return listen(parts, searchParams.get('as') ?? '', response);
  if (pathname.startsWith('/files/')) return sendFile(parts.discord, pathname, searchParams.get('as') ?? '', response);
  const asset = parts.assets.get(pathname);
  if (asset === undefined) throw new Refusal(404, 'There is no such page.');
  response.writeHead(200, { ...safeHeaders, 'Content-Type': asset.type }).end(asset.bytes);
}

async function act(
  { actions, onAction }: PageServerParts,
  pathname: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const name = pathname.replace('/actions/', '');
  const run = Object.hasOwn(actions, name) ? actions[name] : undefined;
  if (run === undefined) {
    throw new Refusal(400, `There is no action "${name.slice(0, 50)}"; there are: ${Object.keys(actions).join(', ')}.`);
  }
  const body = await readJson(request);
  const result = await run(body);
  onAction();
  response
    .writeHead(200, { ...safeHeaders, 'Content-Type': 'application/json' })
    .end(JSON.stringify(result === undefined ? {} : result));
}

async function listen({ clients, discord, greet }: PageServerParts, as: string, response: ServerResponse) {
  const actor = personNamed(discord, as);
  if (clients.size >= maxClients) throw new Refusal(503, `The page is open ${maxClients} times: close one.`);
  response.writeHead(200, { ...safeHeaders, 'Content-Type': 'text/event-stream', Connection: 'keep-alive' });
  response.flushHeaders();
  const hello = await greet();
  if (response.destroyed) return;
  // In one go, so that nothing can happen between what it is told now and what it is told next.
  clients.add(response, actor);
  response.write(eventText('hello', hello(as)));
}

function sendFile(discord: Discord, pathname: string, as: string, response: ServerResponse): void {
  const [, , messageId = '', index = ''] = pathname.split('/');
  const actor = personNamed(discord, as);
  const file = fileOf(actor, messageId, Number(index));
  if (file === undefined) throw new Refusal(404, 'There is no such file.');
  const isImage = images.includes(file.contentType);
  const filename = encodeURIComponent(file.filename);
  response
    .writeHead(200, {
      ...fileHeaders,
      'Content-Type': isImage ? file.contentType : 'application/octet-stream',
      'Content-Disposition': isImage ? 'inline' : `attachment; filename*=UTF-8''${filename}`,
    })
    .end(file.bytes());
}

function fileOf(actor: Actor, messageId: string, index: number): SandboxFile | undefined {
  for (const { name } of actor.channels()) {
    const message = actor.sees(name).find((one) => one.id === messageId);
    if (message !== undefined) return message.files[index];
  }
  return undefined;
}

function personNamed(discord: Discord, username: string): Actor {
  const known = discord.people.some((person) => person.username === username && !person.bot);
  if (!known) throw new Refusal(400, `There is nobody called "${username.slice(0, 50)}".`);
  return discord.as(username);
}

function refuse(response: ServerResponse, error: unknown): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const reason = error instanceof z.ZodError ? z.prettifyError(error) : error instanceof Error ? error.message : '';
  response
    .writeHead(statusOf(error), { ...safeHeaders, 'Content-Type': 'application/json', Connection: 'close' })
    .end(JSON.stringify({ error: reason }));
}

/** The driver throws plain Errors for what Discord's client would not send. */
function statusOf(error: unknown): number {
  if (error instanceof Refusal) return error.status;
  if (error instanceof z.ZodError) return 400;
  return error instanceof Error && error.constructor === Error ? 409 : 500;
}
