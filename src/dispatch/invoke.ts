// The path of a slash command: decision, first response, audit, run, answer, audit.
import { randomBytes } from 'node:crypto';
import type { Logger } from 'pino';
import type { Decision } from '../access/decide.ts';
import { refusalMessage, refusalReason } from '../access/refusal.ts';
import { standingOf } from '../access/standing.ts';
import type { AuditSubject } from '../audit/audit.ts';
import type { Message } from '../message.ts';
import { answerBytes, answerLifeMs, type Leaves, packLeaves, toLeaves } from './answers.ts';
import type { Answer, Command, CommandContext } from './command.ts';
import type { Answering, CommandInvocation } from './invocation.ts';
import { leaf, plainLeaf } from './leaf.ts';
import { failureMessage, invalidMessage, storeAwayMessage, toldMessage, unknownCommandMessage } from './messages.ts';
import { noCluster } from './no-cluster.ts';
import { type Parsed, parseOptions } from './options.ts';
import { newReference } from './reference.ts';
import { type RunResult, run } from './run.ts';
import { auditSubject, decideFor, type Ending, type Setting } from './setting.ts';
import { createTelling, type Telling } from './telling.ts';
import { isReplayed, writeDown } from './written-down.ts';

type Allowed = Extract<Decision, { kind: 'allowed' }>;

/** One invocation on its way. */
interface Walk {
  readonly setting: Setting;
  readonly invocation: CommandInvocation;
  readonly command: Command;
  readonly reference: string;
  readonly log: Logger;
  readonly tell: Telling;
  readonly startedAt: Date;
}

/** Answers one slash command; rejects only for a defect of its own. */
export async function invoke(setting: Setting, invocation: CommandInvocation, answering: Answering): Promise<void> {
  const reference = newReference();
  const log = setting.log.child({ reference, interaction: invocation.id, person: invocation.person.id });
  const tell = createTelling(answering, log);
  const command = setting.byName.get(invocation.command);
  if (command === undefined || invocation.subcommand !== null) {
    log.warn({ command: invocation.command }, 'A command was asked for that does not exist');
    await tell.show(unknownCommandMessage(invocation.command));
    return;
  }
  log.debug({ command: command.name }, 'A command arrived');
  const walk: Walk = { setting, invocation, command, reference, log, tell, startedAt: setting.now() };
  const also = command.also?.(invocation.options, setting.apps) ?? [];
  const decision = decideFor(setting, command.level, invocation, also);
  if (decision.kind === 'refused') {
    return decline(walk, refusalMessage(decision, `/${command.name}`), 'refused', refusalReason(decision));
  }
  const parsed = parseOptions(command, invocation.options);
  if (parsed.kind === 'invalid') {
    const names = parsed.problems.map((problem) => problem.option).join(', ');
    return decline(walk, invalidMessage(command.name, parsed.problems), 'invalid', `invalid options: ${names}`);
  }
  await accept(walk, decision, parsed);
}

/** The refusal is the first response; it is written down after it. */
async function decline(walk: Walk, message: Message, ending: Ending, outcome: string): Promise<void> {
  const { setting, invocation } = walk;
  await setting.gate.acknowledge(async () => {
    if ((await walk.tell.show(message)) === 'taken') acknowledged(walk);
  });
  if (await wasTakenBefore(walk)) return;
  const level = standingOf(invocation.person.roles, setting.access, setting.guildId).level;
  await setting.steady.attempt(() => setting.audit.refused({ ...subject(walk, level), outcome }));
  finished(walk, ending);
  walk.log.info({ command: walk.command.name, ending, outcome }, 'A command was answered');
}

async function accept(
  walk: Walk,
  decision: Allowed,
  parsed: Extract<Parsed<Command['options']>, { kind: 'valid' }>,
): Promise<void> {
  const { setting, command, log, tell } = walk;
  let told = 'refused';
  await setting.gate.acknowledge(async () => {
    told = await tell.defer();
  });
  // Whoever asked would see nothing of it, so nothing is done.
  if (told !== 'taken') return;
  acknowledged(walk);
  await setting.gate.quiet();
  const entry = subject(walk, decision.level);
  if (command.changes === true) {
    if (!(await isWrittenDown(walk, entry))) return;
  } else {
    if (await wasTakenBefore(walk)) return;
    await setting.steady.attempt(() => setting.audit.asked(entry));
  }
  const result = await run({
    name: command.name,
    start: (signal) => command.run(contextOf(walk, decision, signal), parsed.values),
    show: async (answer) => {
      const message = plainLeaf(toLeaves(answer), 1);
      if (message !== null) await tell.show(message);
    },
    limitMs: setting.runLimitMs,
    stopping: setting.stopping,
  });
  const ending = await conclude(walk, result);
  const durationMs = setting.now().getTime() - walk.startedAt.getTime();
  const outcome = result.kind === 'told' ? `told: ${result.error.message}` : ending;
  await setting.steady.attempt(() => setting.audit.done({ ...entry, outcome, durationMs }));
  finished(walk, ending);
  log.info({ command: command.name, ending, durationMs }, 'A command was answered');
}

