// Has garbage collected now, after work that leaves much of it behind.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

let collect: (() => void) | null = null;

/**
 * V8 collects in its own time, by which the garbage of several large bodies has piled up: some 30 MB more at the peak. Takes some
 * 40 ms, so only where the work before took longer than that anyway.
 */
export function collectGarbage(): void {
  collect ??= collector();
  collect();
}

/** Node hands `gc` out on the command line only; V8 puts it into every context that is made while the flag is set. */
function collector(): () => void {
  setFlagsFromString('--expose-gc');
  const gc: unknown = runInNewContext('globalThis.gc');
  setFlagsFromString('--no-expose-gc');
  return typeof gc === 'function' ? () => gc() : () => {};
}
