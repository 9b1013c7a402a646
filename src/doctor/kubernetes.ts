// What was found at the Kubernetes API → lines. Pure.
import { type Level, levels } from '../access/level.ts';
import type { Asked, Fault } from '../lib/asked.ts';
import { fail, judge, type Line, listed, ok, skip, warn } from './line.ts';
import type { Need } from './wanted.ts';

export interface ClusterFacts {
  /** Host and port. */
  readonly server: string;
  /** For example `v1.36.3+k3s1`. */
  readonly version: Asked<string>;
  readonly account: Asked<AccountFacts>;
  readonly levels: Readonly<Record<Level, LevelFacts>>;
  readonly metrics: Asked<'served' | 'not served'>;
  /** Container names of the app's Deployment, by the app's name; null where there is no such Deployment. */
  readonly apps: ReadonlyMap<string, Asked<readonly string[] | null>>;
}

/** The account whose credentials the bot has. */
export interface AccountFacts {
  readonly name: string;
  /** What it may besides acting as the levels, each as `verbs resources`; as far as the server lists it. */
  readonly excess: readonly string[];
}

export interface LevelFacts {
  /** Whether the account may act as it, with the extra that names the person. */
  readonly impersonation: Asked<null>;
  /** Of what was asked for, what is not allowed. */
  readonly missing: Asked<readonly Need[]>;
}

const rbac = 'kubectl apply -k manifests/chatops/rbac';
/** To which that grants impersonation. */
const granted = 'system:serviceaccount:chatops:homelab-bot';

/** @param facts null where no cluster is configured; a text where its kubeconfig cannot be used. */
export function judgeCluster(
  facts: ClusterFacts | string | null,
  needs: Readonly<Record<Level, readonly Need[]>>,
): Line[] {
  const what = 'Kubernetes API';
  if (facts === null)
    return [
      warn(
        what,
        'no cluster is configured: commands that ask it are refused',
        'set KUBECONFIG, or run the bot in the cluster',
      ),
    ];
  if (typeof facts === 'string') return [fail(what, facts, 'correct KUBECONFIG')];
  const { server, version } = facts;
  const away = whyNothingElse(version);
  return [
    judge(what, version, {
      known: (text) => ok(what, `${text} at ${server}`),
      fault: (fault) => fail(what, `${fault.why} (${server})`, reachRemedy(fault)),
      because: away,
    }),
    accountLine(facts.account, away),
    ...levels.flatMap((level) => levelLines(level, facts, needs[level], away)),
    judge('Kubernetes metrics.k8s.io', facts.metrics, {
      known: (served) =>
        ok(
          'Kubernetes metrics.k8s.io',
          served === 'served' ? 'served' : 'not served, which is fine: /nodes shows no use of CPU and memory',
        ),
      fault: ({ why }) =>
        warn(
          'Kubernetes metrics.k8s.io',
          why,
          'look at metrics-server: /nodes shows no use of CPU and memory until it answers',
        ),
      because: away,
    }),
  ];
}

/** Why what needs the API server was not asked. */
function whyNothingElse(version: Asked<unknown>): string {
  return version.kind === 'not let in' ? 'the cluster does not take the credentials' : 'the cluster cannot be reached';
}

function whyNotAsked({ impersonation }: LevelFacts, away: string): string {
  if (impersonation.kind === 'not asked') return away;
  return impersonation.kind === 'refused' ? 'the account may not act as this level' : 'the cluster did not answer';
}

function reachRemedy({ kind }: Fault): string {
  if (kind === 'not let in') return 'renew the credentials in KUBECONFIG, or the ServiceAccount of the pod';
  if (kind === 'odd') return 'correct the server in KUBECONFIG: something else answers there';
  return 'see that the API server runs and can be reached from here (address in KUBECONFIG, NetworkPolicy)';
}

function accountLine(account: ClusterFacts['account'], because: string): Line {
  const what = 'Kubernetes account';
  return judge(what, account, {
    known: ({ name, excess }) =>
      excess.length === 0
        ? ok(what, `${name}, with no right beyond acting as the levels`)
        : warn(
            what,
            `${name} may do more than act as the levels: ${listed(excess.slice(0, 8))}${excess.length > 8 ? ' …' : ''}`,
            'give the bot the ServiceAccount homelab-bot of manifests/chatops/rbac: a request that forgets to impersonate is then refused',
          ),
    fault: ({ why }) => warn(what, `what it may could not be listed (${why})`),
    because,
  });
}

