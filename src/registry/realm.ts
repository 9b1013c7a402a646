// Which host may be asked for a bearer token, and which one may see REGISTRY_TOKEN for it: a registry names it, and may be hostile. Pure.
import { isIP } from 'node:net';

export type Judgement =
  /** The registry's own, or known to be: credentials may go there. */
  | { readonly kind: 'own'; readonly url: URL }
  /** Somebody else's, such as ghcr.io for lscr.io: asked without credentials. */
  | { readonly kind: 'foreign'; readonly url: URL }
  | { readonly kind: 'refused'; readonly reason: string };

/** Token servers on hosts of another name, by their registry. */
const known: Readonly<Record<string, string>> = {
  'registry-1.docker.io': 'auth.docker.io',
  'registry.gitlab.com': 'gitlab.com',
  'registry.digitalocean.com': 'api.digitalocean.com',
};

/**
 * @param registry URL of the registry that was asked.
 * @param realm as it stands in the challenge.
 */
export function judgeRealm(registry: URL, realm: string): Judgement {
  if (realm.length > 2048 || !URL.canParse(realm)) return refused('names no URL for its tokens');
  const url = new URL(realm);
  if (url.username !== '' || url.password !== '') return refused('names a URL with a password for its tokens');
  const reason = unreachable(registry, url);
  if (reason !== null) return refused(`names ${reason} for its tokens`);
  return { kind: isOwn(registry, url) ? 'own' : 'foreign', url };
}

/**
 * Why a registry may not send us there, or null. From the bot's place, other addresses can be reached than from the registry's: those of
 * this machine and the cluster are nobody's business, and what is not encrypted can be read and changed on the way.
 */
export function unreachable(registry: URL, target: URL): string | null {
  if (target.origin === registry.origin) return null;
  if (isLocal(registry) && isLocal(target)) return null;
  if (target.protocol !== 'https:') return 'a URL that is not https';
  if (target.hostname === registry.hostname) return null;
  const host = target.hostname.replace(/^\[|\]$/g, '');
  if (isLocal(target) || isIP(host) !== 0 || !host.includes('.')) return 'a host that is not public';
  return null;
}

/**
 * Sharing a domain proves nothing (a.github.io and b.github.io do), and which domains are shared by strangers is a long list. So: the same host
 * on any port (Quay, GHCR, Harbor, GitLab on port 5050), the known pairs, and the names that GitLab proposes for its parts, beside or above
 * `registry.`: what is given away there to somebody who holds `registry.` could as well be asked for by the registry itself. A registry on
 * this machine speaks for its own port only.
 */
function isOwn(registry: URL, realm: URL): boolean {
  if (realm.origin === registry.origin) return true;
  if (registry.protocol !== 'https:' || realm.protocol !== 'https:') return false;
  if (realm.hostname === registry.hostname) return true;
  if (known[registry.hostname] === realm.hostname) return true;
  const domain = /^registry\.(.+\..+)$/.exec(registry.hostname)?.[1];
  return domain !== undefined && [domain, `gitlab.${domain}`].includes(realm.hostname);
}

function isLocal({ hostname }: URL): boolean {
  return hostname === 'localhost' || hostname === '127.0.0.1' || hostname === '[::1]';
}

function refused(reason: string): Judgement {
  return { kind: 'refused', reason };
}
