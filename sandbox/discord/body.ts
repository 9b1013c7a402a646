// Reads a request's body: JSON, or multipart with `payload_json` and files.
import type { IncomingMessage } from 'node:http';
import { createForm } from './checks/form.ts';
import type { Upload } from './checks/message.ts';
import { refusal } from './errors.ts';

const maximumRequest = 25 * 1024 * 1024;

/** The whole body; null when it is over Discord's 25 MiB. */
export async function readBytes(request: IncomingMessage): Promise<Buffer | null> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= maximumRequest) chunks.push(chunk);
  }
  return size > maximumRequest ? null : Buffer.concat(chunks);
}

/** Throws 50109 for bad JSON, 50035 for a content type that Discord does not take. */
export async function parseBody(
  bytes: Buffer,
  contentType: string | undefined,
): Promise<{ body: unknown; files: Upload[] }> {
  if (bytes.length === 0) return { body: undefined, files: [] };
  const kind = (contentType ?? '').split(';')[0]?.trim().toLowerCase();
  if (kind === 'application/json') return { body: parseJson(bytes.toString('utf8')), files: [] };
  if (kind !== 'multipart/form-data') {
    const form = createForm();
    form.fail([], 'CONTENT_TYPE_INVALID', 'Expected "Content-Type" header to be one of {\'application/json\'}.');
    form.check();
  }
  return parseMultipart(bytes, contentType ?? '');
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw refusal('invalidJson');
  }
}

async function parseMultipart(bytes: Buffer, contentType: string): Promise<{ body: unknown; files: Upload[] }> {
  const parts = await new Response(new Uint8Array(bytes), { headers: { 'content-type': contentType } })
    .formData()
    .catch(() => {
      throw refusal('invalidJson');
    });
  const files: Upload[] = [];
  const fields: Record<string, unknown> = {};
  let body: unknown;
  for (const [field, value] of parts) {
    if (field === 'payload_json') body = parseJson(typeof value === 'string' ? value : await value.text());
    else if (typeof value === 'string') fields[field] = value;
    else
      files.push({
        field,
        filename: value.name,
        contentType: value.type,
        data: Buffer.from(await value.arrayBuffer()),
      });
  }
  return { body: body ?? fields, files };
}
