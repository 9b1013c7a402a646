// The main job, played once: alerts that grow, get worse and resolve, questions, and a change of an app with its way back.
import { aboutAnother, homelabAlerts, worse } from './alertmanager/homelab-alerts.ts';
import { beginStorm, endStorm } from './alertmanager/storm.ts';
import type { SandboxMessage } from './discord/discord.ts';
import type { Homelab } from './homelab.ts';
import { shopShas } from './registry/seed.ts';

/** Says what happens next; the transcript shows what comes of it. */
export type Narrate = (text: string) => void;

/**
 * @throws Error that names what did not appear.
 */
export async function playTour(homelab: Homelab, narrate: Narrate): Promise<void> {
  await playAlert(homelab, narrate);
  await playWorse(homelab, narrate);
  await playOnCall(homelab, narrate);
  await playStorm(homelab, narrate);
  await playNodes(homelab, narrate);
  await playDeploys(homelab, narrate);
}

async function playAlert({ discord, alertmanager }: Homelab, narrate: Narrate): Promise<void> {
  const { nodeDown } = homelabAlerts;
  const secondNode = aboutAnother(nodeDown, { instance: '100.64.0.12:9100', node: 'desktop-2' });

  narrate('Prometheus notices that desktop-3 is down; Alertmanager posts it.');
  alertmanager.fire(nodeDown.labels, nodeDown.annotations);
  const first = await discord.waitForMessage('alerts', (message) => says(message, 'firing', 'NodeDown', 'desktop-3'), {
    what: 'a message in #alerts that says that NodeDown is firing for desktop-3',
  });

  narrate('desktop-2 goes down too: the same message grows.');
  alertmanager.fire(secondNode.labels, secondNode.annotations);
  await discord.waitForMessage(
    'alerts',
    (message) => message.id === first.id && says(message, '2 firing', 'desktop-2'),
    {
      what: 'the same message with both nodes',
    },
  );

  narrate('Both come back: the same message says so.');
  alertmanager.resolve(nodeDown.labels);
  alertmanager.resolve(secondNode.labels);
  await discord.waitForMessage('alerts', (message) => message.id === first.id && message.content.includes('resolved'), {
    what: 'the same message, resolved',
    timeoutMs: 10_000,
  });
  if (discord.messages('alerts').length !== 1) throw new Error('There is more than one message in #alerts');
}

async function playWorse({ discord, alertmanager }: Homelab, narrate: Narrate): Promise<void> {
  const { nodeDiskSpaceLow: low } = homelabAlerts;
  const full = worse(low);

  narrate('A disk fills up. Then it gets worse: an edit rings no phone, so a short reply rings the operators again.');
  alertmanager.fire(low.labels, low.annotations);
  const card = await discord.waitForMessage(
    'alerts',
    (message) => says(message, 'warning firing', 'NodeDiskSpaceLow'),
    {
      what: 'a message in #alerts that says that NodeDiskSpaceLow is firing',
    },
  );
  alertmanager.fire(full.labels, full.annotations);
  const reply = await discord.waitForMessage(
    'alerts',
    ({ replyTo, content, rang }) =>
      replyTo === card.id && content.includes('got worse') && rang.includes(discord.roleId('operator')),
    { what: 'a reply that rings @operator because NodeDiskSpaceLow got worse', timeoutMs: 15_000 },
  );

  narrate('Some space is made: it is a warning again, and the reply goes away. Then all of it is over.');
  alertmanager.resolve(full.labels);
  await discord.waitFor(() => !discord.messages('alerts').some(({ id }) => id === reply.id), {
    what: 'no reply any more',
    timeoutMs: 15_000,
  });
  alertmanager.resolve(low.labels);
  await discord.waitForMessage('alerts', ({ id, content }) => id === card.id && content.includes('resolved'), {
    what: 'the message of NodeDiskSpaceLow, resolved',
    timeoutMs: 15_000,
  });
}

