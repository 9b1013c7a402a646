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

export interface AlertmanagerStatus {
  readonly version: string;
  /** When this process of it started: alerts are in its memory alone, and come back with Prometheus' next rounds. */
  readonly startedAt: number;
}

/** As Alertmanager has it: an alert is under a silence where all of its matchers hold. */
export interface Matcher {
  readonly name: string;
  readonly value: string;
  readonly isRegex: boolean;
  readonly isEqual: boolean;
}

/** Times are milliseconds since 1970. */
export interface ListedSilence {
  readonly id: string;
  readonly state: 'active' | 'pending' | 'expired';
  readonly matchers: readonly Matcher[];
  readonly createdBy: string;
  readonly comment: string;
  readonly startsAt: number;
  readonly endsAt: number;
}

export interface NewSilence {
  readonly matchers: readonly Matcher[];
  readonly startsAt: Date;
  readonly endsAt: Date;
  readonly createdBy: string;
  readonly comment: string;
}

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
    /** No JSON, or not in the form of API v2. */
    | 'not understood';
  readonly reason: string;
}

export type Answer<T> = { readonly kind: 'answered'; readonly value: T } | Failure;

/** It calls a change wrong, or there is no such thing (any more). */
export interface Rejection {
  readonly kind: 'rejected';
  readonly reason: string;
}

/** Each rejects with the signal's reason, and with nothing else. */
export interface Alertmanager {
  /** Whatever fires, silenced and inhibited alerts too: all of it, or a failure. */
  alerts(signal: AbortSignal): Promise<Answer<readonly ListedAlert[]>>;
  groups(signal: AbortSignal): Promise<Answer<readonly ListedGroup[]>>;
  /** Names of all receivers that it is configured with. */
  receivers(signal: AbortSignal): Promise<Answer<readonly string[]>>;
  status(signal: AbortSignal): Promise<Answer<AlertmanagerStatus>>;
  /** Those in force, waiting, and ended within Alertmanager's retention. */
  silences(signal: AbortSignal): Promise<Answer<readonly ListedSilence[]>>;
  /** Makes one; answered with its id. Where no answer came it may have been made. */
  silence(silence: NewSilence, signal: AbortSignal): Promise<Answer<string> | Rejection>;
  /** Ends one now. */
  expire(id: string, signal: AbortSignal): Promise<Answer<null> | Rejection>;
}
