// What we say, in our words: every message of the bot before the discord room renders it within Discord's limits.

/**
 * One run of text. A plain string is data: it is redacted and escaped when rendered, so that nothing in it can format,
 * link or mention. Only the other kinds become markup.
 */
export type Run =
  | string
  | { readonly bold: string }
  | { readonly code: string }
  /** `relative` reads "5 minutes ago", `full` date and time, in the reader's own time zone. */
  | { readonly time: Date; readonly style: 'relative' | 'full' }
  /** Rendered as a link where Discord takes the URL, else as `text (url)` in plain text. */
  | { readonly link: string; readonly url: string }
  /** Names a role or person without ringing them; ringing is `Message.mentionRoles` alone. */
  | { readonly role: string }
  | { readonly person: string };

/** One line; an array is its runs in order. */
export type Line = Run | readonly Run[];

/** What colour and emoji say; the words always say it too. */
export type Tone = 'critical' | 'warning' | 'info' | 'good' | 'neutral';

/** A name and a value, shown as one row. */
export interface Fact {
  readonly name: string;
  readonly value: Line;
}

/** Something that can be left out for lack of space: what is left out or cut is counted, and `whole` of all goes into a file. */
export interface Item {
  readonly lines: readonly Line[];
  /** The same without any cut, as plain text for the attached file. */
  readonly whole: string;
  /** `lines` leave out a part of it, so that the file is attached even where they fit. */
  readonly isShort?: boolean;
}

/** Many like things; as many as fit are shown, in order. */
export interface List {
  readonly items: readonly Item[];
  /** What one is called: "alert", "node"; the plural adds an s. */
  readonly noun: string;
  /** Name of the file that holds all of them whole when not all are shown, for example `alerts.txt`. */
  readonly file: string;
  /** No more of them are shown, though they would fit. */
  readonly most?: number;
}

/** A press of it comes back as an `Invocation` of kind `press` with this `action` and `subject`; it carries no authority. */
export interface ActionButton {
  readonly label: string;
  readonly style: 'primary' | 'secondary' | 'success' | 'danger';
  /** Lower-case name of what is asked for, for example `page` or `share`; at most 20 characters. */
  readonly action: string;
  /** Id of what it is about, for example a card's or an answer's id, plus an argument; at most 70 characters. */
  readonly subject: string;
  readonly disabled?: boolean;
}

/** Left out, with its address shown as text, where Discord would refuse the URL. */
export interface LinkButton {
  readonly label: string;
  readonly url: string;
}

export type Button = ActionButton | LinkButton;

/** One of its options is picked: comes back as an `Invocation` of kind `press` with the option's value. Each takes a row of its own. */
export interface Select {
  readonly placeholder: string;
  /** As of an `ActionButton`. */
  readonly action: string;
  readonly subject: string;
  /** At most 25, each value once. */
  readonly options: readonly { readonly label: string; readonly value: string; readonly description?: string }[];
}

/** Something that a person fills in; comes back as an `Invocation` of kind `press` with the fields. At most five of them. */
export interface Modal {
  readonly title: string;
  /** As of an `ActionButton`. */
  readonly action: string;
  readonly subject: string;
  readonly fields: readonly {
    readonly id: string;
    /** At most 45 characters. */
    readonly label: string;
    readonly description?: string;
    readonly placeholder?: string;
    readonly required: boolean;
    /** Characters. */
    readonly longest: number;
  }[];
}

export interface File {
  readonly name: string;
  readonly data: string | Uint8Array;
  /** Alternative text of an image. */
  readonly description?: string;
}

export interface Message {
  /** One line that reads well on a phone's lock screen: the message's `content`. */
  readonly headline: Line;
  readonly tone: Tone;
  /** Heading of the embed. */
  readonly title?: string;
  readonly titleUrl?: string;
  /** Lines under the heading. */
  readonly text?: readonly Line[];
  /** Monospaced table or log lines, in a code block; shown after `text`; cut by whole lines, the rest attached as `block.file`. */
  readonly block?: { readonly lines: readonly string[]; readonly file: string };
  readonly list?: List;
  readonly facts?: readonly Fact[];
  /** Small print; the discord room adds a card's marker after it. */
  readonly footer?: string;
  readonly buttons?: readonly Button[];
  readonly selects?: readonly Select[];
  readonly files?: readonly File[];
}
