// What is asked of the API server for each question, and how its answers become ours.
import type { z } from 'zod';
import { UserError } from '../lib/user-error.ts';
import type { Bound } from './bound.ts';
import type { Cluster } from './cluster.ts';
import { nearest } from './nearest.ts';
import { EventInfo, List, NodeInfo, NodeMetrics, type NodeUsage, PodInfo } from './schema.ts';
import { asTable, readColumn, readTable } from './tables.ts';

/** What is asked about nodes. */
export interface Reads extends Pick<Cluster, 'nodes' | 'node' | 'nodeUsage' | 'podCounts' | 'podsOn' | 'eventsOn'> {
  nodeNames(signal: AbortSignal): Promise<string[]>;
}

/** Items of one chunk: some 2 MB of nodes with all their images. */
const chunk = 250;
/** Chunks of one list: a bound, not a goal. */
const mostChunks = 40;

interface Chunk<T> {
  readonly items: () => T[];
  /** Token of the next one, or empty. */
  readonly next: string;
}

const metrics = '/apis/metrics.k8s.io/v1beta1/nodes';
const running = 'status.phase!=Succeeded,status.phase!=Failed';

export function createReads(options: {
  readonly bound: Bound;
  /** Names known from before, to suggest from. */
  readonly known: () => readonly string[];
}): Reads {
  const { bound, known } = options;
  const { send: get, ask } = bound;

  /** Reads a list chunk by chunk: while one is made ours the next is on its way, and no more are held as JSON. */
  async function all<T>(
    one: { readonly path: string; readonly query: Readonly<Record<string, string>>; readonly accept?: string },
    resource: string,
    signal: AbortSignal,
    read: (body: unknown) => Chunk<T> | null,
  ): Promise<T[]> {
    const fetch = (next: string): Promise<Chunk<T>> => {
      const query = { ...one.query, limit: String(chunk), ...(next !== '' && { continue: next }) };
      const path = `${one.path}?${new URLSearchParams(query)}`;
      const accept = one.accept === undefined ? {} : { accept: one.accept };
      return ask({ path, ...accept }, { verb: 'list', resource }, signal, read);
    };
    const items: T[] = [];
    let coming: Promise<Chunk<T>> | null = fetch('');
    for (let count = 1; coming !== null; count += 1) {
      const part: Chunk<T> = await coming;
      coming = part.next === '' || count === mostChunks ? null : fetch(part.next);
      items.push(...part.items());
    }
    return items;
  }

  function column(
    path: string,
    query: Readonly<Record<string, string>>,
    name: string,
    what: string,
    signal: AbortSignal,
  ) {
    // From the server's memory, as of a moment ago.
    const search = new URLSearchParams({ ...query, includeObject: 'None', resourceVersion: '0' });
    const read = (body: unknown) => readColumn(body, name);
    return ask({ path: `${path}?${search}`, accept: asTable }, { verb: 'list', resource: what }, signal, read);
  }

  function nodeNames(signal: AbortSignal): Promise<string[]> {
    return column('/api/v1/nodes', {}, 'Name', 'nodes', signal);
  }

  return {
    nodeNames,
    nodes: (signal) => all({ path: '/api/v1/nodes', query: {} }, 'nodes', signal, listOf(NodeInfo)),
    async node(name, signal) {
      const what = { verb: 'get', resource: 'nodes' } as const;
      const outcome = await get({ path: `/api/v1/nodes/${encodeURIComponent(name)}` }, what, signal);
      if (outcome.kind === 'refused' && outcome.status === 404) {
        throw noNode(name, known().length > 0 ? known() : await nodeNames(signal));
      }
      if (outcome.kind !== 'answered') throw bound.explain(outcome, what);
      const node = NodeInfo.safeParse(outcome.body);
      if (!node.success) throw bound.explain({ kind: 'unreadable' }, what);
      return node.data;
    },
    async nodeUsage(signal) {
      const what = { verb: 'list', resource: 'nodes.metrics.k8s.io' } as const;
      const outcome = await get({ path: metrics }, what, signal);
      if (outcome.kind === 'refused' && outcome.status === 404) return null;
      if (outcome.kind !== 'answered') throw bound.explain(outcome, what);
      const list = listOf(NodeMetrics)(outcome.body);
      if (list === null) throw bound.explain({ kind: 'unreadable' }, what);
      return new Map<string, NodeUsage>(list.items().map(({ name, usage }) => [name, usage]));
    },
    async podCounts(signal) {
      const counts = new Map<string, number>();
      for (const node of await column('/api/v1/pods', { fieldSelector: running }, 'Node', 'pods', signal)) {
        if (node !== '<none>' && node !== '') counts.set(node, (counts.get(node) ?? 0) + 1);
      }
      return counts;
    },
    podsOn(node, signal) {
      const query = { fieldSelector: `spec.nodeName=${node},${running}`, includeObject: 'Object' };
      return all({ path: '/api/v1/pods', query, accept: asTable }, 'pods', signal, readPods);
    },
    async eventsOn(kind, name, signal) {
      const query = { fieldSelector: `involvedObject.kind=${kind},involvedObject.name=${name}` };
      const events = await all({ path: '/api/v1/events', query }, 'events', signal, listOf(EventInfo));
      return events.sort((one, other) => (other.at?.getTime() ?? 0) - (one.at?.getTime() ?? 0));
    },
  };
}

function noNode(name: string, names: readonly string[]): UserError {
  // What was known a moment ago may hold the name of a node that is gone by now.
  const others = names.filter((one) => one !== name);
  const near = nearest(name, others);
  const hint =
    near.length > 0 ? `Did you mean ${near.join(' or ')}?` : `There are ${others.length}; /nodes lists them.`;
  return new UserError(`There is no node called ${name}. ${hint}`);
}

/** Items that cannot be read are left out. */
function listOf<T>(item: z.ZodType<T>) {
  return (body: unknown): Chunk<T> | null => {
    const list = List.safeParse(body);
    if (!list.success) return null;
    return { items: () => readable(item, list.data.items ?? []), next: list.data.metadata.continue };
  };
}

function readPods(body: unknown): Chunk<PodInfo> | null {
  const table = readTable(body);
  return table === null ? null : { items: () => readable(PodInfo, table.rows), next: table.next };
}

function readable<T>(item: z.ZodType<T>, values: readonly unknown[]): T[] {
  return values.flatMap((value) => {
    const result = item.safeParse(value);
    return result.success ? [result.data] : [];
  });
}
