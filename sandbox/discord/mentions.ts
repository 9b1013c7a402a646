// Whom a message mentions and rings: what its content names, cut by `allowed_mentions` (docs: resources/message#allowed-mentions-object).
import { has, permissionsIn } from './permissions.ts';
import type { Channel, World } from './state.ts';

export interface AllowedMentions {
  readonly parse: ReadonlySet<'users' | 'roles' | 'everyone'>;
  readonly users: ReadonlySet<string>;
  readonly roles: ReadonlySet<string>;
  readonly repliedUser: boolean;
}

export interface Mentions {
  readonly users: string[];
  readonly roles: string[];
  readonly everyone: boolean;
}

/**
 * Embeds and components never mention. A role that is not mentionable, and @everyone, need MENTION_EVERYONE. Text in code
 * is counted like any other, which errs on the ringing side. `allowed` null: nothing was said, so everything in the content counts.
 */
export function mentionsOf(
  world: World,
  channel: Channel,
  authorId: string,
  { content, allowed, repliedTo }: { content: string; allowed: AllowedMentions | null; repliedTo: string | null },
): Mentions {
  const { state } = world;
  const mayAll = has(permissionsIn(state, channel, authorId), 'MentionEveryone');
  const named = (pattern: RegExp) => [...new Set([...content.matchAll(pattern)].map((match) => match[1] ?? ''))];
  const users = named(/<@!?(\d{1,20})>/g).filter(
    (id) => state.users.has(id) && (!allowed || allowed.parse.has('users') || allowed.users.has(id)),
  );
  const roles = named(/<@&(\d{1,20})>/g).filter((id) => {
    const role = state.roles.get(id);
    if (!role || id === state.guild.id) return false;
    return (role.mentionable || mayAll) && (!allowed || allowed.parse.has('roles') || allowed.roles.has(id));
  });
  const ringsAuthorOfReply = repliedTo !== null && repliedTo !== authorId && (!allowed || allowed.repliedUser);
  return {
    users: ringsAuthorOfReply && repliedTo && !users.includes(repliedTo) ? [...users, repliedTo] : users,
    roles,
    everyone: mayAll && /@(everyone|here)/.test(content) && (!allowed || allowed.parse.has('everyone')),
  };
}

/** Ids that are rung: nobody by a silent message. */
export function rungBy(world: World, mentions: Mentions, silent: boolean): string[] {
  if (silent) return [];
  return [...mentions.users, ...mentions.roles, ...(mentions.everyone ? [world.state.guild.id] : [])];
}
