// Builds what the doctor asks from the rooms; loaded only when it is asked for, so that the bot pays nothing for it.
import type { Logger } from 'pino';
import { commands } from '../../commands/index.ts';
import { examineAlertmanager } from '../alertmanager/examine.ts';
import { openAlertmanager } from '../alertmanager/open.ts';
import { examineCluster, examineKubectl } from '../cluster/examine.ts';
import { channelsOf } from '../config/channels.ts';
import type { Config } from '../config/config.ts';
import { examineDiscord } from '../discord/examine.ts';
import { definitionsOf } from '../dispatch/definitions.ts';
import { examine, type Outside, verdict } from '../doctor/doctor.ts';
import { textOf } from '../doctor/line.ts';
import { needsOf } from '../doctor/wanted.ts';
import { examinePort } from '../http/examine.ts';
import { programEnvironment } from '../lib/exec.ts';
import type { Redact } from '../lib/redact.ts';
import { examineTags } from '../registry/examine.ts';
import { openRegistry } from '../registry/open.ts';
import { examineGit, examineRepository } from '../repository/examine.ts';
import { examineDisk } from '../store/examine.ts';

export interface DoctorOptions {
  readonly config: Config;
  /** As clauses. */
  readonly warnings: readonly string[];
  /** For what the rooms say; the doctor itself prints. */
  readonly log: Logger;
  readonly redact: Redact;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Takes a line without its end. */
  readonly print: (text: string) => void;
}

const limitMs = 25_000;
const registryMs = 5000;
const alertmanagerMs = 5000;
/** Of a fetch or a push; both fit into the limit. */
const networkMs = 10_000;

/**
 * Checks everything that the configuration names, and changes nothing.
 * @returns whether nothing failed.
 * @throws the signal's reason, once nothing of it runs any more.
 */
export async function runDoctor(options: DoctorOptions, signal: AbortSignal): Promise<boolean> {
  const { config, warnings, redact, print } = options;
  const lines = await examine(
    {
      config,
      warnings,
      channels: channelsOf(config),
      needs: needsOf(commands, config.apps),
      outside: outsideOf(options),
      limitMs,
      print: (line) => print(textOf(line, redact)),
    },
    signal,
  );
  const { text, healthy } = verdict(lines);
  print(`\n${text}`);
  return healthy;
}

function outsideOf({ config, log, redact, environment }: DoctorOptions): Outside {
  const { alertmanager, discord, kubernetes, repository, http, database } = config;
  const now = (): Date => new Date();
  const registry = openRegistry({ ...config.registry, log, now, timeoutMs: registryMs });
  return {
    discord: (channels, signal) =>
      examineDiscord(
        {
          token: () => discord.token.reveal(),
          apiUrl: discord.apiUrl,
          guildId: discord.guildId,
          definitions: definitionsOf(commands),
          channels,
          log,
          redact,
          now,
        },
        signal,
      ),
    cluster: (needs, apps, signal) => examineCluster({ kubernetes, needs, apps }, signal),
    alertmanager: async (signal) =>
      alertmanager.api === null
        ? null
        : examineAlertmanager(openAlertmanager({ ...alertmanager.api, timeoutMs: alertmanagerMs }), signal),
    async programs(signal) {
      const [kubectl, other] = await Promise.all([
        examineKubectl(programEnvironment(environment), signal),
        repository === null ? { git: null, ssh: null } : examineGit({ url: repository.url, environment }, signal),
      ]);
      return { kubectl, ...other };
    },
    async repository(apps, signal) {
      if (repository === null) return null;
      const sources = apps.map(({ name, path, image }) => ({ app: name, path, image }));
      return examineRepository({ ...repository, log, now, environment, limits: { networkMs } }, sources, signal);
    },
    tags: (image, signal) => examineTags(registry, image, signal),
    disk: async () => examineDisk(database.path),
    port: (signal) => examinePort(http, signal),
  };
}
