// What changes something is done once, and only when it stands in the audit trail: the one place that sees to both.
import type { AuditSubject } from '../audit/audit.ts';
import type { Invocation } from './invocation.ts';
import type { Setting } from './setting.ts';

/** Before something is done. `replayed`: another process, or this one before a restart, took the same interaction. */
export type WrittenDown = 'written down' | 'replayed' | 'store away';

/** Never rejects. */
export async function writeDown(setting: Setting, invocation: Invocation, entry: AuditSubject): Promise<WrittenDown> {
  const remembered = await setting.steady.attempt(() => setting.memory.remember(invocation.id, setting.now()));
  if (remembered.stored && !remembered.value) return 'replayed';
  if (!remembered.stored) return 'store away';
  const asked = await setting.steady.attempt(() => setting.audit.asked(entry));
  return asked.stored ? 'written down' : 'store away';
}

/** For what may be done while the store takes no writes. Never rejects. */
export async function isReplayed(setting: Setting, invocation: Invocation): Promise<boolean> {
  const remembered = await setting.steady.attempt(() => setting.memory.remember(invocation.id, setting.now()));
  return remembered.stored && !remembered.value;
}
