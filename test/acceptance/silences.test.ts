// Acknowledging and silencing from the phone, through the whole bot and a real HTTP API of Alertmanager's.
import { describe, expect, test } from '@jest/globals';
import { homelabAlerts } from '../../sandbox/alertmanager/homelab-alerts.ts';
import type { SandboxMessage } from '../../sandbox/discord/discord.ts';
import { newGroup, post } from './posting.ts';
import { anew, asked, cardOf, cardWith, discord, homelab, labelsOf } from './pressing.ts';
import { auditTrail } from './seen.ts';

const { nodeDown, mysqlDown } = homelabAlerts;

/** What Otto alone can read. */
function ottoReads(part: RegExp): Promise<SandboxMessage> {
  const look = () =>
    discord
      .as('otto')
      .sees('alerts')
      .find(({ content }) => part.test(content));
  return discord.waitFor(look, { what: String(part) });
}

describe('Acknowledge', () => {
  test('stands on the card with the name, once whoever presses first, and goes away by the same button', async () => {
    const card = await cardOf(anew(nodeDown));
    expect(labelsOf(card)).toContain('Acknowledge');
    const pressed = await Promise.all(['otto', 'ada'].map((person) => discord.as(person).press(card, 'Acknowledge')));
    expect(pressed.map(({ ack }) => ack?.kind)).toEqual(['deferred update', 'deferred update']);
    const acknowledged = await cardWith(card, 'Acknowledged by');
    expect(labelsOf(acknowledged)).toContain('Unacknowledge');
    await discord.as('ada').press(acknowledged, 'Unacknowledge');
    await discord.waitForMessage('alerts', ({ id, text }) => id === card.id && !text.includes('Acknowledged by'));
    const trail = () =>
      auditTrail(homelab).filter(({ action, phase }) => action.endsWith('acknowledge') && phase === 'done');
    await discord.waitFor(() => trail().length === 3, { what: 'all of it in the audit trail' });
    expect(
      trail()
        .map(({ outcome }) => outcome?.split(' ')[0])
        .sort(),
    ).toEqual(['acknowledged', 'changed', 'unacknowledged']);
  });

  test.each(['vera', 'nils'])('is refused to %s, who may not, with the level that it needs', async (person) => {
    const card = await cardOf(anew(nodeDown));
    const result = await discord.as(person).press(card, 'Acknowledge');
    const answer = await result.final();
    expect(answer.ephemeralFor).toBe(person);
    expect(answer.content).toContain('needs the level operator');
    expect((await discord.waitForMessage('alerts', ({ id }) => id === card.id)).text).not.toContain('Acknowledged');
    const isWritten = () =>
      auditTrail(homelab).some(
        ({ phase, action, username }) => [phase, action, username].join() === `refused,acknowledge,${person}`,
      );
    await discord.waitFor(isWritten, { what: 'the refusal in the audit trail' });
  });

  test('is not on the card of what is over', async () => {
    const group = newGroup();
    await post(homelab, group.body());
    const card = await discord.waitForMessage('alerts', ({ text }) => text.includes(group.name));
    await discord.faults.away();
    await post(homelab, group.body([{ status: 'resolved' }]));
    await discord.faults.back();
    const over = await discord.waitForMessage('alerts', ({ content }) => content.includes('resolved'), {
      timeoutMs: 30_000,
    });
    expect(over.id).toBe(card.id);
    expect(labelsOf(over)).toEqual([]);
  });
});

