// The buttons under an alert at a bad moment: pressed twice, too late, by who may no longer, while something is away, and over a kill.
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, test } from '@jest/globals';
import { homelabAlerts } from '../../sandbox/alertmanager/homelab-alerts.ts';
import type { InteractionResult, SandboxMessage } from '../../sandbox/discord/discord.ts';
import { newGroup, post } from './posting.ts';
import { anew, asked, cardOf, cardWith, discord, homelab, labelsOf } from './pressing.ts';
import { auditTrail, complaints } from './seen.ts';

const { nodeDown } = homelabAlerts;

/** A node that is down. */
async function firing(): Promise<{ readonly name: string; readonly card: SandboxMessage; resolve(): void }> {
  const alert = anew(nodeDown);
  const card = await cardOf(alert);
  return { name: alert.name, card, resolve: () => homelab.alertmanager.resolve(alert.labels) };
}

/** The question that names the matchers. */
async function questionAbout(card: SandboxMessage): Promise<SandboxMessage> {
  return (await asked(card, '1 hour')).final();
}

const silences = () => homelab.alertmanager.silences.all();
const rows = (action: string, phase: string) =>
  auditTrail(homelab).filter((row) => row.action === action && row.phase === phase);

/** Waits until so many more have been done than when it was called. */
function doneAgain(action: string, times = 1): () => Promise<unknown> {
  const before = rows(action, 'done').length;
  const what = `${action} in the audit trail`;
  return () => discord.waitFor(() => rows(action, 'done').length === before + times, { what });
}

/** The card's edits wait, so that people still see the buttons of before. */
function holdEdits(card: SandboxMessage): void {
  discord.faults.next({ method: 'PATCH', path: `/messages/${card.id}`, times: 50 }, { status: 503 });
}

async function told(result: InteractionResult): Promise<string> {
  return (await result.followUp()).content;
}

describe('a press that comes too late', () => {
  test('to acknowledge what is over by now says that it is over', async () => {
    const { card, resolve, name } = await firing();
    holdEdits(card);
    resolve();
    await discord.waitFor(() => homelab.bot.output().includes('A message could not be shown'), { what: 'the end' });
    await homelab.alertmanager.settled();
    const pressed = await discord.as('otto').press(card, 'Acknowledge');
    expect(await told(pressed)).toBe('This alert is over: there is nothing to acknowledge.');
    const opened = await discord.as('otto').press(card, 'Silence');
    expect((await opened.final()).content).toBe('This alert is over: there is nothing to silence.');
    await discord.faults.clear();
    const over = await discord.waitForMessage('alerts', ({ content }) => content.includes(`resolved: ${name}`), {
      timeoutMs: 30_000,
    });
    expect(labelsOf(over)).not.toContain('Acknowledge');
  });

  test('to confirm a silence of what is over by now silences nothing', async () => {
    const { card, resolve } = await firing();
    const question = await questionAbout(card);
    resolve();
    await cardWith(card, 'resolved');
    const answer = await (await discord.as('otto').press(question, 'Silence')).final();
    expect(answer.content).toContain('This alert is over');
    expect(silences()).toEqual([]);
  });

  test('to confirm a silence after the bot was started anew silences nothing, and says what to do', async () => {
    const { card } = await firing();
    const question = await questionAbout(card);
    await homelab.bot.end('SIGKILL');
    homelab.bot.start();
    await homelab.bot.whenReady();
    const answer = await (await discord.as('otto').press(question, 'Silence')).final();
    expect(answer.text).toContain('Ask for the silence again.');
    expect(silences()).toEqual([]);
  });

  test('on a message that the bot has forgotten says so, and where to look', async () => {
    const { card } = await firing();
    await homelab.bot.end('SIGTERM');
    const database = new DatabaseSync(`${homelab.folder}/bot.db`);
    database.exec('delete from cards; delete from incidents');
    database.close();
    homelab.bot.start();
    await homelab.bot.whenReady();
    const pressed = await discord.as('otto').press(card, 'Acknowledge');
    expect((await pressed.followUp()).text).toContain('/alerts');
    expect(complaints(homelab.bot.output()).filter(({ level }) => level === 'error')).toEqual([]);
  });
});

