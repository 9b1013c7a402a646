// The address of the manifest repository: which kinds are taken, and what each allows git to do.
import { isAbsolute, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Unusable } from '../lib/unusable.ts';

export interface Address {
  readonly kind: 'ssh' | 'https' | 'http' | 'path';
  /** As git takes it. */
  readonly url: string;
  /** For messages: host or path, never a user name. */
  readonly shown: string;
  /** Value of GIT_ALLOW_PROTOCOL. */
  readonly protocol: 'ssh' | 'https' | 'http' | 'file';
  /** User name in an https URL, or null. */
  readonly user: string | null;
}

/**
 * `https://…`, `ssh://…`, `git@host:path`, `file:///…` or a path; `http://` to this machine only.
 * @throws Unusable for anything else, and for a URL that holds a password.
 */
export function parseAddress(text: string): Address {
  if (text === '' || text.startsWith('-') || /[\p{Cc}\p{Cf}]/u.test(text)) throw wrong('is no address of a repository');
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(text)) return fromUrl(text);
  if (/^[a-z0-9+.-]*::/i.test(text)) throw wrong('names a helper program of git, which is never run');
  const scp = /^(?:([A-Za-z0-9._-]+)@)?([A-Za-z0-9][A-Za-z0-9.-]*|\[[0-9a-fA-F:]+\]):(?!\/\/)(.+)$/.exec(text);
  if (scp?.[2] !== undefined && !isAbsolute(text)) {
    if (scp[1]?.startsWith('-')) throw wrong('has a user name that begins with a dash');
    return { kind: 'ssh', url: text, shown: scp[2], protocol: 'ssh', user: null };
  }
  const path = resolve(text);
  return { kind: 'path', url: path, shown: path, protocol: 'file', user: null };
}

function fromUrl(text: string): Address {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null) throw wrong('is no URL');
  if (url.password !== '') throw wrong('holds a password: give it as MANIFEST_REPO_TOKEN');
  if (url.search !== '' || url.hash !== '') throw wrong('must end with its path: no ? and no #');
  if (url.protocol === 'file:') {
    if (url.host !== '') throw wrong('must not name a host: three slashes behind file:');
    const path = fileURLToPath(url);
    return { kind: 'path', url: path, shown: path, protocol: 'file', user: null };
  }
  if (url.hostname === '' || url.hostname.startsWith('-') || url.username.startsWith('-')) throw wrong('names no host');
  const user = url.username === '' ? null : decodeURIComponent(url.username);
  if (url.protocol === 'ssh:') return { kind: 'ssh', url: text, shown: url.host, protocol: 'ssh', user };
  url.username = '';
  if (url.protocol === 'https:') return { kind: 'https', url: url.href, shown: url.host, protocol: 'https', user };
  if (url.protocol === 'http:') {
    if (!['localhost', '127.0.0.1', '[::1]'].includes(url.hostname)) {
      throw wrong('must begin with https://: over http:// anyone on the way could change what is deployed');
    }
    return { kind: 'http', url: url.href, shown: url.host, protocol: 'http', user };
  }
  throw wrong('must begin with https://, ssh:// or git@, or be a path');
}

function wrong(what: string): Unusable {
  return new Unusable(`MANIFEST_REPO_URL ${what}. Example: git@github.com:acme/homelab-config.git`);
}
