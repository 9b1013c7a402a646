// What a person asked for through Discord, and how to answer; the discord room makes these, the rest never sees Discord.
import type { Message, Modal } from '../message.ts';

/** Who asks. Roles come from the interaction itself, so they are those of this moment. */
export interface Person {
  readonly id: string;
  /** Discord username (unique, lower case), never the display name. */
  readonly username: string;
  /** Role ids of the person in the guild; `@everyone` is not among them. */
  readonly roles: readonly string[];
}

interface Asked {
  /** The interaction's snowflake. */
  readonly id: string;
  readonly person: Person;
  /** Null outside a guild. */
  readonly guildId: string | null;
  readonly channelId: string;
}

export type OptionValue = string | number | boolean;

/** A slash command was sent. */
export interface CommandInvocation extends Asked {
  readonly kind: 'command';
  readonly command: string;
  readonly subcommand: string | null;
  readonly options: Readonly<Record<string, OptionValue>>;
}

/** A button was pressed, an option of a select was picked, or a modal was sent; `action` and `subject` as in `ActionButton`. */
export interface PressInvocation extends Asked {
  readonly kind: 'press';
  /** When Discord made it, in milliseconds since 1970 by Discord's clock. */
  readonly askedAt: number;
  readonly action: string;
  readonly subject: string;
  /** The message that carries the button. */
  readonly messageId: string;
  /** Of a select. */
  readonly values?: readonly string[];
  /** Of a modal, by the ids of its fields. */
  readonly fields?: Readonly<Record<string, string>>;
}

/** Someone types an option; Discord wants at most 25 choices, at once. */
export interface CompletionInvocation extends Asked {
  readonly kind: 'completion';
  readonly command: string;
  readonly subcommand: string | null;
  /** The option in focus. */
  readonly option: string;
  readonly typed: string;
  readonly options: Readonly<Record<string, OptionValue>>;
}

export type Invocation = CommandInvocation | PressInvocation | CompletionInvocation;

export interface Choice {
  readonly name: string;
  readonly value: string;
}

/**
 * How one command or press is answered. The first call is the first response, which Discord wants within 3 s; later calls edit
 * it. Every method may reject when Discord does not take it; the caller logs that.
 */
export interface Answering {
  /** Ephemeral "thinking" for a command, for at most 15 minutes. */
  defer(): Promise<void>;
  /** Acknowledges a press without changing anything yet; `show` then replaces the message that carries the button. */
  deferUpdate(): Promise<void>;
  /** Opens a modal; it can only be the first response, and not to a modal that was sent. */
  modal(modal: Modal): Promise<void>;
  /** Shows this, ephemerally: as the first response, or in place of the deferred one. After `deferUpdate` it replaces the pressed message. */
  show(message: Message): Promise<void>;
  /** A further ephemeral message, after a first response. */
  add(message: Message): Promise<void>;
}

/** Answers a completion, once. Choices beyond 25 are dropped; names and values beyond 100 characters are cut or left out. */
export type Complete = (choices: readonly Choice[]) => Promise<void>;

/** What the discord room calls for each interaction; both resolve when all is done and never reject. */
export interface Receiver {
  invoked(invocation: CommandInvocation | PressInvocation, answering: Answering): Promise<void>;
  completing(invocation: CompletionInvocation, complete: Complete): Promise<void>;
}
