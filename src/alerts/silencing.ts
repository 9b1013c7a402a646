// Silences an incident in Alertmanager: proposed with its exact matchers first, made once, when the same person confirms it in time.
import { randomBytes } from 'node:crypto';
import type { Logger } from 'pino';
import type { Alertmanager, Failure, Grouping, ListedAlert, Matcher } from '../alertmanager/alertmanager.ts';
import type { Redact } from '../lib/redact.ts';
import { UserError } from '../lib/user-error.ts';
import type { Alerts } from './alerts.ts';
import { boardName } from './board.ts';
import type { Incident, KnownSilence } from './incident.ts';
import { asNotified } from './reconcile.ts';
import { type Group, matchersOf, matcherText } from './silence-matchers.ts';
import { mayCover, type Reach, reachOf } from './silence-reach.ts';
import { isLoudBy, withoutSilence, withSilence } from './silenced.ts';

export interface By {
  readonly id: string;
  /** Discord username. */
  readonly username: string;
}

export interface Proposal extends Reach {
  /** 24 characters; whoever confirms it names it. */
  readonly id: string;
  readonly incident: Incident;
  readonly matchers: readonly Matcher[];
  readonly until: Date;
  /** Alertmanager has no receiver of that name: the alert may come from another one. */
  readonly elsewhere: boolean;
  readonly reason: string;
}

export interface Made {
  readonly kind: 'made';
  readonly proposal: Proposal;
  readonly silence: KnownSilence;
}

/** It was not made for now, and can be confirmed again. */
export interface NotMade {
  readonly kind: 'not made';
  readonly proposal: Proposal;
  /** For whoever confirmed it. */
  readonly why: UserError;
}

export interface Lifted {
  /** Without the silence. */
  readonly incident: Incident;
  /** The first names of others that are loud now, and how many there are; null where that could not be read. */
  readonly loud: { readonly names: readonly string[]; readonly count: number } | null;
}

export interface Silencing {
  /** @throws UserError where no API is configured, the incident is over, unknown or not Alertmanager's, or nothing tells it apart. */
  propose(asked: { incidentId: string; until: Date; reason: string; by: By }): Promise<Proposal>;
  /**
   * Makes it once: a second confirmation, as of two quick presses, learns what became of the first. `isFirst` false: it was made before.
   * Not made where Alertmanager is away or does not let the bot in.
   * @throws UserError where the proposal was made by somebody else or is too old, the incident is over, Alertmanager does not take it, or whether it has
   * taken it is not known.
   */
  confirm(proposalId: string, by: By): Promise<(Made & { readonly isFirst: boolean }) | NotMade>;
  /** @returns false where it was confirmed before. */
  cancel(proposalId: string): boolean;
  /** Ends it; rings for nothing of the incident, which whoever ends it knows. @throws UserError where Alertmanager does not take it. */
  lift(incidentId: string, silenceId: string): Promise<Lifted>;
  /** Those over an incident when Alertmanager was last asked. @throws UserError where it is not known. */
  over(incidentId: string): Promise<{ readonly incident: Incident; readonly silences: readonly KnownSilence[] }>;
}

interface Held {
  readonly proposal: Proposal;
  readonly by: By;
  readonly at: number;
  /** Since it was confirmed. */
  made?: Promise<Made | NotMade> | undefined;
}

export interface SilencingOptions {
  /** Null where `ALERTMANAGER_URL` is not set. */
  readonly alertmanager: Alertmanager | null;
  readonly read: (incidentId: string) => Promise<Incident | undefined>;
  readonly alerts: Pick<Alerts, 'silenced'>;
  /** All that are open. Rejects when the store fails. */
  readonly eachOpen: (signal: AbortSignal) => AsyncIterable<Incident>;
  /** Groups that are open, as far as they are in memory. */
  readonly open: () => readonly Group[];
  /** The alert that always fires: it is never silenced from here. */
  readonly watchdog: string;
  readonly redact: Redact;
  readonly log: Logger;
  /** Something may have changed in Alertmanager: compare with it soon, and with nothing that it said before. */
  readonly changed: () => void;
  readonly now: () => Date;
  /** Aborted when the bot stops. */
  readonly stopping: AbortSignal;
}

/** How long a proposal can be confirmed, in milliseconds. */
export const proposalLifeMs = 15 * 60_000;

/** Older ones are given up. */
const mostProposals = 200;

const longestReason = 1000;

/** Of what else a silence was over. */
const mostNamed = 5;

/** How long a person waits for what a silence would cover, in milliseconds. */
const countMs = 3000;