describe('Silence', () => {
  test('shows the exact matchers first, makes the silence when it is confirmed, and shows its end on the card', async () => {
    const alert = anew(nodeDown);
    const card = await cardOf(alert);
    await asked(card, '4 hours');
    const proposal = await ottoReads(/^Silence NodeDown/);
    expect(proposal.text).toContain(`alertname="${alert.name}"`);
    expect(proposal.text).toContain('Covers 1 alert');
    expect(homelab.alertmanager.silences.all()).toEqual([]);

    await discord.as('otto').press(proposal, 'Silence');
    const silenced = await cardWith(card, 'Silenced until');
    expect(silenced.text).toContain('by otto');
    const [made] = homelab.alertmanager.silences.all();
    expect(made).toMatchObject({
      matchers: ['alertname', 'namespace'].map((name) => ({ name, isRegex: false, isEqual: true })),
      createdBy: expect.stringContaining('otto'),
    });
    expect(Math.abs(Number(made?.endsAt) - Date.now() - 4 * 3_600_000)).toBeLessThan(60_000);
    // Alertmanager marks the alert, which the next look shows.
    await discord.waitForMessage('alerts', ({ id, text }) => id === card.id && text.includes('firing (silenced)'), {
      timeoutMs: 15_000,
    });

    const lifted = await discord.as('ada').press(await cardWith(card, 'Silenced until'), 'Unsilence');
    expect((await lifted.final()).content).toBe(`The silence over ${alert.name} is ended.`);
    await discord.waitForMessage('alerts', ({ id, text }) => id === card.id && !text.includes('ilenced'), {
      timeoutMs: 15_000,
    });
    expect(homelab.alertmanager.silences.all().every(({ endsAt }) => endsAt.getTime() <= Date.now())).toBe(true);
  });

  test('takes another time and a reason from a modal, and says what is wrong with one that it does not understand', async () => {
    const card = await cardOf(anew(mysqlDown));
    const picked = await asked(card, 'Another time, with a reason …');
    await discord.as('otto').submit(picked, { for: 'next week some time', reason: 'the disk is being replaced' });
    const problem = await ottoReads(/is no time that is understood/);
    expect(problem.content).toContain('"next week some time"');
    // Typed on a phone at night: it is not lost with the time.
    expect(problem.text).toContain('the disk is being replaced');

    const second = await asked(card, 'Another time, with a reason …');
    await discord.as('otto').submit(second, { for: '90m', reason: 'Disk is being replaced, password=hunter2 for ops' });
    const proposal = await ottoReads(/^Silence MySQLDown/);
    expect(proposal.text).toContain('Reason: Disk is being replaced');
    expect(proposal.text).not.toContain('hunter2');
    await discord.as('otto').press(proposal, 'Cancel');
    await ottoReads(/^Nothing was silenced\.$/);
    expect(homelab.alertmanager.silences.all()).toEqual([]);
  });

  test('says that Alertmanager is away, makes nothing, and can be confirmed again with all that was typed', async () => {
    const card = await cardOf(anew(nodeDown));
    const picked = await asked(card, 'Another time, with a reason …');
    await discord.as('otto').submit(picked, { for: '1h', reason: 'new fan' });
    const proposal = await ottoReads(/^Silence NodeDown/);
    await homelab.alertmanager.api.away();
    await discord.as('otto').press(proposal, 'Silence');
    const told = await ottoReads(/^Alertmanager cannot be reached/);
    expect(told.text).toContain('the silence was not made');
    expect(told.text).toContain('Reason: new fan');
    await homelab.alertmanager.api.back();
    await discord.as('otto').press(told, 'Silence');
    await cardWith(card, 'new fan');
    expect(homelab.alertmanager.silences.all()).toMatchObject([{ comment: 'new fan' }]);
  });

  test('that was made elsewhere shows up on the card, and its end too', async () => {
    const alert = anew(nodeDown);
    const card = await cardOf(alert);
    const id = homelab.alertmanager.silences.add(
      { alertname: alert.name },
      { createdBy: 'amtool', comment: 'moving house' },
    );
    // The bot looks every five minutes; at its start at once.
    await homelab.bot.end('SIGTERM');
    homelab.bot.start();
    const silenced = await discord.waitForMessage(
      'alerts',
      ({ id: one, text }) => one === card.id && text.includes('by amtool: moving house'),
      { timeoutMs: 20_000 },
    );
    expect(labelsOf(silenced)).toContain('Unsilence');
    await discord.as('otto').press(silenced, 'Unsilence');
    await discord.waitFor(
      () =>
        homelab.alertmanager.silences
          .all()
          .filter((one) => one.id === id)
          .every(({ endsAt }) => endsAt.getTime() <= Date.now()),
      { what: 'its end' },
    );
  });
});

