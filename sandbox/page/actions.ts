// What the page can do: the driver's acts of a person, and what happens to the homelab. Each takes a JSON body of its own shape.
import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import type { HomelabAlert } from '../alertmanager/homelab-alerts.ts';
import { beginStorm, endStorm, stormSize } from '../alertmanager/storm.ts';
import { beginWatchdog, endWatchdog, watchdogFires } from '../alertmanager/watchdog.ts';
import type { Actor, InteractionResult } from '../discord/discord.ts';
import { type AlertKey, alertKeys, fireOneMore, lostNodeOf, makeWorse, resolveAll } from './alerts.ts';
import type { Outage } from './outage.ts';
import type { PageParts } from './parts.ts';
import { Refusal } from './reading.ts';
import type { PageOutcome } from './web/protocol.ts';

/** How long the page takes Discord away. */
const outageMs = 60_000;

/** Alert groups of the page's storm. */
const stormGroups = 200;

/** Modals that are open somewhere; older ones are forgotten. */
const keptModals = 50;

const name = z.string().min(1).max(200);
const person = { as: name };
const typing = { ...person, channel: name, command: name };
const values = z.record(name, z.union([z.string().max(6000), z.number(), z.boolean()]));

export interface ActionContext {
  readonly parts: PageParts;
  readonly outage: Outage;
  /** Forgets which steps of the walk were taken. */
  readonly forgetWalk: () => void;
}

/** By name; a body that does not fit throws a ZodError, what cannot be done a Refusal or the driver's Error. */
export type Actions = Readonly<Record<string, (body: unknown) => unknown>>;

export function createActions({ parts, outage, forgetWalk }: ActionContext): Actions {
  const { discord, alertmanager, kubernetes, registry } = parts;
  const opened = new Map<string, { readonly username: string; readonly result: InteractionResult }>();

  /** Nobody reaches a Discord that is away. */
  function reach(username: string): Actor {
    if (outage.until !== null) throw new Refusal(409, 'Discord is away: nobody reaches it.');
    return discord.as(username);
  }

  /** What an alert says of a node is so: whoever asks for its nodes sees the same. */
  function setNodes(alerts: readonly HomelabAlert[], state: 'ready' | 'lost'): void {
    for (const node of alerts.map(lostNodeOf)) if (node !== null) kubernetes?.node(node, state);
  }

  function outcome(username: string, result: InteractionResult): PageOutcome {
    const { id, failure, modal } = result;
    if (modal === null) return { id, failure, modal: null };
    opened.set(id, { username, result });
    for (const old of opened.keys()) if (opened.size > keptModals) opened.delete(old);
    return { id, failure, modal: { title: modal.title, components: modal.components } };
  }

  return {
    command: action(z.strictObject({ ...typing, options: values }), async ({ as, channel, command, options }) => {
      const { root, where } = split(command, channel);
      return outcome(as, await reach(as).command(root, options, where));
    }),
    complete: action(
      z.strictObject({ ...typing, option: name, typed: z.string().max(6000), options: values }),
      async ({ as, channel, command, option, typed, options }) => {
        const { root, where } = split(command, channel);
        return { choices: await reach(as).complete(root, option, typed, options, where) };
      },
    ),
    press: action(z.strictObject({ ...person, message: name, label: name }), async ({ as, message, label }) =>
      outcome(as, await reach(as).press(message, label)),
    ),
    select: action(
      z.strictObject({ ...person, message: name, select: name, values: z.array(name).max(25) }),
      async ({ as, message, select, values: chosen }) => outcome(as, await reach(as).select(message, select, chosen)),
    ),
    submit: action(
      z.strictObject({
        ...person,
        opened: name,
        values: z.record(name, z.union([z.string().max(6000), z.array(name).max(25)])),
      }),
      async ({ as, opened: id, values: filled }) => {
        const found = opened.get(id);
        if (found?.username !== as) throw new Refusal(409, 'That form is no longer open.');
        const result = await reach(as).submit(found.result, filled);
        opened.delete(id);
        return outcome(as, result);
      },
    ),
    say: action(
      z.strictObject({ ...person, channel: name, content: z.string().trim().min(1).max(2000) }),
      ({ as, channel, content }) => ({ id: reach(as).say(channel, content).id }),
    ),
    fire: action(z.strictObject({ alert: z.enum(alertKeys) }), ({ alert }) => {
      const fired = fireOneMore(alertmanager, alert satisfies AlertKey);
      if (fired === null) throw new Refusal(409, 'It fires already.');
      setNodes([fired], 'lost');
    }),
    worsen: action(z.strictObject({ alert: z.enum(alertKeys) }), ({ alert }) => {
      if (!makeWorse(alertmanager, alert)) throw new Refusal(409, 'Only a warning that fires can get worse.');
    }),
    resolve: action(z.strictObject({ alert: z.enum(alertKeys) }), ({ alert }) => {
      const resolved = resolveAll(alertmanager, alert);
      if (resolved.length === 0) throw new Refusal(409, 'It does not fire.');
      setNodes(resolved, 'ready');
    }),
    storm: action(z.strictObject({ storm: z.enum(['begin', 'end']) }), ({ storm }) => {
      const size = stormSize(alertmanager);
      if (storm === 'end') return size === 0 ? refuseStorm('There is no storm.') : endStorm(alertmanager);
      return size > 0 ? refuseStorm('It storms already.') : beginStorm(alertmanager, stormGroups);
    }),
    watchdog: action(z.strictObject({ watchdog: z.enum(['begin', 'end']) }), ({ watchdog }) => {
      if (kubernetes === null) throw new Refusal(409, 'The cluster is your own: its Prometheus is too.');
      if (watchdogFires(alertmanager) === (watchdog === 'begin'))
        throw new Refusal(409, watchdog === 'begin' ? 'It arrives already.' : 'It is stopped already.');
      return watchdog === 'begin' ? beginWatchdog(alertmanager) : endWatchdog(alertmanager);
    }),
    node: action(z.strictObject({ node: name, state: z.enum(['ready', 'lost']) }), ({ node, state }) => {
      if (kubernetes === null) throw new Refusal(409, 'The cluster is your own: the page does nothing to it.');
      kubernetes.node(node, state);
    }),
    push: action(z.strictObject({ image: z.enum(['good', 'broken']) }), ({ image }) => {
      if (registry === null) throw new Refusal(409, 'There is no registry to push to.');
      const tag = image === 'good' ? randomBytes(20).toString('hex') : `broken-${randomBytes(4).toString('hex')}`;
      registry.push('acme/shop', tag);
      return { tag };
    }),
    discord: action(z.strictObject({ discord: z.enum(['away', 'back']) }), ({ discord: wanted }) =>
      wanted === 'away' ? outage.begin(outageMs) : outage.end(),
    ),
    walk: action(z.strictObject({ walk: z.literal('again') }), forgetWalk),
  };
}

function refuseStorm(why: string): never {
  throw new Refusal(409, why);
}

function action<T>(schema: z.ZodType<T>, run: (body: T) => unknown): (body: unknown) => unknown {
  return (body) => run(schema.parse(body));
}

/** `helm list` is a subcommand; with three words the second is its group. */
function split(command: string, channel: string) {
  const [root = '', ...rest] = command.split(' ');
  const subcommand = rest.at(-1);
  const group = rest.length > 1 ? rest[0] : undefined;
  const where = { channel, ...(subcommand !== undefined && { subcommand }), ...(group !== undefined && { group }) };
  return { root, where };
}
