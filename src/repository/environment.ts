// What git is told by its environment: nothing of this machine's configuration, no program of the repository, secrets never as arguments.
import type { Secret } from '../lib/secret.ts';
import { Unusable } from '../lib/unusable.ts';
import type { Address } from './address.ts';

export interface EnvironmentOptions {
  readonly address: Address;
  readonly token: Secret | null;
  /** Paths, of mode 0600; null but for an ssh address. */
  readonly ssh: { readonly key: string; readonly knownHosts: string } | null;
  /** An empty folder, so that no file of a user is read: .netrc, .gitconfig, .ssh. */
  readonly home: string;
  /** Of this process; PATH, proxies and certificate folders are taken from it. */
  readonly inherited: Readonly<Record<string, string | undefined>>;
}

const inheritedNames = [
  'PATH',
  'TMPDIR',
  ...['https_proxy', 'http_proxy', 'all_proxy', 'no_proxy'].flatMap((name) => [name, name.toUpperCase()]),
  'SSL_CERT_FILE',
  'SSL_CERT_DIR',
  'GIT_SSL_CAINFO',
  'GIT_SSL_CAPATH',
];

export function gitEnvironment(options: EnvironmentOptions): Record<string, string> {
  const { address, token, ssh, home, inherited } = options;
  const env: Record<string, string> = {
    PATH: '/usr/local/bin:/usr/bin:/bin',
    ...Object.fromEntries(
      inheritedNames.flatMap((name) => (inherited[name] === undefined ? [] : [[name, inherited[name]]])),
    ),
    ...authorities(inherited),
    HOME: home,
    XDG_CONFIG_HOME: home,
    // Messages are told apart by their words.
    LC_ALL: 'C',
    TZ: 'UTC',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_ATTR_NOSYSTEM: '1',
    GIT_TERMINAL_PROMPT: '0',
    GIT_ASKPASS: 'true',
    GIT_ALLOW_PROTOCOL: address.protocol,
    GIT_LITERAL_PATHSPECS: '1',
    GIT_NO_REPLACE_OBJECTS: '1',
    GIT_OPTIONAL_LOCKS: '0',
    ...(ssh === null ? {} : { GIT_SSH_COMMAND: sshCommand(ssh), GIT_SSH_VARIANT: 'ssh' }),
  };
  const config = [...configuration(address), ...authorization(address, token)];
  env['GIT_CONFIG_COUNT'] = `${config.length}`;
  for (const [index, [key, value]] of config.entries()) {
    env[`GIT_CONFIG_KEY_${index}`] = key;
    env[`GIT_CONFIG_VALUE_${index}`] = value;
  }
  return env;
}

/** Where git is built with GnuTLS, as in Debian, it reads no variable of OpenSSL's. */
function authorities(inherited: EnvironmentOptions['inherited']): Record<string, string> {
  const file = inherited['GIT_SSL_CAINFO'] ?? inherited['SSL_CERT_FILE'];
  const folder = inherited['GIT_SSL_CAPATH'] ?? inherited['SSL_CERT_DIR'];
  return { ...(file && { GIT_SSL_CAINFO: file }), ...(folder && { GIT_SSL_CAPATH: folder }) };
}

/**
 * Seconds after which ssh gives up a host that does not answer; over HTTP twice that without a byte. A git that is ended leaves its ssh
 * behind for no longer than this.
 */
const patienceSeconds = 10;

function configuration(address: Address): [string, string][] {
  return [
    ['remote.origin.url', address.url],
    ['core.hooksPath', '/dev/null'],
    ['core.fsmonitor', 'false'],
    ['core.symlinks', 'false'],
    // After a loss of power an object is whole or absent.
    ['core.fsync', 'committed'],
    ['fetch.recurseSubmodules', 'false'],
    ['submodule.recurse', 'false'],
    ['push.recurseSubmodules', 'no'],
    ['push.gpgSign', 'false'],
    ['gc.auto', '0'],
    ['maintenance.auto', 'false'],
    ['http.followRedirects', 'false'],
    // A server that is busy sends a few bytes every five seconds.
    ['http.lowSpeedLimit', '1'],
    ['http.lowSpeedTime', `${2 * patienceSeconds}`],
    ['advice.pushUpdateRejected', 'false'],
  ];
}

/**
 * Basic, which GitHub, GitLab, Gitea and Forgejo take with a token as the password. Bound to this address, so that it goes nowhere else.
 */
function authorization({ kind, url, user }: Address, token: Secret | null): [string, string][] {
  if (token === null || (kind !== 'https' && kind !== 'http')) return [];
  const basic = Buffer.from(`${user ?? 'x-access-token'}:${token.reveal()}`).toString('base64');
  return [[`http.${url}.extraHeader`, `Authorization: Basic ${basic}`]];
}

/** git hands this to a shell, and ssh reads the two paths once more: both are quoted for both. */
export function sshCommand({ key, knownHosts }: { readonly key: string; readonly knownHosts: string }): string {
  const options = [
    'BatchMode=yes',
    'IdentitiesOnly=yes',
    `IdentityFile=${forSsh(key)}`,
    'IdentityAgent=none',
    'StrictHostKeyChecking=yes',
    `UserKnownHostsFile=${forSsh(knownHosts)}`,
    'GlobalKnownHostsFile=/dev/null',
    'UpdateHostKeys=no',
    'PasswordAuthentication=no',
    'KbdInteractiveAuthentication=no',
    'ForwardAgent=no',
    'ClearAllForwardings=yes',
    'ControlMaster=no',
    'ControlPath=none',
    'PermitLocalCommand=no',
    `ConnectTimeout=${patienceSeconds}`,
    'ServerAliveInterval=5',
    'ServerAliveCountMax=3',
    'LogLevel=ERROR',
  ];
  return ['ssh', '-F', '/dev/null', ...options.flatMap((option) => ['-o', option])].map(forShell).join(' ');
}

/** ssh takes `%` for a token, and blanks for the end of a path unless it is quoted. */
function forSsh(path: string): string {
  if (/["\\\p{Cc}]|\$\{/u.test(path))
    throw new Unusable('The folder for temporary files has a name that ssh cannot take');
  return `"${path.replaceAll('%', '%%')}"`;
}

function forShell(word: string): string {
  return /^[A-Za-z0-9_./=-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
