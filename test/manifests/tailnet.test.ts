// What only the tailnet reaches: the policy's tags are those that nodes, proxies and CI ask for, and the pages have the addresses that messages link to.
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { z } from 'zod';
import { everything, textOf } from './everything.ts';

const Grant = z.object({ src: z.array(z.string()), dst: z.array(z.string()), ip: z.array(z.string()) });
const Policy = z.object({
  tagOwners: z.record(z.string(), z.array(z.string())),
  grants: z.array(Grant),
  tests: z.array(z.object({ src: z.string(), accept: z.array(z.string()).optional(), deny: z.array(z.string()) })),
});
// HuJSON without its comments is a flow mapping of YAML, trailing commas included.
const policy = Policy.parse(parse(textOf('tailscale/policy.hujson').replaceAll(/^\s*\/\/.*$/gm, '')));
const operator = z
  .looseObject({
    operatorConfig: z.looseObject({ defaultTags: z.array(z.string()) }),
    proxyConfig: z.looseObject({ defaultTags: z.string(), defaultProxyClass: z.string() }),
  })
  .parse(parse(textOf('tailscale/values.yaml')));

describe('the policy', () => {
  test('has an owner for every tag that somebody asks for, and for no other', () => {
    const texts = ['bootstrap/20-tailscale', 'ci/build-deploy.yml'].map(textOf).join('\n');
    const asked = [
      ...(texts.match(/\btag:[a-z-]+/g) ?? []),
      ...operator.operatorConfig.defaultTags,
      operator.proxyConfig.defaultTags,
    ];
    expect([...new Set(asked)].sort()).toEqual(Object.keys(policy.tagOwners).sort());
  });

  test('lets the operator make proxies, and nobody but admins anything else', () => {
    expect(policy.tagOwners[operator.proxyConfig.defaultTags]).toEqual(operator.operatorConfig.defaultTags);
    const others = Object.entries(policy.tagOwners).filter(([tag]) => tag !== operator.proxyConfig.defaultTags);
    for (const [, owners] of others) expect(owners).toEqual(['autogroup:admin']);
  });

  test('lets CI reach SSH of the control plane, and nothing more', () => {
    const ofCi = policy.grants.filter(({ src }) => src.includes('tag:ci') || src.includes('*'));
    expect(ofCi).toEqual([{ src: ['tag:ci'], dst: ['tag:control-plane'], ip: ['tcp:22'] }]);
  });

  test('says of itself what it must not let through', () => {
    expect(policy.tests.flatMap(({ deny }) => deny)).toContain('tag:control-plane:6443');
  });
});

test('proxies are of the class that is applied', async () => {
  const classes = (await everything()).filter(({ object }) => object.kind === 'ProxyClass');
  expect(classes.map(({ object }) => object.metadata.name)).toEqual([operator.proxyConfig.defaultProxyClass]);
});

test('Prometheus, Alertmanager and Grafana are in the tailnet alone, under the names that messages link to', () => {
  const Ingress = z.object({
    ingress: z.looseObject({
      ingressClassName: z.literal('tailscale'),
      hosts: z.tuple([z.string()]),
      tls: z.tuple([z.object({ hosts: z.array(z.string()) })]),
    }),
  });
  const values = z
    .looseObject({ prometheus: Ingress, alertmanager: Ingress, grafana: Ingress })
    .parse(parse(textOf('monitoring/monitoring-values.yaml')));
  const settings = textOf('settings/values/prometheus.yaml');
  for (const { ingress } of [values.prometheus, values.alertmanager, values.grafana]) {
    // The operator ignores a rule whose host is not that of the certificate.
    expect(ingress.tls[0].hosts).toEqual(ingress.hosts);
    expect(settings).toContain(`https://${ingress.hosts[0]}.example.ts.net\n`);
  }
});

describe('the firewall of a node', () => {
  const rules = textOf('bootstrap/config/firewall.nft');

  test('keeps SSH, the API server, kubelets, etcd, node-exporter and node ports from everywhere else', () => {
    const [, tcp = ''] = /ct state new tcp dport \{ (.*) \} drop/.exec(rules) ?? [];
    expect(tcp.split(', ')).toEqual(['22', '2379-2381', '6443', '9100', '10250', '30000-32767']);
    expect(rules).toMatch(/iifname \{ "lo", "tailscale0", "cni0", "flannel.1" \} accept/);
  });

  test('touches no table but its own, so that those of Kubernetes and Tailscale stay', () => {
    expect(rules).not.toContain('flush ruleset');
    expect([...rules.matchAll(/^(?:delete )?table (\S+ \S+)/gm)].map(([, name]) => name)).toEqual(
      Array(3).fill('inet homelab'),
    );
  });
});
