// Application commands, of the guild and global ones.
import { type CommandInput, readCommand, readCommands } from '../checks/command.ts';
import { refusal } from '../errors.ts';
import { type Answer, bodyOf, type Call, param, type Route } from '../router.ts';
import type { Command } from '../state.ts';

/** The id of the guild that the path names, or null for global commands. */
function ownerOf(call: Call): string | null {
  const { application, guild } = call.world.state;
  if (param(call, 'application') !== application.id) throw refusal('notYourApplication');
  const id = call.params['guild'];
  if (id === undefined) return null;
  if (id !== guild.id) throw refusal('missingAccess');
  return id;
}

function listOf(call: Call, guildId: string | null): Command[] {
  return [...call.world.state.commands.values()].filter((command) => command.guildId === guildId);
}

function wire({ guildId, ...command }: Command) {
  return guildId === null ? command : { ...command, guild_id: guildId };
}

/** Localisations only come where they are asked for. */
function list(call: Call): Answer {
  const localized = call.query['with_localizations'] === 'true';
  const all = listOf(call, ownerOf(call)).map((command) => {
    const { name_localizations, description_localizations, ...plain } = wire(command);
    return localized ? { ...plain, name_localizations, description_localizations } : plain;
  });
  return { status: 200, body: all };
}

/** Same name and kind keeps its id; every change gives a new version. */
function put(call: Call, guildId: string | null, input: CommandInput): { command: Command; isNew: boolean } {
  const { world } = call;
  const before = listOf(call, guildId).find((one) => one.name === input.name && one.type === input.type);
  // `readCommand` has held each field to its limits; the options and the rest are records all the same.
  const command = {
    id: before?.id ?? world.ids.next(),
    application_id: world.state.application.id,
    version: world.ids.next(),
    type: input.type,
    name: input.name,
    description: input.description,
    ...(input.options && input.options.length > 0 ? { options: input.options } : {}),
    ...input.rest,
    guildId,
  } as unknown as Command;
  world.state.commands.set(command.id, command);
  return { command, isNew: before === undefined };
}

/** 30032 when there are more of a kind than an owner may have. */
function demandRoom(all: readonly { readonly type: number; readonly name: string }[]): void {
  const maximum = { 1: 100, 2: 15, 3: 15, 4: 1 };
  for (const [type, most] of Object.entries(maximum)) {
    if (all.filter((one) => one.type === Number(type)).length > most) throw refusal('tooManyCommands');
  }
}

function overwrite(call: Call): Answer {
  const guildId = ownerOf(call);
  const inputs = readCommands(call.body);
  demandRoom(inputs);
  const kept = new Set(inputs.map((input) => put(call, guildId, input).command.id));
  for (const command of listOf(call, guildId)) if (!kept.has(command.id)) call.world.state.commands.delete(command.id);
  call.world.tell({ kind: 'other' });
  return { status: 200, body: listOf(call, guildId).map(wire) };
}

function create(call: Call): Answer {
  const guildId = ownerOf(call);
  const input = readCommand(bodyOf(call));
  demandRoom([...listOf(call, guildId).filter((one) => one.name !== input.name || one.type !== input.type), input]);
  const { command, isNew } = put(call, guildId, input);
  call.world.tell({ kind: 'other' });
  return { status: isNew ? 201 : 200, body: wire(command) };
}

function commandOf(call: Call): Command {
  const guildId = ownerOf(call);
  const command = call.world.state.commands.get(param(call, 'command'));
  if (!command || command.guildId !== guildId) throw refusal('unknownCommand');
  return command;
}

function edit(call: Call): Answer {
  const before = commandOf(call);
  const input = readCommand({ ...wire(before), ...bodyOf(call), type: before.type });
  const next = {
    ...before,
    ...input.rest,
    name: input.name,
    description: input.description,
    version: call.world.ids.next(),
  };
  // As in `put`.
  const command = { ...next, options: input.options } as unknown as Command;
  call.world.state.commands.set(before.id, command);
  return { status: 200, body: wire(command) };
}

function remove(call: Call): Answer {
  call.world.state.commands.delete(commandOf(call).id);
  return { status: 204 };
}

function under(base: string): Route[] {
  const one = `${base}/:command`;
  const shared = { authority: 'bot', limit: 'other' } as const;
  return [
    { method: 'GET', path: base, ...shared, handle: list },
    { method: 'PUT', path: base, ...shared, handle: overwrite },
    { method: 'POST', path: base, ...shared, handle: create },
    { method: 'GET', path: one, ...shared, handle: (call) => ({ status: 200, body: wire(commandOf(call)) }) },
    { method: 'PATCH', path: one, ...shared, handle: edit },
    { method: 'DELETE', path: one, ...shared, handle: remove },
  ];
}

export const commands: Route[] = [
  ...under('/applications/:application/guilds/:guild/commands'),
  ...under('/applications/:application/commands'),
];
