// Message → what is sent to Discord: body and files, within every limit, mentioning nobody but who is asked for. Pure.
import {
  type AllowedMentionsTypes,
  type APIActionRowComponent,
  type APIAllowedMentions,
  type APIButtonComponent,
  type APIEmbed,
  type APIStringSelectComponent,
  MessageFlags,
} from 'discord.js';
import type { Redact } from '../lib/redact.ts';
import type { Message } from '../message.ts';
import { rowsOf } from './buttons.ts';
import { blank } from './clean.ts';
import type { Fitted } from './cut.ts';
import { embedOf } from './embed.ts';
import { guardUnderscores } from './escape.ts';
import { type Upload, uploadsOf } from './files.ts';
import { isSnowflake, limits } from './limits.ts';
import { selectRows } from './selects.ts';
import { markdownLine } from './text.ts';

export interface RenderOptions {
  readonly redact: Redact;
  /** Stands as `ref <marker>` at the end of the first embed's footer; at most 100 characters. */
  readonly marker?: string;
  /** False sends it without a notification. Not taken for an edit. */
  readonly ring?: boolean;
  readonly mentionRoles?: readonly string[];
  /** At most 25 characters; sent with `enforce_nonce`. */
  readonly nonce?: string;
  readonly replyTo?: string;
  /** An answer that only the asker sees. */
  readonly ephemeral?: boolean;
}

/** The JSON part of a request that makes or edits a message. */
export interface MessageBody {
  readonly content: string;
  readonly embeds: readonly APIEmbed[];
  readonly components: readonly APIActionRowComponent<APIButtonComponent | APIStringSelectComponent>[];
  readonly allowed_mentions: APIAllowedMentions;
  /** Exactly these: on an edit, attachments that are not listed go away. */
  readonly attachments: readonly { readonly id: string; readonly filename: string; readonly description?: string }[];
  readonly flags?: number;
  readonly nonce?: string;
  readonly enforce_nonce?: true;
  readonly message_reference?: { readonly message_id: string; readonly fail_if_not_exists: false };
}

export interface Rendered {
  readonly body: MessageBody;
  readonly files: readonly Upload[];
}

/** For a new message, or an answer to an interaction. For an edit leave out `ring`, `nonce`, `replyTo` and `ephemeral`. */
export function render(message: Message, options: RenderOptions): Rendered {
  const { marker, redact } = options;
  const headline = headlineOf(message, redact);
  const { rows, asText } = rowsOf(message.buttons ?? [], redact);
  const selects = selectRows(message.selects ?? [], redact);
  // What the one line cannot hold of the headline, the text does.
  const said = headline.cut ? { ...message, text: [message.headline, ...(message.text ?? [])] } : message;
  const attach = (lines: readonly string[]) => {
    const { embed, files } = embedOf(said, { redact, marker, asText: lines });
    return { embed, ...uploadsOf([...files, ...(message.files ?? [])], redact) };
  };
  const first = attach(asText);
  const { embed, uploads } =
    first.leftOut.length === 0 ? first : attach([...asText, ...first.leftOut.map((name) => `Not attached: ${name}`)]);
  const mentioned = rolesThatFit(options.mentionRoles ?? [], limits.content - headline.text.length);
  const content = [headline.text, ...mentioned.map((role) => `<@&${role}>`)].filter((part) => part !== '').join(' ');
  const flags = flagsOf(options);
  return {
    body: {
      content: content === '' && embed === null ? blank : content,
      embeds: embed === null ? [] : [withImage(embed, uploads)],
      components: [...selects, ...rows].slice(0, limits.rows),
      allowed_mentions: { parse: [] satisfies AllowedMentionsTypes[], roles: [...mentioned], replied_user: false },
      attachments: uploads.map(({ name, description }, index) => ({
        id: String(index),
        filename: name,
        ...(description !== undefined && { description }),
      })),
      ...(flags !== 0 && { flags }),
      ...(options.nonce !== undefined && { nonce: options.nonce, enforce_nonce: true as const }),
      ...(options.replyTo !== undefined && {
        message_reference: { message_id: options.replyTo, fail_if_not_exists: false as const },
      }),
    },
    files: uploads,
  };
}

function headlineOf(message: Message, redact: Redact): Fitted {
  const { text, cut } = markdownLine(message.headline, limits.headline, redact);
  return { text: guardUnderscores(text, 2 * limits.headline), cut };
}

function flagsOf(options: RenderOptions): number {
  const silent = options.ring === false ? MessageFlags.SuppressNotifications : 0;
  return options.ephemeral === true ? silent | MessageFlags.Ephemeral : silent;
}

/** ` <@&id>` takes at most 25 characters, so fewer than the hundred that Discord allows fit beside a headline. */
function rolesThatFit(roles: readonly string[], room: number): readonly string[] {
  const fitting: string[] = [];
  let left = room;
  for (const role of new Set(roles)) {
    left -= role.length + 5;
    if (left < 0 || fitting.length === limits.mentionRoles) break;
    if (isSnowflake(role)) fitting.push(role);
  }
  return fitting;
}

/** The first image is shown inside the card instead of beside it. */
function withImage(embed: APIEmbed, uploads: readonly Upload[]): APIEmbed {
  const image = uploads.find(({ name }) => /\.(?:png|jpe?g|gif|webp)$/i.test(name));
  return image === undefined ? embed : { ...embed, image: { url: `attachment://${image.name}` } };
}
