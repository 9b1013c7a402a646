// What Discord's client makes of what a person types: option values of the declared types, with the things that they name.
import type { APIApplicationCommandOption } from 'discord-api-types/v10';
import { permissionsIn } from '../permissions.ts';
import type { Channel, Command, State } from '../state.ts';
import { wireChannel } from '../wire/channels.ts';
import { wireMember, wireRole, wireUserById } from '../wire/people.ts';

export type OptionValue = string | number | boolean;

export interface Typed {
  readonly options: Readonly<Record<string, OptionValue>>;
  readonly subcommand?: string | undefined;
  readonly group?: string | undefined;
  /** The option in focus, for an autocomplete. */
  readonly focused?: string;
}

interface Resolved {
  users: Record<string, unknown>;
  members: Record<string, unknown>;
  roles: Record<string, unknown>;
  channels: Record<string, unknown>;
}

/** Throws, as the client would not let it be sent, for unknown options, wrong values and required ones left out. */
export function commandData(state: State, command: Command, typed: Typed): Record<string, unknown> {
  const resolved: Resolved = { users: {}, members: {}, roles: {}, channels: {} };
  const options = nested(state, command, typed, resolved);
  const used = Object.entries(resolved).filter(([, things]) => Object.keys(things).length > 0);
  return {
    id: command.id,
    name: command.name,
    type: command.type,
    ...(command.guildId ? { guild_id: command.guildId } : {}),
    ...(options.length > 0 ? { options } : {}),
    ...(used.length > 0 ? { resolved: Object.fromEntries(used) } : {}),
  };
}

function nested(state: State, command: Command, typed: Typed, resolved: Resolved): unknown[] {
  let level: readonly APIApplicationCommandOption[] = command.options ?? [];
  let where = `/${command.name}`;
  const path: { name: string; type: number }[] = [];
  for (const name of [typed.group, typed.subcommand]) {
    if (name === undefined) continue;
    const found = level.find((one) => one.name === name && (one.type === 1 || one.type === 2));
    if (!found) throw new Error(`${where} has no subcommand "${name}"`);
    path.push({ name, type: found.type });
    level = ('options' in found ? found.options : undefined) ?? [];
    where += ` ${name}`;
  }
  if (level.some((one) => one.type === 1 || one.type === 2)) {
    throw new Error(`${where} needs one of its subcommands: ${level.map((one) => one.name).join(', ')}`);
  }
  const values = valuesOf(state, where, level, typed, resolved);
  return path.reduceRight<unknown[]>((inner, part) => [{ ...part, options: inner }], values);
}

function valuesOf(
  state: State,
  where: string,
  declared: readonly APIApplicationCommandOption[],
  typed: Typed,
  resolved: Resolved,
): unknown[] {
  for (const name of Object.keys(typed.options)) {
    if (!declared.some((one) => one.name === name)) throw new Error(`${where} has no option "${name}"`);
  }
  return declared.flatMap((option) => {
    const value = typed.options[option.name];
    const isFocused = option.name === typed.focused;
    if (value === undefined) {
      if (option.required && typed.focused === undefined) throw new Error(`${where} needs the option "${option.name}"`);
      return [];
    }
    const sent = isFocused ? value : checked(state, where, option, value, resolved);
    return [{ name: option.name, type: option.type, value: sent, ...(isFocused ? { focused: true } : {}) }];
  });
}

function checked(
  state: State,
  where: string,
  option: APIApplicationCommandOption,
  value: OptionValue,
  resolved: Resolved,
): OptionValue {
  const wrong = (why: string) => new Error(`${where} ${option.name}: ${JSON.stringify(value)} ${why}`);
  const choices = 'choices' in option ? option.choices : undefined;
  if (choices && choices.length > 0) {
    const chosen = choices.find((one) => one.name === value || one.value === value);
    if (!chosen) throw wrong(`is none of ${choices.map((one) => one.name).join(', ')}`);
    return chosen.value;
  }
  switch (option.type) {
    // Options with choices have no limits in the types, and have been answered above.
    case 3: {
      if (typeof value !== 'string') throw wrong('is not text');
      const { min_length: min = 0, max_length: max = 6000 } = option as { min_length?: number; max_length?: number };
      if (value.length < min || value.length > max) throw wrong(`is not between ${min} and ${max} characters`);
      return value;
    }
    case 4:
    case 10: {
      if (typeof value !== 'number' || (option.type === 4 && !Number.isInteger(value)))
        throw wrong('is not a number of this kind');
      const { min_value: min = -Infinity, max_value: max = Infinity } = option as {
        min_value?: number;
        max_value?: number;
      };
      if (value < min || value > max) throw wrong(`is not between ${min} and ${max}`);
      return value;
    }
    case 5:
      if (typeof value !== 'boolean') throw wrong('is neither true nor false');
      return value;
    case 6:
      return resolveUser(state, value, resolved) ?? raise(wrong('is nobody here'));
    case 7:
      return resolveChannel(state, value, resolved) ?? raise(wrong('is no channel'));
    case 8:
      return resolveRole(state, value, resolved) ?? raise(wrong('is no role'));
    case 9:
      return (
        resolveUser(state, value, resolved) ??
        resolveRole(state, value, resolved) ??
        raise(wrong('is neither person nor role'))
      );
    default:
      throw wrong('cannot be typed here: the sandbox does not play options of this type');
  }
}

function raise(error: Error): never {
  throw error;
}

function resolveUser(state: State, value: OptionValue, resolved: Resolved): string | undefined {
  const user = [...state.users.values()].find((one) => one.id === value || one.username === value);
  if (!user) return undefined;
  resolved.users[user.id] = wireUserById(state, user.id);
  const member = state.members.get(user.id);
  if (member) {
    const { user: _, mute: _mute, deaf: _deaf, ...partial } = wireMember(state, member);
    resolved.members[user.id] = { ...partial, permissions: '0' };
  }
  return user.id;
}

function resolveRole(state: State, value: OptionValue, resolved: Resolved): string | undefined {
  const role = [...state.roles.values()].find((one) => one.id === value || one.name === value);
  if (role) resolved.roles[role.id] = wireRole(role);
  return role?.id;
}

function resolveChannel(state: State, value: OptionValue, resolved: Resolved): string | undefined {
  const channel = channelNamed(state, String(value));
  if (channel) {
    const wire = wireChannel(state, channel);
    resolved.channels[channel.id] = {
      ...wire,
      permissions: String(permissionsIn(state, channel, state.application.id)),
    };
  }
  return channel?.id;
}

export function channelNamed(state: State, nameOrId: string): Channel | undefined {
  return state.channels.get(nameOrId) ?? [...state.channels.values()].find((one) => one.name === nameOrId);
}

/** The ids that a select of people, roles or channels answers, with what they stand for. */
export function selectData(
  state: State,
  type: number,
  names: readonly string[],
): { values: string[]; resolved: Partial<Resolved> } {
  const resolved: Resolved = { users: {}, members: {}, roles: {}, channels: {} };
  const values = names.map((name) => {
    const id =
      type === 8
        ? resolveChannel(state, name, resolved)
        : ((type !== 6 ? resolveUser(state, name, resolved) : undefined) ??
          (type !== 5 ? resolveRole(state, name, resolved) : undefined));
    if (id === undefined) throw new Error(`There is no "${name}" to select`);
    return id;
  });
  return {
    values,
    resolved: Object.fromEntries(Object.entries(resolved).filter(([, things]) => Object.keys(things).length > 0)),
  };
}