/** What changes something is done only once, and only when it stands in the audit trail. */
async function isWrittenDown(walk: Walk, entry: AuditSubject): Promise<boolean> {
  const done = await writeDown(walk.setting, walk.invocation, entry);
  if (done === 'store away') await walk.tell.show(storeAwayMessage());
  return done === 'written down';
}

/** Shows how the run ended; there is always something to see. */
async function conclude(walk: Walk, result: RunResult): Promise<Ending> {
  const { tell, log, command, reference } = walk;
  if (result.kind === 'told') {
    if (result.error.cause !== undefined) {
      log.info({ command: command.name, err: result.error }, 'A command ended with a word to the person');
    }
    await tell.show(toldMessage(result.error));
    return 'told';
  }
  if (result.kind === 'failed') return fail(walk, result.error);
  try {
    const message = await dress(walk, result.answer);
    // Without buttons it is the same as what is shown already.
    if (result.shown && message.buttons === undefined) return 'answered';
    if ((await tell.show(message)) !== 'refused') return 'answered';
  } catch (error) {
    return fail(walk, error);
  }
  await tell.show(failureMessage(reference));
  return 'failed';
}

async function fail(walk: Walk, err: unknown): Promise<Ending> {
  walk.log.error({ command: walk.command.name, err }, 'A command failed');
  await walk.tell.show(failureMessage(walk.reference));
  return 'failed';
}

/** The first page with its buttons, where the answer could be kept for them; without them where not. */
async function dress(walk: Walk, answer: Answer): Promise<Message> {
  const { command } = walk;
  const leaves = toLeaves(answer);
  const share = command.personal === true || command.changes === true ? 'none' : 'offered';
  const plain = plainLeaf(leaves, 1);
  if (plain === null) throw new Error('An answer has no first page');
  if (share === 'none' && leaves.pages.length === 1) return plain;
  const answerId = randomBytes(12).toString('hex');
  if (!(await keep(walk, answerId, leaves))) return plain;
  return leaf(leaves, { command: command.name, answerId, page: 1 }, share) ?? plain;
}

async function keep({ setting, command, invocation }: Walk, id: string, leaves: Leaves): Promise<boolean> {
  const content = packLeaves(leaves);
  if (Buffer.byteLength(content) > answerBytes) return false;
  const at = setting.now();
  const kept = { id, personId: invocation.person.id, command: command.name, at, content };
  const attempt = await setting.steady.attempt(() => setting.answers.put(kept, new Date(at.getTime() - answerLifeMs)));
  return attempt.stored;
}

function contextOf(
  { setting, invocation, log, command, reference }: Walk,
  decision: Allowed,
  signal: AbortSignal,
): CommandContext {
  const { person } = invocation;
  const { level } = decision;
  const identity = level === null ? null : { level, discordUser: `${person.id} ${person.username}` };
  return {
    person,
    level,
    standing: standingOf(person.roles, setting.access, setting.guildId),
    identity,
    cluster: identity === null ? noCluster() : setting.clusterAs(identity),
    channelId: invocation.channelId,
    reference,
    deploys: setting.deploys,
    trail: setting.trail,
    linkTo: setting.linkTo,
    alerts: setting.alerts,
    firing: setting.firing,
    signal,
    log: log.child({ command: command.name }),
    now: setting.now,
    commands: setting.commands.map((one) => ({
      name: one.name,
      summary: one.summary,
      level: one.level,
      allowed: decideFor(setting, one.level, invocation).kind === 'allowed',
    })),
  };
}

/** True where another process, or this one before a restart, took the same interaction. */
async function wasTakenBefore({ setting, invocation, log }: Walk): Promise<boolean> {
  if (!(await isReplayed(setting, invocation))) return false;
  log.info('An interaction was replayed; nothing was done again');
  return true;
}

function subject({ invocation, reference, command }: Walk, level: Allowed['level']) {
  return auditSubject(invocation, { reference, action: command.name, options: invocation.options, level });
}

function acknowledged({ setting, startedAt }: Walk): void {
  setting.metrics?.acknowledged?.(setting.now().getTime() - startedAt.getTime());
}

function finished({ setting, command, startedAt }: Walk, ending: Ending): void {
  setting.metrics?.finished(command.name, ending, setting.now().getTime() - startedAt.getTime());
}
