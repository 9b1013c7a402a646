// Reads the body of a message that is created or edited, within the limits of docs: resources/message#create-message.
import type { APIEmbed, APIMessageTopLevelComponent } from 'discord-api-types/v10';
import { notPlayed, refusal } from '../errors.ts';
import type { AllowedMentions } from '../mentions.ts';
import type { StoredAttachment, World } from '../state.ts';
import { attachmentUrl } from '../wire/messages.ts';
import { readComponents } from './components.ts';
import { readEmbeds } from './embeds.ts';
import { createForm, type Form } from './form.ts';

/** A file of a multipart request. */
export interface Upload {
  /** `files[0]` and so on. */
  readonly field: string;
  readonly filename: string;
  readonly contentType: string;
  readonly data: Buffer;
}

export const messageFlags = {
  suppressEmbeds: 1 << 2,
  ephemeral: 1 << 6,
  loading: 1 << 7,
  suppressNotifications: 1 << 12,
  componentsV2: 1 << 15,
};

/** Undefined means that the request does not speak of it. */
export interface MessageInput {
  readonly content: string | undefined;
  readonly embeds: APIEmbed[] | undefined;
  readonly components: APIMessageTopLevelComponent[] | undefined;
  readonly attachments: StoredAttachment[] | undefined;
  readonly flags: number | undefined;
  readonly tts: boolean;
  readonly nonce: string | number | null;
  readonly enforceNonce: boolean;
  readonly allowed: AllowedMentions | null;
  readonly replyTo: {
    readonly channelId: string;
    readonly messageId: string;
    readonly failIfNotExists: boolean;
  } | null;
}

export interface MessageRules {
  readonly channelId: string;
  /** Flags that may be set here. */
  readonly flags: readonly number[];
  /** What an edit starts from; null for a new message. */
  readonly before: { readonly attachments: readonly StoredAttachment[]; readonly flags: number } | null;
}

const maximumFile = 10 * 1024 * 1024;
const maximumFiles = 10;

/** Throws 50035 with all that is wrong, 413 for a file over 10 MiB. */
export function readMessage(
  world: World,
  body: Record<string, unknown>,
  uploads: readonly Upload[],
  rules: MessageRules,
): MessageInput {
  for (const part of ['poll', 'sticker_ids', 'shared_client_theme']) {
    const value = body[part];
    if (value !== undefined && value !== null && !(Array.isArray(value) && value.length === 0))
      throw notPlayed(`\`${part}\``);
  }
  if (uploads.some((file) => file.data.length > maximumFile)) throw refusal('entityTooLarge');
  const form = createForm();
  const flags = readFlags(form, body['flags'], rules);
  const attachments = readAttachments(world, form, body['attachments'], uploads, rules);
  const fileUrl = (name: string) => {
    const file = (attachments ?? rules.before?.attachments)?.find((one) => one.filename === name);
    return file && attachmentUrl(world, rules.channelId, file);
  };
  const version = ((flags ?? 0) | (rules.before?.flags ?? 0)) & messageFlags.componentsV2 ? 2 : 1;
  const input: MessageInput = {
    content: body['content'] === null ? '' : form.text(body['content'], ['content'], { max: 2000 }),
    embeds: body['embeds'] === null ? [] : readEmbeds(form, body['embeds'], ['embeds'], fileUrl),
    components:
      body['components'] === null ? [] : readComponents(form, body['components'], ['components'], { version, fileUrl }),
    attachments,
    flags,
    tts: form.truth(body['tts'], ['tts']) ?? false,
    nonce: readNonce(form, body['nonce']),
    enforceNonce: form.truth(body['enforce_nonce'], ['enforce_nonce']) ?? false,
    allowed: readAllowedMentions(form, body['allowed_mentions']),
    replyTo: readReference(form, body['message_reference'], rules.channelId),
  };
  if (version === 2 && (input.content || (input.embeds && input.embeds.length > 0))) {
    const field = input.content ? 'content' : 'embeds';
    form.fail(
      [field],
      'MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2',
      `The '${field}' field cannot be used when using MessageFlags.IS_COMPONENTS_V2`,
    );
  }
  form.check();
  return input;
}

function readFlags(form: Form, value: unknown, rules: MessageRules): number | undefined {
  const flags = form.integer(value, ['flags'], { min: 0, max: 2 ** 31 - 1 });
  if (flags === undefined) return undefined;
  const mayStay = rules.before?.flags ?? 0;
  const allowed = rules.flags.reduce((sum, flag) => sum | flag, mayStay);
  if (flags & ~allowed) form.fail(['flags'], 'BASE_TYPE_CHOICES', `Flags ${flags & ~allowed} cannot be set here.`);
  return flags;
}

function readNonce(form: Form, value: unknown): string | number | null {
  if (typeof value === 'number' && Number.isInteger(value)) return value;
  return form.text(value, ['nonce'], { max: 25, trim: false }) ?? null;
}

