// REGISTRY_TOKEN: how it is presented, and to which registry it belongs.
import type { Image } from '../lib/image.ts';
import type { Secret } from '../lib/secret.ts';

export interface Credentials {
  /** For the header Authorization. */
  basic(): string;
  /** Whether the token may go to this image's registry. */
  belongsTo(image: Image): boolean;
  /** Whether it names a user: `user:token`. */
  readonly named: boolean;
}

/** Tokens that bear their maker's mark stay with that maker, however many registries the apps' images come from. */
const makers: readonly { readonly mark: RegExp; readonly registry: RegExp }[] = [
  { mark: /^(?:gh[pousr]_|github_pat_)/, registry: /^(?:ghcr\.io|containers\.[a-z0-9-]+\.ghe\.com)$/ },
  { mark: /^dckr_(?:pat|oat)_/, registry: /^registry-1\.docker\.io$/ },
  // GitLab is run by many, on hosts of any name.
  { mark: /^gl(?:pat|dt|cbt|soat)-/, registry: /^(?!(?:ghcr\.io|quay\.io|registry-1\.docker\.io)$)/ },
];

/** GHCR and GitLab take any user name beside a token; Docker Hub and Quay want the right one. */
const anyUser = 'homelab-bot';

/** @param secret the token alone, or `user:token`. */
export function createCredentials(secret: Secret): Credentials {
  const [, user, token] = split(secret.reveal());
  const maker = makers.find(({ mark }) => mark.test(token));
  return {
    basic: () => `Basic ${Buffer.from(`${user ?? anyUser}:${token}`).toString('base64')}`,
    belongsTo: ({ registry, scheme }) => scheme === 'http' || maker === undefined || maker.registry.test(registry),
    named: user !== null,
  };
}

function split(text: string): [string, string | null, string] {
  const colon = text.indexOf(':');
  return colon <= 0 ? [text, null, text] : [text, text.slice(0, colon), text.slice(colon + 1)];
}
