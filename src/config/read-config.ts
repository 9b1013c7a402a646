// Environment and file → one typed value, or every problem at once.
import { Secret } from '../lib/secret.ts';
import type { Config, ConfigResult, ManifestRepository, Problem } from './config.ts';
import { pathVariable, readEnvironment, type Variables } from './environment.ts';
import type { Environment } from './environment-schema.ts';
import { ConfigFile, jsonSchema, watchdogDefaults } from './file-schema.ts';
import { chooseKubernetes } from './kubeconfig.ts';
import { type ReadFile, readLocalFile } from './local-files.ts';
import { fileProblems } from './problems.ts';
import { warningsOf } from './warnings.ts';
import { parseYaml } from './yaml.ts';

const defaultFile = 'config.yaml';
const largestFile = 1024 * 1024;

/**
 * Contacts nothing; reads CONFIG_FILE, KUBECONFIG and the files of secrets.
 * @param variables process.env, as main.ts hands it in.
 */
export function readConfig(variables: Variables, readFile: ReadFile = readLocalFile): ConfigResult {
  const environment = readEnvironment(variables, readFile);
  const kubernetes = chooseKubernetes(pathVariable('KUBECONFIG', variables), variables, readFile);
  const file = readConfigFile(pathVariable('CONFIG_FILE', variables), readFile);
  if (!environment.ok || 'what' in kubernetes || !file.ok) {
    const problems = [
      ...(environment.ok ? [] : environment.problems),
      ...('what' in kubernetes ? [kubernetes] : []),
      ...(file.ok ? [] : file.problems),
    ];
    return { ok: false, problems };
  }
  const config = assemble(environment.values, kubernetes, file.content, file.path);
  return { ok: true, config, warnings: warningsOf(config) };
}

type FileResult =
  | { readonly ok: true; readonly content: ConfigFile; readonly path: string | null }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** @param named in CONFIG_FILE, or null: then there is a default, which may be absent. */
function readConfigFile(named: string | null, readFile: ReadFile): FileResult {
  const path = named ?? defaultFile;
  const read = readFile(path, largestFile);
  if (!read.ok && read.missing && named === null) return { ok: true, content: ConfigFile.parse({}), path: null };
  if (!read.ok && named === null) return { ok: false, problems: [{ where: path, what: read.what }] };
  if (!read.ok) return { ok: false, problems: [{ where: 'CONFIG_FILE', what: `names a file that ${read.what}` }] };
  const yaml = parseYaml(read.text, path);
  if (!yaml.ok) return yaml;
  // An empty file, or one of comments only.
  const parsed = ConfigFile.safeParse(yaml.file.value ?? {});
  if (parsed.success) return { ok: true, content: parsed.data, path };
  return { ok: false, problems: fileProblems(parsed.error.issues, path, yaml.file, jsonSchema()) };
}

function assemble(
  environment: Environment,
  kubernetes: Config['kubernetes'],
  { access, apps, alerts, audit, timezone }: ConfigFile,
  file: string | null,
): Config {
  const watchdog = alerts.watchdog ?? watchdogDefaults;
  const { ALERTMANAGER_URL: api } = environment;
  return {
    discord: {
      token: environment.DISCORD_TOKEN,
      guildId: environment.DISCORD_GUILD_ID,
      alertChannelId: environment.DISCORD_ALERT_CHANNEL_ID,
      auditChannelId: environment.DISCORD_AUDIT_CHANNEL_ID ?? null,
      apiUrl: environment.DISCORD_API_URL,
    },
    alertmanager: {
      webhookToken: environment.ALERTMANAGER_WEBHOOK_TOKEN,
      api:
        api === undefined ? null : { url: api.url, ...(api.credentials !== null && { credentials: api.credentials }) },
    },
    kubernetes,
    repository: repositoryOf(environment),
    registry: environment.REGISTRY_TOKEN === undefined ? {} : { token: environment.REGISTRY_TOKEN },
    apps: Object.entries(apps).map(([name, { source = null, rolloutTimeout, ...app }]) => ({
      name,
      ...app,
      source,
      rolloutTimeoutMs: rolloutTimeout,
    })),
    database: { path: environment.DATABASE_URL },
    http: { host: environment.HTTP_HOST, port: environment.HTTP_PORT },
    log: { level: environment.LOG_LEVEL },
    access,
    alerts: {
      routes: alerts.routes.map(({ ring, escalate, ...route }) => ({ ...route, ring, escalate })),
      watchdog: {
        alertname: watchdog.alertname,
        afterMs: watchdog.after,
        armed: alerts.watchdog !== undefined,
      },
      keepMs: alerts.keep,
    },
    audit: { keepMs: audit.keep },
    timezone,
    file,
    secrets: [...Object.values(environment), api?.credentials, api?.password].filter(
      (value) => value instanceof Secret,
    ),
  };
}

function repositoryOf(environment: Environment): ManifestRepository | null {
  const { MANIFEST_REPO_URL: url, MANIFEST_REPO_BRANCH: branch } = environment;
  if (url === undefined) return null;
  const {
    MANIFEST_REPO_SSH_KEY: sshKey,
    MANIFEST_REPO_KNOWN_HOSTS: knownHosts,
    MANIFEST_REPO_TOKEN: token,
  } = environment;
  return {
    url,
    branch,
    ...(sshKey !== undefined && { sshKey }),
    ...(knownHosts !== undefined && { knownHosts }),
    ...(token !== undefined && { token }),
  };
}
