// The suite that the sandbox's API passes, run against a real Alertmanager: what is asserted there is true.
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
    stop: real.stop,
  };
});