describe('/alerts and /silence', () => {
  test('list what fires, what is acknowledged and what is silenced apart, and silence by name', async () => {
    const suite = { suite: `s${Date.now()}` };
    const [nodes, database] = [anew(nodeDown), anew(mysqlDown)];
    const node = await cardOf({ ...nodes, labels: { ...nodes.labels, ...suite } });
    const mysql = await cardOf({ ...database, labels: { ...database.labels, ...suite } });
    const other = newGroup();
    await post(homelab, other.body([{ labels: suite }]));
    await discord.waitForMessage('alerts', ({ text }) => text.includes(other.name));
    await discord.as('otto').press(mysql, 'Acknowledge');
    await cardWith(mysql, 'Acknowledged by');
    const choices = await discord.as('otto').complete('silence', 'alert', nodes.name.toLowerCase());
    expect(choices.map(({ name }) => name)).toEqual([
      `critical ${nodes.name} · desktop-3, 100.64.0.13:9100, node-health`,
    ]);
    const options = { alert: String(choices[0]?.value), for: '2h', reason: 'new fan' };
    const reply = await discord.as('otto').command('silence', options);
    await discord.as('otto').press(await reply.final(), 'Silence');
    const isSilenced = ({ id, text }: SandboxMessage) => id === node.id && text.includes('firing (silenced)');
    await discord.waitForMessage('alerts', isSilenced, { timeoutMs: 15_000 });

    const list = await (await discord.as('vera').command('alerts', { filter: suite.suite })).final();
    expect(list.content).toBe('1 firing, 1 acknowledged, 1 silenced or inhibited, 2 critical');
    const matcher = `alertname="${nodes.name}"`;
    const order = [other.name, 'Acknowledged', database.name, 'Silenced or inhibited', nodes.name, 'new fan', matcher];
    const places = order.map((part) => list.text.indexOf(part));
    expect(places).toEqual([...places].sort((a, b) => a - b));
    expect(places).not.toContain(-1);
    expect(list.text).toContain(`/${node.channelId}/${node.id}`);
    const refused = await discord.as('vera').press(list, `Unsilence ${nodes.name}`);
    expect((await refused.final()).content).toContain('needs the level operator');
    const again = await discord.as('otto').command('alerts', { filter: nodes.name, severity: 'critical' });
    await discord.as('otto').press(await again.final(), `Unsilence ${nodes.name}`);
    await discord.waitForMessage('alerts', ({ id, text }) => id === node.id && !text.includes('ilenced'), {
      timeoutMs: 15_000,
    });
  });

  test('say what is wrong with an alert or a time that there is not', async () => {
    const typed = (alert: string, length: string) => discord.as('otto').command('silence', { alert, for: length });
    expect((await (await typed('Nothing', '1h')).final()).content).toContain('No alert "Nothing" is open.');
    expect((await (await typed('Nothing', 'soon')).final()).content).toContain('"soon" is no time that is understood');
    expect((await (await typed('Nothing', '2000d')).final()).content).toContain(
      'must end in one minute at the earliest',
    );
  });
});

test('a rule can put a command on the card, which runs for whoever presses as if they had typed it', async () => {
  const group = newGroup();
  const annotations = { summary: 'A node is down', homelab_bot_command: '/nodes node:desktop-2' };
  await post(homelab, group.body([{ annotations }]));
  const card = await discord.waitForMessage('alerts', ({ text }) => text.includes(group.name));
  const answer = await (await discord.as('vera').press(card, '/nodes node:desktop-2')).final();
  expect(answer.ephemeralFor).toBe('vera');
  expect(answer.text).toContain('desktop-2');
  expect((await (await discord.as('nils').press(card, '/nodes node:desktop-2')).final()).content).toContain(
    'needs the level viewer',
  );
  const hostile = newGroup();
  for (const [index, command] of [
    '/deploy sha:abc app:shop',
    '/nodes node:',
    'rm -rf /',
    '/nodes nodes:x',
    '/help\u0000',
    'x'.repeat(500),
  ].entries()) {
    await post(
      homelab,
      hostile.body([{ annotations: { homelab_bot_command: command } }], { groupKey: `hostile-${index}` }),
    );
    const shown = await discord.waitFor(
      () => discord.messages('alerts').filter(({ text }) => text.includes(hostile.name))[index],
      { what: command },
    );
    expect(labelsOf(shown).filter((label) => !['Acknowledge', 'Silence'].includes(label))).toEqual([]);
  }
});
