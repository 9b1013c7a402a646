// The variables of the manifest repository: its address, and what opens it.
import { resolve } from 'node:path';
import { z } from 'zod';
import { Secret } from '../lib/secret.ts';
import { refuse } from './pieces.ts';

export type AddressKind = 'ssh' | 'web' | 'path';

const longest = 2000;

/** What kind of address this is, or what is wrong with it. */
export function addressKind(text: string): AddressKind | { readonly what: string } {
  if (text.length > longest || text.startsWith('-') || /[\p{Cc}\p{Cf}]|^\s|\s$/u.test(text))
    return { what: 'must be a git URL or a path' };
  // `ext::sh -c …` would run a program.
  if (/^[a-z0-9+.-]*::/i.test(text)) return { what: 'names a helper program of git, which is never run' };
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(text)) return urlKind(text);
  if (/^\/|^\.\.?\//.test(text)) return 'path';
  // git@host:path, as git itself tells it from a path: a colon before the first slash.
  const [, user, host] = /^(?:([^/:@]*)@)?(\[[^/\]]*\]|[^/:]*):/.exec(text) ?? [];
  if (host === undefined) return 'path';
  const right =
    /^[A-Za-z0-9][A-Za-z0-9.-]*$|^\[[0-9a-fA-F:]+\]$/.test(host) && /^[A-Za-z0-9_][\w.-]*$/.test(user ?? 'git');
  return right ? 'ssh' : { what: 'must be a git URL or a path' };
}

function urlKind(text: string): AddressKind | { readonly what: string } {
  const url = URL.canParse(text) ? new URL(text) : null;
  const web = url?.protocol === 'https:' || url?.protocol === 'http:';
  if (url === null || !(web || ['ssh:', 'file:'].includes(url.protocol)))
    return { what: 'must begin with https://, ssh:// or git@, or be a path' };
  // A long user name is a token: GitHub takes one there.
  if (url.password !== '' || (web && url.username.length >= 20))
    return { what: `must not hold a password or token${web ? ': set MANIFEST_REPO_TOKEN' : ''}` };
  if (url.search !== '' || url.hash !== '') return { what: 'must end with its path: no ? and no #' };
  if (url.protocol === 'file:')
    return url.host === '' ? 'path' : { what: 'must not name a host: three slashes behind file:' };
  if (url.hostname === '' || /^(?:-|%)/.test(url.hostname) || url.username.startsWith('-'))
    return { what: 'must name a host' };
  if (url.protocol === 'http:' && !['localhost', '127.0.0.1', '[::1]'].includes(url.hostname))
    return { what: 'must begin with https://: over http:// anyone on the way could change what is deployed' };
  return web ? 'web' : 'ssh';
}

export const repositoryUrl = z.string().transform((text, context) => {
  const kind = addressKind(text);
  if (typeof kind === 'object') return refuse(context, kind.what);
  // The bot's working directory is nobody else's.
  return kind === 'path' && !text.startsWith('file:') ? resolve(text) : text;
});

/** git-check-ref-format, more strictly. */
export const branch = z
  .string()
  .refine(
    (name) => /^[A-Za-z0-9_][A-Za-z0-9._/-]{0,199}$/.test(name) && !/\.\.|\/\/|\/\.|\.lock(?:\/|$)|[./]$/.test(name),
    'must be the name of a branch',
  )
  .default('main');

/** Whoever can give one line only writes \n for its ends. */
function linesOf(text: string): string {
  return `${text.replaceAll('\\n', '\n').replaceAll('\r\n', '\n').trim()}\n`;
}

export const sshKey = z.string().transform((text, context) => {
  const key = linesOf(text);
  if (/^(?:ssh|ecdsa|sk)-/.test(key)) return refuse(context, 'is a public key: the private one belongs here');
  const [, kind = '', body] =
    /^-----BEGIN ([A-Z0-9 ]*)PRIVATE KEY-----\n([\s\S]+)\n-----END \1PRIVATE KEY-----\n$/.exec(key) ?? [];
  if (body === undefined || body.includes('-----'))
    return refuse(context, 'must be a private key as ssh-keygen writes it, with its BEGIN and END lines');
  if (isProtected(kind, body))
    return refuse(context, 'is protected by a passphrase, which nobody is there to type: take a key without one');
  return new Secret(key);
});

/** The header of an OpenSSH key names its cipher; older forms say so in words. */
function isProtected(kind: string, body: string): boolean {
  if (kind.startsWith('ENCRYPTED') || body.includes('ENCRYPTED')) return true;
  if (kind !== 'OPENSSH ') return false;
  const bytes = Buffer.from(body.replaceAll('\n', ''), 'base64');
  return !bytes.subarray(0, 23).equals(Buffer.from('openssh-key-v1\0\0\0\0\u0004none'));
}

/** sshd(8), "SSH_KNOWN_HOSTS FILE FORMAT". */
const knownHost =
  /^(?:@(?:cert-authority|revoked)[ \t]+)?[^\s@]\S*[ \t]+(?:ssh|ecdsa|sk)-[\w@.-]+[ \t]+[A-Za-z0-9+/]{20,}={0,3}(?:[ \t].*)?$/;

export const knownHosts = z.string().transform((text, context) => {
  const lines = linesOf(text);
  const entries = lines.split('\n').filter((line) => !/^\s*(?:#|$)/.test(line));
  if (entries.length === 0 || !entries.every((line) => knownHost.test(line.trim())))
    return refuse(context, 'must be lines as ssh-keyscan prints them: host, kind of key, key');
  return new Secret(lines);
});
