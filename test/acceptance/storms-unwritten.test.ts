// Storms while the database takes no writes: everything is shown, what is worse rings at once, and nothing is there twice afterwards.
import { describe, expect, test } from '@jest/globals';
import { holdLock } from './lock.ts';
import {
  digestsOf,
  eachOnce,
  homelab,
  isDigest,
  isNamed,
  type Named,
  newGroups,
  onlyDigestTells,
  ringsOf,
  settle,
  singleOf,
  singles,
  storm,
  told,
  whole,
} from './storming.ts';

/** A storm that is shown, and two of the groups that folded. */
async function foldedGroups() {
  const { discord } = homelab;
  const { groups } = await storm(40, () => 'warning');
  await discord.waitForMessage('alerts', isDigest, { timeoutMs: 20_000 });
  // Those that came first, and four that waited.
  await discord.waitFor(() => singles().length >= 5 + 4, { what: 'messages of their own', timeoutMs: 20_000 });
  const [ending, worsening] = groups.filter((group) => !singleOf(group)).slice(-2);
  if (ending === undefined || worsening === undefined) throw new Error('nothing was folded');
  return { groups, ending, worsening };
}

/** A group of the digest that has become critical has a message of its own, which rings. */
async function comesOut(group: Named): Promise<void> {
  const { discord } = homelab;
  await discord.waitFor(() => singleOf(group), { what: 'what got worse in the digest', timeoutMs: 20_000 });
  expect(singleOf(group)).toMatchObject({
    rang: [discord.roleId('operator')],
    content: expect.stringContaining('critical firing'),
  });
}

describe('a storm while the database takes no writes', () => {
  test('goes on in messages of their own, and once it takes them again nothing is there twice', async () => {
    const { discord } = homelab;
    const { groups, ending, worsening } = await foldedGroups();
    const lock = holdLock(homelab);
    const during = newGroups(12, (index) => (index % 4 === 0 ? 'critical' : 'warning'));
    // The end of one in the digest has no message of its own, now or later.
    await told([ending.over], 503);
    await told([...during.map(({ firing }) => firing), worsening.worse], 503);
    await comesOut(worsening);
    const shown = () => during.filter((group) => singleOf(group));
    await discord.waitFor(() => shown().length >= 8, { what: 'what is shown from memory', timeoutMs: 40_000 });
    const [brief] = shown();
    if (brief === undefined) throw new Error('nothing is shown from memory');
    await told([brief.over], 503);
    const isOver = () => singleOf(brief)?.content.includes('resolved') === true;
    await discord.waitFor(isOver, { what: 'its end', timeoutMs: 20_000 });
    const folded = digestsOf().map(whole).join('\n');
    expect(during.filter((group) => isNamed(group, folded))).toEqual([]);
    const fromMemory = shown();
    lock.exec('ROLLBACK');
    lock.close();

    await told([...during.map((group) => (group === brief ? group.over : group.firing)), ending.over, worsening.worse]);
    await settle();
    await eachOnce([...groups, ...during]);
    expect(ringsOf(worsening)).toEqual([]);
    for (const group of fromMemory) expect(singleOf(group)?.rang).toEqual([discord.roleId('operator')]);
    expect(isOver()).toBe(true);
    await onlyDigestTells(', 1 resolved');
  }, 150_000);

  test('leaves no group in its digest that got worse, nor one in two messages, over a kill', async () => {
    const { discord, bot } = homelab;
    const { groups, worsening } = await foldedGroups();
    const lock = holdLock(homelab);
    await told([worsening.worse], 503);
    await comesOut(worsening);
    await bot.end('SIGKILL');
    lock.exec('ROLLBACK');
    lock.close();
    discord.forgetNonces();
    bot.start();
    await bot.whenReady();
    await told([worsening.worse]);
    await settle();
    await eachOnce(groups);
    // The process before has rung; that it has is not known.
    expect(ringsOf(worsening).length).toBeLessThanOrEqual(1);
    // What it was at first is over.
    await told([worsening.over]);
    const goesOn = () => singleOf(worsening)?.text.includes('resolved') === true;
    await discord.waitFor(goesOn, { what: 'what became of it', timeoutMs: 20_000 });
  }, 120_000);
});
