// An invocation → a decision → a run → an answer: what the discord room calls for each interaction.
import { UserError } from '../lib/user-error.ts';
import { alertPresses } from './alert-presses.ts';
import { choicesFor } from './complete.ts';
import { createGate } from './gate.ts';
import type { Answering, CommandInvocation, PressInvocation, Receiver } from './invocation.ts';
import { invoke } from './invoke.ts';
import { untilAborted } from './limit.ts';
import { createRecent } from './memory.ts';
import { toldMessage } from './messages.ts';
import { press } from './press.ts';
import type { DispatchOptions, Setting } from './setting.ts';
import { createSteady } from './steady.ts';
import { createTelling } from './telling.ts';

export interface Dispatch extends Receiver {
  /** Ends what runs with a word to whoever asked; resolves when all is answered, at the latest when the signal is aborted. */
  stop(signal: AbortSignal): Promise<void>;
}

/** Ids that one process remembers by itself; Discord replays within minutes. */
const recentIds = 1000;
/** A run waits at most this long for the acknowledgements of others, in milliseconds. */
const gateMs = 250;
const runLimitMs = 30_000;

/** The `Receiver` that runs these commands. Decides anew at every command and press, from the roles in the interaction itself. */
export function createDispatch(options: DispatchOptions): Dispatch {
  const recent = createRecent(recentIds);
  const stop = new AbortController();
  const inFlight = new Set<Promise<void>>();
  const setting: Setting = {
    ...options,
    runLimitMs: options.runLimitMs ?? runLimitMs,
    byName: new Map(options.commands.map((command) => [command.name, command])),
    presses: new Map(alertPresses(options.alerts).map((press) => [press.action, press])),
    gate: createGate(gateMs),
    steady: createSteady(options.log),
    stopping: stop.signal,
  };

  async function handle(invocation: CommandInvocation | PressInvocation, answering: Answering): Promise<void> {
    if (!recent.isNew(invocation.id)) return;
    try {
      if (stop.signal.aborted) {
        await createTelling(answering, options.log).show(toldMessage(restarting()));
      } else if (invocation.kind === 'command') {
        await invoke(setting, invocation, answering);
      } else {
        await press(setting, invocation, answering);
      }
    } catch (err) {
      options.log.error({ err, interaction: invocation.id }, 'An interaction could not be handled');
    }
  }

  return {
    async invoked(invocation, answering) {
      const work = handle(invocation, answering);
      inFlight.add(work);
      await work;
      inFlight.delete(work);
    },

    async completing(invocation, complete) {
      try {
        await complete(choicesFor(setting, invocation));
      } catch (err) {
        options.log.warn({ err, interaction: invocation.id }, 'Discord did not take suggestions');
      }
    },

    async stop(signal) {
      stop.abort(restarting());
      await untilAborted(Promise.all(inFlight), signal).catch(() => {
        options.log.warn({ commands: inFlight.size }, 'Commands were still running when the bot stopped');
      });
    },
  };
}

function restarting(): UserError {
  return new UserError('The bot is restarting. Ask again in a minute.');
}
