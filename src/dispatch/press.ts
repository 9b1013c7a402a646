// The path of a pressed button: what it is about is looked up, and the person who pressed is decided upon anew.
import type { Logger } from 'pino';
import type { Level } from '../access/level.ts';
import { refusalMessage, refusalReason } from '../access/refusal.ts';
import { UserError } from '../lib/user-error.ts';
import type { Message } from '../message.ts';
import { answerLifeMs, type KeptAnswer, type Leaves, unpackLeaves } from './answers.ts';
import type { Command } from './command.ts';
import type { Answering, PressInvocation } from './invocation.ts';
import { invoke } from './invoke.ts';
import { type LeafSubject, leaf, parseLeafSubject, plainLeaf } from './leaf.ts';
import {
  expiredMessage,
  failureMessage,
  noLongerAppliesMessage,
  notYoursMessage,
  storeAwayMessage,
  toldMessage,
} from './messages.ts';
import { abort } from './press-abort.ts';
import { act } from './press-action.ts';
import { newReference } from './reference.ts';
import { auditSubject, decideFor, type Setting } from './setting.ts';
import { createTelling, type Telling } from './telling.ts';
import { readTyped } from './typed-command.ts';
import { isReplayed, writeDown } from './written-down.ts';

/** One press on its way. */
interface Walk {
  readonly setting: Setting;
  readonly invocation: PressInvocation;
  readonly subject: LeafSubject;
  readonly reference: string;
  readonly log: Logger;
  readonly tell: Telling;
}

/** What a press is about, found and still valid. */
interface Found {
  readonly kept: KeptAnswer;
  readonly leaves: Leaves;
  readonly command: Command;
}

/** Answers one press; rejects only for a defect of its own. */
export async function press(setting: Setting, invocation: PressInvocation, answering: Answering): Promise<void> {
  const reference = newReference();
  const log = setting.log.child({ reference, interaction: invocation.id, person: invocation.person.id });
  const tell = createTelling(answering, log);
  const { action } = invocation;
  log.debug({ action, subject: invocation.subject }, 'A button was pressed');
  if (action === 'abort') return abort(setting, invocation, { reference, log, tell });
  const offered = setting.presses.get(action);
  if (offered !== undefined) return act(setting, offered, invocation, { reference, log, tell });
  if (action === 'run') {
    const typed = readTyped(invocation.subject, setting.byName);
    if (typed !== null)
      return invoke(setting, { ...invocation, ...typed, kind: 'command', subcommand: null }, answering);
  }
  const subject = parseLeafSubject(invocation.subject);
  if ((action !== 'page' && action !== 'share') || subject === null) {
    await tell.show(noLongerAppliesMessage());
    return;
  }
  // What it is about is looked up only after Discord has its first response; where it came from is known at once.
  const here = decideFor(setting, 'everyone', invocation);
  if (here.kind === 'refused') {
    await tell.show(refusalMessage(here, action));
    return;
  }
  const startedAt = setting.now();
  let told = 'refused';
  await setting.gate.acknowledge(async () => {
    told = await tell.deferUpdate();
  });
  if (told !== 'taken') return;
  setting.metrics?.acknowledged?.(setting.now().getTime() - startedAt.getTime());

  const walk: Walk = { setting, invocation, subject, reference, log, tell };
  try {
    const found = await find(walk);
    if ('headline' in found) {
      await tell.add(found);
      return;
    }
    await decided(walk, found, action);
  } catch (err) {
    if (err instanceof UserError) {
      await tell.add(toldMessage(err));
      return;
    }
    log.error({ err, action }, 'A press failed');
    await tell.add(failureMessage(reference));
  }
}

/** The kept answer, or what to say where there is none any more. */
async function find({ setting, subject, log }: Walk): Promise<Found | Message> {
  let kept: KeptAnswer | null;
  try {
    kept = await setting.answers.find(subject.answerId);
  } catch (err) {
    log.error({ err }, 'A kept answer could not be read');
    return storeAwayMessage();
  }
  const known = setting.byName.has(subject.command) ? subject.command : null;
  if (kept === null || setting.now().getTime() - kept.at.getTime() > answerLifeMs) return expiredMessage(known);
  const leaves = unpackLeaves(kept.content);
  if (leaves === null) return expiredMessage(known);
  const command = setting.byName.get(kept.command);
  if (command === undefined || plainLeaf(leaves, subject.page) === null) return noLongerAppliesMessage();
  return { kept, leaves, command };
}

async function decided(walk: Walk, found: Found, action: 'page' | 'share'): Promise<void> {
  const { setting, invocation, tell } = walk;
  const { command } = found;
  const decision = decideFor(setting, command.level, invocation);
  if (decision.kind === 'refused') {
    await tell.add(refusalMessage(decision, `/${command.name}`));
    await refuse(walk, found, action, refusalReason(decision));
    return;
  }
  if (action === 'page') {
    await show(walk, found, 'offered');
    return;
  }
  if (command.personal === true) {
    await tell.add(noLongerAppliesMessage());
    return;
  }
  if (found.kept.personId !== invocation.person.id) {
    await tell.add(notYoursMessage());
    await refuse(walk, found, action, 'not who asked');
    return;
  }
  await share(walk, found, decision.level);
}

/** Posts what is shown; not without it being written down first. */
async function share(walk: Walk, found: Found, level: Level | null): Promise<void> {
  const { setting, invocation, subject, tell } = walk;
  const startedAt = setting.now();
  const entry = entryOf(walk, found, 'share', level);
  const done = await writeDown(setting, invocation, entry);
  if (done === 'store away') await tell.add(storeAwayMessage());
  if (done !== 'written down') return;
  let outcome = 'failed';
  try {
    await setting.share({
      id: `share-${subject.answerId}-${subject.page}`,
      channelId: invocation.channelId,
      message: sharedLeaf(found, subject, invocation.person.username),
    });
    outcome = 'shared';
  } finally {
    const durationMs = setting.now().getTime() - startedAt.getTime();
    await setting.steady.attempt(() => setting.audit.done({ ...entry, outcome, durationMs }));
  }
  await show(walk, found, 'done');
}

/** What the channel sees: the same page, with where it comes from, and nothing to press. */
function sharedLeaf({ leaves, command }: Found, { page }: LeafSubject, username: string): Message {
  const plain = plainLeaf(leaves, page);
  if (plain === null) throw new Error('A page that was there is gone');
  const source = `/${command.name}, shared by ${username}`;
  const { buttons: _, ...rest } = plain;
  return { ...rest, footer: plain.footer === undefined ? source : `${plain.footer} · ${source}` };
}

async function show({ tell, subject, reference }: Walk, found: Found, sharing: 'offered' | 'done'): Promise<void> {
  const { leaves, command } = found;
  const { answerId, page } = subject;
  const about = { command: command.name, answerId, page };
  const message = leaf(leaves, about, command.personal === true ? 'none' : sharing);
  if (message === null) throw new Error('A page that was there is gone');
  if ((await tell.show(message)) === 'refused') await tell.add(failureMessage(reference));
}

async function refuse(walk: Walk, found: Found, action: string, outcome: string): Promise<void> {
  const { setting, invocation } = walk;
  if (await isReplayed(setting, invocation)) return;
  await setting.steady.attempt(() => setting.audit.refused({ ...entryOf(walk, found, action, null), outcome }));
}

function entryOf({ invocation, reference, subject }: Walk, { command }: Found, action: string, level: Level | null) {
  return auditSubject(invocation, {
    reference,
    action: `${action} ${command.name}`,
    options: { page: subject.page, answer: subject.answerId },
    level,
  });
}
