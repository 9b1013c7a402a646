// What people get for their slash commands, and who gets nothing, through the whole bot.

import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { commands } from '../../commands/index.ts';
import { startBot } from '../../sandbox/bot.ts';
import type { Discord, InteractionResult } from '../../sandbox/discord/discord.ts';
import { type Homelab, startHomelab } from '../../sandbox/homelab.ts';
import type { Kubernetes } from '../../sandbox/kubernetes/kubernetes.ts';
import { rbacObjects } from '../../sandbox/rbac.ts';
import { auditTrail, wronglyAsked } from './seen.ts';

let homelab: Homelab;
let discord: Discord;
let kubernetes: Kubernetes;

beforeAll(async () => {
  homelab = await startHomelab({ discord: { rateLimits: 'off', windows: { identify: 100 } } });
  ({ discord, kubernetes } = homelab);
});

afterAll(() => homelab.stop());

afterEach(async () => {
  const wrong = wronglyAsked(discord);
  await discord.faults.clear();
  discord.reset({ keepCommands: true });
  kubernetes.reset();
  kubernetes.apply(await rbacObjects());
  expect(wrong).toEqual([]);
});

function nodes(person: string, options: Record<string, string> = {}): Promise<InteractionResult> {
  return discord.as(person).command('nodes', options);
}

async function shown(person: string, options: Record<string, string> = {}) {
  return (await nodes(person, options)).final();
}

describe('/nodes', () => {
  test.each(['vera', 'otto', 'ada'])('is answered to %s alone, at first with "thinking"', async (person) => {
    const result = await nodes(person);
    expect(result.ack).toMatchObject({ kind: 'deferred', ephemeral: true });
    const reply = await result.final();
    expect(reply.ephemeralFor).toBe(person);
    expect(reply.content).toContain('4 nodes: 4 ready');
    for (const name of ['desktop-1', 'desktop-2', 'desktop-3', 'worker-db-01']) expect(reply.text).toContain(name);
    expect(reply.text).toMatch(/CPU 2\.\d of 12/);
    expect(discord.messages('operations')).toEqual([]);
  });

  test.each([
    ['notready', /desktop-2\*\* NotReady/, 'container runtime is down'],
    ['lost', /desktop-2\*\* NotReady/, 'Kubelet stopped posting node status.'],
  ] as const)('names a node that is %s first, and why', async (state, status, why) => {
    kubernetes.node('desktop-2', state);
    const { content, text } = await shown('vera');
    expect(content).toContain('4 nodes: 3 ready, 1 not ready (desktop-2)');
    expect(text).toMatch(status);
    expect(text).toContain(why);
    expect(text.indexOf('**desktop-2**')).toBeLessThan(text.indexOf('**desktop-1**'));
  });

  test('says of a cluster without metrics that use is not known', async () => {
    kubernetes.faults.next({ path: '/apis/metrics.k8s.io/' }, { status: 404 });
    expect((await shown('vera')).text).toContain('metrics.k8s.io is not served here');
    kubernetes.faults.next({ path: '/apis/metrics.k8s.io/' }, { status: 503 });
    const reply = await shown('vera');
    expect(reply.text).toContain('Use of CPU and memory is not known.');
    expect(reply.text).toContain('desktop-1');
  });

  test('shows many nodes a page at a time, with all of them in a file', async () => {
    kubernetes.scale({ nodes: 60 });
    const first = await shown('vera');
    expect(first.text).toContain('60 nodes: 60 ready');
    expect(first.text).toMatch(/Page 1 of \d/);
    expect(first.buttons.map(({ label, disabled }) => [label, disabled])).toEqual([
      ['Previous', true],
      ['Next', false],
      ['Share', false],
    ]);
    const vera = discord.as('vera');
    const second = await (await vera.press(first, 'Next')).final();
    expect(second.id).toBe(first.id);
    expect(second.text).toMatch(/Page 2 of \d/);
    const back = await (await vera.press(second, 'Previous')).final();
    expect(back.text).toMatch(/Page 1 of \d/);
    for (const { files } of [first, second, back]) {
      expect(files.map((file) => file.filename)).toEqual(['nodes.txt']);
      expect(files[0]?.text().match(/^(?:desktop|worker)-\S+/gm)).toHaveLength(60);
    }
  });

  test('can be leafed through to its last page, and each node is on one page', async () => {
    kubernetes.scale({ nodes: 30 });
    const vera = discord.as('vera');
    let page = await shown('vera');
    const names = [...page.text.matchAll(/\*\*((?:desktop|worker)-\S+?)\*\*/g)];
    while (page.buttons.some(({ label, disabled }) => label === 'Next' && !disabled)) {
      page = await (await vera.press(page, 'Next')).final();
      names.push(...page.text.matchAll(/\*\*((?:desktop|worker)-\S+?)\*\*/g));
    }
    expect(new Set(names.map(([, name]) => name)).size).toBe(30);
    expect(names).toHaveLength(30);
  });
});

