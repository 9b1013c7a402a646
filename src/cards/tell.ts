// What the log says of deliveries.
import type { Logger } from 'pino';
import type { CardRecord } from './card.ts';
import type { Delivery } from './deliver.ts';
import type { Lane } from './lane.ts';

/** Beginnings and ends are what an operator follows; what comes between would drown them. */
export function tellShown(
  log: Logger,
  { id, kind, channelId, open }: CardRecord,
  { step, messageId, revision }: Extract<Delivery, { kind: 'shown' }>,
  lagMs: number,
): void {
  const level = step === 'create' || !open ? 'info' : 'debug';
  const sentence = step === 'create' ? 'A message was created' : 'A message was edited';
  log[level]({ ref: id, kind, channel: channelId, message: messageId, revision, open, lagMs }, sentence);
}

/** That Discord is away is told once, by the first failure. */
export function tellFailed(
  log: Logger,
  lane: Lane,
  record: CardRecord,
  { kind, outcome, reason }: Exclude<Delivery, { kind: 'shown' | 'done' | 'removed' }>,
): void {
  const level = kind === 'away' && lane.failures === 0 ? 'info' : 'debug';
  log[level]({ ref: record.id, channel: lane.channelId, outcome, reason }, 'A message could not be shown: it waits');
}

/** A defect of ours: its message cannot be made. */
export function tellUnshown(log: Logger, { id, channelId }: CardRecord, err: unknown): void {
  log.error({ err, ref: id, channel: channelId }, 'A card cannot be shown: it waits, and others go on');
}

export function tellRefused(
  log: Logger,
  { id, channelId }: CardRecord,
  { code, reason, to }: Extract<Delivery, { kind: 'channel refused' }>,
): void {
  const sentence =
    to === null
      ? 'The alert channel refuses messages: grant View Channel, Send Messages, Embed Links and Attach Files'
      : 'A channel refuses cards: they go to DISCORD_ALERT_CHANNEL_ID';
  log.error({ ref: id, channel: channelId, code, reason }, sentence);
}
