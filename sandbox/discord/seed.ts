// What the sandbox's Discord holds at the start: a guild, its roles, channels and people, and the bot's application.
import type { PermissionName } from './permissions.ts';

export interface SeedRole {
  readonly id: string;
  readonly name: string;
  readonly color?: number;
  readonly mentionable?: boolean;
  readonly permissions?: readonly PermissionName[];
}

/** `for` is the name of a role or person, `@everyone` or `@bot`. */
export interface SeedOverwrite {
  readonly for: string;
  readonly allow?: readonly PermissionName[];
  readonly deny?: readonly PermissionName[];
}

export interface SeedChannel {
  readonly id: string;
  readonly name: string;
  readonly topic?: string;
  readonly overwrites?: readonly SeedOverwrite[];
}

export interface SeedPerson {
  readonly id: string;
  readonly username: string;
  readonly displayName: string;
  /** Names of roles. */
  readonly roles: readonly string[];
}

export interface DiscordSeed {
  readonly guild: { readonly id: string; readonly name: string /** Username. */; readonly owner: string };
  /** What `@everyone` may. */
  readonly everyone: readonly PermissionName[];
  readonly roles: readonly SeedRole[];
  readonly channels: readonly SeedChannel[];
  readonly people: readonly SeedPerson[];
  readonly application: {
    /** Also the bot user's id. */
    readonly id: string;
    readonly name: string;
    readonly token: string;
    /** Id and permissions of the role that Discord makes for the bot when it is invited. */
    readonly roleId: string;
    readonly permissions: readonly PermissionName[];
  };
}

/** The homelab of the specification and its people: one of each level, and one without any. */
export const homelabGuild: DiscordSeed = {
  guild: { id: '112233445566778800', name: 'Homelab', owner: 'ada' },
  everyone: [
    'ViewChannel',
    'SendMessages',
    'SendMessagesInThreads',
    'EmbedLinks',
    'AttachFiles',
    'ReadMessageHistory',
    'AddReactions',
    'UseExternalEmojis',
    'UseApplicationCommands',
  ],
  roles: [
    { id: '112233445566778801', name: 'viewer', color: 0x3498db },
    { id: '112233445566778802', name: 'operator', color: 0xe67e22 },
    { id: '112233445566778803', name: 'admin', color: 0xe74c3c },
  ],
  channels: [
    { id: '112233445566778810', name: 'alerts', topic: 'What the cluster says' },
    { id: '112233445566778811', name: 'alerts-critical', topic: 'What somebody must look at now' },
    { id: '112233445566778812', name: 'operations', topic: 'Ask the bot here' },
    {
      id: '112233445566778813',
      name: 'audit',
      topic: 'Who did what',
      overwrites: [
        { for: '@everyone', deny: ['ViewChannel'] },
        { for: 'operator', allow: ['ViewChannel'] },
        { for: 'admin', allow: ['ViewChannel'] },
        { for: '@bot', allow: ['ViewChannel'] },
      ],
    },
    { id: '112233445566778814', name: 'general' },
  ],
  people: [
    { id: '112233445566778821', username: 'vera', displayName: 'Vera', roles: ['viewer'] },
    { id: '112233445566778822', username: 'otto', displayName: 'Otto', roles: ['operator'] },
    { id: '112233445566778823', username: 'ada', displayName: 'Ada', roles: ['admin'] },
    { id: '112233445566778824', username: 'nils', displayName: 'Nils', roles: [] },
  ],
  application: {
    id: '112233445566778850',
    name: 'homelab-bot',
    token: 'MTEyMjMzNDQ1NTY2Nzc4ODUw.sndbox.opens-nothing-but-the-sandbox-of-homelab',
    roleId: '112233445566778851',
    permissions: [
      'ViewChannel',
      'SendMessages',
      'SendMessagesInThreads',
      'CreatePublicThreads',
      'ManageThreads',
      'EmbedLinks',
      'AttachFiles',
      'ReadMessageHistory',
      'AddReactions',
      'MentionEveryone',
      'PinMessages',
    ],
  },
};
