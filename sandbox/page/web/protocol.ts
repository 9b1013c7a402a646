// What the page's server and the page in the browser say to each other; both sides import it.
import type { APIEmbed, APIMessageTopLevelComponent } from 'discord-api-types/v10';

export interface PageFile {
  readonly filename: string;
  /** Bytes. */
  readonly size: number;
  readonly contentType: string;
  readonly description: string | null;
  /** Path on the page's own server. */
  readonly path: string;
}

/** A message as one person sees it. */
export interface PageMessage {
  readonly id: string;
  /** Name of its channel. */
  readonly channel: string;
  readonly author: { readonly id: string; readonly username: string; readonly bot: boolean };
  readonly content: string;
  readonly embeds: readonly APIEmbed[];
  readonly components: readonly APIMessageTopLevelComponent[];
  readonly files: readonly PageFile[];
  /** "Thinking": an answer without content yet. */
  readonly loading: boolean;
  /** Only the person who is typing sees it. */
  readonly ephemeral: boolean;
  readonly silent: boolean;
  /** Ids of people and roles that it rang. */
  readonly rang: readonly string[];
  readonly replyTo: string | null;
  /** The slash command that it answers. */
  readonly invoked: { readonly username: string; readonly command: string } | null;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  readonly editedAt: number | null;
}

export interface PageChannel {
  readonly id: string;
  readonly name: string;
  readonly topic: string;
}

export interface PageOption {
  readonly name: string;
  readonly description: string;
  /** Discord's option types: 3 text, 4 whole number, 5 yes or no, 6 person, 7 channel, 8 role, 10 number. */
  readonly type: number;
  readonly required: boolean;
  readonly choices: readonly PageChoice[];
  readonly autocomplete: boolean;
}

export interface PageChoice {
  readonly name: string;
  readonly value: string | number;
}

/** A command, or a subcommand under its whole name (`helm list`). */
export interface PageCommand {
  readonly name: string;
  readonly description: string;
  readonly options: readonly PageOption[];
}

export interface PagePerson {
  readonly id: string;
  readonly username: string;
  readonly displayName: string;
  readonly bot: boolean;
  /** Names of roles, the highest first. */
  readonly roles: readonly string[];
}

export interface PageRole {
  readonly id: string;
  readonly name: string;
  /** 0xRRGGBB; 0 for none. */
  readonly color: number;
}

export interface PageNode {
  readonly name: string;
  readonly ready: boolean;
  readonly role: string;
  readonly version: string;
  readonly pods: number;
}

export interface PagePod {
  readonly name: string;
  readonly namespace: string;
  readonly node: string;
  /** As `kubectl get pods` says it: `Running`, `CrashLoopBackOff`. */
  readonly status: string;
  readonly ready: boolean;
  readonly restarts: number;
  /** Tag of its first container's image. */
  readonly tag: string;
}

export interface PageApp {
  readonly name: string;
  /** What the Deployment asks for. */
  readonly tag: string;
  readonly wanted: number;
  readonly ready: number;
  readonly updated: number;
}

export interface PageCommit {
  readonly commit: string;
  readonly author: string;
  readonly subject: string;
}

export interface PageAlert {
  /** Names it in actions: `nodeDown`. */
  readonly key: string;
  readonly name: string;
  readonly severity: string;
  readonly summary: string;
  /** How many of its things fire now. */
  readonly firing: number;
  /** How many there are in all. */
  readonly things: number;
  /** Whether it has got worse, and so is critical besides; null for what always is. */
  readonly worse: boolean | null;
}

/** What the sandbox's homelab is like now. Empty lists where a part is not the sandbox's. */
export interface PageHomelab {
  readonly nodes: readonly PageNode[];
  readonly pods: readonly PagePod[];
  readonly app: PageApp | null;
  readonly commits: readonly PageCommit[];
  readonly alerts: readonly PageAlert[];
  /** How many alerts of the storm fire; 0 where there is none. */
  readonly storm: number;
  /** Null where there is no Prometheus of the sandbox. */
  readonly watchdog: 'arrives' | 'stays away' | null;
  /** Tags that a build has pushed, oldest first. */
  readonly tags: readonly string[];
  /** What to install, where something is missing. */
  readonly advice: string | null;
}

/** Discord's absence: until when, in milliseconds since 1970; null while it is there. */
export interface PageOutage {
  readonly until: number | null;
}

export const walkSteps = ['fire', 'grow', 'resolve', 'nodes', 'refused', 'deploy', 'undone'] as const;
export type WalkStep = (typeof walkSteps)[number];

/** Sent first on each stream: everything. */
export interface PageHello {
  readonly guild: string;
  readonly as: string;
  /** Milliseconds since 1970 by the server's clock. */
  readonly now: number;
  readonly people: readonly PagePerson[];
  readonly roles: readonly PageRole[];
  readonly channels: readonly PageChannel[];
  readonly commands: readonly PageCommand[];
  /** Oldest first, the newest hundred of each channel. */
  readonly messages: readonly PageMessage[];
  readonly homelab: PageHomelab;
  readonly outage: PageOutage;
  readonly walk: readonly WalkStep[];
}

/** Names of server-sent events, with what they carry. */
export interface PageEvents {
  readonly hello: PageHello;
  readonly message: { readonly change: 'created' | 'edited' | 'deleted'; readonly message: PageMessage };
  readonly homelab: PageHomelab;
  readonly outage: PageOutage;
  readonly walk: readonly WalkStep[];
}

export interface PageModal {
  readonly title: string;
  readonly components: readonly Readonly<Record<string, unknown>>[];
}

/** What a person sees at once of what they did. */
export interface PageOutcome {
  /** Id of the interaction, which a modal's answer names. */
  readonly id: string;
  /** What Discord says when the bot did not answer. */
  readonly failure: string | null;
  readonly modal: PageModal | null;
}
