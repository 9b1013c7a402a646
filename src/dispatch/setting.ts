// What dispatch works with: what it is given, and what its parts share.
import type { Logger } from 'pino';
import { type Decision, decide } from '../access/decide.ts';
import type { Deployable } from '../access/deployable.ts';
import type { Level, Requirement } from '../access/level.ts';
import type { Access } from '../access/standing.ts';
import type { Audit, AuditSubject } from '../audit/audit.ts';
import type { Cluster, ClusterCache, Identity } from '../cluster/cluster.ts';
import type { Message } from '../message.ts';
import type { Requester } from '../operations/operation.ts';
import type { AlertActions } from './alert-presses.ts';
import type { AnswerShelf } from './answers.ts';
import type { Command, CommandContext, CompletionContext } from './command.ts';
import type { Gate } from './gate.ts';
import type { Invocation } from './invocation.ts';
import type { InteractionMemory } from './memory.ts';
import type { PressAction } from './press-action.ts';
import type { Steady } from './steady.ts';

/** Posts a message into a channel as a card; the same `id` is posted once, however often it is asked for. */
export type Share = (post: {
  /** At most 40 characters. */
  readonly id: string;
  readonly channelId: string;
  readonly message: Message;
}) => Promise<void>;

export type Ending = 'answered' | 'told' | 'failed' | 'refused' | 'invalid';

/** Names are those of registered commands, so that labels made of them are bounded. */
export interface DispatchMetrics {
  /** Milliseconds from the event's arrival until Discord has taken the first response. */
  acknowledged?(milliseconds: number): void;
  finished(command: string, ending: Ending, milliseconds: number): void;
}

export interface DispatchOptions {
  readonly commands: readonly Command[];
  readonly access: Access;
  readonly guildId: string;
  readonly clusterAs: (identity: Identity) => Cluster;
  readonly cache: ClusterCache;
  readonly audit: Audit;
  readonly memory: InteractionMemory;
  readonly answers: AnswerShelf;
  readonly share: Share;
  readonly apps: readonly Deployable[];
  readonly deploys: CommandContext['deploys'];
  readonly trail: CommandContext['trail'];
  readonly linkTo: CommandContext['linkTo'];
  readonly firing: CommandContext['firing'];
  readonly suggestions: Pick<CompletionContext, 'tags' | 'earlier'>;
  /** Operations that can be aborted by a press. */
  readonly operations: {
    read(
      id: string,
    ): Promise<{ readonly kind: string; readonly app: string; readonly endedAt: number | null } | undefined>;
    abort(id: string, by: Requester): Promise<void>;
  };
  readonly alerts: AlertActions;
  readonly log: Logger;
  readonly now: () => Date;
  readonly metrics?: DispatchMetrics;
  /** How long one command may take, in milliseconds; 30 s unless told. */
  readonly runLimitMs?: number;
}

export interface Setting extends DispatchOptions {
  readonly byName: ReadonlyMap<string, Command>;
  /** By their actions. */
  readonly presses: ReadonlyMap<string, PressAction>;
  readonly gate: Gate;
  readonly steady: Steady;
  readonly runLimitMs: number;
  /** Aborted, with a `UserError`, when the bot stops. */
  readonly stopping: AbortSignal;
}

/** Decides anew for the person of this moment. */
export function decideFor(
  setting: DispatchOptions,
  requirement: Requirement,
  invocation: Invocation,
  also: readonly string[] = [],
): Decision {
  return decide({
    requirement,
    person: invocation.person,
    guildId: setting.guildId,
    invocationGuildId: invocation.guildId,
    access: setting.access,
    also,
  });
}

export function auditSubject(
  invocation: Invocation,
  about: { reference: string; action: string; options: AuditSubject['options']; level: Level | null },
): AuditSubject {
  const { person, channelId } = invocation;
  return { ...about, person, channelId };
}
