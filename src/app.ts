// Builds the bot from its parts and takes it down again, last built first; the only file that knows every room.
import { dirname, join } from 'node:path';
import type { Logger } from 'pino';
import { commands } from '../commands/index.ts';
import { eachOpen } from './alerts/open-incidents.ts';
import { type Notification, notificationParser } from './alerts/schema.ts';
import { buildAlerts } from './app/alerts.ts';
import { startChannelCheck } from './app/channel-check.ts';
import { buildSilencing, doubtAbout } from './app/silencing.ts';
import { startSweeper } from './app/sweeper.ts';
import { createAudit } from './audit/audit.ts';
import type { FailedOutcome } from './cards/deliver.ts';
import { foldingRule } from './cards/fold.ts';
import { createCardAddress, createCardLink } from './cards/link.ts';
import { createOutages } from './cards/outage.ts';
import { createPosts, postCard } from './cards/posts.ts';
import { createPublisher, type Show } from './cards/publisher.ts';
import type { ClusterRoom } from './cluster/cluster.ts';
import { lateClusterRoom } from './cluster/late.ts';
import type { Config } from './config/config.ts';
import { createDeploys } from './deploys/deploys.ts';
import type { Outside } from './deploys/outside.ts';
import { createPreviews } from './deploys/previews.ts';
import { deployProcedure } from './deploys/procedure.ts';
import { createSuggestions } from './deploys/suggestions.ts';
import { openDiscord } from './discord/discord.ts';
import { definitionsOf } from './dispatch/definitions.ts';
import { createDispatch } from './dispatch/dispatch.ts';
import { httpLimits } from './http/limits.ts';
import { startHttp } from './http/server.ts';
import { programEnvironment } from './lib/exec.ts';
import { createMetrics } from './lib/metrics.ts';
import type { Redact } from './lib/redact.ts';
import { createRoom } from './lib/room.ts';
import { createLifecycle } from './lifecycle.ts';
import { createAccounts } from './operations/account.ts';
import { endings, type Procedure } from './operations/operation.ts';
import { createOperations, operationCard } from './operations/operations.ts';
import { openRegistry } from './registry/open.ts';
import { follow } from './rollouts/follow.ts';
import { answerShelf } from './store/answers.ts';
import { auditRows, auditTrail } from './store/audit.ts';
import { cardLedger } from './store/cards.ts';
import { openStore } from './store/database.ts';
import { interactionMemory } from './store/interactions.ts';
import { operationStore } from './store/operations.ts';
import { outageStore } from './store/outages.ts';
import { postStore } from './store/posts.ts';
import { version } from './version.ts';

export interface App {
  /** Where webhooks are taken. */
  readonly url: string;
  /** Takes no more webhooks, finishes what is in flight or leaves it in the store, and closes everything within `limitMs`. */
  stop(limitMs: number): Promise<void>;
}

/** Of an attempt to show a card: Discord did not answer, or does not take the token. */
const unreachable: ReadonlySet<FailedOutcome> = new Set(['not sent', 'unknown', 'token refused']);

/**
 * Resolves once webhooks are taken; Discord and the cluster are reached in the background, and again and again.
 * @throws Unusable, whose message is for whoever configured it.
 */
