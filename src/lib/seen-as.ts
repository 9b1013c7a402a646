// Whom Kubernetes sees for an identity: what cluster/identity.ts sends, and what people are told.

export interface SeenAs {
  readonly user: string;
  readonly group: string;
  /** Value of the extra `discord-user`. */
  readonly discordUser: string;
}

/** @param identity the level, and `<id> <username>` or one word for work without a person. */
export function seenAs(identity: { readonly level: string; readonly discordUser: string }): SeenAs {
  const { level, discordUser } = identity;
  const user = `homelab-bot:${level}`;
  const space = discordUser.indexOf(' ');
  if (space === -1) return { user, group: user, discordUser };
  const username = encode(discordUser.slice(space + 1));
  return { user, group: user, discordUser: `${discordUser.slice(0, space)} ${username}` };
}

/** Percent-encodes the UTF-8 bytes of everything outside `[a-z0-9._-]`. */
function encode(username: string): string {
  return username
    .toWellFormed()
    .replace(/[^a-z0-9._-]/gu, (character) =>
      [...Buffer.from(character)].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join(''),
    );
}