describe('a press that comes twice', () => {
  test('to confirm a silence makes one, and says to both that it is made', async () => {
    const { card, name } = await firing();
    const question = await questionAbout(card);
    const otto = discord.as('otto');
    const both = doneAgain('confirm silence', 2);
    const pressed = await Promise.all([otto.press(question, 'Silence'), otto.press(question, 'Silence')]);
    expect(pressed.map(({ failure }) => failure)).toEqual([null, null]);
    await both();
    const now = otto.sees('alerts').find(({ id }) => id === question.id);
    expect(now?.content).toBe(`${name} is silenced.`);
    expect(silences()).toHaveLength(1);
    const outcomes = rows('confirm silence', 'done').slice(-2);
    expect(outcomes.map(({ outcome }) => outcome?.split(' ')[0]).sort()).toEqual(['changed', 'silenced']);
  });

  test('because Discord sends it again does nothing again', async () => {
    const { card } = await firing();
    const taken = doneAgain('unacknowledge');
    await discord.as('otto').press(card, 'Acknowledge');
    await discord.as('ada').press(await cardWith(card, 'Acknowledged by'), 'Unacknowledge');
    const isOpen = ({ id, text }: SandboxMessage) => id === card.id && !text.includes('Acknowledged by');
    await discord.waitForMessage('alerts', isOpen);
    await taken();
    const before = auditTrail(homelab).length;
    discord.faults.replayInteractions();
    discord.faults.closeGateway(4000);
    await discord.waitFor(() => discord.requests.resumes > 0, { what: 'a RESUME', timeoutMs: 10_000 });
    // What would have been done again is done by the time that a later press is.
    await discord.as('vera').press(card, 'Acknowledge');
    await discord.waitFor(() => auditTrail(homelab).length > before, { what: 'a later press' });
    expect(auditTrail(homelab).slice(before)).toMatchObject([{ username: 'vera', phase: 'refused' }]);
    expect((await discord.waitForMessage('alerts', isOpen)).id).toBe(card.id);
  });
});

describe('a press by who may not (any more)', () => {
  test('confirms nothing, however far it had come', async () => {
    const { card } = await firing();
    const question = await questionAbout(card);
    discord.setRoles('otto', ['viewer']);
    const pressed = await discord.as('otto').press(question, 'Silence');
    expect((await pressed.final()).content).toBe('`Silence` needs the level operator; you have the level viewer.');
    discord.setRoles('otto', ['operator']);
    expect(silences()).toEqual([]);
    await discord.waitFor(() => rows('confirm silence', 'refused').length > 0, {
      what: 'the refusal in the audit trail',
    });
  });
});

describe('a press while something is away', () => {
  test('to acknowledge says that the database does not work, does nothing, and works once it does', async () => {
    const { card } = await firing();
    const lock = new DatabaseSync(`${homelab.folder}/bot.db`, { timeout: 5000 });
    lock.exec('BEGIN IMMEDIATE');
    const pressed = await discord.as('otto').press(card, 'Acknowledge');
    expect(pressed.failure).toBe(null);
    expect(await told(pressed)).toContain('the database of the bot does not work');
    lock.exec('ROLLBACK');
    lock.close();
    expect(labelsOf(await discord.waitForMessage('alerts', ({ id }) => id === card.id))).toContain('Acknowledge');
    await discord.as('otto').press(card, 'Acknowledge');
    await cardWith(card, 'Acknowledged by');
  });

  test('to silence is answered in time while Alertmanager hangs, and says what is away once that is known', async () => {
    const { card } = await firing();
    homelab.alertmanager.api.fail('hang');
    const question = await questionAbout(card);
    expect(question.text).toContain('covers 1 alert that fires now. What else is not known.');
    const pressed = await discord.as('otto').press(question, 'Silence');
    expect(pressed.failure).toBe(null);
    await homelab.alertmanager.api.away();
    expect((await pressed.final()).content).toContain('Alertmanager cannot be reached');
    await homelab.alertmanager.api.back();
    expect(silences()).toEqual([]);
  });

  test('is not lost: whoever acknowledged before a kill stands on the card after it', async () => {
    const { card } = await firing();
    const taken = doneAgain('acknowledge');
    holdEdits(card);
    await discord.as('otto').press(card, 'Acknowledge');
    await taken();
    await homelab.bot.end('SIGKILL');
    await discord.faults.clear();
    homelab.bot.start();
    const acknowledged = await discord.waitForMessage(
      'alerts',
      ({ id, text }) => id === card.id && text.includes('Acknowledged by'),
      { timeoutMs: 20_000 },
    );
    expect(labelsOf(acknowledged)).toContain('Unacknowledge');
    expect(discord.messages('alerts').filter(({ text }) => text.includes('Acknowledged by'))).toHaveLength(1);
  });
});

test('the audit trail says in words who took what over and who kept it quiet', async () => {
  const { card, name } = await firing();
  const written = [doneAgain('acknowledge'), doneAgain('confirm silence')];
  await discord.as('ada').press(card, 'Acknowledge');
  await discord.as('otto').press(await questionAbout(card), 'Silence');
  for (const one of written) await one();
  const list = await (await discord.as('otto').command('audit', { action: 'silence' })).final();
  expect(list.text).toContain(`silenced ${name} until`);
  const taken = await (await discord.as('otto').command('audit', { action: 'acknowledge' })).final();
  expect(taken.text).toContain(`acknowledged ${name}`);
});

test.each([
  ['with what is not seen', '/alerts filter:web\u202e\u200b'],
  ['with a secret', '/alerts filter:ghp_16C7e42F292c6912E7710c838347Ae178B4a'],
  ['over several lines', '/nodes\nnode:desktop-2'],
])('a command of a rule %s is no button, and the alert is shown all the same', async (_, command) => {
  const group = newGroup();
  await post(homelab, group.body([{ annotations: { homelab_bot_command: command } }]));
  const card = await discord.waitForMessage('alerts', ({ text }) => text.includes(group.name));
  expect(labelsOf(card)).toEqual(['Acknowledge', 'Silence']);
});
