// Plain requests to the sandbox's Discord, without any library.
import type { Discord } from '../../sandbox/discord/discord.ts';

/** What came over the wire. */
// biome-ignore lint/suspicious/noExplicitAny: each test says by its own `expect` what must be there, and fails where it is not; types would say it twice.
export type Json = any;

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Json;
}

export interface CallOptions {
  readonly body?: unknown;
  readonly files?: readonly { readonly name: string; readonly data: string | Uint8Array; readonly type?: string }[];
  /** The whole Authorization header; none with null. */
  readonly authorization?: string | null;
}

/** One request below `/v10`; `path` may carry a query. */
export async function call(discord: Discord, method: string, path: string, options: CallOptions = {}): Promise<Reply> {
  const { body, files, authorization = `Bot ${discord.token}` } = options;
  const headers = new Headers(authorization === null ? {} : { authorization });
  let sent: string | FormData | undefined;
  if (files) {
    sent = new FormData();
    if (body !== undefined) sent.set('payload_json', JSON.stringify(body));
    for (const [index, file] of files.entries()) {
      const data = typeof file.data === 'string' ? file.data : new Uint8Array(file.data);
      sent.set(`files[${index}]`, new Blob([data], { type: file.type ?? '' }), file.name);
    }
  } else if (body !== undefined) {
    sent = JSON.stringify(body);
    headers.set('content-type', 'application/json');
  }
  const response = await fetch(`${discord.url}/v10${path}`, {
    method,
    headers,
    ...(sent === undefined ? {} : { body: sent }),
  });
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.startsWith('application/json') ?? false;
  return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text };
}

/** Posts a message; the channel by name. */
export function post(discord: Discord, channel: string, body: unknown, options: CallOptions = {}): Promise<Reply> {
  return call(discord, 'POST', `/channels/${discord.channelId(channel)}/messages`, { body, ...options });
}

/** Codes of Discord's nested form errors, as `embeds.0.title: BASE_TYPE_MAX_LENGTH`. */
export function formErrors(reply: Reply): string[] {
  const visit = (node: unknown, path: string): string[] => {
    if (typeof node !== 'object' || node === null) return [];
    return Object.entries(node).flatMap(([key, value]) =>
      key === '_errors'
        ? (value as { code: string }[]).map((error) => `${path}: ${error.code}`)
        : visit(value, path ? `${path}.${key}` : key),
    );
  };
  return visit(reply.body.errors, '');
}
