// Discord's own description of its API as an independent judge of what the bot asks and of what the sandbox answers.
import type { LoggedRequest } from '../../sandbox/discord/discord.ts';

interface Schema {
  safeParse(
    value: unknown,
  ):
    | { readonly success: true; readonly data: unknown }
    | { readonly success: false; readonly error: { readonly message: string } };
}

interface Described {
  /** Any of these; none where a body is not expected. */
  readonly request?: readonly string[];
  /** Any of these; with `[]` behind it a list of them. None for a 204. */
  readonly answer?: readonly string[];
}

// The package ships these schemas without types.
const name: string = 'discord-api-spec/zod';
const schemas = (await import(name)) as Readonly<Record<string, Schema | undefined>>;

const message: Described = { answer: ['MessageResponse'] };
const anyChannel = ['GuildChannelResponse', 'PrivateChannelResponse', 'ThreadResponse'];
const command: Described = { answer: ['ApplicationCommandResponse'] };
const commands = '/applications/:application/guilds/:guild/commands';
const globals = '/applications/:application/commands';
const webhook = '/webhooks/:webhook/:token';

/** Names of the schemas by method and route, from the description's paths. */
const described: Readonly<Record<string, Described>> = {
  'GET /gateway': { answer: ['GatewayResponse'] },
  'GET /gateway/bot': { answer: ['GatewayBotResponse'] },
  'GET /users/@me': { answer: ['UserPIIResponse'] },
  'GET /users/:user': { answer: ['UserResponse'] },
  'GET /applications/@me': { answer: ['PrivateApplicationResponse'] },
  'GET /oauth2/applications/@me': { answer: ['PrivateApplicationResponse'] },
  'GET /guilds/:guild': { answer: ['GuildWithCountsResponse'] },
  'GET /guilds/:guild/channels': { answer: ['GuildChannelResponse[]'] },
  'GET /guilds/:guild/roles': { answer: ['GuildRoleResponse[]'] },
  'GET /guilds/:guild/members/:user': { answer: ['GuildMemberResponse'] },
  ...Object.fromEntries(
    [commands, globals].flatMap((path) => [
      [`GET ${path}`, { answer: ['ApplicationCommandResponse[]'] }],
      [`PUT ${path}`, { request: ['ApplicationCommandUpdateRequest[]'], answer: ['ApplicationCommandResponse[]'] }],
      [`POST ${path}`, { request: ['ApplicationCommandCreateRequest'], ...command }],
      [`GET ${path}/:command`, command],
      [`PATCH ${path}/:command`, { request: ['ApplicationCommandPatchRequestPartial'], ...command }],
      [`DELETE ${path}/:command`, {}],
    ]),
  ),
  'POST /interactions/:interaction/:token/callback': {
    request: [
      'ApplicationCommandAutocompleteCallbackRequest',
      'CreateMessageInteractionCallbackRequest',
      'ModalInteractionCallbackRequest',
      'UpdateMessageInteractionCallbackRequest',
    ],
    answer: ['InteractionCallbackResponse'],
  },
  [`POST ${webhook}`]: { request: ['IncomingWebhookRequestPartial'], ...message },
  [`GET ${webhook}/messages/:reply`]: message,
  [`PATCH ${webhook}/messages/:reply`]: { request: ['IncomingWebhookUpdateRequestPartial'], ...message },
  [`DELETE ${webhook}/messages/:reply`]: {},
  'POST /channels/:channel/messages': { request: ['MessageCreateRequest'], ...message },
  'GET /channels/:channel/messages': { answer: ['MessageResponse[]'] },
  'GET /channels/:channel/messages/:message': message,
  'PATCH /channels/:channel/messages/:message': { request: ['MessageEditRequestPartial'], ...message },
  'DELETE /channels/:channel/messages/:message': {},
  'PUT /channels/:channel/messages/:message/reactions/:emoji/@me': {},
  'DELETE /channels/:channel/messages/:message/reactions/:emoji/@me': {},
  'GET /channels/:channel/messages/:message/reactions/:emoji': { answer: ['UserResponse[]'] },
  'GET /channels/:channel/messages/pins': { answer: ['PinnedMessagesResponse'] },
  'PUT /channels/:channel/messages/pins/:message': {},
  'DELETE /channels/:channel/messages/pins/:message': {},
  'GET /channels/:channel/pins': { answer: ['MessageResponse[]'] },
  'PUT /channels/:channel/pins/:message': {},
  'DELETE /channels/:channel/pins/:message': {},
  'GET /channels/:channel': { answer: anyChannel },
  'PATCH /channels/:channel': {
    request: ['UpdateGuildChannelRequestPartial', 'UpdateThreadRequestPartial'],
    answer: anyChannel,
  },
  'DELETE /channels/:channel': { answer: anyChannel },
  'POST /channels/:channel/typing': {},
  'POST /users/@me/channels': { request: ['CreatePrivateChannelRequest'], answer: ['PrivateChannelResponse'] },
  'POST /channels/:channel/messages/:message/threads': {
    request: ['CreateTextThreadWithMessageRequest'],
    answer: ['ThreadResponse'],
  },
  'POST /channels/:channel/threads': {
    request: ['CreateTextThreadWithoutMessageRequest'],
    answer: ['CreatedThreadResponse'],
  },
  'PUT /channels/:channel/thread-members/@me': {},
  'DELETE /channels/:channel/thread-members/@me': {},
};

