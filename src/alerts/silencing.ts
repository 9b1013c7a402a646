// Silences an incident in Alertmanager: proposed with its exact matchers first, made once, when the same person confirms it in time.
import { randomBytes } from 'node:crypto';
import type { Alertmanager, Failure, Matcher, Rejection } from '../alertmanager/alertmanager.ts';
import { UserError } from '../lib/user-error.ts';
import type { Alerts } from './alerts.ts';
import type { Incident, KnownSilence } from './incident.ts';
import { covered, matchersOf, matcherText } from './silence-matchers.ts';

export interface By {
  readonly id: string;
  /** Discord username. */
  readonly username: string;
}

export interface Proposal {
  /** 24 characters; whoever confirms it names it. */
  readonly id: string;
  readonly incident: Incident;
  readonly matchers: readonly Matcher[];
  readonly until: Date;
  /** Alerts that fire and are covered. */
  readonly covers: number;
  readonly reason: string;
}

export interface Silencing {
  /** @throws UserError where no API is configured, the incident is over or unknown, or nothing tells it apart. */
  propose(asked: { incidentId: string; until: Date; reason: string; by: By }): Promise<Proposal>;
  /** @throws UserError where the proposal was made by somebody else, is used up or too old, or Alertmanager does not take it. */
  confirm(proposalId: string, by: By): Promise<{ readonly proposal: Proposal; readonly silence: KnownSilence }>;
  cancel(proposalId: string): void;
  /** @throws UserError where Alertmanager does not take it. Resolves to the incident. */
  lift(incidentId: string, silenceId: string): Promise<Incident>;
  /** Those over an incident when Alertmanager was last asked. @throws UserError where it is not known. */
  over(incidentId: string): Promise<{ readonly incident: Incident; readonly silences: readonly KnownSilence[] }>;
}

export interface SilencingOptions {
  /** Null where `ALERTMANAGER_URL` is not set. */
  readonly alertmanager: Alertmanager | null;
  readonly read: (incidentId: string) => Promise<Incident | undefined>;
  readonly alerts: Pick<Alerts, 'silenced'>;
  /** Something has changed in Alertmanager: compare with it soon. */
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

export function createSilencing(options: SilencingOptions): Silencing {
  const { now, stopping } = options;
  const proposals = new Map<string, { readonly proposal: Proposal; readonly by: By; readonly at: number }>();

  function api(): Alertmanager {
    if (options.alertmanager !== null) return options.alertmanager;
    throw new UserError(
      'Silences are made in Alertmanager, and the bot does not know where it is.\nWhoever runs it sets `ALERTMANAGER_URL`.',
    );
  }

  async function known(incidentId: string): Promise<Incident> {
    const incident = await options.read(incidentId);
    if (incident !== undefined) return incident;
    throw new UserError('This alert is no longer known: it ended long ago.');
  }

  return {
    async propose({ incidentId, until, reason, by }) {
      api();
      const incident = await known(incidentId);
      if (incident.closedAt !== null) throw new UserError('This alert is over: there is nothing to silence.');
      const matchers = matchersOf(incident);
      if (matchers.length === 0) {
        throw new UserError(
          'Nothing tells this group apart: its alerts have no label in common, and a silence of it would cover everything.\nSilence them one by one in Alertmanager.',
        );
      }
      const proposal: Proposal = {
        id: randomBytes(12).toString('hex'),
        incident,
        matchers,
        until,
        covers: covered(incident.alerts, matchers),
        reason: reason.trim().slice(0, longestReason),
      };
      proposals.set(proposal.id, { proposal, by, at: now().getTime() });
      for (const id of proposals.keys()) if (proposals.size > mostProposals) proposals.delete(id);
      return proposal;
    },

    async confirm(proposalId, by) {
      const held = proposals.get(proposalId);
      if (held === undefined || now().getTime() - held.at > proposalLifeMs) {
        throw new UserError(
          'This can no longer be confirmed: it was used already, or is older than 15 minutes.\nAsk for the silence again.',
        );
      }
      if (held.by.id !== by.id) throw new UserError('Only the person who asked for this silence can confirm it.');
      const { matchers, until, reason, incident } = held.proposal;
      if (until <= now())
        throw new UserError('The time until which it was to be silenced is over.\nAsk for the silence again.');
      // Before it is sent: a second press makes no second silence.
      proposals.delete(proposalId);
      const createdBy = `${by.username} (Discord ${by.id})`;
      const comment = reason === '' ? 'Silenced from Discord' : reason;
      const asked = { matchers, startsAt: now(), endsAt: until, createdBy, comment };
      const answer = await api().silence(asked, stopping);
      if (answer.kind !== 'answered')
        throw refused(answer, 'was not made', 'may have been made: the card shows it within minutes if so');
      const silence: KnownSilence = {
        id: answer.value,
        matchers: matchers.map(matcherText),
        createdBy,
        comment,
        endsAt: until.getTime(),
      };
      await options.alerts.silenced(incident.id, (silences) => [...silences, silence]);
      options.changed();
      return { proposal: held.proposal, silence };
    },

    cancel(proposalId) {
      proposals.delete(proposalId);
    },

    async lift(incidentId, silenceId) {
      const incident = await known(incidentId);
      const answer = await api().expire(silenceId, stopping);
      // It has ended, or somebody was faster.
      if (answer.kind !== 'answered' && answer.kind !== 'rejected')
        throw refused(answer, 'was not ended', 'may have been ended');
      await options.alerts.silenced(incidentId, (silences) => silences.filter(({ id }) => id !== silenceId));
      options.changed();
      return incident;
    },

    async over(incidentId) {
      const incident = await known(incidentId);
      return { incident, silences: incident.silences ?? [] };
    },
  };
}

function refused({ kind, reason }: Failure | Rejection, not: string, perhaps: string): UserError {
  if (kind === 'slow') return new UserError(`Alertmanager did not answer in time (${reason}). The silence ${perhaps}.`);
  const why =
    kind === 'rejected' ? 'does not take it' : kind === 'refused' ? 'lets the bot not in' : 'cannot be reached';
  return new UserError(
    `Alertmanager ${why} (${reason}): the silence ${not}.\nTry again, or do it in Alertmanager itself.`,
  );
}
