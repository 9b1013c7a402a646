// What Alertmanager's API tells, in our words; the one place where others meet this room.

/** Times are milliseconds since 1970. */
export interface ListedAlert {
  readonly fingerprint: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  /** Empty where there is none. */
  readonly generatorURL: string;
  readonly startsAt: number;
  /** Names of the receivers that its routes lead to, as the configuration spells them. */
  readonly receivers: readonly string[];
  /** Ids of the silences over it. */
  readonly silencedBy: readonly string[];
  /** Fingerprints of the alerts that inhibit it. */
  readonly inhibitedBy: readonly string[];
  /** Names of time intervals that mute it; told of groups alone, and since 0.28. */
  readonly mutedBy: readonly string[];
}

/** A group as its receiver would be told of it. Its `groupKey` is told in webhooks alone. */
export interface ListedGroup {
  readonly receiver: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly alerts: readonly ListedAlert[];
}

/** A condition on one label; those of a silence hold together. */
export interface Matcher {
  readonly name: string;
  /** Matched exactly; empty also matches a label that is absent. With `isRegex` an expression over the whole value. */
  readonly value: string;
  readonly isEqual: boolean;
  readonly isRegex: boolean;
}

export interface ListedSilence {
  readonly id: string;
  /** Alertmanager keeps those that have ended for some days. */
  readonly state: 'active' | 'pending' | 'expired';
  readonly matchers: readonly Matcher[];
  readonly createdBy: string;
  readonly comment: string;
  readonly startsAt: number;
  readonly endsAt: number;
}

export interface NewSilence {
  readonly matchers: readonly Matcher[];
  /** Of a time that is over, now. */
  readonly startsAt: Date;
  readonly endsAt: Date;
  readonly createdBy: string;
  readonly comment: string;
}

export interface AlertmanagerStatus {
  readonly version: string;
  /** When this process of it started: alerts are in its memory alone, and come back with Prometheus' next rounds. */
  readonly startedAt: number;
}

/** A receiver's name, as the configuration spells it → names of the labels by which routes to it group. */
export type Grouping = ReadonlyMap<string, ReadonlySet<string>>;

/** Why there is no answer. `reason` is a clause for people, without a secret. */
export interface Failure {
  readonly kind: /** Nothing answers, or not now. */
    | 'away'
    /** Not in time. */
    | 'slow'
    /** More bytes or entries than are read; nothing of it is used. */
    | 'too large'
    /** Something before it wants other credentials, or none help. */
    | 'refused'
    /** No JSON, or not in the form of API v2; or it finds the request wrong, and says why. */
    | 'not understood';
  readonly reason: string;
}

export type Answer<T> = { readonly kind: 'answered'; readonly value: T } | Failure;

/** Each rejects with the signal's reason, and with nothing else. */
export interface Alertmanager {
  /** Whatever fires, silenced and inhibited alerts too: all of it, or a failure. With matchers at least what they match. */
  alerts(signal: AbortSignal, matchers?: readonly Matcher[]): Promise<Answer<readonly ListedAlert[]>>;
  groups(signal: AbortSignal): Promise<Answer<readonly ListedGroup[]>>;
  /** Names of all receivers that it is configured with. */
  receivers(signal: AbortSignal): Promise<Answer<readonly string[]>>;
  status(signal: AbortSignal): Promise<Answer<AlertmanagerStatus>>;
  grouping(signal: AbortSignal): Promise<Answer<Grouping>>;
  /** All of them, also those that have ended; many thousands where something makes them by itself. */
  silences(signal: AbortSignal): Promise<Answer<readonly ListedSilence[]>>;
  /** Null where there is none of this id. */
  silence(id: string, signal: AbortSignal): Promise<Answer<ListedSilence | null>>;
  /** Answers its id. After a failure but "refused" and "not understood" it may have been made all the same. */
  addSilence(silence: NewSilence, signal: AbortSignal): Promise<Answer<string>>;
  /** Ends it, also where it has ended already; false where there is none of this id. */
  expireSilence(id: string, signal: AbortSignal): Promise<Answer<boolean>>;
}
