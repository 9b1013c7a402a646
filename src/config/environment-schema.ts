// Every environment variable: what it means, whether it is needed, what a right value looks like.
import { isAbsolute, resolve } from 'node:path';
import { z } from 'zod';
import { logLevels } from '../lib/log.ts';
import { Secret } from '../lib/secret.ts';
import { refuse } from './pieces.ts';
import { branch, knownHosts, repositoryUrl, sshKey } from './repository-schema.ts';
import { snowflake } from './snowflake.ts';

/** What is known of a variable besides its schema. */
export interface VariableMeta {
  /** One line, as in `.env.example`. */
  readonly description: string;
  readonly example: string;
  /** May be given as `X_FILE`, a path, instead. */
  readonly secret?: boolean;
}

export const variables = z.registry<VariableMeta>();

const secret = z
  .string()
  .regex(/^[\x21-\x7e]+$/, 'must be one line of visible ASCII characters without blanks')
  .transform((text) => new Secret(text));

const botToken = z
  .string()
  .regex(/^[\x21-\x7e]+$/, 'must be the bare token: one line, no blanks, without "Bot " before it')
  .transform((text) => new Secret(text));

const apiUrl = z
  .string()
  .default('https://discord.com/api')
  .transform((text, context) => {
    const url = URL.canParse(text) ? new URL(text) : null;
    if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:')) {
      return refuse(context, 'must be a URL that begins with https:// or http://');
    }
    if (url.username !== '' || url.password !== '') return refuse(context, 'must not hold a user name or password');
    if (url.search !== '' || url.hash !== '') return refuse(context, 'must end with its path: no ? and no #');
    const base = url.href.replace(/\/+$/, '');
    return /\/v\d+$/.test(base) ? refuse(context, 'must be without the version at its end') : base;
  });

const alertmanagerUrl = z.string().transform((text, context) => {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:')) {
    return refuse(context, 'must be a URL that begins with https:// or http://');
  }
  if (url.search !== '' || url.hash !== '') return refuse(context, 'must end with its path: no ? and no #');
  const user = decode(url.username);
  const password = decode(url.password);
  if (user === null || password === null)
    return refuse(context, 'has a % in its user or password that is not followed by two hexadecimal digits');
  url.username = '';
  url.password = '';
  const base = url.href.replace(/\/+$/, '');
  if (/\/api(\/v\d+)?$/.test(base)) return refuse(context, 'must be without /api/v2 at its end');
  const credentials = user === '' && password === '' ? null : new Secret(`${user}:${password}`);
  return { url: base, credentials, password: password === '' ? null : new Secret(password) };
});