export async function startApp(options: {
  config: Config;
  log: Logger;
  redact: Redact;
  /** Of this process: programs that are started find PATH and the like in it. */
  environment: Readonly<Record<string, string | undefined>>;
  now?: () => Date;
}): Promise<App> {
  const { config, log, redact, now = () => new Date() } = options;
  const lifecycle = createLifecycle(log);
  let status: 'starting' | 'ready' | 'stopping' = 'starting';

  async function stop(limitMs: number): Promise<void> {
    status = 'stopping';
    await lifecycle.stop(AbortSignal.timeout(limitMs));
  }

  try {
    const metrics = createMetrics(version);
    const store = await openStore({ path: config.database.path, log, now });
    lifecycle.onStop('store', () => store.close());

    // Large webhooks and large cards take turns, since each takes several times its size while it is made.
    const workroom = createRoom(httpLimits.bodyBytes);
    const discord = openDiscord({
      workroom,
      token: () => config.discord.token.reveal(),
      apiUrl: config.discord.apiUrl,
      guildId: config.discord.guildId,
      log,
      redact,
      now,
      events: { answered: metrics.discordAnswer, limited: metrics.discordLimit },
    });
    lifecycle.onStop('discord', () => discord.stop());

    const kinds: Record<string, Show> = {};
    const ledger = cardLedger(store, foldingRule);
    const publisher = createPublisher({
      ledger,
      channels: discord.channels,
      kinds,
      defaultChannelId: config.discord.alertChannelId,
      log,
      now,
      events: {
        delivered(step, lagMs) {
          metrics.card(step === 'create' ? 'created' : 'edited');
          metrics.deliveryLag.observe(lagMs / 1000);
          outages.request(true);
        },
        failed(outcome) {
          metrics.card(outcome);
          outages.request(!unreachable.has(outcome));
        },
      },
    });
    const outages = createOutages({
      store: outageStore(store),
      publisher,
      channelId: config.discord.alertChannelId,
      log,
      now,
    });
    const posts = createPosts({ store: postStore(store), publisher, now });
    const { incidents, alerts, escalations, watchdog, digests } = buildAlerts({
      config,
      store,
      publisher,
      kinds,
      isMissing: (incident) => reconciler?.isMissing(incident) ?? false,
      lifecycle,
      redact,
      log,
      now,
    });
    store.onRecovered(() => void publisher.lookAgain());
    kinds[postCard] = posts.show;
    lifecycle.onStop('publisher', (signal) => publisher.stop(signal));
    lifecycle.onStop('outages', () => outages.stop());

    const cluster: ClusterRoom = lateClusterRoom(async () => {
      const { openCluster } = await import('./cluster/room.ts');
      return openCluster({ kubernetes: config.kubernetes, log, env: programEnvironment(options.environment) });
    });
    lifecycle.onStop('cluster', () => cluster.stop());

    const http = await startHttp<Notification>({
      host: config.http.host,
      port: config.http.port,
      log,
      webhookToken: config.alertmanager.webhookToken,
      parser: notificationParser,
      workroom,
      async accept(notification) {
        const [incident] = await Promise.all([alerts.accept(notification), watchdog.hear(notification)]);
        metrics.notification(notification.status);
        return incident;
      },
      ready: () => ({ status, store: store.state(), discord: discord.state(), cluster: cluster.state() }),
      health: () => true,
      async metrics() {
        const { count, since } = await publisher.waiting();
        metrics.queueDepth.set(count);
        metrics.oldestWaiting.set(since === null ? 0 : Math.max(0, (now().getTime() - since) / 1000));
        metrics.storeOpen.set(store.state() === 'open' ? 1 : 0);
        metrics.discordReady.set(discord.state() === 'ready' ? 1 : 0);
        metrics.clusterReady.set(cluster.state() === 'ready' ? 1 : 0);
        return metrics.registry.metrics();
      },
      answered(code) {
        metrics.webhook(code);
        // While the store works, 503 is the answer to what was not even read.
        if (code === 503 && store.state() === 'open') watchdog.missed();
      },
    });
    lifecycle.onStop('http', () => http.close());
    // Alerts wait for nothing else.
    status = 'ready';
    watchdog.start();
    log.info({ url: http.url, version }, 'Webhooks are taken');

    const audit = createAudit({
      rows: auditRows(store),
      redact,
      keepMs: config.audit.keepMs,
      now,
      log,
      failed: () => metrics.auditFailures.inc(),
    });
    const repository =
      config.repository === null
        ? null
        : // Loaded where it is used, as the cluster is: whoever deploys nothing needs no git.
          await (await import('./repository/open.ts')).openRepository({
            ...config.repository,
            folder: join(dirname(config.database.path), 'repository'),
            author: { name: 'homelab-bot', email: 'homelab-bot@localhost' },
            log,
            now,
            environment: options.environment,
          });
    if (repository !== null) lifecycle.onStop('repository', () => repository.close());
    const outside: Outside = {
      apps: config.apps,
      repository,
      registry: openRegistry({ ...config.registry, log, now }),
      clusterAs: (identity) => cluster.as(identity),
      follow,
      previews: createPreviews(),
      now,
    };
    const procedures: readonly Procedure[] = [deployProcedure('deploy', outside), deployProcedure('rollback', outside)];
    for (const { kind } of procedures) {
      for (const outcome of endings) metrics.operations.inc({ procedure: kind, outcome }, 0);
    }
    const operations = createOperations({
      store: operationStore(store),
      procedures,
      wake: (channelId) => publisher.wake(channelId),
      account: createAccounts({ audit, auditChannelId: config.discord.auditChannelId }),
      ended: ({ kind, ending }) => metrics.operations.inc({ procedure: kind, outcome: ending ?? 'unknown' }),
      log,
      now,
    });
    kinds[operationCard] = operations.show;
    lifecycle.onStop('operations', () => operations.stop());
    const deploys = createDeploys(outside, operations);
    const suggestions = createSuggestions(outside, log);
    lifecycle.onStop('suggestions', () => suggestions.stop());

    const { reconciler, silencing } = buildSilencing({
      config,
      incidents,
      alerts,
      looked: metrics.look,
      lifecycle,
      redact,
      log,
      now,
    });
    const addressOf = createCardAddress(ledger, config.discord.guildId);
    const dispatch = createDispatch({
      commands,
      access: config.access,
      guildId: config.discord.guildId,
      clusterAs: (identity) => cluster.as(identity),
      cache: cluster.cache,
      audit,
      apps: config.apps,
      deploys,
      trail: auditTrail(store),
      linkTo: createCardLink(addressOf),
      firing: (namespace) => alerts.firingIn(namespace),
      suggestions,
      operations,
      memory: interactionMemory(store, { keepMs: config.alerts.keepMs }),
      answers: answerShelf(store),
      share: (post) => posts.post(post),
      alerts: {
        acknowledge: alerts.acknowledge,
        named: alerts.named,
        open: (signal) => eachOpen(incidents, signal),
        doubt: () => [watchdog.doubt(), doubtAbout(reconciler)].filter((one) => one !== null).join(' ') || null,
        addressOf,
        silencing,
        timezone: config.timezone,
      },
      log,
      now,
      metrics: {
        acknowledged: (milliseconds) => metrics.commandAcknowledged.observe(milliseconds / 1000),
        finished: (command, outcome, milliseconds) =>
          metrics.commandDuration.observe({ command, outcome }, milliseconds / 1000),
      },
    });
    lifecycle.onStop('dispatch', (signal) => dispatch.stop(signal));

    lifecycle.onStop('webhooks', () => http.stopTaking());
    lifecycle.onStop(
      'state listener',
      discord.onState((state) => {
        outages.session(state);
        if (state === 'ready') publisher.resume();
        else metrics.discordDisconnects.inc();
      }),
    );
    await outages.start();
    discord.start(dispatch, definitionsOf(commands));
    cluster.start();
    await publisher.start();
    await operations.resume();
    await digests.start();
    if (reconciler !== null) {
      lifecycle.onStop('reconciler', () => reconciler.stop());
      reconciler.start();
    }
    // What became due while nothing ran may be over, which the list says.
    escalations.start(reconciler?.firstLook ?? Promise.resolve());
    await alerts
      .load()
      .catch((err: unknown) => log.warn({ err }, 'Open alerts are not suggested until they are heard of again'));
    void suggestions.refresh();
    if (store.setAside !== null)
      await posts
        .post(setAsideNotice(config.discord.alertChannelId, now()))
        .catch((err: unknown) => log.warn({ err }, 'That the database was set aside could not be posted'));
    const channelCheck = startChannelCheck(discord, config);
    lifecycle.onStop('channel check', () => channelCheck.stop());
    const sweeper = startSweeper({ store, keepMs: config.alerts.keepMs, log, now });
    lifecycle.onStop('sweeper', () => sweeper.stop());

    return { url: http.url, stop };
  } catch (error) {
    await stop(5000);
    throw error;
  }
}

function setAsideNotice(channelId: string, at: Date) {
  return {
    id: `corrupt-${at.getTime()}`,
    channelId,
    ring: true,
    message: {
      headline: '⚠️ The database of homelab-bot was corrupt: it was set aside, and a fresh one is used',
      tone: 'warning',
      title: 'Started with a fresh database',
      text: [
        'The corrupt file is kept beside it, named *.corrupt-<time>. The audit trail before this start is in it.',
        'Messages of alerts that still fire are found again in the channel and go on.',
      ],
    },
  } as const;
}
