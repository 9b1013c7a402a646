// One HTTP exchange with Discord, whole: discord.js leaves the body outside its time limit and some waits unnamed.
import { DefaultRestOptions, type ResponseLike } from 'discord.js';

/** Answers are lists of at most a hundred messages; this is far above them. */
const longestAnswer = 16 * 1024 * 1024;
/** Wait after a 429 that names no time, as Cloudflare's do. */
const namelessWait = 30;

/**
 * Reads the whole answer within the request's time limit, which discord.js ends with the headers. A 429 always gets a
 * `Retry-After`: from its body, or ours where it names none.
 */
export async function requestWhole(
  ...[url, init]: Parameters<typeof DefaultRestOptions.makeRequest>
): Promise<ResponseLike> {
  const response = await DefaultRestOptions.makeRequest(url, init);
  const bytes = await bodyOf(response);
  const headers = new Headers();
  for (const [name, value] of response.headers) headers.append(name, value);
  if (response.status === 429 && !(Number(headers.get('retry-after') ?? 'none') >= 0)) {
    headers.set('retry-after', String(retryAfterOf(bytes)));
  }
  const empty = response.status === 204 || response.status === 205 || response.status === 304;
  return new Response(empty ? null : bytes, { status: response.status, statusText: response.statusText, headers });
}

async function bodyOf(response: ResponseLike): Promise<Uint8Array<ArrayBuffer>> {
  if (response.body === null) return new Uint8Array();
  const chunks: Uint8Array[] = [];
  let length = 0;
  // Bytes, also of a Readable, whose type says that it may give anything.
  for await (const chunk of response.body as AsyncIterable<Uint8Array>) {
    length += chunk.byteLength;
    if (length > longestAnswer) throw new Error('The answer is longer than any of Discord is');
    chunks.push(chunk);
  }
  return new Uint8Array(Buffer.concat(chunks));
}

function retryAfterOf(bytes: Uint8Array): number {
  try {
    const body: unknown = JSON.parse(new TextDecoder().decode(bytes));
    if (typeof body === 'object' && body !== null && 'retry_after' in body) {
      const seconds = Number(body.retry_after);
      if (seconds > 0) return seconds;
    }
  } catch {
    // A page of Cloudflare's.
  }
  return namelessWait;
}
