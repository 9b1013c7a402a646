// Where each test file runs: Node, without a network beyond this machine, and with nothing left open when the file is done.
import { setTimeout as delay } from 'node:timers/promises';
import { TestEnvironment } from 'jest-environment-node';
import { denyNetwork, takeDenied } from './deny-network.ts';

/** How long what a test closed may take to be gone. Only a file that leaves something open waits this long. */
const patienceMs = 3_000;

denyNetwork();

/** Named by `testEnvironment` in jest.config.mjs. */
export default class Environment extends TestEnvironment {
  /** What keeps this worker alive anyway: its channel to jest, pipes. */
  readonly #before = openResources();

  /** Jest waits for what this returns; throwing fails the file. */
  async handleTestEvent(event: { readonly name: string }): Promise<void> {
    if (event.name !== 'run_finish') return;
    const deadline = Date.now() + patienceMs;
    while (this.#leftOpen().length > 0 && Date.now() < deadline) await delay(10);
    const open = this.#leftOpen();
    const denied = takeDenied();
    const faults = [
      ...(denied.length > 0 ? [`Tests may reach 127.0.0.1 only; these were tried: ${denied.join(', ')}.`] : []),
      ...(open.length > 0
        ? [`Left open: ${open.join(', ')}. Whatever a test starts it stops, also when it fails.`]
        : []),
    ];
    if (faults.length > 0) throw new Error(faults.join('\n'));
  }

  #leftOpen(): string[] {
    const before = [...this.#before];
    return openResources().filter((kind) => {
      const known = before.indexOf(kind);
      if (known >= 0) before.splice(known, 1);
      return known < 0;
    });
  }
}

/**
 * Kinds of what keeps the process alive, for example `TCPServerWrap`, `Timeout`, `ProcessWrap`. Work that ends by itself is left out, and so are pipes:
 * the worker opens its own to jest when it first writes, and a child process that is left open is told by its `ProcessWrap`.
 */
function openResources(): string[] {
  const passing = ['Immediate', 'PipeWrap'];
  return process.getActiveResourcesInfo().filter((kind) => !passing.includes(kind) && !kind.startsWith('FSReq'));
}
