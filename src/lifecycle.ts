// What was started is stopped in reverse order, each step with a name, also after half a start.
import type { Logger } from 'pino';

export interface Lifecycle {
  /** Registers how to take down what has just been built. */
  onStop(name: string, stop: (signal: AbortSignal) => Promise<void> | void): void;
  /** Runs the steps, last registered first; `signal` aborts when the time is up. A step that fails does not keep the others from running. */
  stop(signal: AbortSignal): Promise<void>;
}

export function createLifecycle(log: Logger): Lifecycle {
  const steps: { readonly name: string; readonly stop: (signal: AbortSignal) => Promise<void> | void }[] = [];
  let stopped: Promise<void> | null = null;

  async function stopAll(signal: AbortSignal): Promise<void> {
    for (let step = steps.pop(); step !== undefined; step = steps.pop()) {
      try {
        await step.stop(signal);
      } catch (err) {
        log.warn({ err, step: step.name }, 'A part did not stop as it should');
      }
    }
  }

  return {
    onStop(name, stop) {
      steps.push({ name, stop });
    },
    stop(signal) {
      stopped ??= stopAll(signal);
      return stopped;
    },
  };
}
