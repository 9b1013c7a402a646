// The tables, as Kysely sees them; the columns are the documentation. Times are milliseconds since 1970, JSON is text.
import type { Generated } from 'kysely';

/** What is known of each alert group between its first notification and its end. */
export interface IncidentsTable {
  /** Hash of receiver, groupKey and earliest startsAt: the same in every process that hears of it first. */
  id: string;
  receiver: string;
  group_key: string;
  opened_at: number;
  /** When all of it was resolved or no longer reported; null while it is open. */
  closed_at: number | null;
  /** When the next role is mentioned unless somebody acknowledges it; null where nobody is to be. */
  escalate_at: Generated<number | null>;
  /** `Incident` as JSON, with its first alerts. */
  state: string;
  /** How many rows hold its further alerts. */
  parts: Generated<number>;
}

/** What an incident of hundreds of alerts or more has of them beside its own row. */
export interface IncidentPartsTable {
  incident_id: string;
  /** From 0, in order. */
  part: number;
  /** A list of `KnownAlert` as JSON. */
  alerts: string;
}

/** The ledger: what each message in Discord should show, and what is known to be shown. */
export interface CardsTable {
  id: string;
  kind: string;
  /** Where it is to be posted; changes once, to the default channel, when that channel refuses. */
  channel_id: string;
  /** The channel that refused, if any. */
  refused_channel_id: string | null;
  /** 0 is the most urgent. */
  priority: number;
  /** Grows with each state that should be shown. */
  revision: number;
  /** The revision that Discord is known to show; 0 when none. */
  shown_revision: number;
  message_id: string | null;
  /** How many messages were begun for it; each has a nonce of its own, derived from the id and this. */
  creations: number;
  /** The creation that was begun and has no known end: written before its first byte leaves. Null when there is none. */
  intent_at: number | null;
  intent_revision: number | null;
  /** Set where a message may exist that the ledger knows nothing of: look for one made since, before the first creation. */
  look_since: number | null;
  /** When Discord last confirmed what it shows; null before the first time. */
  shown_at: Generated<number | null>;
  /** JSON array of role ids that its creation rings. */
  mention_roles: string;
  /** 1 when its creation notifies people's devices. */
  ring: number;
  /** The card that its message replies to; null for all but rings. */
  reply_to: Generated<string | null>;
  /** The revision of that card for which it was asked for. */
  reply_revision: Generated<number | null>;
  /** The digest that shows it, in place of a message of its own; it then counts as shown. */
  folded_into: Generated<string | null>;
  /** Not before this; null when it may go at once. */
  retry_at: number | null;
  attempts: number;
  /** When the newest revision was asked for. */
  wanted_at: number;
  /** 1 while what it shows goes on: a deleted message is then made anew. */
  open: number;
}

/** Append-only: who asked for what, and what became of it. */
export interface AuditTable {
  id: Generated<number>;
  at: number;
  /** Ties the entries of one invocation together, and is shown to the person. */
  reference: string;
  phase: 'asked' | 'done' | 'refused';
  person_id: string;
  username: string;
  channel_id: string;
  /** The command, for example `nodes`. */
  action: string;
  /** Its options as redacted text. */
  target: string;
  level: string | null;
  reason: string | null;
  approver: string | null;
  outcome: string | null;
  duration_ms: number | null;
}

/** Interactions that were taken, so that a replayed event does nothing twice. */
export interface InteractionsTable {
  id: string;
  at: number;
}

/** Answers that a person can still leaf through or share. */
export interface AnswersTable {
  id: string;
  person_id: string;
  /** The command that answered: a press is decided as that command. */
  command: string;
  at: number;
  /** The answer as JSON. */
  answer: string;
}

/** Messages that are cards as they stand: shared answers and notices. */
export interface PostsTable {
  id: string;
  at: number;
  /** `Message` as JSON. */
  message: string;
}

/** Deploys and other long work. */
export interface OperationsTable {
  id: string;
  kind: string;
  app: string;
  started_at: number;
  /** Null while it runs; an app has at most one of these. */
  ended_at: number | null;
  /** `Requester` as JSON: beside the state, which its run writes again and again. */
  abort_asked_by: Generated<string | null>;
  /** `Operation` as JSON. */
  state: string;
}

/** What is known of the alert that always fires, by its name. */
export interface WatchesTable {
  alertname: string;
  /** When it was first waited for or heard of. */
  since: number;
  /** When it was last heard firing; null where it never was. */
  seen_at: number | null;
  /** When Alertmanager said that it had ended; null once it fires again. */
  ended_at: number | null;
}

/** The times for which that alert was missing, a card each. */
export interface AbsencesTable {
  id: string;
  /** Null while it is missing. */
  over_at: number | null;
  /** `Absence` as JSON. */
  state: string;
}

/** Holds one row while the bot is without Discord. */
export interface OutagesTable {
  since: number;
  /** For how long, as last written; time in which no process ran is not in it. */
  ms: number;
}

/** Receivers of Alertmanager that have called the bot, as notifications spell them. */
export interface ReceiversTable {
  name: string;
  /** First. */
  called_at: number;
}

/** Storms, a digest card each. */
export interface DigestsTable {
  id: string;
  channel_id: string;
  opened_at: number;
  /** When nothing of it was open any more; null before. */
  closed_at: number | null;
}

export interface Tables {
  digests: DigestsTable;
  watches: WatchesTable;
  absences: AbsencesTable;
  outages: OutagesTable;
  receivers: ReceiversTable;
  operations: OperationsTable;
  incidents: IncidentsTable;
  incident_parts: IncidentPartsTable;
  cards: CardsTable;
  audit: AuditTable;
  interactions: InteractionsTable;
  answers: AnswersTable;
  posts: PostsTable;
}
