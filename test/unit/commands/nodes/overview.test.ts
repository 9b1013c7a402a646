// /nodes as people read it.
import { describe, expect, test } from '@jest/globals';
import { overview, type Usage } from '../../../../commands/nodes/overview.ts';
import type { NodeInfo } from '../../../../src/cluster/schema.ts';
import { render } from '../../../../src/discord/message.ts';
import { UserError } from '../../../../src/lib/user-error.ts';
import type { Message } from '../../../../src/message.ts';
import { condition, lost, node, now, ready } from './given.ts';

function shown(nodes: readonly NodeInfo[], options: { usage?: Usage; pods?: ReadonlyMap<string, number> } = {}) {
  const { usage = new Map(), pods = new Map() } = options;
  return overview({ nodes, usage, pods, now });
}

function onlyPage(answer: ReturnType<typeof overview>): Message {
  if ('pages' in answer) throw new Error('There are pages');
  return answer;
}

/** What Discord is sent. */
function text(message: Message): string {
  const { body } = render(message, { redact: (value) => value });
  return [body.content, body.embeds[0]?.description ?? '', body.embeds[0]?.footer?.text ?? ''].join('\n');
}

test('a node that is well takes two lines', () => {
  const usage = new Map([['desktop-1', { cpu: 1.2, memory: 3 * 2 ** 30 }]]);
  const one = node('desktop-1', { labels: { 'node-role.kubernetes.io/control-plane': 'true' } });
  const message = onlyPage(shown([one], { usage, pods: new Map([['desktop-1', 12]]) }));
  expect(text(message).trim().split('\n')).toEqual([
    '1 node: 1 ready',
    '✅ **desktop-1** Ready · control-plane · v1.36.3 · age 31d',
    'CPU 1.2 of 8 (15%) · memory 3 GiB of 32 GiB (9%) · pods 12 of 110',
  ]);
  expect(message.tone).toBe('good');
});

test('one that is not says why and since when, and its taints', () => {
  const bad = node('desktop-2', {
    spec: { unschedulable: true, taints: [{ key: 'app-type', value: 'db', effect: 'NoSchedule' }] },
    status: { conditions: [lost, condition('DiskPressure', 'True', { reason: 'Full', message: 'no space' })] },
  });
  const words = text(onlyPage(shown([bad])));
  expect(words).toContain('❌ **desktop-2** NotReady,SchedulingDisabled');
  expect(words).toMatch(/NodeStatusUnknown: Kubelet stopped posting node status\., since <t:\d+:R>/);
  expect(words).toMatch(/DiskPressure: Full: no space, since <t:/);
  expect(words).toContain('taints app-type=db:NoSchedule');
});

test('a node that reports nothing is shown with what is known', () => {
  const words = text(
    onlyPage(shown([node('new', { status: { conditions: null, allocatable: null, nodeInfo: null } })])),
  );
  expect(words).toContain('**new** Unknown · age 31d');
  expect(words).toContain('CPU unknown · memory unknown · pods 0');
  expect(words).toContain('it reports no Ready condition');
});

test('an empty cluster is one sentence', () => {
  expect(onlyPage(shown([], { usage: null }))).toEqual({ headline: 'The cluster has no nodes.', tone: 'warning' });
});

describe('use that is not known', () => {
  test('is said where metrics are not served', () => {
    const words = text(onlyPage(shown([node('a')], { usage: null })));
    expect(words).toContain('metrics.k8s.io is not served here');
    expect(words).toContain('CPU 8 · memory 32 GiB');
  });

  test('is said with the reason where they fail', () => {
    const words = text(onlyPage(shown([node('a')], { usage: new UserError('Metrics are broken.') })));
    expect(words).toContain('is not known. Metrics are broken.');
  });
});

describe('more than fits', () => {
  const many = Array.from({ length: 1000 }, (_, index) =>
    node(`desktop-${index}`, { status: { conditions: [index === 777 ? lost : ready] } }),
  );
  const answer = shown(many);
  if (!('pages' in answer)) throw new Error('There is one page');

  test('is leafed through, what is wrong on the first page, and each node is on one page', () => {
    expect(text(answer.pages[0] as Message)).toContain('**desktop-777** NotReady');
    const all = answer.pages.map(text).join('\n');
    for (const { name } of many) expect(all.split(`**${name}** `)).toHaveLength(2);
  });

  test('fits whole onto each page', () => {
    for (const page of answer.pages) expect(render(page, { redact: (value) => value }).files).toEqual([]);
  });

  test('is in the file, whole', () => {
    const lines = answer.whole.data.split('\n');
    expect(lines[0]).toBe('1000 nodes: 999 ready, 1 not ready (desktop-777)');
    expect(lines.filter((line) => line.startsWith('desktop-'))).toHaveLength(1000);
  });
});

test('nodes in bad company: nothing they say is markup, and each page fits', () => {
  const nasty = '@everyone **[x](http://evil.test)** `<@1>` \u202e\u200b||';
  const long = `${nasty}${'x'.repeat(2000)}`;
  const nodes = Array.from({ length: 30 }, (_, index) =>
    node(`${index}${nasty}`, {
      labels: { [`node-role.kubernetes.io/${long}`]: '' },
      spec: { taints: Array.from({ length: 50 }, () => ({ key: long, value: nasty, effect: long })) },
      status: {
        conditions: [
          condition('Ready', 'False', { reason: long, message: long }),
          condition(`${long}Pressure`, 'True'),
        ],
      },
    }),
  );
  const answer = shown(nodes);
  if (!('pages' in answer)) throw new Error('There is one page');
  for (const page of answer.pages) {
    const { body, files } = render(page, { redact: (value) => value });
    expect(body.allowed_mentions).toEqual({ parse: [], roles: [], replied_user: false });
    const words = body.embeds[0]?.description ?? '';
    expect(words).not.toMatch(/(?<!\\)@everyone|(?<!\\)<@1>|(?<!\\)\]\(http/);
    expect(words.length).toBeLessThanOrEqual(4096);
    expect(files).toEqual([]);
  }
});
