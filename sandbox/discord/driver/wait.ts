// Waiting for something to be so: looked at again once after changes here, and every few milliseconds for what changes elsewhere.
import type { World } from '../state.ts';

export interface WaitOptions {
  /** 15,000 by default. */
  readonly timeoutMs?: number;
  /** What is waited for, in words, for the error. */
  readonly what?: string;
}

/** Whoever waits for something in one world. */
interface Waiter {
  check(): void;
  stopped(): void;
}

/** All who wait in a world share a listener and a timer: a hundred of them must not cost what they wait for its time. */
const waiting = new WeakMap<World, Set<Waiter>>();

/** How often what changes elsewhere is looked for, in milliseconds. */
const lookMs = 20;

/** Resolves with the first truthy answer; rejects after the time with what was waited for and what `describe` says is there. */
export function waitFor<T>(
  world: World,
  look: () => T,
  describe: () => string,
  options: WaitOptions = {},
): Promise<NonNullable<Exclude<T, false>>> {
  const { timeoutMs = 15_000, what = 'what was waited for' } = options;
  return new Promise((resolve, reject) => {
    // A look that takes long, over thousands of messages, is not repeated at each of them.
    let notBefore = 0;
    const waiter: Waiter = {
      check() {
        const began = performance.now();
        if (began < notBefore) return;
        try {
          const found = look();
          notBefore = performance.now() + 10 * Math.max(0, performance.now() - began - 1);
          // Truthy is neither null nor undefined nor false; TypeScript does not narrow a type that is still open.
          if (found) finish(() => resolve(found as NonNullable<Exclude<T, false>>));
        } catch (error) {
          finish(() => reject(error));
        }
      },
      stopped: () => finish(() => reject(new Error(`The sandbox was stopped before there was: ${what}.`))),
    };
    const finish = (settle: () => void): void => {
      clearTimeout(timer);
      waiters.delete(waiter);
      settle();
    };
    const waiters = waitersOf(world);
    waiters.add(waiter);
    const timer = setTimeout(() => {
      finish(() => reject(new Error(`After ${timeoutMs} ms there is not: ${what}.\n${describe()}`)));
    }, timeoutMs);
    waiter.check();
  });
}

function waitersOf(world: World): Set<Waiter> {
  const known = waiting.get(world);
  if (known !== undefined) return known;
  const waiters = new Set<Waiter>();
  waiting.set(world, waiters);
  let soon: NodeJS.Immediate | undefined;
  const checkAll = (): void => {
    soon = undefined;
    for (const waiter of [...waiters]) if (waiters.has(waiter)) waiter.check();
  };
  const looking = setInterval(checkAll, lookMs);
  looking.unref();
  world.listen((event) => {
    if (event.kind === 'stopped') {
      clearImmediate(soon);
      clearInterval(looking);
      waiting.delete(world);
      for (const waiter of [...waiters]) waiter.stopped();
    } else if (waiters.size > 0) soon ??= setImmediate(checkAll);
  });
  return waiters;
}