async function playOnCall({ discord, alertmanager }: Homelab, narrate: Narrate): Promise<void> {
  const { mysqlDown } = homelabAlerts;
  const isCard = ({ text, replyTo }: SandboxMessage) => replyTo === null && text.includes('MySQLDown');
  const card = (what: string, ...words: readonly string[]) =>
    discord.waitForMessage('alerts', (message) => isCard(message) && says(message, ...words), {
      what,
      timeoutMs: 15_000,
    });

  narrate('The database goes down at night. otto acknowledges it on his phone: the message says who takes care of it.');
  alertmanager.fire(mysqlDown.labels, mysqlDown.annotations);
  const fired = await card('a message in #alerts that says that MySQLDown is firing', 'firing');
  await discord.as('otto').press(fired, 'Acknowledge');
  const acknowledged = await card('who has acknowledged it', 'Acknowledged by');

  narrate('He silences it for an hour; what exactly is silenced is shown to him first.');
  const asked = await discord.as('otto').press(acknowledged, 'Silence');
  const picked = await discord
    .as('otto')
    .select(await asked.final({ what: 'how long to silence it' }), 'For how long?', ['1 hour']);
  const proposal = await picked.until(({ content }) => content.startsWith('Silence MySQLDown'), {
    what: 'the matchers of the silence',
  });
  if (!says(proposal, 'alertname="MySQLDown"'))
    throw new Error(`The silence does not show its matchers: ${proposal.text}`);
  await discord.as('otto').press(proposal, 'Silence');
  const silenced = await card('the silence on the message', 'Silenced until');

  narrate('The database is back before that: he ends the silence, and the message says how long it was down.');
  await discord.as('otto').press(silenced, 'Unsilence');
  alertmanager.resolve(mysqlDown.labels);
  await card('the same message, resolved', 'resolved');

  narrate('It goes down once more: the same message opens again, and a short reply rings.');
  alertmanager.fire(mysqlDown.labels, mysqlDown.annotations);
  await discord.waitForMessage('alerts', ({ replyTo }) => replyTo === fired.id, {
    what: 'a reply to the message of MySQLDown',
    timeoutMs: 15_000,
  });
  alertmanager.resolve(mysqlDown.labels);
  await card('the same message, resolved again', 'resolved', 'flapped once');
}

async function playStorm({ discord, alertmanager }: Homelab, narrate: Narrate): Promise<void> {
  narrate(
    'A network switch dies: 60 groups of alerts at once. What is critical has messages of its own; the rest shares one.',
  );
  beginStorm(alertmanager, 60);
  await discord.waitForMessage('alerts', ({ content }) => content.includes('storm'), {
    what: 'one message for the storm',
    timeoutMs: 30_000,
  });
  narrate('The switch is replaced: the storm ends in a short account.');
  endStorm(alertmanager);
  await discord.waitForMessage('alerts', ({ content }) => content.includes('storm over'), {
    what: 'the account of the storm',
    timeoutMs: 60_000,
  });
}

async function playNodes({ discord }: Homelab, narrate: Narrate): Promise<void> {
  narrate('vera, a viewer, asks for the nodes.');
  const answered = await discord.as('vera').command('nodes');
  const nodes = await answered.final({ what: "vera's answer to /nodes" });
  if (!says(nodes, 'desktop-1', 'worker-db-01')) throw new Error(`/nodes did not name the nodes: ${nodes.text}`);

  narrate('nils, without a role, asks for the nodes.');
  const refused = await discord.as('nils').command('nodes');
  const refusal = await refused.final({ what: "nils's refusal" });
  if (!says(refusal, 'viewer')) throw new Error(`The refusal does not say which level is needed: ${refusal.text}`);
}

async function playDeploys({ discord, git, advice }: Homelab, narrate: Narrate): Promise<void> {
  if (advice !== null) throw new Error(advice);
  const [, , , next = '', later = ''] = shopShas;
  const card = (what: string, ...words: readonly string[]) =>
    discord.waitForMessage('operations', (message) => message.ephemeralFor === null && says(message, ...words), {
      what,
      timeoutMs: 60_000,
    });
  const ask = async (person: string, command: string, options: Record<string, string>): Promise<SandboxMessage> =>
    (await discord.as(person).command(command, options)).final({
      what: `${person}'s answer to /${command}`,
      timeoutMs: 30_000,
    });

  narrate('otto, an operator, deploys a commit: the repository says it, the cluster runs it, one card shows how.');
  await ask('otto', 'deploy', { sha: next, reason: 'new prices' });
  await card('the card of a deploy that is done', 'done', next.slice(0, 7));

  narrate('The next image crashes: the deploy undoes itself by a revert.');
  await ask('otto', 'deploy', { sha: 'broken-4f7c2e9' });
  await card('the card of a deploy that undid itself', 'failed and undone', 'broken-4f7c2e9');

  narrate('A good one follows, and is taken back by /rollback.');
  await ask('otto', 'deploy', { sha: later });
  await card('the card of the next deploy', 'done', later.slice(0, 7));
  await ask('otto', 'rollback', { reason: 'pages are slow' });
  await card('the card of the rollback', 'rollback of shop', 'done', next.slice(0, 7));

  narrate('vera, who may only look, tries to deploy, and looks instead.');
  const refusal = await ask('vera', 'deploy', { sha: later });
  if (!says(refusal, 'operator')) throw new Error(`The refusal does not say which level is needed: ${refusal.text}`);
  const status = await ask('vera', 'status', {});
  if (!says(status, 'shop', next.slice(0, 7))) throw new Error(`/status did not name what runs: ${status.text}`);

  const log = await git.log(5);
  narrate(
    `The manifest repository now says:\n${log.map(({ commit, subject, author }) => `  ${commit.slice(0, 7)} ${subject} (${author})`).join('\n')}`,
  );
}

function says(message: SandboxMessage, ...words: readonly string[]): boolean {
  return words.every((word) => message.text.includes(word));
}
