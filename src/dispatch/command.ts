// A slash command as a value: what it is called, who may run it, which options it takes, and what it does.
import type { Logger } from 'pino';
import type { z } from 'zod';
import type { Deployable } from '../access/deployable.ts';
import type { Level, Requirement } from '../access/level.ts';
import type { Standing } from '../access/standing.ts';
import type { Incident } from '../alerts/incident.ts';
import type { Silencing } from '../alerts/silencing.ts';
import type { Trail } from '../audit/trail.ts';
import type { Cluster, ClusterCache, Identity } from '../cluster/cluster.ts';
import type { Deploys } from '../deploys/deploys.ts';
import type { Message } from '../message.ts';
import type { Choice, OptionValue, Person } from './invocation.ts';

/** What autocomplete may look at: memory only, so that it answers at once. */
export interface CompletionContext {
  readonly cache: ClusterCache;
  readonly apps: readonly Deployable[];
  /** Tags of the app's image as far as they are known by now, newest deploys first, each with a word about it. */
  readonly tags: (app: string) => readonly Choice[];
  /** Alerts that are open, by name, newest first. */
  readonly incidents: () => readonly { readonly id: string; readonly name: string }[];
  /** Earlier deploys of the app that a rollback can go back to, as far as they are known by now. */
  readonly earlier: (app: string) => readonly Choice[];
  /** The other options as far as they are typed. */
  readonly options: Readonly<Record<string, OptionValue>>;
}

/** One option of a command. The schema parses what Discord sends; its errors are told to the person. */
export interface Option<T = unknown> {
  readonly description: string;
  readonly type: 'string' | 'integer' | 'boolean';
  readonly required: boolean;
  readonly schema: z.ZodType<T>;
  /** Fixed values, at most 25. */
  readonly choices?: readonly Choice[];
  /** Suggestions for what was typed so far, best first. */
  readonly complete?: (typed: string, context: CompletionContext) => readonly Choice[];
}

export type Options = Readonly<Record<string, Option>>;

export type Values<O extends Options> = {
  readonly [K in keyof O]: O[K]['required'] extends true
    ? z.output<O[K]['schema']>
    : z.output<O[K]['schema']> | undefined;
};

/** What commands see and do of alerts. */
export interface CommandAlerts {
  /** All that have not ended; rejects with the signal's reason, and when the store fails. */
  open(signal: AbortSignal): AsyncGenerator<Incident, void, void>;
  /** Why alerts may be missing, or silences be out of date, in sentences; null where nothing says so. */
  readonly doubt: () => string | null;
  /** The address of an incident's card; null where it is not posted. */
  readonly addressOf: (incidentId: string) => Promise<string | null>;
  readonly silencing: Pick<Silencing, 'propose'>;
  /** IANA name. */
  readonly timezone: string;
}

/** Everything a running command may use; `cluster` acts as the person, and there is no other way to get one. */
export interface CommandContext {
  readonly person: Person;
  /** Null where the roles give none. */
  readonly level: Level | null;
  readonly cluster: Cluster;
  /** Which roles give the level, and whether anyone has been given one. */
  readonly standing: Standing;
  /** Whom `cluster` acts as; null where the roles give no level. */
  readonly identity: Identity | null;
  /** Where it was asked. */
  readonly channelId: string;
  /** Ties what comes of it to its audit entries. */
  readonly reference: string;
  readonly deploys: Deploys;
  readonly trail: Trail;
  /** The address of a card's message; null where it is not posted soon. */
  readonly linkTo: (cardId: string, signal: AbortSignal) => Promise<string | null>;
  readonly alerts: CommandAlerts;
  /** Names of the alerts that fire for an app's namespace and workload. */
  readonly firing: (namespace: string) => Promise<readonly string[]>;
  /** Aborted when the answer has taken too long or the bot stops; its reason is a `UserError`. */
  readonly signal: AbortSignal;
  readonly log: Logger;
  readonly now: () => Date;
  /** Every registered command with the level it needs, and whether this person may run it. */
  readonly commands: readonly {
    readonly name: string;
    readonly summary: string;
    readonly level: Requirement;
    readonly allowed: boolean;
  }[];
}

/** What a command yields: a message, or pages of one answer that the person leafs through. */
export type Answer =
  | Message
  | { readonly pages: readonly Message[]; readonly whole: { readonly name: string; readonly data: string } };

export interface Command<O extends Options = Options> {
  /** 1-32 characters, lower case. */
  readonly name: string;
  /** At most 100 characters. */
  readonly summary: string;
  readonly level: Requirement;
  /** True for answers that are only the asker's business: they get no Share button. */
  readonly personal?: boolean;
  /** True for what changes something: it is not done unless it could be written down first. */
  readonly changes?: boolean;
  /** Role ids that may run it without the level, by what was asked. */
  readonly also?: (options: Readonly<Record<string, OptionValue>>, apps: readonly Deployable[]) => readonly string[];
  readonly options: O;
  /** Kubernetes rights that it uses at its level; compared with `manifests/chatops/rbac` by a test. */
  readonly rights?: readonly Right[];
  /**
   * Each message replaces the one before; the last one stays. It runs on while a message is being shown.
   * @throws UserError to tell the person what was wrong and what to do.
   */
  run(context: CommandContext, options: Values<O>): AsyncGenerator<Answer, void, void>;
}

/** A rule as in a Kubernetes Role. */
export interface Right {
  readonly group: string;
  readonly resource: string;
  readonly verbs: readonly ('get' | 'list' | 'watch' | 'create' | 'patch' | 'update')[];
}

/** Gives `run` the types of its options. */
export function command<const O extends Options>(value: Command<O>): Command<O> {
  return value;
}