describe('/nodes node:', () => {
  test('shows its conditions, what its pods ask for, the pods and what happened', async () => {
    const first = await shown('vera', { node: 'worker-db-01' });
    expect(first.content).toContain('worker-db-01 is Ready');
    for (const part of ['MemoryPressure', 'app-type=db:NoSchedule', 'ImageGCFailed', 'requested', 'Arch Linux'])
      expect(first.text).toContain(part);
    const second = await (await discord.as('vera').press(first, 'Next')).final();
    expect(second.text).toMatch(/Pods \(\d+\)/);
    expect(second.text).toContain('mysql');
    expect(second.files[0]?.text()).toMatch(/ImageGCFailed[\s\S]*only found 0 bytes eligible to free/);
  });

  test('says which names are near one that is not there', async () => {
    expect((await shown('vera', { node: 'desktop-22' })).text).toMatch(
      /There is no node called desktop-22\. Did you mean .*desktop-2/,
    );
  });

  test('takes no name that no node can have, and asks Kubernetes nothing', async () => {
    const before = kubernetes.requests.length;
    const result = await nodes('vera', { node: '../secrets?x=' });
    expect(result.ack).toMatchObject({ kind: 'message', ephemeral: true });
    expect(result.reply?.text).toContain('A node is named with letters, digits, dashes and dots.');
    expect(kubernetes.requests.slice(before).filter(({ path }) => path.includes('secrets'))).toEqual([]);
  });

  test('says so where the node is deleted while it is asked about', async () => {
    kubernetes.faults.next({ path: '/api/v1/nodes/desktop-3' }, { delayMs: 100 });
    const asked = await nodes('vera', { node: 'desktop-3' });
    kubernetes.remove({ apiVersion: 'v1', kind: 'Node', name: 'desktop-3' });
    const { text } = await asked.final();
    expect(text).toContain('There is no node called desktop-3.');
    expect(text).not.toMatch(/mean .*desktop-3/);
  });

  test('shows a lost node with what is known of it', async () => {
    kubernetes.node('desktop-3', 'lost');
    const { content, text } = await shown('vera', { node: 'desktop-3' });
    expect(content).toContain('desktop-3 is NotReady (NodeStatusUnknown: Kubelet stopped posting node status.)');
    expect(text).toContain('node.kubernetes.io/unreachable:NoExecute');
  });
});

