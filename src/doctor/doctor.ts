// The doctor: asks all services at once, prints a line for each check in an order that does not change, and says whether something failed.
import type { Level } from '../access/level.ts';
import type { NamedChannel } from '../config/channels.ts';
import type { Config } from '../config/config.ts';
import type { Asked } from '../lib/asked.ts';
import { judgeAlertmanager } from './alertmanager.ts';
import { type DiscordFacts, judgeDiscord } from './discord.ts';
import { type ClusterFacts, judgeCluster, judgeDeployment } from './kubernetes.ts';
import { fail, type Line, ok, sumOf, warn } from './line.ts';
import { type DiskFacts, judgeDisk, judgePort, type PortFacts } from './machine.ts';
import { judgePrograms, type ProgramFacts } from './programs.ts';
import { judgeImage, judgeManifests, judgeRepository, type RepositoryFacts } from './repository.ts';
import { type Need, wantedRoles } from './wanted.ts';

type App = Config['apps'][number];

/** What the rooms find out. Nothing of it changes anything; each rejects with the signal's reason, and with nothing else that is expected. */
export interface Outside {
  discord(channels: readonly NamedChannel[], signal: AbortSignal): Promise<DiscordFacts>;
  /** Null where no cluster is configured; a clause where its kubeconfig cannot be used. */
  cluster(
    needs: Readonly<Record<Level, readonly Need[]>>,
    apps: readonly App[],
    signal: AbortSignal,
  ): Promise<ClusterFacts | string | null>;
  /** The version; null where no API is configured. */
  alertmanager(signal: AbortSignal): Promise<Asked<string> | null>;
  programs(signal: AbortSignal): Promise<ProgramFacts>;
  /** Null where none is configured. */
  repository(apps: readonly App[], signal: AbortSignal): Promise<RepositoryFacts | null>;
  /** Tags of an image. */
  tags(image: string, signal: AbortSignal): Promise<Asked<readonly string[]>>;
  disk(): Promise<DiskFacts>;
  port(signal: AbortSignal): Promise<PortFacts>;
}

export interface Examination {
  readonly config: Config;
  /** What is allowed but probably not meant, as clauses. */
  readonly warnings: readonly string[];
  /** Those that `config` names. */
  readonly channels: readonly NamedChannel[];
  readonly needs: Readonly<Record<Level, readonly Need[]>>;
  readonly outside: Outside;
  /** Milliseconds for all of it. */
  readonly limitMs: number;
  readonly print: (line: Line) => void;
}

/**
 * @returns all lines, which have been printed by then.
 * @throws the signal's reason.
 */
export async function examine(examination: Examination, signal: AbortSignal): Promise<readonly Line[]> {
  const { config, warnings, channels, needs, outside, limitMs, print } = examination;
  const { apps } = config;
  const late = AbortSignal.timeout(limitMs);
  const until = AbortSignal.any([signal, late]);
  const asking = {
    discord: outside.discord(channels, until),
    cluster: outside.cluster(needs, apps, until),
    alertmanager: outside.alertmanager(until),
    programs: outside.programs(until),
    repository: outside.repository(apps, until),
    tags: Promise.all(apps.map((app) => outside.tags(app.image, until))),
    disk: outside.disk(),
    port: outside.port(until),
  };
  const wantedOfDiscord = {
    guildId: config.discord.guildId,
    host: new URL(config.discord.apiUrl).host,
    channels,
    roles: wantedRoles(config),
  };
  const parts: readonly (readonly [what: string, lines: Promise<Line[]>])[] = [
    ['configuration', Promise.resolve(configurationLines(config, warnings))],
    ['Discord', asking.discord.then((facts) => judgeDiscord(facts, wantedOfDiscord))],
    ['Kubernetes', asking.cluster.then((facts) => judgeCluster(facts, needs))],
    ['Alertmanager API', asking.alertmanager.then((version) => [judgeAlertmanager(version)])],
    ['programs', asking.programs.then((facts) => judgePrograms(facts, config.repository !== null && apps.length > 0))],
    ['manifest repository', asking.repository.then(judgeRepository)],
    ...apps.flatMap((app, at): [string, Promise<Line[]>][] => [
      [`app ${app.name} Deployment`, asking.cluster.then((facts) => [judgeDeployment(app, facts)])],
      [`app ${app.name} manifests`, asking.repository.then((facts) => [judgeManifests(app, facts)])],
      [`app ${app.name} image`, asking.tags.then((tags) => [judgeImage(app, tags[at] ?? { kind: 'not asked' })])],
    ]),
    ['database', asking.disk.then(judgeDisk)],
    ['HTTP port', asking.port.then((facts) => [judgePort(config.http, facts)])],
  ];
  // Each is waited for in its turn: one that fails before that is no surprise.
  for (const [, lines] of parts) lines.catch(() => undefined);
  const printed: Line[] = [];
  try {
    for (const [what, lines] of parts) {
      const found = await orLate(lines, until).catch((error: unknown) => {
        signal.throwIfAborted();
        return [late.aborted ? tooLate(what, limitMs) : defect(what, error)];
      });
      for (const line of found) print(line);
      printed.push(...found);
    }
  } finally {
    // What they made for themselves is removed by then.
    await Promise.allSettled(Object.values(asking));
  }
  return printed;
}

/** `31 checks: 31 ok`, and whether nothing failed. */
export function verdict(lines: readonly Line[]): { readonly text: string; readonly healthy: boolean } {
  return { text: sumOf(lines), healthy: lines.every(({ state }) => state !== 'FAIL') };
}

function tooLate(what: string, limitMs: number): Line {
  return fail(what, `was not done within ${limitMs / 1000} s`, 'something answers too slowly: run the doctor again');
}

function defect(what: string, error: unknown): Line {
  const why = error instanceof Error ? error.message : 'unknown';
  return fail(what, `could not be checked (${why})`, 'a defect of homelab-bot: report it');
}

function configurationLines({ file }: Config, warnings: readonly string[]): Line[] {
  const found = file === null ? 'environment; there is no configuration file' : `environment and ${file}`;
  return [ok('configuration', found), ...warnings.map((warning) => warn('configuration', warning))];
}

function orLate<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const leave = (): void => reject(signal.reason);
    if (signal.aborted) {
      // What is done already counts.
      work.then(resolve, reject);
      setImmediate(leave);
      return;
    }
    signal.addEventListener('abort', leave, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', leave));
  });
}
