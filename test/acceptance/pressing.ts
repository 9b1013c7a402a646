// One homelab for a file of tests about the buttons under alerts: alerts that fire in it, their cards, and the way to a silence.
import { afterAll, afterEach, beforeAll, expect } from '@jest/globals';
import type { Discord, InteractionResult, SandboxMessage } from '../../sandbox/discord/discord.ts';
import { type Homelab, startHomelab } from '../../sandbox/homelab.ts';
import { generous } from './posting.ts';
import { wronglyAsked } from './seen.ts';

/** Of the file that imports this: there before its first test, as new after each. */
export let homelab: Homelab;
export let discord: Discord;

beforeAll(async () => {
  homelab = await startHomelab({ discord: { rateLimits: generous, windows: { identify: 100 } } });
  ({ discord } = homelab);
});

afterAll(() => homelab.stop());

afterEach(async () => {
  const wrong = wronglyAsked(discord);
  await discord.faults.clear();
  homelab.alertmanager.api.fail(null);
  await homelab.alertmanager.reset();
  discord.reset({ keepCommands: true });
  expect(wrong).toEqual([]);
});

interface HomelabAlert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

let alerts = 0;

/** The same alert under a name of its own: what earlier tests left open is another group. */
export function anew({ labels, annotations }: HomelabAlert): HomelabAlert & { readonly name: string } {
  alerts += 1;
  const name = `${labels['alertname']}${alerts}`;
  return { labels: { ...labels, alertname: name }, annotations, name };
}

/** Lets it fire. */
export async function cardOf({ name, labels, annotations }: ReturnType<typeof anew>): Promise<SandboxMessage> {
  homelab.alertmanager.fire(labels, annotations);
  return discord.waitForMessage('alerts', ({ text }) => text.includes(name));
}

export const labelsOf = ({ buttons }: SandboxMessage) => buttons.map(({ label }) => label);

export async function cardWith(card: SandboxMessage, part: string): Promise<SandboxMessage> {
  return discord.waitForMessage('alerts', ({ id, text }) => id === card.id && text.includes(part));
}

/** Otto, from the button on the card to how long; what is answered asks to confirm, or opens the modal for another time. */
export async function asked(card: SandboxMessage, length: string): Promise<InteractionResult> {
  const opened = await discord.as('otto').press(card, 'Silence');
  expect(opened.ack).toMatchObject({ kind: 'deferred', ephemeral: true });
  return discord.as('otto').select(await opened.final(), 'For how long?', [length]);
}
