// One homelab for a file of tests about rings: a group that gets worse, and the replies to its card.
import { afterAll, afterEach, beforeAll, expect } from '@jest/globals';
import { type Homelab, levelsOf, startHomelab } from '../../sandbox/homelab.ts';
import { generous, newGroup, post } from './posting.ts';
import { wronglyAsked } from './seen.ts';

export let homelab: Homelab;

beforeAll(async () => {
  homelab = await startHomelab({
    discord: { rateLimits: generous, windows: { identify: 100 } },
    // What is posted here directly is in no list.
    env: { ALERTMANAGER_URL: '' },
    config: (discord) => `${levelsOf(discord)}
alerts:
  routes:
    - match: { team: loud }
      channel: "${discord.channelId('alerts')}"
      ringOnResolve: true
    - match: { team: quiet }
      channel: "${discord.channelId('alerts')}"
      ring: false
    - match: {}
      channel: "${discord.channelId('alerts')}"
      mention: ["${discord.roleId('operator')}"]
      escalate: { after: 15m, mention: ["${discord.roleId('admin')}"] }
`,
  });
});

afterAll(() => homelab.stop());

afterEach(() => {
  const wrong = wronglyAsked(homelab.discord);
  homelab.discord.reset({ keepCommands: true });
  expect(wrong).toEqual([]);
});

export const info = { fingerprint: 'i', labels: { pod: 'web-0', severity: 'info' } };
export const warning = { fingerprint: 'w', labels: { pod: 'web-1' } };
export const critical = { fingerprint: 'c', labels: { pod: 'web-2', severity: 'critical' } };

export const over = <T extends object>(alert: T) => ({ ...alert, status: 'resolved' }) as const;

/** Replies that are there, oldest first. */
export function replies() {
  return homelab.discord.messages('alerts').filter(({ replyTo }) => replyTo !== null);
}

/** A later group is visible, so that what the bot still had to do about the earlier one has happened or never will. */
export async function settle(): Promise<void> {
  const next = newGroup();
  expect((await post(homelab, next.body([info]))).status).toBe(202);
  await homelab.discord.waitForMessage('alerts', ({ text }) => text.includes(next.name), { timeoutMs: 20_000 });
}
