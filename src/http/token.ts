// Does a request present the right bearer token? Takes the same time whatever it presents.
import { hash, timingSafeEqual } from 'node:crypto';
import type { Secret } from '../lib/secret.ts';

/** @returns a check of an Authorization header's value as Node gives it (latin1). */
export function bearerCheck(token: Secret): (header: string | undefined) => boolean {
  const expected = digest(Buffer.from(token.reveal()));
  return (header) => {
    const presented = /^bearer +(\S.*)$/i.exec(header?.trim() ?? '')?.[1] ?? '';
    // Digests are of one length, so that the comparison tells nothing of the token's.
    const equal = timingSafeEqual(digest(Buffer.from(presented, 'latin1')), expected);
    return equal && presented !== '';
  };
}

function digest(bytes: Buffer): Buffer {
  return hash('sha256', bytes, 'buffer');
}