const databaseUrl = z
  .string()
  .default('file:data/homelab-bot.db')
  .transform((text, context) => {
    if (!text.startsWith('file:')) {
      return refuse(
        context,
        'must begin with "file:": the bot keeps its data in an embedded SQLite file, not in a server',
      );
    }
    const rest = text.slice('file:'.length);
    if (/[?#]/.test(rest)) return refuse(context, 'must be a path only: no ? and no #');
    // file:///var/lib/x.db and file:/var/lib/x.db are absolute; file:data/x.db is relative to the working directory.
    const path = decode(rest.startsWith('//') ? rest.slice(2) : rest);
    if (path === null) return refuse(context, 'has a % that is not followed by two hexadecimal digits');
    if (rest.startsWith('//') && !isAbsolute(path))
      return refuse(context, 'must not name a host: three slashes, or none');
    if (path === '' || path.endsWith('/') || path === '.' || path.includes(':memory:') || path.includes('\0')) {
      return refuse(context, 'must name a file');
    }
    return resolve(path);
  });

const host = z
  .string()
  .regex(/^[A-Za-z0-9_.:-]{1,253}$/, 'must be an address of this machine or a host name')
  .default('0.0.0.0');

const port = z
  .string()
  .regex(/^\d{1,5}$/, 'must be a whole number from 0 to 65535; 0 takes any free port')
  .transform((text, context) => {
    const number = Number(text);
    return number <= 65_535 ? number : refuse(context, 'must be a whole number from 0 to 65535; 0 takes any free port');
  })
  .default(8080);

const logLevel = z
  .string()
  .toLowerCase()
  .pipe(z.enum(logLevels, { error: `must be one of ${logLevels.join(', ')}` }))
  .default('info');

const path = z.string().regex(/^[^\0]+$/, 'must be a path');

/** Empty variables count as unset. */
export const Environment = z.object({
  DISCORD_TOKEN: botToken.register(variables, {
    description: 'Bot token, from the Bot page of the Discord Developer Portal',
    example: 'MTEyMjMzNDQ1NTY2Nzc4ODAw.GxAmPl.an-example-that-is-no-token-at-all',
    secret: true,
  }),
  DISCORD_GUILD_ID: snowflake().register(variables, {
    description: 'Id of the one server that the bot serves',
    example: '112233445566778800',
  }),
  DISCORD_ALERT_CHANNEL_ID: snowflake().register(variables, {
    description: 'Id of the channel where alerts go unless a route says otherwise',
    example: '112233445566778810',
  }),
  ALERTMANAGER_WEBHOOK_TOKEN: secret.register(variables, {
    description: 'Bearer token that Alertmanager must present; make one with: openssl rand -hex 32',
    example: 'the-output-of-openssl-rand-hex-32',
    secret: true,
  }),
  DISCORD_AUDIT_CHANNEL_ID: snowflake().optional().register(variables, {
    description: 'Id of the channel where every action that changes something is announced as well',
    example: '112233445566778812',
  }),
  DISCORD_API_URL: apiUrl.register(variables, {
    description: "Base of Discord's REST API, without the version",
    example: 'https://discord.com/api',
  }),
  ALERTMANAGER_URL: alertmanagerUrl.optional().register(variables, {
    description: "Base of Alertmanager's API, without /api/v2; without it what no webhook tells is not found out",
    example: 'http://prometheus-kube-prometheus-alertmanager.monitoring:9093',
  }),
  KUBECONFIG: path.optional().register(variables, {
    description: "Path of a kubeconfig; without it the pod's own account is used where there is one",
    example: '/home/ops/.kube/config',
  }),
  MANIFEST_REPO_URL: repositoryUrl.optional().register(variables, {
    description: 'Git URL or path of the manifest repository; without it nothing can be deployed',
    example: 'git@github.com:acme/homelab-config.git',
  }),
  MANIFEST_REPO_BRANCH: branch.register(variables, {
    description: 'Branch of the manifest repository that says what runs',
    example: 'main',
  }),
  MANIFEST_REPO_SSH_KEY: sshKey.optional().register(variables, {
    description: 'Private key without passphrase that may push, for an ssh URL; as one line with \\n where lines end',
    example:
      '-----BEGIN OPENSSH PRIVATE KEY-----\\nb3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAAAE=\\n-----END OPENSSH PRIVATE KEY-----',
    secret: true,
  }),
  MANIFEST_REPO_KNOWN_HOSTS: knownHosts.optional().register(variables, {
    description:
      'Host keys for an ssh URL, as in ~/.ssh/known_hosts; compare what ssh-keyscan prints with what the host publishes',
    example: 'git.example.com ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAnExampleThatIsNoHostKeyAtAllAnExample',
    secret: true,
  }),
  MANIFEST_REPO_TOKEN: secret.optional().register(variables, {
    description: 'Token that may push, for an https URL',
    example: 'github_pat_an-example-that-is-no-token-at-all',
    secret: true,
  }),
  REGISTRY_TOKEN: secret.optional().register(variables, {
    description:
      'Token that may pull, for looking images up in a private registry; user:token where it wants a user name',
    example: 'ghp_an-example-that-is-no-token-at-all',
    secret: true,
  }),
  CONFIG_FILE: path.default('config.yaml').register(variables, {
    description: 'Path of the configuration file; the default one may be absent',
    example: 'config.yaml',
  }),
  DATABASE_URL: databaseUrl.register(variables, {
    description: 'SQLite file on a local disk, relative to the working directory',
    example: 'file:data/homelab-bot.db',
  }),
  HTTP_HOST: host.register(variables, {
    description: 'Address to listen on for webhooks, health and metrics',
    example: '0.0.0.0',
  }),
  HTTP_PORT: port.register(variables, {
    description: 'Port to listen on; 0 takes any free one',
    example: '8080',
  }),
  LOG_LEVEL: logLevel.register(variables, {
    description: `How much is logged: ${logLevels.join(', ')}`,
    example: 'info',
  }),
});
export type Environment = z.output<typeof Environment>;
export type VariableName = keyof typeof Environment.shape;

export const variableNames: readonly VariableName[] = Environment.keyof().options;

/** @throws Error for a variable that was left out of the registry. */
export function variableMeta(name: VariableName): VariableMeta {
  const meta = variables.get(Environment.shape[name]);
  if (meta === undefined) throw new Error(`${name} is not described`);
  return meta;
}

/** True where the process cannot start without it. */
export function isRequired(name: VariableName): boolean {
  return !Environment.shape[name].safeParse(undefined).success;
}

function decode(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}
