// One homelab a test for files of tests about storms, at Discord's real limits: groups that come all at once, and where each is shown.
import { afterEach, beforeEach, expect } from '@jest/globals';
import type { SandboxMessage } from '../../sandbox/discord/discord.ts';
import { type Homelab, levelsOf, startHomelab } from '../../sandbox/homelab.ts';
import { newGroup, post } from './posting.ts';
import { routesOf } from './routing.ts';
import { wronglyAsked } from './seen.ts';

/** Of the test that runs. No request of a test is wrong, or one too many. */
export let homelab: Homelab;

beforeEach(async () => {
  homelab = await startHomelab({
    discord: { windows: { identify: 100 } },
    config: (discord) => {
      const parents = { match: { house: 'parents' }, channel: 'operations', mention: 'admin' };
      const others = { match: {}, channel: 'alerts', mention: 'operator' };
      return `${levelsOf(discord)}${routesOf(discord, [parents, others])}`;
    },
  });
});

afterEach(async () => {
  const { discord } = homelab;
  const answered = discord.requests.all.map(({ status }) => status);
  const wrong = wronglyAsked(discord);
  await homelab.stop();
  expect(wrong).toEqual([]);
  expect(answered).not.toContain(429);
});

/** Begins later than the bot, as a storm does. */
const startsAt = () => new Date(Date.now() + 3_000).toISOString();

interface StormGroup {
  readonly name: string;
  readonly severity: string;
  /** Its notifications, as Alertmanager tells them. */
  readonly firing: unknown;
  readonly worse: unknown;
  readonly over: unknown;
}

export function newGroups(
  count: number,
  severity: (index: number) => string,
  more: Readonly<Record<string, string>> = {},
): readonly StormGroup[] {
  const at = startsAt();
  const endsAt = new Date(Date.parse(at) + 1000).toISOString();
  return Array.from({ length: count }, (_, index) => {
    const group = newGroup();
    const alert = { startsAt: at, labels: { severity: severity(index), ...more } };
    return {
      name: group.name,
      severity: severity(index),
      firing: group.body([alert]),
      worse: group.body([alert, { ...alert, labels: { ...alert.labels, severity: 'critical', pod: 'web-9' } }]),
      over: group.body([{ ...alert, status: 'resolved', endsAt }]),
    };
  });
}

/** All at once; each is answered with this status. */
export async function told(bodies: readonly unknown[], status = 202): Promise<void> {
  const answers = await Promise.all(bodies.map((body) => post(homelab, body)));
  expect(new Set(answers.map((answer) => answer.status))).toEqual(new Set([status]));
}

export async function storm(...of: Parameters<typeof newGroups>) {
  const groups = newGroups(...of);
  await told(groups.map(({ firing }) => firing));
  return { groups, end: () => told(groups.map(({ over }) => over)) };
}

export const isDigest = ({ content }: SandboxMessage) => content.includes('storm');
export const whole = ({ text, files }: SandboxMessage) => `${text}\n${files.map((file) => file.text()).join('\n')}`;
export const digestsOf = (channel = 'alerts') => homelab.discord.messages(channel).filter(isDigest);
/** Messages of single groups. */
export const singles = (channel = 'alerts') =>
  homelab.discord.messages(channel).filter((message) => !isDigest(message));

export type Named = Pick<StormGroup, 'name'>;

export const isNamed = ({ name }: Named, text: string) => new RegExp(`\\b${name}\\b`).test(text);
export const singleOf = (group: Named, channel?: string) => singles(channel).find(({ text }) => isNamed(group, text));

/** Short replies to the card of a group, which ring. */
export const ringsOf = (group: Named) =>
  homelab.discord.messages('alerts').filter(({ replyTo, text }) => replyTo !== null && isNamed(group, text));

/** In how many messages of the channel each group stands, but for those that only ring. */
export function places(groups: readonly Named[], channel = 'alerts'): readonly number[] {
  const cards = homelab.discord.messages(channel).filter(({ replyTo }) => replyTo === null);
  const texts = cards.map(whole);
  return groups.map((group) => texts.filter((text) => isNamed(group, text)).length);
}

export function areVisible(groups: readonly Named[], channel?: string): boolean {
  return places(groups, channel).every((count) => count > 0);
}

/** What soon has a message of its own stands in the digest too, until that is shown anew. */
export function eachOnce(groups: readonly Named[], channel?: string): Promise<unknown> {
  const isOnce = () => places(groups, channel).every((count) => count === 1);
  return homelab.discord.waitFor(isOnce, { what: 'every group in one message', timeoutMs: 60_000 });
}

/** There is one digest, and it soon says this. */
export async function onlyDigestTells(part: string): Promise<void> {
  await homelab.discord.waitForMessage('alerts', (one) => isDigest(one) && one.content.includes(part));
  expect(digestsOf()).toHaveLength(1);
}

/** The least urgent group is visible: what the bot still had to post about earlier ones has happened or never will. */
export async function settle(): Promise<void> {
  const { groups } = await storm(1, () => 'info');
  await homelab.discord.waitFor(() => areVisible(groups), { what: 'a later group', timeoutMs: 30_000 });
}
