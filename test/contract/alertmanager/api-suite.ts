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
  /** @returns its id. */
  silence(matchers: Labels): Promise<string>;
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

    test('what is silenced is listed, with the silence', async () => {
      const id = await subject.silence({ pod: 'web-2' });
      await until(async () => (await listed()).get(fingerprint(other))?.silencedBy.length === 1);
      expect((await listed()).get(fingerprint(other))?.silencedBy).toEqual([id]);
      expect((await listed()).get(fingerprint(web))?.silencedBy).toEqual([]);
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
