// The suite that the sandbox's API passes, run against a real Alertmanager: what is asserted there is true.
import type { Labels } from '../../sandbox/alertmanager/fingerprint.ts';
import { describeApi } from '../contract/alertmanager/api-suite.ts';
import { startRealAlertmanager } from './alertmanager.ts';

describeApi('a real Alertmanager', async () => {
  const real = await startRealAlertmanager('http://127.0.0.1:9/');

  async function post(path: string, body: unknown): Promise<Response> {
    const answer = await fetch(`${real.url}/api/v2/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${await answer.text()}`);
    return answer;
  }

  return {
    url: real.url,
    async fire(labels, annotations, startsAt) {
      await post('alerts', [{ labels, annotations, startsAt }]);
    },
    async resolve(labels) {
      await post('alerts', [{ labels, endsAt: new Date() }]);
    },
    async silence(labels: Labels) {
      const matchers = Object.entries(labels).map(([name, value]) => ({ name, value, isRegex: false }));
      const startsAt = new Date();
      const endsAt = new Date(startsAt.getTime() + 3_600_000);
      const answer = await post('silences', { matchers, startsAt, endsAt, createdBy: 'ops', comment: 'maintenance' });
      const { silenceID } = (await answer.json()) as { silenceID: string };
      return silenceID;
    },
    stop: real.stop,
  };
});
