// Waiting for something to be so: looked at again once after changes here, and every few milliseconds for what changes elsewhere.
import type { World } from '../state.ts';

export interface WaitOptions {
  /** 15,000 by default. */
  readonly timeoutMs?: number;
  /** What is waited for, in words, for the error. */
  readonly what?: string;
}

/** Resolves with the first truthy answer; rejects after the time with what was waited for and what `describe` says is there. */
export function waitFor<T>(
  world: World,
  look: () => T,
  describe: () => string,
  options: WaitOptions = {},
): Promise<NonNullable<Exclude<T, false>>> {
  const { timeoutMs = 15_000, what = 'what was waited for' } = options;
  return new Promise((resolve, reject) => {
    const finish = (settle: () => void): void => {
      clearTimeout(timer);
      clearInterval(looking);
      clearImmediate(soon);
      stop();
      settle();
    };
    // A look that takes long, over thousands of messages, is not repeated at each of them.
    let notBefore = 0;
    const check = (): void => {
      const began = performance.now();
      if (began < notBefore) return;
      try {
        const found = look();
        notBefore = performance.now() + 10 * Math.max(0, performance.now() - began - 1);
        if (found) finish(() => resolve(found as NonNullable<Exclude<T, false>>));
      } catch (error) {
        finish(() => reject(error));
      }
    };
    // Many requests of one moment are one reason to look, or a hundred who wait would look ten thousand times.
    let soon: NodeJS.Immediate | undefined;
    const stop = world.listen((event) => {
      if (event.kind === 'stopped') {
        finish(() => reject(new Error(`The sandbox was stopped before there was: ${what}.`)));
        return;
      }
      soon ??= setImmediate(() => {
        soon = undefined;
        check();
      });
    });
    const looking = setInterval(check, 20);
    const timer = setTimeout(() => {
      finish(() => reject(new Error(`After ${timeoutMs} ms there is not: ${what}.\n${describe()}`)));
    }, timeoutMs);
    check();
  });
}
