// A message with files as one block of bytes, as multipart/form-data (RFC 7578): discord.js would copy every file several times.
import { randomBytes } from 'node:crypto';
import type { Upload } from './files.ts';

export interface Form {
  readonly body: Buffer;
  readonly contentType: string;
}

/** @param payload the JSON part. */
export function formOf(payload: unknown, files: readonly Upload[]): Form {
  const boundary = `----homelab-bot-${randomBytes(16).toString('hex')}`;
  const chunks: Uint8Array[] = [];
  const part = (name: string, more: string, data: Uint8Array): void => {
    chunks.push(Buffer.from(`--${boundary}\r\nContent-Disposition: form-data; name="${name}"${more}\r\n\r\n`), data);
    chunks.push(Buffer.from('\r\n'));
  };
  part('payload_json', '\r\nContent-Type: application/json', Buffer.from(JSON.stringify(payload)));
  for (const [index, { name, data }] of files.entries()) {
    part(`files[${index}]`, `; filename="${quoted(name)}"\r\nContent-Type: ${typeOf(name)}`, data);
  }
  chunks.push(Buffer.from(`--${boundary}--\r\n`));
  return { body: Buffer.concat(chunks), contentType: `multipart/form-data; boundary=${boundary}` };
}

/** As browsers spell it (https://html.spec.whatwg.org/#multipart-form-data). */
function quoted(name: string): string {
  return name.replaceAll('\n', '%0A').replaceAll('\r', '%0D').replaceAll('"', '%22');
}

const images: Readonly<Record<string, string>> = { jpg: 'jpeg', jpeg: 'jpeg', png: 'png', gif: 'gif', webp: 'webp' };

/** Images are shown; everything else Discord knows by its name. */
function typeOf(name: string): string {
  const image = images[name.slice(name.lastIndexOf('.') + 1).toLowerCase()];
  return image === undefined ? 'application/octet-stream' : `image/${image}`;
}
