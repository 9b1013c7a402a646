// /nodes: how the machines of the cluster are; with a name, all about one of them.
import { z } from 'zod';
import { command } from '../src/dispatch/command.ts';
import { UserError } from '../src/lib/user-error.ts';
import { detail } from './nodes/detail.ts';
import { overview, type Usage } from './nodes/overview.ts';
import { suggestions } from './nodes/suggestions.ts';

/** https://kubernetes.io/docs/concepts/overview/working-with-objects/names/#dns-subdomain-names */
const nodeName = z
  .string()
  .trim()
  .toLowerCase()
  .max(253, { error: 'A node has no name of more than 253 characters.', abort: true })
  .regex(/^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*$/, {
    error: 'A node is named with letters, digits, dashes and dots.',
  });

export const nodes = command({
  name: 'nodes',
  summary: 'Shows how the nodes are, or all about one of them',
  level: 'viewer',
  options: {
    node: {
      description: 'Name of a node, for its conditions, allocations, pods and events',
      type: 'string',
      required: false,
      schema: nodeName,
      complete: (typed, { cache }) => suggestions(typed, cache.nodeNames()),
    },
  },
  rights: [
    { group: '', resource: 'nodes', verbs: ['get', 'list'] },
    { group: '', resource: 'pods', verbs: ['list'] },
    { group: '', resource: 'events', verbs: ['list'] },
    { group: 'metrics.k8s.io', resource: 'nodes', verbs: ['list'] },
  ],
  async *run({ cluster, signal, now }, { node: name }) {
    // Where one of these fails, the others are not waited for.
    const enough = new AbortController();
    const until = AbortSignal.any([signal, enough.signal]);
    const usage = cluster.nodeUsage(until).catch(toldError);
    // Waited for below, unless another request fails first.
    usage.catch(() => {});
    try {
      if (name === undefined) {
        const [nodes, pods] = await Promise.all([cluster.nodes(until), cluster.podCounts(until)]);
        yield overview({ nodes, pods, usage: await usage, now: now() });
        return;
      }
      const [node, pods, events] = await Promise.all([
        cluster.node(name, until),
        cluster.podsOn(name, until),
        cluster.eventsOn('Node', name, until),
      ]);
      yield detail({ node, pods, events, usage: await usage, now: now() });
    } finally {
      enough.abort();
    }
  },
});

/** Nodes are shown without their use where only that cannot be had. */
function toldError(error: unknown): Usage {
  if (error instanceof UserError) return error;
  throw error;
}
