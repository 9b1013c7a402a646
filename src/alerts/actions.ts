// The buttons under an incident's card: pure, from its state.
import type { Button } from '../message.ts';
import type { Incident, KnownAlert } from './incident.ts';
import { labelOf } from './schema.ts';

/** The annotation that names a command of the bot, as a person would type it. */
export const commandAnnotation = 'homelab_bot_command';

/** Longer ones do not fit into a button. */
const longestCommand = 70;

export interface ActionOptions {
  /** Whether Alertmanager's API is known. */
  readonly canSilence: boolean;
  /** Whether this is a command that only reads, as a person would type it. */
  readonly isReadCommand: (text: string) => boolean;
}

/**
 * Buttons carry no authority: whoever presses one is decided upon then.
 * @param alerts the incident's, the most urgent first.
 */
export function incidentActions(
  incident: Incident,
  alerts: readonly KnownAlert[],
  options: ActionOptions,
): readonly Button[] {
  const { id: subject, acknowledged, silences = [], closedAt } = incident;
  const canSilence = options.canSilence && incident.source === undefined;
  if (closedAt !== null) return runbook(alerts);
  const buttons: Button[] = [
    acknowledged === undefined
      ? { label: 'Acknowledge', style: 'primary', action: 'ack', subject }
      : { label: 'Unacknowledge', style: 'secondary', action: 'unack', subject },
  ];
  if (canSilence) buttons.push({ label: 'Silence', style: 'secondary', action: 'silence', subject });
  if (canSilence && silences.length > 0)
    buttons.push({ label: 'Unsilence', style: 'secondary', action: 'unsilence', subject });
  const command = annotationOf(alerts, commandAnnotation);
  if (command !== '' && command.length <= longestCommand && options.isReadCommand(command)) {
    buttons.push({ label: command, style: 'secondary', action: 'run', subject: command });
  }
  return [...buttons, ...runbook(alerts)];
}

function runbook(alerts: readonly KnownAlert[]): readonly Button[] {
  const url = annotationOf(alerts, 'runbook_url');
  return url === '' ? [] : [{ label: 'Runbook', url }];
}

/** Of the first that has one, as the headline is about the first; without blanks around it. */
function annotationOf(alerts: readonly KnownAlert[], name: string): string {
  const having = alerts.find((alert) => /\S/.test(labelOf(alert.annotations, name) ?? ''));
  return having === undefined ? '' : (labelOf(having.annotations, name) ?? '').trim();
}
