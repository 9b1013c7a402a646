// What Prometheus can scrape: every metric of the bot by name, made once and handed to the rooms that count.
import { performance } from 'node:perf_hooks';
import { Counter, Gauge, Histogram, Registry } from 'prom-client';

/** What becomes of a card's delivery. */
export type CardOutcome = 'created' | 'edited' | 'adopted' | 'retried' | 'refused' | 'folded' | 'given up';

/** Every label takes few values, none of them from outside. */
export interface Metrics {
  readonly registry: Registry;
  /** Answers to webhooks by HTTP status; 499 where the client went away first. */
  readonly webhooks: Counter<'status'>;
  /** Notifications stored, by what Alertmanager calls them. */
  readonly notifications: Counter<'status'>;
  /** What became of messages to Discord. */
  readonly cards: Counter<'outcome'>;
  /** Seconds from a notification to the answer of Discord that shows it. */
  readonly deliveryLag: Histogram;
  /** Cards whose newest state is not shown yet. */
  readonly queueDepth: Gauge;
  /** 1 while the store takes writes, else 0. */
  readonly storeOpen: Gauge;
  /** 1 while the session with Discord is ready, else 0. */
  readonly discordReady: Gauge;
  /** 1 while Kubernetes answers, else 0, also where none is configured. */
  readonly clusterReady: Gauge;
  /** Seconds from an interaction to the last word of its answer; `command` is the name of a registered one. */
  readonly commandDuration: Histogram<'command' | 'outcome'>;
}

/** @param version of the bot, shown as a label of `homelab_bot_info`. */
export function createMetrics(version: string): Metrics {
  const registry = new Registry();
  const registers = [registry];
  const gauge = (name: string, help: string, read?: () => number) =>
    new Gauge({
      name: `homelab_bot_${name}`,
      help,
      registers,
      ...(read === undefined
        ? {}
        : {
            collect(this: Gauge) {
              this.set(read());
            },
          }),
    });
  const counter = <L extends string>(name: string, help: string, labelNames: L[]) =>
    new Counter({ name: `homelab_bot_${name}`, help, labelNames, registers });

  new Gauge({ name: 'homelab_bot_info', help: 'The version that runs', labelNames: ['version'], registers }).set(
    { version },
    1,
  );
  registerProcess(gauge);
  return {
    registry,
    webhooks: counter('webhooks_total', 'Answers to webhooks, by HTTP status', ['status']),
    notifications: counter('notifications_total', 'Notifications stored, by their status', ['status']),
    cards: counter('cards_total', 'What became of messages to Discord', ['outcome']),
    deliveryLag: new Histogram({
      name: 'homelab_bot_delivery_lag_seconds',
      help: 'From a notification to the answer of Discord that shows it',
      buckets: [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60, 300],
      registers,
    }),
    queueDepth: gauge('queue_depth', 'Cards whose newest state is not shown yet'),
    storeOpen: gauge('store_open', '1 while the store takes writes'),
    discordReady: gauge('discord_ready', '1 while the session with Discord is ready'),
    clusterReady: gauge('cluster_ready', '1 while Kubernetes answers'),
    commandDuration: new Histogram({
      name: 'homelab_bot_command_duration_seconds',
      help: 'From an interaction to the last word of its answer',
      labelNames: ['command', 'outcome'] as const,
      buckets: [0.05, 0.1, 0.25, 0.5, 1, 3, 10, 60],
      registers,
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
