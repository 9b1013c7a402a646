// /whoami: who the bot takes a person for, and what follows from that.
import type { Standing } from '../src/access/standing.ts';
import type { Identity } from '../src/cluster/cluster.ts';
import { command } from '../src/dispatch/command.ts';
import { seenAs } from '../src/lib/seen-as.ts';
import type { Fact, Line, Run } from '../src/message.ts';

export const whoami = command({
  name: 'whoami',
  summary: 'Shows your level, where it comes from, and whom Kubernetes sees',
  level: 'everyone',
  personal: true,
  options: {},
  async *run({ person, standing, identity, commands }) {
    const { level } = standing;
    const allowed = commands.filter((one) => one.allowed).map((one): Run => ({ code: `/${one.name}` }));
    yield {
      tone: level === null ? 'neutral' : 'info',
      headline: `${person.username} has ${level === null ? 'no level' : `the level ${level}`} here.`,
      ...(level === null && { text: whatToDo(standing, person.roles) }),
      facts: [
        { name: 'Discord', value: [{ code: person.username }, ' with the id ', { code: person.id }] },
        { name: 'Level', value: levelLine(standing, person.roles) },
        ...kubernetesFacts(identity),
        { name: 'You may run', value: listed(allowed) },
      ],
    };
  },
});

function levelLine({ level, grants }: Standing, roles: readonly string[]): Line {
  if (level === null) return 'none';
  const sources = grants.map((grant): Run[] => {
    // What the person does not hold as a role of their own is what everyone in the server has.
    const source: Run = roles.includes(grant.role) ? { role: grant.role } : 'being in this server';
    return [source, ` (${grant.level})`];
  });
  return [`${level}, from `, ...sources.flatMap((source, index) => (index === 0 ? source : [', ', ...source]))];
}

function whatToDo({ anyoneHasALevel }: Standing, roles: readonly string[]): Line[] {
  const how: Line = [
    anyoneHasALevel ? 'None of your roles gives one. ' : 'Nobody has been given a level yet. ',
    'Whoever runs the bot lists a role id under ',
    { code: 'access' },
    ' (viewer, operator or admin) in its configuration file and restarts it.',
  ];
  if (roles.length === 0) return [how, 'You have no role in this server.'];
  return [how, ['Your roles: ', ...listed(roles.map((id): Run => ({ code: id })))]];
}

function kubernetesFacts(identity: Identity | null): Fact[] {
  if (identity === null) return [{ name: 'Kubernetes sees', value: 'nobody: without a level nothing is asked of it' }];
  const { user, group, discordUser } = seenAs(identity);
  const extra = { code: `discord-user=${discordUser}` };
  return [
    { name: 'Kubernetes sees', value: ['user ', { code: user }, ', group ', { code: group }, ', extra ', extra] },
  ];
}

function listed(runs: readonly Run[]): Run[] {
  return runs.flatMap((run, index) => (index === 0 ? [run] : [' ', run]));
}
