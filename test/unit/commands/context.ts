// What a command under test is given, and what it yields, as an array.
import { pino } from 'pino';
import { commands } from '../../../commands/index.ts';
import { decide } from '../../../src/access/decide.ts';
import { type Access, standingOf } from '../../../src/access/standing.ts';
import type { Answer, Command, CommandContext, Options, Values } from '../../../src/dispatch/command.ts';
import { noCluster } from '../../../src/dispatch/no-cluster.ts';
import { noApps } from '../dispatch/no-apps.ts';

export const guild = '100000000000000001';
export const roles = { viewer: '200000000000000001', operator: '200000000000000002' };

/** A context of someone with these roles, as dispatch would make it. */
export function contextOf(held: readonly string[], access: Partial<Access> = {}): CommandContext {
  const given: Access = { viewer: [], operator: [], admin: [], ...access };
  const person = { id: '300000000000000001', username: 'vera', roles: held };
  const standing = standingOf(held, given, guild);
  const { level } = standing;
  const allowed = (requirement: Command['level']) =>
    decide({ requirement, person, guildId: guild, invocationGuildId: guild, access: given }).kind === 'allowed';
  return {
    person,
    level,
    standing,
    identity: level === null ? null : { level, discordUser: `${person.id} ${person.username}` },
    cluster: noCluster(),
    channelId: '500000000000000001',
    reference: 'R1',
    deploys: noApps.deploys,
    trail: noApps.trail,
    linkTo: noApps.linkTo,
    alerts: noApps.alerts,
    firing: noApps.firing,
    signal: AbortSignal.timeout(5000),
    log: pino({ level: 'silent' }),
    now: () => new Date('2026-01-01T00:00:00Z'),
    commands: commands.map(({ name, summary, level: needed }) => ({
      name,
      summary,
      level: needed,
      allowed: allowed(needed),
    })),
  };
}

/** Everything that it yields. */
export async function answersOf<O extends Options>(
  command: Command<O>,
  context: CommandContext,
  options: Values<O>,
): Promise<Answer[]> {
  const answers: Answer[] = [];
  for await (const answer of command.run(context, options)) answers.push(answer);
  return answers;
}

/** The words of whatever is yielded, in order, without markup. */
export function wordsOf(value: unknown): string {
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return value.map(wordsOf).join('');
  if (typeof value !== 'object' || value === null) return '';
  return Object.values(value).map(wordsOf).join('\n');
}