/**
 * Where the description and Discord's documentation or behaviour part, and the sandbox follows the latter. Each is a key that
 * Discord sends though the description does not have it.
 */
const sentBeyondTheDescription = [
  // Documented: resources/message#attachment-object, resources/message#message-interaction-metadata-object.
  'content_scan_version',
  'name',
  'command_type',
  'triggering_interaction_metadata',
];

/** discord.js says these of every message, also where Discord does not know them; false means nothing. */
const saidInVain = ['tts', 'enforce_nonce'];

/** Methods and routes that the description was looked up for. */
export const describedRoutes: readonly string[] = Object.keys(described);

/** What is wrong with a request's body by Discord's description, unknown keys included; empty where nothing is. */
export function checkRequest(entry: Pick<LoggedRequest, 'method' | 'route' | 'body'>): string[] {
  const where = `${entry.method} ${entry.route}`;
  const known = described[where];
  if (!known) return [`${where}: Discord has no such route, or this list does not`];
  if (!known.request) return entry.body === undefined || isEmpty(entry.body) ? [] : [`${where}: takes no body`];
  return objections(known.request, entry.body ?? {}).map((objection) => `${where} asks: ${objection}`);
}

/** What is wrong with an answer by Discord's description; empty where nothing is. Refusals must have Discord's form of an error. */
export function checkAnswer(entry: Pick<LoggedRequest, 'method' | 'route' | 'status' | 'answer'>): string[] {
  const where = `${entry.method} ${entry.route} ${entry.status}`;
  if (entry.status === null) return [];
  if (entry.status === 204) return entry.answer === undefined ? [] : [`${where}: answers a body`];
  const refused = entry.status === 429 ? ['RatelimitedResponse'] : entry.status >= 400 ? ['ErrorResponse'] : null;
  const known = described[`${entry.method} ${entry.route}`];
  if (!refused && !known?.answer) return [`${where}: nothing is known of its answer`];
  // The body of a 429 carries a code only sometimes (topics/rate-limits), where the description demands it.
  const answer = entry.status === 429 ? { code: 0, ...(entry.answer as object) } : entry.answer;
  const ignored = refused ? [] : sentBeyondTheDescription;
  return objections(refused ?? known?.answer ?? [], refused ? withNumericCodes(answer) : withUtc(answer), ignored).map(
    (objection) => `${where}: ${objection}`,
  );
}

function isEmpty(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}

/** The fewest objections that any of the schemas has. */
function objections(names: readonly string[], value: unknown, ignored: readonly string[] = []): string[] {
  // As it travels: undefined properties are not sent.
  const sent: unknown = JSON.parse(JSON.stringify(value ?? null));
  const all = names.map((one) => objectionsOf(one, sent, ignored));
  const mismatches = (list: readonly string[]) => list.filter((text) => text.includes('is no ')).length;
  return all.sort((a, b) => mismatches(a) - mismatches(b) || a.length - b.length)[0] ?? [];
}

function objectionsOf(schemaName: string, value: unknown, ignored: readonly string[]): string[] {
  if (schemaName.endsWith('[]')) {
    if (!Array.isArray(value)) return ['is no list'];
    return value.flatMap((one, index) =>
      objectionsOf(schemaName.slice(0, -2), one, ignored).map((text) => `[${index}] ${text}`),
    );
  }
  const schema = schemas[`${schemaName}Schema`];
  if (!schema) throw new Error(`Discord describes no ${schemaName}`);
  const result = schema.safeParse(value);
  if (!result.success) return [`is no ${schemaName}: ${result.error.message.replaceAll(/\s+/g, ' ')}`];
  return unknownKeys(value, result.data, ignored).map((key) => `${schemaName} has no "${key}"`);
}

/** The schemas drop what they do not know, so what is missing afterwards was unknown. */
function unknownKeys(sent: unknown, known: unknown, ignored: readonly string[], path = ''): string[] {
  if (typeof sent !== 'object' || sent === null || typeof known !== 'object' || known === null) return [];
  return Object.entries(sent).flatMap(([key, value]) => {
    const at = path ? `${path}.${key}` : key;
    if (!(key in known)) return ignored.includes(key) || (saidInVain.includes(key) && value === false) ? [] : [at];
    return unknownKeys(value, (known as Record<string, unknown>)[key], ignored, at);
  });
}

/** Discord writes times with the offset `+00:00`; the schemas only take `Z`. */
function withUtc(value: unknown): unknown {
  const text = JSON.stringify(value ?? null);
  return JSON.parse(text.replaceAll(/"(\d{4}-\d\d-\d\dT[\d:.]+)\+00:00"/g, '"$1Z"'));
}

/** The codes of form errors are words, as the documentation's examples show (reference#error-messages); the schemas want numbers. */
function withNumericCodes(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value ?? null).replaceAll(/"code":"[A-Z_0-9]+"/g, '"code":0'));
}
