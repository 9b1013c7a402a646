// /nodes node:x as people read it.
import { expect, test } from '@jest/globals';
import { type Detail, detail } from '../../../../commands/nodes/detail.ts';
import { render } from '../../../../src/discord/message.ts';
import { condition, event, lost, node, now, pod, ready } from './given.ts';

function shown(parts: Partial<Detail> = {}) {
  const answer = detail({ node: node('desktop-1'), usage: new Map(), pods: [], events: [], now, ...parts });
  if (!('pages' in answer)) throw new Error('There are no pages');
  const pages = answer.pages.map((page) => {
    const { body, files } = render(page, { redact: (value) => value });
    expect(files).toEqual([]);
    return {
      title: body.embeds[0]?.title,
      text: body.embeds[0]?.description ?? '',
      headline: body.content,
      tone: page.tone,
    };
  });
  return { pages, whole: answer.whole.data };
}

test('conditions, each with reason, message and since when', () => {
  const conditions = [
    ready,
    condition('DiskPressure', 'True', { reason: 'Full', message: 'no space' }),
    condition('EtcdIsVoter', 'True', { reason: 'Voter' }),
    condition('PIDPressure', 'Unknown'),
  ];
  const { pages } = shown({ node: node('desktop-1', { status: { conditions } }) });
  expect(pages[0]?.headline).toBe('desktop-1 is Ready (DiskPressure)');
  expect(pages[0]?.tone).toBe('warning');
  expect(pages[0]?.text).toMatch(
    /✅ \*\*Ready\*\* True · KubeletReady: kubelet is posting ready status, since <t:\d+:R>/,
  );
  expect(pages[0]?.text).toMatch(/❌ \*\*DiskPressure\*\* True · Full: no space, since/);
  expect(pages[0]?.text).toMatch(/✅ \*\*EtcdIsVoter\*\* True · Voter, since/);
  expect(pages[0]?.text).toMatch(/❔ \*\*PIDPressure\*\* Unknown · without a reason, since/);
});

test('a lost node says so in its headline', () => {
  const { pages } = shown({
    node: node('desktop-1', { spec: { unschedulable: true }, status: { conditions: [lost] } }),
  });
  expect(pages[0]?.headline).toBe(
    'desktop-1 is NotReady,SchedulingDisabled (NodeStatusUnknown: Kubelet stopped posting node status.)',
  );
  expect(pages[0]?.tone).toBe('critical');
});

test('allocations are the sums of its pods against allocatable', () => {
  const resources = { requests: { cpu: '500m', memory: '1Gi' }, limits: { memory: '2Gi' } };
  const usage = new Map([['desktop-1', { cpu: 4, memory: 2 ** 30 }]]);
  const { pages } = shown({ usage, pods: [pod('a', {}, resources), pod('b', {}, resources), pod('c')] });
  expect(pages[0]?.text).toContain('**CPU** requested 1 of 8 (12%) · limits 0 (0%) · in use 4 (50%)');
  expect(pages[0]?.text).toContain(
    '**Memory** requested 2 GiB of 32 GiB (6%) · limits 4 GiB (12%) · in use 1 GiB (3%)',
  );
  expect(pages[0]?.text).toContain('**Pods** 3 of 110 (2%)');
});

test('pods have pages of their own, troubled ones first', () => {
  const pods = [
    pod('well'),
    pod('broken', { Status: 'CrashLoopBackOff', Ready: '0/1', Restarts: '4 (3m ago)' }),
    pod('half', { Ready: '1/2' }),
  ];
  const { pages } = shown({ pods });
  expect(pages[1]?.title).toBe('Pods (3)');
  expect(pages[1]?.text.split('\n')).toEqual([
    '⚠️ **shop/broken** CrashLoopBackOff 0/1 · restarts 4 (3m ago)',
    '⚠️ **shop/half** Running 1/2',
    '✅ **shop/well** Running 1/1',
  ]);
});

test('the newest events stand on the first page; more have pages of their own', () => {
  const events = ['A', 'B', 'C', 'D'].map((reason) =>
    event(reason, { type: reason === 'A' ? 'Warning' : 'Normal', count: 2 }),
  );
  expect(shown({ events: events.slice(0, 3) }).pages).toHaveLength(1);
  const { pages, whole } = shown({ events });
  expect(pages[0]?.text).toMatch(/⚠️ \*\*A\*\* <t:\d+:R> \(2 times\) A happened/);
  expect(pages[0]?.text).not.toContain('D happened');
  expect(pages.at(-1)?.title).toBe('Events (4)');
  expect(pages.at(-1)?.text).toContain('D happened');
  expect(whole).toContain('D happened');
});

test('a node of which nothing is known is told without gaps', () => {
  const status = { conditions: null, allocatable: null, nodeInfo: null };
  const { pages, whole } = shown({ node: node('new', { status }), usage: null });
  expect(pages[0]?.headline).toBe('new is Unknown');
  expect(pages[0]?.text).toContain('It reports no conditions.');
  expect(pages[0]?.text).toContain('**CPU** requested 0 · limits 0');
  expect(pages[0]?.text).toContain('No recent events');
  expect(whole).toContain('Allocatable: unknown CPU, unknown, unknown pods');
});

test('each of 250 pods with long names is on a page, and in the file', () => {
  const pods = Array.from({ length: 250 }, (_, index) => pod(`${'p'.repeat(240)}-${index}`));
  const { pages, whole } = shown({ pods });
  const lines = pages.filter(({ title }) => title === 'Pods (250)').flatMap(({ text }) => text.split('\n'));
  expect(lines).toHaveLength(250);
  for (const { name } of pods) expect(whole).toContain(`${name} `);
});
