// The network policies of all folders together: each names pods and ports that there are, and a connection that is needed passes both of its ends.
import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { all, everyone, oneByOne, type Party, picks, Selector } from './selectors.ts';

const Peer = z.object({
  podSelector: Selector.optional(),
  namespaceSelector: Selector.optional(),
  ipBlock: z.looseObject({ cidr: z.string() }).optional(),
});
type Peer = z.infer<typeof Peer>;
const Ports = z.array(z.looseObject({ port: z.union([z.string(), z.number()]) })).default([]);
const Peers = z.array(Peer).default([]);

const policies = all(
  'NetworkPolicy',
  z.looseObject({
    spec: z.object({
      podSelector: Selector,
      policyTypes: z.array(z.enum(['Ingress', 'Egress'])),
      ingress: z.array(z.object({ from: Peers, ports: Ports })).default([]),
      egress: z.array(z.object({ to: Peers, ports: Ports })).default([]),
    }),
  }),
).map(({ name, namespace, spec }) => ({
  name,
  namespace,
  podSelector: spec.podSelector,
  types: spec.policyTypes,
  ingress: spec.ingress.map(({ from, ports }) => ({ peers: from, ports: ports.map(({ port }) => port) })),
  egress: spec.egress.map(({ to, ports }) => ({ peers: to, ports: ports.map(({ port }) => port) })),
}));
type Policy = (typeof policies)[number];
type Rule = Policy['ingress'][number];

const names = policies.map(({ name }) => name);

function policyNamed(name: string): Policy {
  const found = policies.find((one) => one.name === name);
  if (found === undefined) throw new Error(`there is no ${name}`);
  return found;
}

/** Whom a peer of a policy in the namespace `own` stands for. */
function partiesOf({ podSelector, namespaceSelector }: Peer, own: string): Party[] {
  return everyone.filter(
    ({ namespace, labels }) =>
      (namespaceSelector === undefined
        ? namespace === own
        : picks(namespaceSelector, { 'kubernetes.io/metadata.name': namespace })) &&
      (podSelector === undefined || picks(podSelector, labels)),
  );
}

/** Nobody stands behind a peer whose pods bear no such label any more. */
function isNobody(peer: Peer, own: string): boolean {
  if (peer.ipBlock !== undefined) return false;
  const each = peer.podSelector === undefined ? [undefined] : oneByOne(peer.podSelector);
  return each.some((podSelector) => partiesOf({ ...peer, podSelector }, own).length === 0);
}

describe.each(names)('%s', (name) => {
  const { namespace, podSelector, ingress, egress } = policyNamed(name);

  test('names pods that there are', () => {
    const peers = [{ podSelector }, ...[...ingress, ...egress].flatMap((rule) => rule.peers)];
    expect(peers.filter((peer) => isNobody(peer, namespace))).toEqual([]);
  });

  test('opens ports that somebody listens on', () => {
    const silent = (rule: Rule, listening: readonly Party[]) =>
      rule.ports.filter((port) => !listening.some(({ ports }) => ports.includes(port)));
    expect(ingress.flatMap((rule) => silent(rule, partiesOf({ podSelector }, namespace)))).toEqual([]);
    // Without peers, or with addresses as peers, it is about nodes and the world outside.
    const toPods = egress.filter(({ peers }) => peers.some(({ ipBlock }) => ipBlock === undefined));
    expect(
      toPods.flatMap((rule) =>
        silent(
          rule,
          rule.peers.flatMap((peer) => partiesOf(peer, namespace)),
        ),
      ),
    ).toEqual([]);
  });
});

describe('a connection that is needed passes both of its ends:', () => {
  const parties = {
    alertmanager: ['monitoring', 'app.kubernetes.io/name', 'alertmanager'],
    alloy: ['monitoring', 'app.kubernetes.io/name', 'alloy'],
    application: ['laravel-apps', 'app', 'laravel-multi-tenant'],
    bot: ['chatops', 'app.kubernetes.io/name', 'homelab-bot'],
    dumps: ['laravel-apps', 'app.kubernetes.io/name', 'mysql-dumps'],
    grafana: ['monitoring', 'app.kubernetes.io/name', 'grafana'],
    loki: ['monitoring', 'app.kubernetes.io/name', 'loki'],
    mysql: ['laravel-apps', 'app.kubernetes.io/name', 'mysql'],
    prometheus: ['monitoring', 'app.kubernetes.io/name', 'prometheus'],
    proxies: ['tailscale', 'tailscale.com/managed', 'true'],
    traefik: ['kube-system', 'app.kubernetes.io/name', 'traefik'],
  } satisfies Record<string, [namespace: string, label: string, value: string]>;
  type Name = keyof typeof parties;

  function party(name: Name): Party {
    const [namespace, label, value] = parties[name];
    const found = everyone.find((one) => one.namespace === namespace && one.labels[label] === value);
    if (found === undefined) throw new Error(`nothing makes a pod of ${name}`);
    return found;
  }

  /** As Kubernetes decides: without a policy for the pod all is let through, else what one of them lets. */
  function passes(of: Party, other: Party, type: 'Ingress' | 'Egress', port: number): boolean {
    const guards = policies.filter(
      (one) => one.namespace === of.namespace && one.types.includes(type) && picks(one.podSelector, of.labels),
    );
    const rules = guards.flatMap((one) =>
      (type === 'Ingress' ? one.ingress : one.egress).filter(
        ({ peers, ports }) =>
          (ports.length === 0 || ports.includes(port)) &&
          (peers.length === 0 || peers.some((peer) => partiesOf(peer, one.namespace).includes(other))),
      ),
    );
    return guards.length === 0 || rules.length > 0;
  }

  const needed: [Name, Name, number][] = [
    ['alertmanager', 'bot', 8080],
    ['prometheus', 'bot', 8080],
    ['prometheus', 'alertmanager', 9093],
    ['prometheus', 'mysql', 9104],
    ['prometheus', 'traefik', 9100],
    ['bot', 'alertmanager', 9093],
    ['bot', 'prometheus', 9090],
    ['bot', 'loki', 3100],
    ['grafana', 'prometheus', 9090],
    ['grafana', 'loki', 3100],
    ['alloy', 'loki', 3100],
    ['application', 'mysql', 3306],
    ['dumps', 'mysql', 3306],
    ['traefik', 'application', 8000],
    ['proxies', 'grafana', 3000],
    ['proxies', 'prometheus', 9090],
    ['proxies', 'alertmanager', 9093],
  ];

  test.each(needed)('%s reaches %s at %i', (from, to, port) => {
    expect(passes(party(from), party(to), 'Egress', port)).toBe(true);
    expect(passes(party(to), party(from), 'Ingress', port)).toBe(true);
  });

  const unneeded: [Name, Name, number][] = [
    ['traefik', 'mysql', 3306],
    ['traefik', 'grafana', 3000],
    ['traefik', 'bot', 8080],
    ['application', 'bot', 8080],
    ['application', 'prometheus', 9090],
    ['bot', 'mysql', 3306],
    ['bot', 'application', 8000],
    ['grafana', 'mysql', 3306],
  ];

  test.each(unneeded)('%s does not reach %s at %i', (from, to, port) => {
    const [client, server] = [party(from), party(to)];
    expect(passes(client, server, 'Egress', port) && passes(server, client, 'Ingress', port)).toBe(false);
  });
});
