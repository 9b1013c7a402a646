// The main job, played once: an alert that grows and resolves, and `/nodes` for who may and who may not.
import { type HomelabAlert, homelabAlerts } from './alertmanager/homelab-alerts.ts';
import type { SandboxMessage } from './discord/discord.ts';
import type { Homelab } from './homelab.ts';

/** Says what happens next; the transcript shows what comes of it. */
export type Narrate = (text: string) => void;

/**
 * @throws Error that names what did not appear.
 */
export async function playTour({ discord, alertmanager }: Homelab, narrate: Narrate): Promise<void> {
  const { nodeDown } = homelabAlerts;
  const secondNode = elsewhere(nodeDown, '100.64.0.12:9100', 'desktop-2');

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

  narrate('vera, a viewer, asks for the nodes.');
  const answered = await discord.as('vera').command('nodes');
  const nodes = await answered.final({ what: "vera's answer to /nodes" });
  if (!says(nodes, 'desktop-1', 'worker-db-01')) throw new Error(`/nodes did not name the nodes: ${nodes.text}`);

  narrate('nils, without a role, asks for the nodes.');
  const refused = await discord.as('nils').command('nodes');
  const refusal = await refused.final({ what: "nils's refusal" });
  if (!says(refusal, 'viewer')) throw new Error(`The refusal does not say which level is needed: ${refusal.text}`);
}

/** The same alert about another node. */
function elsewhere({ labels, annotations }: HomelabAlert, instance: string, node: string): HomelabAlert {
  const renamed = Object.entries(annotations).map(([name, text]) => [
    name,
    text.replaceAll(labels['instance'] ?? '', instance).replaceAll(labels['node'] ?? '', node),
  ]);
  return { labels: { ...labels, instance, node }, annotations: Object.fromEntries(renamed) };
}

function says(message: SandboxMessage, ...words: readonly string[]): boolean {
  return words.every((word) => message.text.includes(word));
}
