// Attached files: names, redaction, and Discord's limits on count and size.

import type { Redact } from '../lib/redact.ts';
import { createTurns } from '../lib/turns.ts';
import type { File } from '../message.ts';
import { cut } from './cut.ts';
import { limits } from './limits.ts';
import { dataOf, linesOf } from './text.ts';

/** A file as it is uploaded. */
export interface Upload {
  readonly name: string;
  readonly data: Uint8Array;
  readonly description?: string;
}

export interface Uploads {
  readonly uploads: readonly Upload[];
  /** Names of files that could not be attached, with the reason. */
  readonly leftOut: readonly string[];
}

const cutNotice = '\n[cut here: Discord takes no bigger file]\n';

/** As many of these as Discord takes, in order; text is redacted and cut where it is too big, other data is left out. */
export function uploadsOf(files: readonly File[], redact: Redact): Uploads {
  const uploads: Upload[] = [];
  const leftOut: string[] = [];
  const names = new Set<string>();
  // The JSON part and the form's own bytes take some of the request.
  let room = limits.requestBytes - 256 * 1024;
  for (const file of files) {
    const name = uniqueName(file.name, names);
    const limit = Math.min(limits.fileBytes, room);
    const data = typeof file.data === 'string' ? textBytes(file.data, limit, redact) : file.data;
    if (uploads.length === limits.files) leftOut.push(`${name} (Discord takes ${limits.files} files)`);
    else if (data === null || data.byteLength > limit) leftOut.push(`${name} (too big for Discord)`);
    else {
      names.add(name);
      room -= data.byteLength;
      const description = file.description === undefined ? '' : cut(dataOf(file.description, redact), limits.altText);
      uploads.push({ name, data, ...(description.trim() !== '' && { description }) });
    }
  }
  return { uploads, leftOut };
}

function textBytes(text: string, limit: number, redact: Redact): Uint8Array | null {
  if (limit <= Buffer.byteLength(cutNotice)) return null;
  return cutTo(limit, Buffer.from(linesOf(text, redact), 'utf8'));
}

function cutTo(limit: number, bytes: Buffer): Buffer {
  if (bytes.byteLength <= limit) return bytes;
  // Decoding drops the half character that a cut between bytes leaves.
  const kept = new TextDecoder().decode(bytes.subarray(0, limit - Buffer.byteLength(cutNotice)), { stream: true });
  return Buffer.from(kept + cutNotice, 'utf8');
}

/** Characters of text that are redacted at a time. */
const atATime = 64 * 1024;

/**
 * Many texts as one file, cut where Discord takes no bigger one. Some at a time: what is made of megabytes on the way takes several times
 * their size. A secret is found within one text, not across two.
 */
export function textsFile(name: string, texts: Iterable<string>, redact: Redact): File {
  const parts: Buffer[] = [];
  for (const part of partsOf(texts, redact)) parts.push(part);
  return { name, data: joined(parts) };
}

/** The same while others have their turn, for texts of megabytes. */
export async function largeTextsFile(name: string, texts: Iterable<string>, redact: Redact): Promise<File> {
  const parts: Buffer[] = [];
  const turn = createTurns();
  for (const part of partsOf(texts, redact)) {
    parts.push(part);
    await turn();
  }
  return { name, data: joined(parts) };
}

function* partsOf(texts: Iterable<string>, redact: Redact): Iterable<Buffer<ArrayBuffer>> {
  let size = 0;
  let together = '';
  const flush = (): Buffer<ArrayBuffer> => {
    const bytes = Buffer.from(linesOf(together, redact), 'utf8');
    size += bytes.byteLength;
    together = '';
    return bytes;
  };
  for (const text of texts) {
    together += `${text}\n\n`;
    if (together.length >= atATime) yield flush();
    if (size > limits.fileBytes) break;
  }
  together = together.slice(0, -1);
  yield flush();
}

function joined(parts: readonly Buffer[]): Buffer {
  const whole = Buffer.concat(parts);
  // Small ones share memory with others.
  for (const { buffer, byteLength } of parts) {
    if (buffer instanceof ArrayBuffer && buffer.byteLength === byteLength) buffer.transfer(0);
  }
  return cutTo(limits.fileBytes, whole);
}

/** A file's name as Discord keeps it. */
export function fileNameOf(wanted: string): string {
  const plain = wanted
    .replaceAll(/[^A-Za-z0-9._-]+/g, '-')
    .replace(/^[.-]+/, '')
    .slice(-limits.fileName);
  return plain === '' ? 'file.txt' : plain;
}

function uniqueName(wanted: string, taken: ReadonlySet<string>): string {
  const name = fileNameOf(wanted);
  if (!taken.has(name)) return name;
  for (let count = 2; ; count += 1) {
    const other = `${count}-${name}`.slice(0, limits.fileName);
    if (!taken.has(other)) return other;
  }
}