describe('what a node says is only text', () => {
  const hostile = '@everyone <@&112233445566778803> **bold** [click](https://evil.example) ||x|| `tick` \u202egnp';
  const secret = 'mysql://shop:hunter2hunter2@mysql:3306/shop';

  test('nobody is mentioned, nothing is markup, no secret is shown, also once it is shared', async () => {
    const which = { apiVersion: 'v1', kind: 'Node', name: 'desktop-3' };
    kubernetes.patch(which, {
      spec: { taints: [{ key: hostile, value: hostile, effect: 'NoSchedule' }] },
      status: {
        conditions: [{ type: 'Ready', status: 'False', reason: hostile, message: `${hostile} ${secret}` }],
        nodeInfo: { kubeletVersion: hostile, osImage: hostile },
      },
    });
    kubernetes.set({
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name: 'hostile', namespace: 'default' },
      involvedObject: { kind: 'Node', name: 'desktop-3' },
      reason: hostile,
      message: `${hostile} ${secret}`,
      type: 'Warning',
      count: 1,
      lastTimestamp: new Date().toISOString(),
    });
    const asked: Record<string, string>[] = [{}, { node: 'desktop-3' }];
    for (const options of asked) {
      const reply = await shown('vera', options);
      await discord.as('vera').press(reply, 'Share');
      const shared = await discord.waitForMessage('operations', ({ text }) => text.includes(reply.content));
      for (const message of [reply, shared]) {
        const whole = `${message.text}\n${message.files.map((file) => file.text()).join('\n')}`;
        expect(message.rang).toEqual([]);
        expect(whole).not.toContain('hunter2');
        expect(message.text).not.toMatch(
          /\u202e|(?<!\\)\*\*bold|(?<!\\)\]\(|(?<!\\)@everyone|(?<!\\)<@|(?<!\\)\|\||(?<!\\)`tick/,
        );
        expect(message.text).toContain('click');
      }
    }
  });
});

describe('autocomplete', () => {
  test('offers names of nodes, those that begin with what is typed first', async () => {
    const names = async (typed: string) =>
      (await discord.as('vera').complete('nodes', 'node', typed)).map(({ value }) => value);
    expect(await names('')).toEqual(['desktop-1', 'desktop-2', 'desktop-3', 'worker-db-01']);
    expect(await names('work')).toEqual(['worker-db-01']);
    expect(await names('-1')).toEqual(['desktop-1']);
    expect(await names('nothing-like-it')).toEqual([]);
  });

  test('offers nothing to somebody without a level', async () => {
    expect(await discord.as('nils').complete('nodes', 'node', '')).toEqual([]);
  });
});

describe('somebody who may not', () => {
  test('is told at once which level is needed and which one they have; nothing is asked of Kubernetes', async () => {
    const result = await nodes('nils');
    expect(result.ack).toMatchObject({ kind: 'message', ephemeral: true });
    expect(result.reply?.text).toContain('`/nodes` needs the level viewer; none of your roles gives you a level.');
    expect(asked('nils')).toEqual([]);
  });

  test('is refused a button, too, once the role is gone, and sees no further page', async () => {
    kubernetes.scale({ nodes: 30 });
    const before = auditTrail(homelab).length;
    const first = await shown('vera');
    discord.setRoles('vera', []);
    for (const label of ['Next', 'Share']) {
      const pressed = await discord.as('vera').press(first, label);
      const refusal = await pressed.followUp();
      expect(refusal.ephemeralFor).toBe('vera');
      expect(refusal.text).toContain('needs the level viewer');
    }
    expect(
      discord
        .as('vera')
        .sees('operations')
        .find(({ id }) => id === first.id)?.text,
    ).toContain('Page 1 of');
    expect(discord.messages('operations')).toEqual([]);
    const refused = await discord.waitFor(() => {
      const rows = auditTrail(homelab).slice(before);
      const presses = rows.filter(({ phase, action }) => phase === 'refused' && action.includes(' '));
      return presses.length === 2 && presses;
    });
    expect(refused.map(({ action, username, outcome }) => [action, username, outcome])).toEqual([
      ['page nodes', 'vera', 'level too low: needs viewer, has none'],
      ['share nodes', 'vera', 'level too low: needs viewer, has none'],
    ]);
  });

  test('may again with a role, without anything being restarted', async () => {
    discord.setRoles('nils', ['operator']);
    expect((await shown('nils')).text).toContain('desktop-1');
  });
});

/** Requests that Kubernetes saw for a person. */
function asked(username: string) {
  return kubernetes.requests.filter(({ impersonated }) =>
    impersonated?.extra['discord-user']?.some((value) => value.endsWith(` ${username}`)),
  );
}

describe('Kubernetes sees', () => {
  test.each([
    ['vera', 'viewer'],
    ['otto', 'operator'],
    ['ada', 'admin'],
  ])('%s as homelab-bot:%s, with the Discord name and id', async (person, level) => {
    await shown(person);
    const seen = asked(person);
    expect(seen.map(({ resource }) => resource).sort()).toEqual(['metrics.k8s.io/nodes', 'nodes', 'pods']);
    for (const { user, impersonated, status } of seen) {
      expect(status).toBe(200);
      expect(user?.name).toBe('system:serviceaccount:chatops:homelab-bot');
      expect(impersonated?.name).toBe(`homelab-bot:${level}`);
      expect(impersonated?.groups.filter((group) => !group.startsWith('system:'))).toEqual([`homelab-bot:${level}`]);
      expect(impersonated?.extra).toEqual({ 'discord-user': [`${discord.userId(person)} ${person}`] });
    }
  });
});

describe('the audit trail', () => {
  test('holds what was asked, what became of it, and what was refused', async () => {
    const before = auditTrail(homelab).length;
    await shown('ada', { node: 'desktop-1' });
    await shown('vera', { node: 'desktop-9' });
    await shown('nils', { node: 'desktop-2' });
    await shown('vera', { node: '_' });
    const rows = await discord.waitFor(() => {
      // Those of earlier tests may still be on their way; they name other nodes.
      const all = auditTrail(homelab).slice(before);
      const ours = all.filter(({ target }) => /^node=(?:desktop-[129]|_)$/.test(target));
      return ours.length === 6 && ours;
    });
    const about = ({ username, phase, action, target, level, outcome }: (typeof rows)[number]) => [
      username,
      phase,
      action,
      target,
      level,
      outcome,
    ];
    expect(rows.map(about)).toEqual([
      ['ada', 'asked', 'nodes', 'node=desktop-1', 'admin', null],
      ['ada', 'done', 'nodes', 'node=desktop-1', 'admin', 'answered'],
      ['vera', 'asked', 'nodes', 'node=desktop-9', 'viewer', null],
      ['vera', 'done', 'nodes', 'node=desktop-9', 'viewer', expect.stringMatching(/^told: There is no node called/)],
      ['nils', 'refused', 'nodes', 'node=desktop-2', null, 'level too low: needs viewer, has none'],
      ['vera', 'refused', 'nodes', 'node=_', 'viewer', 'invalid options: node'],
    ]);
    const [first, second] = rows;
    expect(first?.reference).toBe(second?.reference);
    expect(first?.person_id).toBe(discord.userId('ada'));
    expect(first?.channel_id).toBe(discord.channelId('operations'));
    expect(second?.duration_ms).toBeGreaterThanOrEqual(0);
  });
});

describe('Share', () => {
  test('posts what is shown into the channel, once however often it is pressed', async () => {
    const reply = await shown('vera');
    const vera = discord.as('vera');
    await Promise.all([vera.press(reply, 'Share'), vera.press(reply, 'Share')]);
    const posted = await discord.waitForMessage('operations');
    expect(posted.content).toBe(reply.content);
    expect(posted.text).toMatch(/\/nodes, shared by vera · ref share-[0-9a-f]{24}-1\b/);
    expect(posted.buttons).toEqual([]);
    expect(posted.nonce).not.toBeNull();
    await discord.waitFor(() =>
      vera.sees('operations').find(({ id, buttons }) => id === reply.id && buttons.some((one) => one.disabled)),
    );
    // Whatever a second press still asked for would be posted before this.
    const other = await shown('otto');
    await discord.as('otto').press(other, 'Share');
    await discord.waitForMessage('operations', ({ text }) => text.includes('shared by otto'));
    expect(discord.messages('operations')).toHaveLength(2);
  });

  test('posts the page that is shown, with the whole in a file', async () => {
    kubernetes.scale({ nodes: 30 });
    const vera = discord.as('vera');
    const second = await (await vera.press(await shown('vera'), 'Next')).final();
    await vera.press(second, 'Share');
    const posted = await discord.waitForMessage('operations');
    expect(posted.text).toMatch(/Page 2 of \d/);
    expect(posted.files.map((file) => file.filename)).toEqual(['nodes.txt']);
  });
});

describe('/whoami and /help', () => {
  test.each([
    ['nils', 'nils has no level here.', 'nobody: without a level nothing is asked of it'],
    ['vera', 'vera has the level viewer here.', 'homelab-bot:viewer'],
    ['otto', 'otto has the level operator here.', 'homelab-bot:operator'],
    ['ada', 'ada has the level admin here.', 'homelab-bot:admin'],
  ])('/whoami tells %s the level, where it comes from and whom Kubernetes sees', async (person, headline, seenAs) => {
    const result = await discord.as(person).command('whoami');
    const { content, text, ephemeralFor, buttons } = await result.final();
    expect(result.ack.ephemeral).toBe(true);
    expect(ephemeralFor).toBe(person);
    expect(content).toBe(headline);
    expect(text).toContain(seenAs);
    expect(text).toContain(discord.userId(person));
    expect(buttons).toEqual([]);
  });

  test('/help lists every command that Discord has, and which of them one may run', async () => {
    const forVera = await (await discord.as('vera').command('help')).final();
    expect(forVera.content).toBe('You may run 6 of 10 commands.');
    for (const name of discord.commands) expect(forVera.text).toContain(`/${name}`);
    const forNils = await (await discord.as('nils').command('help')).final();
    expect(forNils.content).toBe('You may run 2 of 10 commands.');
    expect(forNils.text).toContain('needs viewer');
  });
});

describe('nobody is kept waiting', () => {
  test('while Kubernetes hangs, it is said that it does not answer', async () => {
    kubernetes.faults.next({ path: /^\/api/, times: 50 }, 'hang');
    const result = await nodes('vera');
    expect(result.ack.kind).toBe('deferred');
    expect((await result.final({ timeoutMs: 4000 })).text).toMatch(/The cluster \(.*\) did not answer within 2\.5 s/);
  });

  test('100 commands at once are all acknowledged and answered', async () => {
    const people = ['vera', 'otto', 'ada', 'nils'];
    const results = await Promise.all(
      Array.from({ length: 100 }, (_, index) => nodes(people[index % people.length] ?? 'vera')),
    );
    expect(results.filter(({ failure }) => failure !== null)).toEqual([]);
    const replies = await Promise.all(results.map((result) => result.final({ timeoutMs: 15_000 })));
    const said = replies.map(({ content }) => content);
    // On a busy machine the API server itself may be too slow for some of them, which they are told.
    const known = /^4 nodes: 4 ready|needs the level viewer|^The cluster .* did not answer within/;
    expect(said.filter((one) => !known.test(one))).toEqual([]);
    expect(said.filter((one) => one.includes('needs the level viewer'))).toHaveLength(25);
  });
});

describe('what Discord does with interactions', () => {
  test('one that it replays after a lost connection does nothing twice', async () => {
    const vera = discord.as('vera');
    const before = auditTrail(homelab).length;
    await vera.complete('nodes', 'node', 'desk');
    const reply = await shown('vera');
    await vera.press(reply, 'Share');
    await discord.waitForMessage('operations');
    await discord.waitFor(() => auditTrail(homelab).length === before + 4);
    const asks = asked('vera').length;
    const answered = discord.requests.of({ method: 'POST', path: '/callback', status: 204 }).length;
    discord.faults.replayInteractions();
    discord.faults.closeGateway(4000);
    await discord.waitFor(() => discord.requests.resumes > 0, { what: 'a RESUME', timeoutMs: 10_000 });
    // Suggestions are made again, which shows that the interactions did come again.
    await discord.waitFor(() => discord.requests.of({ method: 'POST', path: '/callback', status: 400 }).length > 0);
    // What the others would have done is done by the time that later ones are.
    const later = await shown('otto');
    await discord.as('otto').press(later, 'Share');
    await discord.waitForMessage('operations', ({ text }) => text.includes('shared by otto'));
    await discord.waitFor(() => auditTrail(homelab).length >= before + 8);
    expect(discord.messages('operations')).toHaveLength(2);
    expect(asked('vera')).toHaveLength(asks);
    expect(discord.requests.of({ method: 'POST', path: '/callback', status: 204 })).toHaveLength(answered + 2);
    expect(auditTrail(homelab)).toHaveLength(before + 8);
  });

  test('one that is sent while the connection is lost is answered after it', async () => {
    discord.faults.silenceGateway();
    const asking = nodes('vera');
    discord.faults.silenceGateway(false);
    discord.faults.closeGateway(4000);
    expect((await (await asking).final()).text).toContain('desktop-1');
  });

  test.each([
    ['cut before it acts', 'drop before acting'],
    ['cut after it acted', 'drop after acting'],
    ['500', { status: 500 }],
  ] as const)('a first response that meets a fault (%s) is given all the same', async (_what, fault) => {
    discord.faults.next({ method: 'POST', path: '/callback' }, fault);
    const result = await nodes('vera');
    expect(result.failure).toBeNull();
    expect((await result.final()).text).toContain('desktop-1');
  });
});

describe('the commands of the server', () => {
  const putting = { method: 'PUT', path: '/commands' };

  test('are there, and are not registered again by a restart', async () => {
    expect([...discord.commands].sort()).toEqual(commands.map(({ name }) => name).sort());
    await homelab.bot.end('SIGTERM');
    homelab.bot.start();
    await homelab.bot.whenReady();
    await discord.waitFor(() => discord.requests.of({ method: 'GET', path: '/commands', status: 200 }).length > 0);
    expect((await shown('vera')).text).toContain('desktop-1');
    expect(discord.requests.of(putting)).toEqual([]);
  }, 40_000);

  test('are registered once where there are none, or others', async () => {
    await homelab.bot.end('SIGTERM');
    discord.reset();
    homelab.bot.start();
    await homelab.bot.whenReady();
    await discord.waitFor(() => discord.commands.length === commands.length);
    expect(discord.requests.of(putting)).toHaveLength(1);
  }, 40_000);

  test('serve nobody of a server that the bot was moved away from', async () => {
    await homelab.bot.end('SIGTERM');
    const env = { ...homelab.bot.env, DISCORD_GUILD_ID: '999999999999999999' };
    const elsewhere = await startBot({ cwd: homelab.folder, env });
    try {
      await elsewhere.whenReady();
      for (const name of ['nodes', 'whoami', 'help']) {
        const result = await discord.as('ada').command(name);
        expect(result.reply?.text).toContain('This bot serves another server');
      }
      expect(await discord.as('ada').complete('nodes', 'node', '')).toEqual([]);
      expect(asked('ada')).toEqual([]);
    } finally {
      await elsewhere.end('SIGTERM');
      homelab.bot.start();
    }
  }, 40_000);
});

test('without a word about access in the configuration nobody may, and is told what is missing', async () => {
  const open = await startHomelab({
    discord: { rateLimits: 'off', windows: { identify: 100 } },
    config: () => 'timezone: UTC\n',
  });
  try {
    for (const person of ['ada', 'nils']) {
      const result = await open.discord.as(person).command('nodes');
      expect(result.ack).toMatchObject({ kind: 'message', ephemeral: true });
      expect(result.reply?.text).toContain('nobody has been given a level yet');
    }
    expect(await open.discord.as('ada').complete('nodes', 'node', '')).toEqual([]);
    const whoami = await (await open.discord.as('ada').command('whoami')).final();
    expect(whoami.text).toContain('Nobody has been given a level yet.');
  } finally {
    await open.stop();
  }
});
