// Stands in for Alertmanager: groups alerts, posts bodies as the real one writes them, treats the answers as it does, and serves its API.
import type { View } from './answers.ts';
import { type Api, serveApi } from './api.ts';
import type { Alert } from './body.ts';
import { type Labels, sorted } from './fingerprint.ts';
import { createGroup, type Group } from './group.ts';
import { type Attempt, postOnce, type Target } from './send.ts';
import { createSilences, type Silences } from './silences.ts';
import { isWatchdog, watchdogRepeatMs } from './watchdog.ts';

export interface AlertmanagerOptions {
  /** May be told later, by `sendTo`: until then nothing is sent. */
  readonly webhookUrl?: string;
  readonly token: string;
  readonly receiver?: string;
  /** Further ones that are told of every alert too, as of a route that continues; all at the same URL. */
  readonly moreReceivers?: readonly string[];
  /** Labels whose values make a group; `[]` puts all into one. */
  readonly groupBy?: readonly string[];
  /** From a group's first alert to its first notification. 300 by default; the homelab's is 30 s. */
  readonly groupWaitMs?: number;
  /** Between two notifications of a group, and how long one is tried. 3,000 by default; the homelab's is 5 minutes. */
  readonly groupIntervalMs?: number;
  /** Of all but the Watchdog, which has a route of its own. */
  readonly repeatIntervalMs?: number;
  /** 0, the default, for no limit. */
  readonly maxAlerts?: number;
  readonly externalURL?: string;
  /** Of its API's paths; none by default. */
  readonly routePrefix?: string;
  /** When its API says that it was started; a day ago by default. */
  readonly startedAt?: Date;
  readonly now?: () => Date;
  readonly onAttempt?: (attempt: Attempt) => void;
}

export interface Alertmanager {
  /** An alert begins, or goes on with other annotations. `startsAt` is now unless told. */
  fire(labels: Labels, annotations: Labels, more?: { readonly startsAt?: Date; readonly generatorURL?: string }): void;
  /** An alert ends. Throws where none with these labels fires. */
  resolve(labels: Labels): void;
  /** Labels of every alert that fires. */
  readonly firing: readonly Labels[];
  readonly api: Api;
  readonly silences: Silences;
  /** Where webhooks go from now on. Null: what is due counts as told, as where another of its cluster did and its request was lost. */
  sendTo(webhookUrl: string | null): void;
  /** Posts this as it is, once; an object as JSON. */
  post(body: unknown): Promise<Attempt>;
  /** Every request so far, in order of their ends. */
  readonly attempts: readonly Attempt[];
  /** Resolves when every change was told, or given up until the group's next turn. */
  settled(): Promise<void>;
  /** Forgets all alerts, silences and attempts. */
  reset(): Promise<void>;
  stop(): Promise<void>;
}

const prometheus = 'http://kube-prometheus-stack-prometheus.monitoring:9090';

/** Starts with no alerts. */
export async function startAlertmanager(options: AlertmanagerOptions): Promise<Alertmanager> {
  const { groupBy = ['alertname', 'namespace'], now = () => new Date() } = options;
  const groups = new Map<string, Group>();
  const attempts: Attempt[] = [];
  const stopping = new AbortController();
  let waiting: (() => void)[] = [];
  const receivers = [options.receiver ?? 'discord-bot', ...(options.moreReceivers ?? [])];
  const startedAt = options.startedAt ?? new Date(now().getTime() - 86_400_000);
  const silences = createSilences(now);
  let webhookUrl = options.webhookUrl ?? null;
  const target: Target = {
    get webhookUrl() {
      return webhookUrl;
    },
    token: options.token,
    now,
    onAttempt(attempt) {
      attempts.push(attempt);
      options.onAttempt?.(attempt);
    },
  };

  /** One for each receiver. */
  function groupsOf(labels: Labels): readonly Group[] {
    return receivers.map((receiver) => groupOf(labels, receiver));
  }

  function groupOf(labels: Labels, receiver: string): Group {
    const groupLabels = Object.fromEntries(sorted(labels).filter(([name]) => groupBy.includes(name)));
    const key = JSON.stringify([receiver, groupLabels]);
    const found = groups.get(key);
    if (found !== undefined) return found;
    const group = createGroup(
      {
        groupLabels,
        receiver,
        externalURL: options.externalURL ?? 'http://kube-prometheus-stack-alertmanager.monitoring:9093',
        maxAlerts: options.maxAlerts ?? 0,
        waitMs: options.groupWaitMs ?? 300,
        intervalMs: options.groupIntervalMs ?? 3_000,
        repeatMs: isWatchdog(labels) ? watchdogRepeatMs : (options.repeatIntervalMs ?? 12 * 3_600_000),
        target,
        isSilenced: (silenced) => silences.over(silenced).length > 0,
      },
      tellWaiting,
    );
    groups.set(key, group);
    return group;
  }

  function tellWaiting(): void {
    if ([...groups.values()].some((group) => group.isBehind())) return;
    const ready = waiting;
    waiting = [];
    for (const resolve of ready) resolve();
  }

  async function stopGroups(): Promise<void> {
    const ending = [...groups.values()];
    groups.clear();
    await Promise.all(ending.map((group) => group.stop()));
    tellWaiting();
  }

  function view(): View {
    return {
      receivers,
      startedAt,
      groupBy,
      groups: [...groups.values()].map(({ receiver, labels, firing }) => ({ receiver, labels, alerts: firing() })),
      silences,
      now: now(),
    };
  }

  const api = await serveApi(view, options.routePrefix ?? '');
  return {
    api,
    silences,
    sendTo(url) {
      webhookUrl = url;
    },
    fire(labels, annotations, more = {}) {
      for (const group of groupsOf(labels)) {
        const before = group.get(labels);
        const goesOn = before !== undefined && before.endsAt === null;
        const startsAt = more.startsAt ?? (goesOn ? before.startsAt : now());
        const generatorURL = more.generatorURL ?? `${prometheus}/graph?g0.expr=ALERTS&g0.tab=1`;
        group.put({ labels, annotations, startsAt, endsAt: null, generatorURL } satisfies Alert);
      }
    },
    resolve(labels) {
      for (const group of groupsOf(labels)) {
        const alert = group.get(labels);
        if (alert === undefined || alert.endsAt !== null)
          throw new Error(`No alert fires with the labels ${JSON.stringify(labels)}`);
        group.put({ ...alert, endsAt: now() });
      }
    },
    get firing() {
      return [...groups.values()]
        .filter((group) => group.receiver === receivers[0])
        .flatMap((group) => group.firing())
        .map((alert) => alert.labels);
    },
    post(body) {
      if (webhookUrl === null) throw new Error('Nobody is to be told: sendTo names whom');
      const text = typeof body === 'string' ? body : JSON.stringify(body);
      return postOnce({ ...target, webhookUrl }, text, stopping.signal);
    },
    attempts,
    async settled() {
      const told = new Promise<void>((resolve) => waiting.push(resolve));
      tellWaiting();
      await told;
    },
    async reset() {
      await stopGroups();
      silences.clear();
      attempts.length = 0;
    },
    async stop() {
      stopping.abort();
      await stopGroups();
      await api.stop();
    },
  };
}
