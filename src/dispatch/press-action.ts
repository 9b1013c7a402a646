// What a press can ask for besides leafing and sharing: a value checked by its type, and the path that it takes.
import type { Logger } from 'pino';
import type { Level, Requirement } from '../access/level.ts';
import { refusalMessage, refusalReason } from '../access/refusal.ts';
import { atMost } from '../lib/pause.ts';
import { UserError } from '../lib/user-error.ts';
import type { Message, Modal } from '../message.ts';
import type { Person, PressInvocation } from './invocation.ts';
import { failureMessage, storeAwayMessage, toldMessage } from './messages.ts';
import { auditSubject, decideFor, type Setting } from './setting.ts';
import type { Telling } from './telling.ts';
import { isReplayed, writeDown } from './written-down.ts';

/** What was pressed, picked or written. */
export interface Pressed {
  readonly subject: string;
  /** The option that was picked; undefined for a button. */
  readonly value: string | undefined;
  readonly fields: Readonly<Record<string, string>>;
}

export interface PressContext {
  readonly person: Person;
  readonly pressed: Pressed;
  readonly now: () => Date;
}

export interface PressAnswer {
  /** For the audit trail. */
  readonly outcome: string;
  /** Null where the card itself shows what came of it. */
  readonly message: Message | null;
}

export interface PressAction {
  /** As in `ActionButton`. */
  readonly action: string;
  /** As people see it. */
  readonly label: string;
  /** As the audit trail calls it: a word, or two of which the second is found by `/audit action`. */
  readonly audited: string;
  readonly level: Requirement;
  /** True for what changes something: it is not done unless it could be written down first. */
  readonly changes: boolean;
  /**
   * The first response: a new message that only the person sees, an update of the pressed one, or a modal. "Card" is an update of a message that all
   * see: what is said then is said to the person alone, and what was pressed is done before Discord is answered, so that a kill loses no press that
   * Discord believes to be taken.
   */
  readonly response: 'reply' | 'update' | 'card' | ((pressed: Pressed) => Modal | 'update');
  /** @throws UserError to tell the person what was wrong and what to do. */
  run(context: PressContext): Promise<PressAnswer>;
}

/** How long the first response waits for what was pressed, and how old a press may be for that, in milliseconds; Discord waits for 3 s. */
const doneWithin = 1000;

/** Answers one press; rejects only for a defect of its own. */
export async function act(
  setting: Setting,
  action: PressAction,
  invocation: PressInvocation,
  { reference, log, tell }: { readonly reference: string; readonly log: Logger; readonly tell: Telling },
): Promise<void> {
  const startedAt = setting.now();
  const pressed: Pressed = {
    subject: invocation.subject,
    value: invocation.values?.[0],
    fields: invocation.fields ?? {},
  };
  const entryOf = (level: Level | null) =>
    auditSubject(invocation, { reference, action: action.audited, options: optionsOf(pressed), level });
  const decision = decideFor(setting, action.level, invocation);
  if (decision.kind === 'refused') {
    await setting.gate.acknowledge(async () => void (await tell.show(refusalMessage(decision, action.label))));
    if (await isReplayed(setting, invocation)) return;
    await setting.steady.attempt(() => setting.audit.refused({ ...entryOf(null), outcome: refusalReason(decision) }));
    return;
  }
  const response = typeof action.response === 'function' ? action.response(pressed) : action.response;
  const entry = entryOf(decision.level);
  // Nobody sees what comes of an old one, as after a session that was taken up again: Discord is asked first.
  const isAwaited = Math.abs(startedAt.getTime() - invocation.askedAt) < doneWithin;
  const begun = response === 'card' && isAwaited ? carryOut() : null;
  if (begun !== null) await atMost(doneWithin, begun);
  let told = 'refused';
  await setting.gate.acknowledge(async () => {
    if (typeof response !== 'string') told = await tell.modal(response);
    else told = response === 'reply' ? await tell.defer() : await tell.deferUpdate();
  });
  if (told === 'taken') setting.metrics?.acknowledged?.(setting.now().getTime() - startedAt.getTime());
  else if (begun === null) return;
  if (typeof response !== 'string') return;
  const { outcome, message } = await (begun ?? carryOut());
  // A question that nothing was done about can be answered again.
  const isBeside = response === 'card' || (response === 'update' && outcome === null);
  if (message !== null && told === 'taken') await (isBeside ? tell.add(message) : tell.show(message));
  if (outcome === null || !action.changes) return;
  const durationMs = setting.now().getTime() - startedAt.getTime();
  await setting.steady.attempt(() => setting.audit.done({ ...entry, outcome, durationMs }));

  /** What became of it; no outcome where nothing was done. Never rejects. */
  async function carryOut(): Promise<{ readonly outcome: string | null; readonly message: Message | null }> {
    if (action.changes) {
      const done = await writeDown(setting, invocation, entry);
      if (done !== 'written down') return { outcome: null, message: done === 'store away' ? storeAwayMessage() : null };
    }
    try {
      return await action.run({ person: invocation.person, pressed, now: setting.now });
    } catch (err) {
      if (err instanceof UserError) return { outcome: `told: ${err.message}`, message: toldMessage(err) };
      log.error({ err, action: action.action }, 'A press failed');
      return { outcome: 'failed', message: failureMessage(reference) };
    }
  }
}

function optionsOf({ subject, value, fields }: Pressed): Readonly<Record<string, string>> {
  return { on: subject, ...(value !== undefined && { value }), ...fields };
}
