// What Prometheus can scrape: every metric of the bot by name, made once and handed to the rooms that count.
import { performance } from 'node:perf_hooks';
import { Counter, Gauge, Histogram, Registry } from 'prom-client';

/** What becomes of an attempt to show a card; all but the first two are why it failed. */
const cardOutcomes = [
  'created',
  'edited',
  'slow down',
  'not sent',
  'unknown',
  'gone',
  'channel refused',
  'token refused',
  'message refused',
] as const;
export type CardOutcome = (typeof cardOutcomes)[number];

/** What the webhook answers; 499 is a client that went away first. */
const webhookStatuses = ['202', '400', '401', '408', '413', '415', '499', '503'] as const;

/** What becomes of a look at Alertmanager's list; all but the first are why it failed. */
const lookOutcomes = ['done', 'away', 'slow', 'too large', 'refused', 'not understood', 'store failed'] as const;

/** How Discord answered a request: the class of the HTTP status, 429 by itself, and `none` for no answer. */
const answers = ['2xx', '3xx', '4xx', '429', '5xx', 'none'] as const;

/** Whose limit it is, in Discord's words (docs, topics/rate-limits#header-format). */
const limitScopes = ['user', 'shared', 'global'] as const;

/** Every label takes few values, none of them from outside. */
export interface Metrics {
  readonly registry: Registry;
  /** Answers to webhooks by HTTP status; 499 where the client went away first. */
  webhook(status: number): void;
  /** A notification was stored, by what Alertmanager calls it. */
  notification(status: 'firing' | 'resolved'): void;
  card(outcome: CardOutcome): void;
  readonly deliveryLag: Histogram;
  readonly queueDepth: Gauge;
  readonly oldestWaiting: Gauge;
  readonly storeOpen: Gauge;
  readonly auditFailures: Counter;
  readonly discordReady: Gauge;
  readonly discordDisconnects: Counter;
  /** @param status of HTTP; null where no answer came. */
  discordAnswer(status: number | null): void;
  discordLimit(scope: string): void;
  readonly clusterReady: Gauge;
  look(outcome: (typeof lookOutcomes)[number]): void;
  readonly commandAcknowledged: Histogram;
  /** `command` is the name of a registered one. */
  readonly commandDuration: Histogram<'command' | 'outcome'>;
  readonly operations: Counter<'procedure' | 'outcome'>;
}

/** @param version of the bot, shown as a label of `homelab_bot_info`. */
export function createMetrics(version: string): Metrics {
  const registry = new Registry();
  const { counter, gauge, histogram } = makers(registry);

  const info = new Gauge({
    name: 'homelab_bot_info',
    help: 'The version that runs',
    labelNames: ['version'],
    registers: [registry],
  });
  info.set({ version }, 1);
  registerProcess(gauge);

  const webhooks = counter('webhooks_total', 'Answers to webhooks, by HTTP status', ['status']);
  const notifications = counter('notifications_total', 'Notifications stored, by their status', ['status']);
  const cards = counter('cards_total', 'Attempts to show a message, by what became of them', ['outcome']);
  const requests = counter('discord_requests_total', 'Requests to Discord, by how it answered', ['status']);
  const looks = counter('reconciliations_total', "Looks at Alertmanager's list, by what became of them", ['outcome']);
  const limits = counter('discord_rate_limits_total', 'Requests to Discord that had to wait for a rate limit', [
    'scope',
  ]);
  // What has not happened yet is 0, so that a rule sees its first time.
  for (const status of webhookStatuses) webhooks.inc({ status }, 0);
  for (const status of ['firing', 'resolved']) notifications.inc({ status }, 0);
  for (const outcome of cardOutcomes) cards.inc({ outcome }, 0);
  for (const outcome of lookOutcomes) looks.inc({ outcome }, 0);
  for (const status of answers) requests.inc({ status }, 0);
  for (const scope of limitScopes) limits.inc({ scope }, 0);

  return {
    registry,
    webhook: (status) => webhooks.inc({ status: String(status) }),
    notification: (status) => notifications.inc({ status }),
    card: (outcome) => cards.inc({ outcome }),
    deliveryLag: histogram('delivery_lag_seconds', 'From a notification to the answer of Discord that shows it', {
      buckets: [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60, 300],
    }),
    queueDepth: gauge('queue_depth', 'Cards whose newest state is not shown yet'),
    oldestWaiting: gauge(
      'cards_oldest_waiting_seconds',
      'How long the card that waits longest does; 0 where none waits',
    ),
    storeOpen: gauge('store_open', '1 while the store takes writes'),
    auditFailures: counter('audit_failures_total', 'Entries of the audit trail that could not be stored'),
    discordReady: gauge('discord_ready', '1 while the session with Discord is ready'),
    discordDisconnects: counter('discord_disconnects_total', 'Losses of the session with Discord'),
    discordAnswer: (status) => requests.inc({ status: classOf(status) }),
    discordLimit: (scope) => limits.inc({ scope: limitScopes.find((one) => one === scope) ?? 'user' }),
    clusterReady: gauge('cluster_ready', '1 while Kubernetes answers'),
    look: (outcome) => looks.inc({ outcome }),
    commandAcknowledged: histogram(
      'command_acknowledged_seconds',
      'From an interaction to the first response that Discord took; it waits for 3 s',
      { buckets: [0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 3] },
    ),
    commandDuration: histogram('command_duration_seconds', 'From an interaction to the last word of its answer', {
      labelNames: ['command', 'outcome'],
      buckets: [0.05, 0.1, 0.25, 0.5, 1, 3, 10, 60],
    }),
    operations: counter('operations_total', 'Operations that ended', ['procedure', 'outcome']),
  };
}

function classOf(status: number | null): (typeof answers)[number] {
  if (status === null) return 'none';
  if (status === 429) return '429';
  return answers.find((one) => one === `${Math.floor(status / 100)}xx`) ?? 'none';
}

function makers(registry: Registry) {
  const common = (name: string, help: string) => ({ name: `homelab_bot_${name}`, help, registers: [registry] });
  return {
    counter: <L extends string>(name: string, help: string, labelNames: L[] = []) =>
      new Counter({ ...common(name, help), labelNames }),
    histogram: <L extends string = never>(
      name: string,
      help: string,
      { buckets, labelNames = [] }: { readonly buckets: number[]; readonly labelNames?: L[] },
    ) => new Histogram({ ...common(name, help), buckets, labelNames }),
    gauge: (name: string, help: string, read?: () => number) =>
      new Gauge({
        ...common(name, help),
        ...(read !== undefined && {
          collect(this: Gauge) {
            this.set(read());
          },
        }),
      }),
  };
}

/** The few figures of the process that tell whether it is well; prom-client's whole set is four times as many. */
function registerProcess(gauge: (name: string, help: string, read: () => number) => Gauge): void {
  let seen = performance.eventLoopUtilization();
  gauge('process_start_time_seconds', 'When the process started', () =>
    Math.round(Date.now() / 1000 - process.uptime()),
  );
  gauge('process_resident_memory_bytes', 'Resident memory', () => process.memoryUsage.rss());
  gauge('process_cpu_seconds', 'Processor time used', () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1e6;
  });
  gauge(
    'process_event_loop_utilization',
    'Share of the time since the last scrape in which the event loop was busy',
    () => {
      const now = performance.eventLoopUtilization();
      const { utilization } = performance.eventLoopUtilization(now, seen);
      seen = now;
      return utilization;
    },
  );
}
