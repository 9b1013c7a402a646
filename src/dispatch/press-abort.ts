// Abort on an operation's card: decided anew, as the command that the operation came from.
import type { Logger } from 'pino';
import { refusalMessage, refusalReason } from '../access/refusal.ts';
import { UserError } from '../lib/user-error.ts';
import type { PressInvocation } from './invocation.ts';
import { failureMessage, noLongerAppliesMessage, storeAwayMessage, toldMessage } from './messages.ts';
import { auditSubject, decideFor, type Setting } from './setting.ts';
import type { Telling } from './telling.ts';
import { writeDown } from './written-down.ts';

/** Answers the press; the card itself shows what comes of it. */
export async function abort(
  setting: Setting,
  invocation: PressInvocation,
  { reference, log, tell }: { readonly reference: string; readonly log: Logger; readonly tell: Telling },
): Promise<void> {
  let told = 'refused';
  await setting.gate.acknowledge(async () => {
    told = await tell.deferUpdate();
  });
  if (told !== 'taken') return;
  try {
    const operation = await setting.operations.read(invocation.subject);
    const command = operation && setting.byName.get(operation.kind);
    if (operation === undefined || command === undefined || operation.endedAt !== null) {
      await tell.add(noLongerAppliesMessage());
      return;
    }
    const options = { app: operation.app, operation: invocation.subject };
    const entry = { reference, action: `abort ${operation.kind}`, options };
    const decision = decideFor(setting, command.level, invocation, command.also?.(options, setting.apps) ?? []);
    if (decision.kind === 'refused') {
      await tell.add(refusalMessage(decision, 'Abort'));
      const refused = auditSubject(invocation, { ...entry, level: null });
      await setting.steady.attempt(() => setting.audit.refused({ ...refused, outcome: refusalReason(decision) }));
      return;
    }
    const asked = auditSubject(invocation, { ...entry, level: decision.level });
    const done = await writeDown(setting, invocation, asked);
    if (done === 'store away') await tell.add(storeAwayMessage());
    if (done !== 'written down') return;
    await setting.operations.abort(invocation.subject, {
      id: invocation.person.id,
      username: invocation.person.username,
    });
    await setting.steady.attempt(() => setting.audit.done({ ...asked, outcome: 'aborted', durationMs: 0 }));
  } catch (err) {
    if (!(err instanceof UserError)) log.error({ err }, 'An abort failed');
    await tell.add(err instanceof UserError ? toldMessage(err) : failureMessage(reference));
  }
}
