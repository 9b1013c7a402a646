// What API v2 tells of alerts, groups and silences: one suite for the sandbox and for a real Alertmanager, asked through the bot's own room.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { fingerprint, type Labels } from '../../../sandbox/alertmanager/fingerprint.ts';
import type { Alertmanager, Answer } from '../../../src/alertmanager/alertmanager.ts';
import { openAlertmanager } from '../../../src/alertmanager/open.ts';

/** One receiver, `discord-bot`, for all alerts; groups by alertname and namespace. */
export interface ApiSubject {
  readonly url: string;
  fire(labels: Labels, annotations: Labels, startsAt: Date): Promise<void>;
  resolve(labels: Labels): Promise<void>;
  stop(): Promise<void>;
}

const { signal } = new AbortController();

export function describeApi(name: string, start: () => Promise<ApiSubject>): void {
  describe(name, () => {
    let subject: ApiSubject;
    let api: Alertmanager;

    beforeAll(async () => {
      subject = await start();
      api = openAlertmanager({ url: subject.url });
    }, 60_000);

    afterAll(() => subject.stop());

    const web = { alertname: 'Down', namespace: 'shop', pod: 'web-1', severity: 'warning' };
    const other = { ...web, pod: 'web-2' };
    const lone = { alertname: 'Lone', cause: 'ü "quoted" \\' };

    async function listed() {
      const alerts = told(await api.alerts(signal));
      return new Map(alerts.map((alert) => [alert.fingerprint, alert]));
    }

    test('its status names a version and when it started', async () => {
      const { version, startedAt } = told(await api.status(signal));
      expect(version).toMatch(/^0\.\d+\.\d+/);
      expect(startedAt).toBeLessThanOrEqual(Date.now() + 1000);
    });

    test('its receivers are those of the configuration', async () => {
      expect(told(await api.receivers(signal))).toEqual(['discord-bot']);
    });

    test('its configuration says by which labels it groups for a receiver', async () => {
      const names = told(await api.grouping(signal)).get('discord-bot') ?? [];
      expect([...names].sort()).toEqual(['alertname', 'namespace']);
    });

    test('nothing fires at first', async () => {
      expect(told(await api.alerts(signal))).toEqual([]);
      expect(told(await api.groups(signal))).toEqual([]);
    });

    test('what fires is listed with its fingerprint, texts, start and receivers', async () => {
      const startsAt = new Date(Date.now() - 90_000);
      await subject.fire(web, { summary: 'a < b & c' }, startsAt);
      await until(async () => (await listed()).has(fingerprint(web)));
      expect((await listed()).get(fingerprint(web))).toMatchObject({
        labels: web,
        annotations: { summary: 'a < b & c' },
        startsAt: startsAt.getTime(),
        receivers: ['discord-bot'],
        silencedBy: [],
        inhibitedBy: [],
        mutedBy: [],
      });
    });

    test('groups have the labels that they are made by, and their receiver', async () => {
      await subject.fire(other, {}, new Date());
      await subject.fire(lone, {}, new Date());
      await until(async () => told(await api.groups(signal)).flatMap(({ alerts }) => alerts).length === 3);
      const groups = told(await api.groups(signal));
      const brief = groups.map(({ receiver, labels, alerts }) => ({ receiver, labels, alerts: alerts.length }));
      expect(brief).toHaveLength(2);
      expect(brief).toContainEqual({
        receiver: 'discord-bot',
        labels: { alertname: 'Down', namespace: 'shop' },
        alerts: 2,
      });
      expect(brief).toContainEqual({ receiver: 'discord-bot', labels: { alertname: 'Lone' }, alerts: 1 });
    });

    test('with matchers at least what they match is listed, whatever the values hold', async () => {
      const odd = { alertname: 'Odd', command: 'a "b" \\n {c="d"},e=~f|g' };
      await subject.fire(odd, {}, new Date());
      await until(async () => (await listed()).has(fingerprint(odd)));
      const found = told(await api.alerts(signal, [exactly('command', odd.command)]));
      expect(found.map(({ labels }) => labels)).toEqual([odd]);
      const byUnicode = told(await api.alerts(signal, [exactly('cause', lone.cause)]));
      expect(byUnicode.map(({ labels }) => labels)).toContainEqual(lone);
      await subject.resolve(odd);
      await until(async () => !(await listed()).has(fingerprint(odd)));
    });

    test('a silence is made, covers what its matchers match, and is told with all that it was made with', async () => {
      const matchers = [exactly('pod', 'web-2'), exactly('absent', '')];
      const endsAt = new Date(Date.now() + 3_600_000);
      const id = told(
        await api.addSilence({ ...byOps, matchers, startsAt: new Date(Date.now() - 3_600_000), endsAt }, signal),
      );
      await until(async () => (await listed()).get(fingerprint(other))?.silencedBy.length === 1);
      expect((await listed()).get(fingerprint(other))?.silencedBy).toEqual([id]);
      expect((await listed()).get(fingerprint(web))?.silencedBy).toEqual([]);
      const made = told(await api.silence(id, signal));
      expect(made).toMatchObject({ id, state: 'active', ...byOps, endsAt: endsAt.getTime() });
      // One that would have begun in the past begins now.
      expect(made?.startsAt).toBeGreaterThan(Date.now() - 60_000);
      expect(made?.matchers).toHaveLength(2);
      expect(made?.matchers).toEqual(expect.arrayContaining(matchers));
      expect(told(await api.silences(signal))).toEqual([made]);
    });

    test('a silence that is ended covers nothing, stays known as expired, and may be ended again', async () => {
      const [made] = told(await api.silences(signal));
      const id = made?.id ?? '';
      expect(told(await api.expireSilence(id, signal))).toBe(true);
      await until(async () => (await listed()).get(fingerprint(other))?.silencedBy.length === 0);
      expect(told(await api.silence(id, signal))).toMatchObject({ id, state: 'expired' });
      expect(told(await api.expireSilence(id, signal))).toBe(true);
    });

    test('a silence that there is not has no details and cannot be ended', async () => {
      const unknown = '11111111-1111-4111-8111-111111111111';
      expect(told(await api.silence(unknown, signal))).toBeNull();
      expect(told(await api.expireSilence(unknown, signal))).toBe(false);
    });

    const now = Date.now();
    test.each([
      ['that matches an absent label', { matchers: [exactly('pod', '')] }, /400: .*must not match the empty string/],
      ['without a matcher', { matchers: [] }, /422: matchers in body should have at least 1 items/],
      ['that has ended', { endsAt: new Date(now - 60_000), startsAt: new Date(now - 120_000) }, /400: .*in the past/],
      ['that ends before it begins', { endsAt: new Date(now - 60_000) }, /400: .*start time must be before end time/],
    ])('a silence %s is refused with the reason', async (_what, wrong, reason) => {
      const right = {
        ...byOps,
        matchers: [exactly('pod', 'a')],
        startsAt: new Date(now),
        endsAt: new Date(now + 60_000),
      };
      const answer = await api.addSilence({ ...right, ...wrong }, signal);
      expect(answer).toMatchObject({ kind: 'not understood', reason: expect.stringMatching(reason) });
    });

    test('what has ended is not listed any more', async () => {
      await subject.resolve(web);
      await until(async () => !(await listed()).has(fingerprint(web)));
      expect([...(await listed()).keys()].sort()).toEqual([other, lone].map(fingerprint).sort());
      const inGroups = told(await api.groups(signal)).flatMap(({ alerts }) => alerts);
      expect(inGroups.map((alert) => alert.fingerprint)).not.toContain(fingerprint(web));
    });
  });
}

const byOps = { createdBy: 'ops (1234567890)', comment: 'maintenance ü "quoted"' };

function exactly(name: string, value: string) {
  return { name, value, isEqual: true, isRegex: false };
}

function told<T>(answer: Answer<T>): T {
  if (answer.kind === 'answered') return answer.value;
  throw new Error(`${answer.kind}: ${answer.reason}`);
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 20_000;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error('It did not come about within 20 s');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
