// Which names say that their value is a secret: `DB_PASSWORD`, `apiKey`, `--token`, but not `secretName` or `TOKEN_FILE`.

/** A word that alone says so. */
const words = new Set([
  ...['password', 'passwd', 'passphrase', 'secret', 'token', 'tokens', 'credential', 'credentials', 'creds'],
  ...['apikey', 'authkey', 'secretkey', 'privatekey', 'accesskey', 'encryptionkey', 'signingkey', 'sshkey', 'appkey'],
]);

/** A word that says so together with another one: `MYSQL_PWD`, but not `PWD`. */
const companions = new Set(['pwd', 'pass', 'pw', 'auth']);

/** What makes a following `key` secret: `API_KEY`, but not `KEY` or `primary key`. */
const keyKinds = new Set([
  ...[
    'api',
    'app',
    'client',
    'auth',
    'private',
    'access',
    'secret',
    'signing',
    'signature',
    'encryption',
    'encrypt',
    'ssh',
    'master',
  ],
  ...[
    'license',
    'account',
    'shared',
    'storage',
    'session',
    'cookie',
    'hmac',
    'jwt',
    'gpg',
    'age',
    'deploy',
    'service',
    'webhook',
  ],
]);

/** Endings of words written together: `rootpassword`, `accesstoken`. */
const endings = [
  'password',
  'passwd',
  'secret',
  'token',
  'apikey',
  'secretkey',
  'privatekey',
  'accesskey',
  'credentials',
];

/** A last word that says the value is only about the secret: where it is, what it is called, how many there are. */
const about = new Set([
  ...[
    'name',
    'names',
    'namespace',
    'file',
    'path',
    'dir',
    'ref',
    'refs',
    'type',
    'kind',
    'class',
    'version',
    'count',
    'total',
  ],
  ...[
    'policy',
    'length',
    'size',
    'limit',
    'ttl',
    'expiry',
    'expires',
    'expired',
    'expiration',
    'age',
    'created',
    'seconds',
  ],
  ...[
    'enabled',
    'disabled',
    'required',
    'status',
    'state',
    'id',
    'url',
    'uri',
    'issuer',
    'audience',
    'algorithm',
    'mount',
  ],
  ...[
    'provider',
    'store',
    'at',
    'time',
    'reviews',
    'review',
    'error',
    'errors',
    'manager',
    'selector',
    'source',
    'rotation',
  ],
]);

/** The same names come again and again in what is logged and shown. */
const known = new Map<string, boolean>();

/** @param name of an environment variable, a field, a header or a flag, in any spelling. */
export function saysSecret(name: string): boolean {
  // Nobody's name for a secret is that long, and hostile text must not fill the memory.
  if (name.length > 128) return decide(name.slice(-128));
  const seen = known.get(name);
  if (seen !== undefined) return seen;
  const answer = decide(name);
  if (known.size >= 2000) known.clear();
  known.set(name, answer);
  return answer;
}

function decide(name: string): boolean {
  const parts = name
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replace(/([A-Z])([A-Z][a-z])/g, '$1_$2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .map((part) => part.replace(/\d+$/, ''))
    .filter((part) => part !== '');
  const last = parts.at(-1);
  if (last === undefined || about.has(last)) return false;
  return parts.some((part, index) => {
    if (words.has(part) || endings.some((ending) => part.endsWith(ending))) return true;
    if (companions.has(part)) return parts.length > 1 && index === parts.length - 1;
    return (part === 'key' || part === 'keys') && index > 0 && keyKinds.has(parts[index - 1] ?? '');
  });
}
