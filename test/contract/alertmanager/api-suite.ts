// What API v2 tells of alerts, groups and silences: one suite for the sandbox and for a real Alertmanager, asked through the bot's own room.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { fingerprint, type Labels } from '../../../sandbox/alertmanager/fingerprint.ts';
import type { Alertmanager, Answer, Matcher, Rejection } from '../../../src/alertmanager/alertmanager.ts';
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

    const silence = (matchers: readonly Matcher[], forMs: number) => {
      const startsAt = new Date();
      const endsAt = new Date(startsAt.getTime() + forMs);
      return api.silence(
        { matchers, startsAt, endsAt, createdBy: 'otto (Discord 1)', comment: 'a "new" disk' },
        signal,
      );
    };
    const equal = (name: string, value: string): Matcher => ({ name, value, isRegex: false, isEqual: true });

    test('what is silenced is listed, with the silence, until it is ended', async () => {
      const id = told(await silence([equal('pod', 'web-2'), equal('alertname', 'Down')], 3_600_000));
      await until(async () => (await listed()).get(fingerprint(other))?.silencedBy.length === 1);
      expect((await listed()).get(fingerprint(other))?.silencedBy).toEqual([id]);
      expect((await listed()).get(fingerprint(web))?.silencedBy).toEqual([]);
      const [made] = told(await api.silences(signal)).filter((one) => one.id === id);
      expect(made).toMatchObject({ state: 'active', createdBy: 'otto (Discord 1)', comment: 'a "new" disk' });
      expect(made?.matchers).toEqual(expect.arrayContaining([equal('pod', 'web-2'), equal('alertname', 'Down')]));
      expect(Number(made?.endsAt) - Date.now()).toBeGreaterThan(3_500_000);

      expect(await api.expire(id, signal)).toEqual({ kind: 'answered', value: null });
      await until(async () => (await listed()).get(fingerprint(other))?.silencedBy.length === 0);
      expect(told(await api.silences(signal)).find((one) => one.id === id)?.state).toBe('expired');
    });

    test('a silence of nothing, or of the past, is rejected, and so is the end of one that there is not', async () => {
      expect(await silence([equal('pod', '')], 3_600_000)).toMatchObject({ kind: 'rejected' });
      expect(await silence([equal('pod', 'web-2')], -1000)).toMatchObject({ kind: 'rejected' });
      expect(await api.expire('6f1c1d1e-0000-4000-8000-000000000000', signal)).toMatchObject({ kind: 'rejected' });
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

function told<T>(answer: Answer<T> | Rejection): T {
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