function levelLines(level: Level, { account, ...all }: ClusterFacts, needs: readonly Need[], because: string): Line[] {
  const facts = all.levels[level];
  const other = account.kind === 'known' && account.value.name !== granted ? account.value.name : null;
  const acting = `Kubernetes impersonation of ${level}`;
  const rights = `Kubernetes rights of ${level}`;
  return [
    judge(acting, facts.impersonation, {
      known: () => ok(acting, `requests arrive as homelab-bot:${level} in the name of a person`),
      fault: (fault) =>
        fault.kind === 'refused'
          ? fail(
              acting,
              `the account may not act as homelab-bot:${level} (${fault.why})`,
              other === null
                ? rbac
                : `${rbac}: it grants that to ${granted}, which the bot is to be, and not to ${other}`,
            )
          : fail(acting, fault.why, reachRemedy(fault)),
      because,
    }),
    judge(rights, facts.missing, {
      known: (missing) =>
        missing.length === 0
          ? ok(rights, `all ${needs.length} that its commands use`)
          : fail(rights, `lacks ${missing.length} of ${needs.length}: ${needsText(missing)}`, rbac),
      fault: (fault) => fail(rights, fault.why, fault.kind === 'refused' ? rbac : reachRemedy(fault)),
      because: whyNotAsked(facts, because),
    }),
  ];
}

/** `create and patch configmaps, services in shop; list nodes.metrics.k8s.io`: each verb of each resource in each namespace is in it. */
function needsText(needs: readonly Need[]): string {
  const single = needs.map(({ group, resource, verb, namespace }) => {
    const [name = '', ...sub] = resource.split('/');
    const full = [group === '' ? name : `${name}.${group}`, ...sub].join('/');
    return { verbs: verb, resources: full, namespaces: namespace };
  });
  const byVerbs = joined(single, 'verbs', listed);
  const byResources = joined(byVerbs, 'resources', (all) => all.join(', '));
  return joined(byResources, 'namespaces', listed)
    .map(({ verbs, resources, namespaces }) => `${verbs} ${resources}${namespaces === null ? '' : ` in ${namespaces}`}`)
    .join('; ');
}

type Words = { readonly verbs: string; readonly resources: string; readonly namespaces: string | null };

/** Entries that differ in one field alone become one. */
function joined(all: readonly Words[], field: keyof Words, join: (words: readonly string[]) => string): Words[] {
  const groups = Map.groupBy(all, (one) => JSON.stringify({ ...one, [field]: '', none: one[field] === null }));
  return [...groups.values()].flatMap((same) => {
    const words = same.flatMap((one) => one[field] ?? []);
    return same.slice(0, 1).map((one) => (words.length === 0 ? one : { ...one, [field]: join(words) }));
  });
}

/** @param facts as above. */
export function judgeDeployment(
  app: { readonly name: string; readonly namespace: string; readonly deployment: string; readonly container: string },
  facts: ClusterFacts | string | null,
): Line {
  const what = `app ${app.name} Deployment`;
  if (facts === null) return skip(what, 'no cluster is configured');
  if (typeof facts === 'string') return skip(what, 'the kubeconfig cannot be used');
  const at = `${app.namespace}/${app.deployment}`;
  const because = whyNotAsked(facts.levels.viewer, whyNothingElse(facts.version));
  return judge(what, facts.apps.get(app.name) ?? { kind: 'not asked' }, {
    known: (containers) => {
      if (containers === null)
        return fail(
          what,
          `there is no Deployment ${at}`,
          `apply its manifests once (kubectl apply -k), or correct apps.${app.name}.namespace and deployment`,
        );
      if (!containers.includes(app.container))
        return fail(
          what,
          `${at} has no container ${app.container}; it has ${listed(containers)}`,
          `correct apps.${app.name}.container`,
        );
      return ok(what, `${at} is there, with its container ${app.container}`);
    },
    fault: (fault) => fail(what, fault.why, fault.kind === 'refused' ? rbac : reachRemedy(fault)),
    because,
  });
}
