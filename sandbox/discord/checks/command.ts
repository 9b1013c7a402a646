// The limits of application commands (docs: interactions/application-commands).
import { createForm, type Form, isObject, type Path } from './form.ts';

type Given = Record<string, unknown>;

const names = /^[-_'\p{L}\p{N}\p{sc=Deva}\p{sc=Thai}]{1,32}$/u;
const kinds = { chat: 1, subcommand: 1, group: 2, string: 3, integer: 4, boolean: 5, channel: 7, number: 10 };
const choosing = [kinds.string, kinds.integer, kinds.number];

/** What of a command a request says, without id, version and owner. */
export interface CommandInput {
  readonly name: string;
  readonly type: number;
  readonly description: string;
  readonly options: Given[] | undefined;
  readonly rest: Given;
}

/** Throws 50035 with all that is wrong. */
export function readCommand(body: unknown): CommandInput {
  const form = createForm();
  const input = readInto(form, body, []);
  form.check();
  return input;
}

/** A bulk overwrite: every command of the list, and that no two of a kind share a name. */
export function readCommands(body: unknown): CommandInput[] {
  const form = createForm();
  const list = form.list(body, [], { max: 130, required: true }) ?? [];
  const inputs = list.map((one, index) => readInto(form, one, [index]));
  const seen = new Set<string>();
  for (const [index, input] of inputs.entries()) {
    const key = `${input.type} ${input.name}`;
    if (seen.has(key))
      form.fail([index], 'APPLICATION_COMMANDS_DUPLICATE_NAME', 'Application command names must be unique');
    seen.add(key);
  }
  form.check();
  return inputs;
}

function readInto(form: Form, body: unknown, path: Path): CommandInput {
  const given = form.object(body, path) ?? {};
  const type =
    given['type'] === undefined
      ? kinds.chat
      : (form.choice(given['type'], [...path, 'type'], [1, 2, 3, 4]) ?? kinds.chat);
  const name =
    type === kinds.chat
      ? readName(form, given['name'], [...path, 'name'])
      : form.text(given['name'], [...path, 'name'], { min: 1, max: 32, required: true });
  const description =
    type === kinds.chat
      ? form.text(given['description'], [...path, 'description'], { min: 1, max: 100, required: true })
      : form.text(given['description'], [...path, 'description'], { max: 0 });
  const options = readOptions(form, given['options'], [...path, 'options'], 0);
  if (sizeOf(given) > 8000) form.fail(path, 'APPLICATION_COMMAND_TOO_LARGE', 'Command exceeds maximum size (8000)');
  const permissions = given['default_member_permissions'];
  if (
    permissions !== undefined &&
    permissions !== null &&
    !(typeof permissions === 'string' && /^\d+$/.test(permissions))
  ) {
    form.fail(
      [...path, 'default_member_permissions'],
      'NUMBER_TYPE_COERCE',
      `Value "${String(permissions)}" is not int.`,
    );
  }
  const contexts = given['contexts'];
  return {
    name: name ?? '',
    type,
    description: description ?? '',
    options,
    rest: {
      name_localizations: given['name_localizations'] ?? null,
      description_localizations: given['description_localizations'] ?? null,
      default_member_permissions: permissions ?? null,
      dm_permission: form.truth(given['dm_permission'], [...path, 'dm_permission']) ?? true,
      nsfw: form.truth(given['nsfw'], [...path, 'nsfw']) ?? false,
      contexts: Array.isArray(contexts) ? contexts : null,
      integration_types: Array.isArray(given['integration_types']) ? given['integration_types'] : [0],
    },
  };
}

function readName(form: Form, value: unknown, path: Path): string {
  const name = form.text(value, path, { min: 1, max: 32, required: true }) ?? '';
  if (name && (!names.test(name) || name !== name.toLowerCase())) {
    form.fail(path, 'APPLICATION_COMMAND_INVALID_NAME', 'Command name is invalid');
  }
  return name;
}

/** Names, descriptions and values count, the longest localisation of each. */
function sizeOf(given: unknown): number {
  if (!isObject(given)) return 0;
  const longest = (plain: unknown, localized: unknown) =>
    Math.max(
      String(plain ?? '').length,
      ...(isObject(localized) ? Object.values(localized).map((text) => String(text).length) : [0]),
    );
  const own =
    longest(given['name'], given['name_localizations']) +
    longest(given['description'], given['description_localizations']);
  const value = 'value' in given ? String(given['value']).length : 0;
  const children = [given['options'], given['choices']].flatMap((list) => (Array.isArray(list) ? list : []));
  return own + value + children.reduce<number>((sum, child) => sum + sizeOf(child), 0);
}

/** `depth` 0 below the command, 1 below a subcommand or group, 2 below a subcommand of a group. */
function readOptions(form: Form, value: unknown, path: Path, depth: number): Given[] | undefined {
  const list = form.list(value, path, { max: 25 });
  if (!list) return undefined;
  const seen = new Set<string>();
  let optionalBefore = false;
  const read = list.map((one, index) => {
    const at = [...path, index];
    const option = readOption(form, one, at, depth);
    const name = String(option['name']);
    if (seen.has(name))
      form.fail([...at, 'name'], 'APPLICATION_COMMAND_OPTIONS_NAME_INVALID', 'Option names must be unique');
    seen.add(name);
    if (option['required'] === true && optionalBefore) {
      form.fail(
        at,
        'APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID',
        'Required options must be placed before non-required options',
      );
    }
    if (option['required'] !== true) optionalBefore = true;
    return option;
  });
  const nested = read.filter((option) => Number(option['type']) <= kinds.group).length;
  if (nested > 0 && nested < read.length) {
    form.fail(
      path,
      'APPLICATION_COMMAND_OPTIONS_TYPE_INVALID',
      'Sub-command and sub-command group option types are mutually exclusive to all other types',
    );
  }
  return read;
}

function readOption(form: Form, value: unknown, path: Path, depth: number): Given {
  const given = form.object(value, path) ?? {};
  const nesting = depth === 0 ? [kinds.subcommand, kinds.group] : depth === 1 ? [kinds.subcommand] : [];
  const type = form.choice(given['type'], [...path, 'type'], [...nesting, 3, 4, 5, 6, 7, 8, 9, 10, 11]) ?? kinds.string;
  const name = readName(form, given['name'], [...path, 'name']);
  const description =
    form.text(given['description'], [...path, 'description'], { min: 1, max: 100, required: true }) ?? '';
  const localized = {
    ...(isObject(given['name_localizations']) ? { name_localizations: given['name_localizations'] } : {}),
    ...(isObject(given['description_localizations'])
      ? { description_localizations: given['description_localizations'] }
      : {}),
  };
  if (type <= kinds.group) {
    const options = readOptions(form, given['options'], [...path, 'options'], type === kinds.group ? 1 : 2);
    return { type, name, description, ...localized, ...(options && options.length > 0 ? { options } : {}) };
  }
  const required = form.truth(given['required'], [...path, 'required']);
  const autocomplete = form.truth(given['autocomplete'], [...path, 'autocomplete']);
  const choices = choosing.includes(type) ? readChoices(form, given['choices'], [...path, 'choices'], type) : undefined;
  if (autocomplete && (!choosing.includes(type) || (choices && choices.length > 0))) {
    form.fail(
      [...path, 'autocomplete'],
      'APPLICATION_COMMAND_OPTIONS_AUTOCOMPLETE_CHOICES_MUTUALLY_EXCLUSIVE',
      'autocomplete and choices are mutually exclusive',
    );
  }
  return {
    type,
    name,
    description,
    ...localized,
    ...(required ? { required } : {}),
    ...(autocomplete ? { autocomplete } : {}),
    ...(choices && choices.length > 0 ? { choices } : {}),
    ...bounds(form, given, path, type),
    ...(type === kinds.channel && Array.isArray(given['channel_types'])
      ? { channel_types: given['channel_types'] }
      : {}),
  };
}

function bounds(form: Form, given: Given, path: Path, type: number): Given {
  if (type === kinds.string) {
    const min = form.integer(given['min_length'], [...path, 'min_length'], { min: 0, max: 6000 });
    const max = form.integer(given['max_length'], [...path, 'max_length'], { min: 1, max: 6000 });
    return { ...(min === undefined ? {} : { min_length: min }), ...(max === undefined ? {} : { max_length: max }) };
  }
  const result: Given = {};
  for (const key of ['min_value', 'max_value']) if (typeof given[key] === 'number') result[key] = given[key];
  return result;
}

function readChoices(form: Form, value: unknown, path: Path, type: number): Given[] | undefined {
  return form.list(value, path, { max: 25 })?.map((one, index) => {
    const at = [...path, index];
    const given = form.object(one, at) ?? {};
    const name = form.text(given['name'], [...at, 'name'], { min: 1, max: 100, required: true });
    const localized = isObject(given['name_localizations']) ? { name_localizations: given['name_localizations'] } : {};
    if (type === kinds.string) {
      return {
        name,
        value: form.text(given['value'], [...at, 'value'], { min: 1, max: 100, required: true, trim: false }),
        ...localized,
      };
    }
    if (typeof given['value'] !== 'number')
      form.fail([...at, 'value'], 'NUMBER_TYPE_COERCE', `Value "${String(given['value'])}" is not a number.`);
    return { name, value: given['value'], ...localized };
  });
}
