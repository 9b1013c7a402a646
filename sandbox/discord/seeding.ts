// Turns a seed into the state at the start.
import { bits } from './permissions.ts';
import type { DiscordSeed, SeedOverwrite } from './seed.ts';
import type { Channel, Member, Overwrite, Role, State, User } from './state.ts';

export function seedState(seed: DiscordSeed, now: number): State {
  const { guild, application } = seed;
  const owner = seed.people.find((person) => person.username === guild.owner);
  if (!owner) throw new Error(`The seed has no person "${guild.owner}" to own the guild`);

  const roleId = (name: string): string => {
    const role = seed.roles.find((one) => one.name === name);
    if (!role) throw new Error(`The seed has no role "${name}"`);
    return role.id;
  };
  const plain = { color: 0, mentionable: false, botId: null };
  const roles: Role[] = [
    { ...plain, id: guild.id, name: '@everyone', permissions: bits(seed.everyone), position: 0 },
    ...seed.roles.map((role, index) => ({
      id: role.id,
      name: role.name,
      permissions: bits(role.permissions ?? []),
      position: index + 1,
      color: role.color ?? 0,
      mentionable: role.mentionable ?? false,
      botId: null,
    })),
    {
      ...plain,
      id: application.roleId,
      name: application.name,
      permissions: bits(application.permissions),
      position: seed.roles.length + 1,
      botId: application.id,
    },
  ];

  const users: User[] = [
    { id: application.id, username: application.name, displayName: null, bot: true },
    ...seed.people.map(({ id, username, displayName }) => ({ id, username, displayName, bot: false })),
  ];
  const members: Member[] = [
    { userId: application.id, roles: [application.roleId], joinedAt: now },
    ...seed.people.map((person) => ({ userId: person.id, roles: person.roles.map(roleId), joinedAt: now })),
  ];

  const overwrite = (entry: SeedOverwrite): Overwrite => {
    const person = seed.people.find((one) => one.username === entry.for);
    const special = entry.for === '@everyone' ? guild.id : entry.for === '@bot' ? application.roleId : undefined;
    return {
      id: person?.id ?? special ?? roleId(entry.for),
      type: person ? 1 : 0,
      allow: bits(entry.allow ?? []),
      deny: bits(entry.deny ?? []),
    };
  };
  const channels: Channel[] = seed.channels.map((channel, position) => ({
    id: channel.id,
    type: 0,
    name: channel.name,
    topic: channel.topic ?? null,
    position,
    parentId: null,
    overwrites: (channel.overwrites ?? []).map(overwrite),
    lastMessageId: null,
    lastPinAt: null,
    thread: null,
    recipients: [],
  }));

  return {
    guild: { id: guild.id, name: guild.name, ownerId: owner.id },
    application: {
      id: application.id,
      name: application.name,
      token: application.token,
      tokenValid: true,
      roleId: application.roleId,
    },
    roles: new Map(roles.map((role) => [role.id, role])),
    channels: new Map(channels.map((channel) => [channel.id, channel])),
    users: new Map(users.map((user) => [user.id, user])),
    members: new Map(members.map((member) => [member.userId, member])),
    messages: new Map(),
    commands: new Map(),
    interactions: new Map(),
  };
}
