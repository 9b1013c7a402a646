// Reads a body into memory that was reserved for it, within its limits of size and time.
import type { IncomingMessage } from 'node:http';
import type { Room } from '../lib/room.ts';
import type { HttpLimits } from './limits.ts';

export type Body =
  /**
   * `free` gives the bytes back to the system; call it once they are parsed. `release` gives the room back; call it once what they
   * became is stored.
   */
  | { readonly kind: 'read'; readonly bytes: Buffer; readonly free: () => void; readonly release: () => void }
  | { readonly kind: 'too large' | 'too slow' | 'no room' | 'client gone' };

/** How much more is reserved at a time for a body that does not say how long it is. */
const step = 64 * 1024;

/**
 * Nothing is read before there is room for it: a waiting client is held back by TCP.
 * @param begin called when there is room, before the first read; sends `100 Continue` where the client waits for it.
 */
export async function readBody(
  request: IncomingMessage,
  room: Room,
  limits: HttpLimits,
  begin: () => void,
): Promise<Body> {
  const announced = request.headers['content-length'];
  const length = announced === undefined ? null : Number(announced);
  if (length !== null && length > limits.bodyBytes) return { kind: 'too large' };
  const gone = new AbortController();
  const onClose = () => {
    // A whole body's request closes too.
    if (!request.complete) gone.abort();
  };
  request.once('close', onClose);
  try {
    const first = length ?? step;
    if (!(await room.take(first, limits.roomMs, gone.signal))) {
      return { kind: gone.signal.aborted ? 'client gone' : 'no room' };
    }
    begin();
    return await fill(request, room, limits, first, gone.signal);
  } finally {
    request.off('close', onClose);
  }
}

/** @param reserved bytes of the room that are this body's at first. */
function fill(
  request: IncomingMessage,
  room: Room,
  limits: HttpLimits,
  reserved: number,
  gone: AbortSignal,
): Promise<Body> {
  return new Promise((resolve) => {
    // Of its own, not of Node's shared pool: it is freed at once.
    let buffer = Buffer.allocUnsafeSlow(reserved);
    let used = 0;
    let stopped = false;
    const timer = setTimeout(() => stop({ kind: 'too slow' }), limits.bodyMs);

    function stop(body: Body): void {
      stopped = true;
      clearTimeout(timer);
      request.off('data', onData).off('end', onEnd).off('close', onGone).off('error', onGone);
      if (body.kind !== 'read') {
        request.pause();
        room.give(reserved);
        freeNow(buffer);
      }
      resolve(body);
    }

    function onData(chunk: Buffer<ArrayBuffer>): void {
      const needed = used + chunk.length;
      if (needed > limits.bodyBytes) stop({ kind: 'too large' });
      else if (needed <= reserved) keep(chunk);
      else grow(chunk, Math.min(limits.bodyBytes, Math.max(reserved * 2, needed)) - reserved);
    }

    async function grow(chunk: Buffer<ArrayBuffer>, more: number): Promise<void> {
      request.pause();
      const got = await room.take(more, limits.roomMs, gone);
      if (stopped) {
        if (got) room.give(more);
        return;
      }
      if (!got) {
        stop({ kind: gone.aborted ? 'client gone' : 'no room' });
        return;
      }
      const larger = Buffer.allocUnsafeSlow(reserved + more);
      buffer.copy(larger, 0, 0, used);
      freeNow(buffer);
      buffer = larger;
      reserved += more;
      keep(chunk);
      request.resume();
    }

    function keep(chunk: Buffer<ArrayBuffer>): void {
      chunk.copy(buffer, used);
      used += chunk.length;
      // Node hands out a buffer for each read; only large ones are worth the trouble.
      if (chunk.length >= 16 * 1024 && chunk.buffer.byteLength === chunk.length) freeNow(chunk);
    }

    function onEnd(): void {
      const bytes = buffer.subarray(0, used);
      stop({ kind: 'read', bytes, free: () => freeNow(buffer), release: () => room.give(reserved) });
    }

    function onGone(): void {
      stop({ kind: 'client gone' });
    }

    // A small body came together with its head: what is there already need not be told of piece by piece.
    if (request.complete && request.readableLength <= reserved) {
      const whole: Buffer<ArrayBuffer> | null = request.read();
      if (whole !== null) keep(whole);
      onEnd();
      return;
    }
    request.on('data', onData).on('end', onEnd).on('close', onGone).on('error', onGone);
    request.resume();
  });
}

/** Without waiting for the garbage collector, which lets tens of such buffers pile up. */
function freeNow(buffer: Buffer<ArrayBuffer>): void {
  buffer.buffer.transfer(0);
}