function readReference(form: Form, value: unknown, channelId: string): MessageInput['replyTo'] {
  const given = form.object(value, ['message_reference']);
  if (!given) return null;
  if (given['type'] === 1) throw notPlayed('forwarded messages');
  const messageId = form.id(given['message_id'], ['message_reference', 'message_id'], { required: true }) ?? '';
  const stated = form.id(given['channel_id'], ['message_reference', 'channel_id']);
  const mustExist = form.truth(given['fail_if_not_exists'], ['message_reference', 'fail_if_not_exists']);
  return { channelId: stated ?? channelId, messageId, failIfNotExists: mustExist ?? true };
}

function readAllowedMentions(form: Form, value: unknown): AllowedMentions | null {
  const given = form.object(value, ['allowed_mentions']);
  if (!given) return null;
  const parse = new Set<'users' | 'roles' | 'everyone'>();
  for (const [index, one] of (form.list(given['parse'], ['allowed_mentions', 'parse'], { max: 3 }) ?? []).entries()) {
    const at = ['allowed_mentions', 'parse', index];
    if (one !== 'users' && one !== 'roles' && one !== 'everyone') {
      form.fail(at, 'BASE_TYPE_CHOICES', "Value must be one of ('users', 'everyone', 'roles').");
    } else if (parse.has(one)) form.fail(at, 'SET_TYPE_ALREADY_CONTAINS_VALUE', 'The set already contains this value');
    else parse.add(one);
  }
  const ids = (kind: 'users' | 'roles') => {
    const path = ['allowed_mentions', kind];
    const list = form.list(given[kind], path, { max: 100 }) ?? [];
    const set = new Set<string>();
    for (const [index, one] of list.entries()) {
      const id = form.id(one, [...path, index], { required: true });
      if (id && set.has(id))
        form.fail([...path, index], 'SET_TYPE_ALREADY_CONTAINS_VALUE', 'The set already contains this value');
      if (id) set.add(id);
    }
    if (parse.has(kind) && set.size > 0) {
      form.fail(
        ['allowed_mentions'],
        'MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE',
        `parse:["${kind}"] and ${kind}: [ids...] are mutually exclusive.`,
      );
    }
    return set;
  };
  const repliedUser = form.truth(given['replied_user'], ['allowed_mentions', 'replied_user']) ?? false;
  return { parse, users: ids('users'), roles: ids('roles'), repliedUser };
}

/** What the message has afterwards: entries with an index name new files, entries with an id keep old ones; files without an entry are added. */
function readAttachments(
  world: World,
  form: Form,
  value: unknown,
  uploads: readonly Upload[],
  rules: MessageRules,
): StoredAttachment[] | undefined {
  const list = form.list(value, ['attachments'], { max: maximumFiles });
  const old = rules.before?.attachments ?? [];
  if (!list && uploads.length === 0) return undefined;
  const result: StoredAttachment[] = list ? [] : [...old];
  const used = new Set<Upload>();
  for (const [index, one] of (list ?? []).entries()) {
    const at = ['attachments', index];
    const given = form.object(one, at) ?? {};
    const id = form.id(given['id'], [...at, 'id'], { required: true });
    const description = form.text(given['description'], [...at, 'description'], { max: 1024 });
    const kept = old.find((attachment) => attachment.id === id);
    const upload = uploads.find((file) => file.field === `files[${id}]`);
    if (kept) result.push({ ...kept, description: description ?? kept.description });
    else if (upload && !used.has(upload)) {
      used.add(upload);
      const filename = form.text(given['filename'], [...at, 'filename'], { min: 1, max: 1024 }) ?? upload.filename;
      result.push(store(world, { ...upload, filename }, description));
    } else if (id) form.fail([...at, 'id'], 'ATTACHMENT_NOT_FOUND', `There is no file or attachment ${id}`);
  }
  for (const upload of uploads) if (!used.has(upload)) result.push(store(world, upload, undefined));
  if (result.length > maximumFiles) {
    form.fail(['attachments'], 'BASE_TYPE_MAX_LENGTH', `Must be ${maximumFiles} or fewer in length.`);
  }
  return result;
}

/** Discord keeps letters, digits and `._-` of a file's name and puts `_` for the rest. */
function store(world: World, upload: Upload, description: string | undefined): StoredAttachment {
  const filename = upload.filename.replace(/[^\p{L}\p{N}._-]+/gu, '_') || 'unknown';
  return { id: world.ids.next(), filename, description, contentType: contentType(upload), data: upload.data };
}

function contentType({ filename, contentType }: Upload): string {
  if (contentType && contentType !== 'application/octet-stream' && contentType !== 'text/plain') return contentType;
  const types: Record<string, string> = {
    png: 'image/png',
    txt: 'text/plain; charset=utf-8',
    log: 'text/plain; charset=utf-8',
    json: 'application/json; charset=utf-8',
  };
  return types[filename.split('.').at(-1) ?? ''] ?? (contentType || 'application/octet-stream');
}