/**
 * How much earlier a silence is asked to begin, in milliseconds: by a clock of Alertmanager that is behind it would be pending, and the alert loud. One that
 * would have begun in the past begins now: https://github.com/prometheus/alertmanager/blob/main/silence/silence.go
 */
const earlierMs = 3_600_000;

export function createSilencing(options: SilencingOptions): Silencing {
  const { now, stopping } = options;
  const proposals = new Map<string, Held>();
  let grouping: Grouping = new Map();

  function api(): Alertmanager {
    if (options.alertmanager !== null) return options.alertmanager;
    throw new UserError(
      'Silences are made in Alertmanager, and the bot does not know where it is.\nWhoever runs it sets `ALERTMANAGER_URL`.',
    );
  }

  async function known(incidentId: string): Promise<Incident> {
    const incident = await options.read(incidentId);
    if (incident !== undefined) return incident;
    throw unknownAlert();
  }

  /** For all that is asked before a silence is made, together. */
  function patience(): AbortSignal {
    return AbortSignal.any([stopping, AbortSignal.timeout(countMs)]);
  }

  /** What Alertmanager lists of what the matchers match; null where that cannot be read in time. */
  async function listed(matchers: readonly Matcher[], inTime: AbortSignal): Promise<readonly ListedAlert[] | null> {
    const answer = await api()
      .alerts(inTime, matchers)
      .catch(() => null);
    return answer?.kind === 'answered' ? answer.value : null;
  }

  /** What the matchers cover now, also of other groups: an alert can have the labels of several. */
  async function reach(
    incident: Incident,
    matchers: readonly Matcher[],
    names: readonly string[],
    inTime: AbortSignal,
  ): Promise<Reach> {
    const reached = reachOf({ incident, matchers, names, watchdog: options.watchdog }, await listed(matchers, inTime));
    if (reached.watchdog === 'covered') throw watchdogCovered(options.watchdog);
    return reached;
  }

  /** Names of the labels by which the routes to its receiver group; as Alertmanager last told, where it cannot now. */
  async function groupLabelsOf({ receiver }: Incident, inTime: AbortSignal): Promise<readonly string[]> {
    const answer = await api()
      .grouping(AbortSignal.any([inTime, AbortSignal.timeout(countMs / 2)]))
      .catch(() => null);
    if (answer?.kind === 'answered') grouping = answer.value;
    return [...grouping].flatMap(([name, labels]) => (asNotified(name) === receiver ? [...labels] : []));
  }

  /** Whether Alertmanager is known to have no receiver by whose name it came: another one may have told of it. */
  async function isElsewhere({ receiver }: Incident, inTime: AbortSignal): Promise<boolean> {
    const answer = await api()
      .receivers(inTime)
      .catch(() => null);
    return answer?.kind === 'answered' && !answer.value.some((name) => asNotified(name) === receiver);
  }

  /** The card shows it at the latest with the next look, so that a store that fails now makes no failure of what is done. */
  async function show(incidentId: string, change: (incident: Incident) => Incident): Promise<void> {
    options.changed();
    try {
      await options.alerts.silenced(incidentId, change);
    } catch (err) {
      options.log.warn({ err, ref: incidentId }, 'What was done about a silence could not be written down yet');
    }
  }

  /**
   * What the end of a silence means for other incidents: cards of the same alerts are put right at once, so that none of them rings. Others are left to the
   * next look, or the next notification, which rings as after a silence that expires.
   */
  async function endForOthers(silenceId: string, ended: Incident): Promise<Lifted['loud']> {
    const loud = new Set<string>();
    const quiet: string[] = [];
    try {
      for await (const other of options.eachOpen(stopping)) {
        const after = withoutSilence(other, silenceId);
        if (other.id === ended.id || after === other) continue;
        if (isLoudBy(after, other, ended)) loud.add(boardName(after));
        else quiet.push(other.id);
      }
    } catch (err) {
      options.log.warn({ err, ref: ended.id }, 'What else a silence was over could not be read');
      return null;
    }
    for (const id of quiet) await show(id, (one) => withoutSilence(one, silenceId));
    return { names: [...loud].slice(0, mostNamed), count: loud.size };
  }

  async function make(proposal: Proposal, by: By): Promise<Made | NotMade> {
    const { matchers, until, reason, incident } = proposal;
    if (until <= now())
      throw new UserError('The time until which it was to be silenced is over.\nAsk for the silence again.');
    if ((await known(incident.id)).closedAt !== null) throw overAlert();
    // The list may not have been read when it was proposed, or the Watchdog have carried other labels.
    if (mayCover(matchers, options.watchdog)) await reach(incident, matchers, [], patience());
    const createdBy = `${by.username} (Discord ${by.id})`;
    const comment = reason === '' ? 'Silenced from Discord' : reason;
    const asked = { matchers, startsAt: new Date(now().getTime() - earlierMs), endsAt: until, createdBy, comment };
    const answer = await api().addSilence(asked, stopping);
    if (answer.kind !== 'answered') {
      options.changed();
      const why = refused(answer, 'made');
      if (answer.kind === 'away' || answer.kind === 'refused') return { kind: 'not made', proposal, why };
      throw why;
    }
    const silence: KnownSilence = {
      id: answer.value,
      matchers: matchers.map(matcherText),
      createdBy,
      comment,
      endsAt: until.getTime(),
    };
    await show(incident.id, (one) => withSilence(one, silence, matchers));
    return { kind: 'made', proposal, silence };
  }

  return {
    async propose({ incidentId, until, reason, by }) {
      api();
      const incident = await known(incidentId);
      if (incident.closedAt !== null) throw overAlert();
      if (incident.source === 'grafana')
        throw new UserError('This alert comes from Grafana, not from Alertmanager.\nSilence it in Grafana.');
      const inTime = patience();
      const names = await groupLabelsOf(incident, inTime);
      const chosen = matchersOf(incident, options.open(), names);
      if (chosen.kind === 'none')
        throw new UserError(`${chosen.reason}\nSilence its alerts one by one in Alertmanager.`);
      const { matchers } = chosen;
      const [reached, elsewhere] = await Promise.all([
        reach(incident, matchers, names, inTime),
        isElsewhere(incident, inTime),
      ]);
      const proposal: Proposal = {
        id: randomBytes(12).toString('hex'),
        incident,
        matchers,
        until,
        ...reached,
        elsewhere,
        reason: options.redact(reason.trim().slice(0, longestReason)),
      };
      proposals.set(proposal.id, { proposal, by, at: now().getTime() });
      for (const id of proposals.keys()) if (proposals.size > mostProposals) proposals.delete(id);
      return proposal;
    },

    async confirm(proposalId, by) {
      const held = proposals.get(proposalId);
      if (held === undefined || now().getTime() - held.at > proposalLifeMs) {
        throw new UserError(
          'This can no longer be confirmed: it is older than 15 minutes, or the bot was started anew.\nAsk for the silence again.',
        );
      }
      if (held.by.id !== by.id) throw new UserError('Only the person who asked for this silence can confirm it.');
      const isFirst = held.made === undefined;
      held.made ??= make(held.proposal, by);
      const making = held.made;
      const made = await making;
      if (made.kind === 'made') return { ...made, isFirst };
      if (held.made === making) held.made = undefined;
      return made;
    },

    cancel(proposalId) {
      if (proposals.get(proposalId)?.made !== undefined) return false;
      proposals.delete(proposalId);
      return true;
    },

    async lift(incidentId, silenceId) {
      const incident = await known(incidentId);
      const answer = await api().expireSilence(silenceId, stopping);
      if (answer.kind !== 'answered') {
        options.changed();
        throw refused(answer, 'ended');
      }
      // Where there is none of this id, somebody was faster.
      await show(incidentId, (one) => withoutSilence(one, silenceId));
      return { incident: withoutSilence(incident, silenceId), loud: await endForOthers(silenceId, incident) };
    },

    async over(incidentId) {
      api();
      const incident = await known(incidentId);
      return { incident, silences: incident.silences ?? [] };
    },
  };
}

export function unknownAlert(): UserError {
  return new UserError('This alert is not known here (any more).\n`/alerts` lists those that are.');
}

function watchdogCovered(watchdog: string): UserError {
  return new UserError(
    `This would silence ${watchdog} too, and with it the word that Alertmanager has gone quiet.\nSilence the alerts one by one in Alertmanager.`,
  );
}

export function overAlert(): UserError {
  return new UserError('This alert is over: there is nothing to silence.');
}

/** What was not done, and whether it may have been all the same: a request can have arrived whose answer did not. */
function refused({ kind, reason }: Failure, done: 'made' | 'ended'): UserError {
  if (kind === 'refused')
    return new UserError(`Alertmanager does not let the bot in (${reason}): the silence was not ${done}.`);
  if (kind === 'not understood')
    return new UserError(`Alertmanager does not take it (${reason}): the silence was not ${done}.`);
  if (kind === 'away') {
    return new UserError(
      `Alertmanager cannot be reached (${reason}): the silence was not ${done}, as far as is known.\nTry again, or do it in Alertmanager itself.`,
    );
  }
  return new UserError(
    `Alertmanager did not answer as it should (${reason}): whether the silence was ${done} is not known.\nIf it was, the card shows that within a minute; else try again.`,
  );
}
