// What the doctor asks the API server: its version, what the bot's own account may, and what each level may. Reviews alone; nothing is changed.
import type { KubeConfig } from '@kubernetes/client-node';
import type { Level } from '../access/level.ts';
import type { AccountFacts, ClusterFacts, LevelFacts } from '../doctor/kubernetes.ts';
import type { Need } from '../doctor/wanted.ts';
import { type Asked, type Fault, known, notAsked } from '../lib/asked.ts';
import { exec } from '../lib/exec.ts';
import { connect, type Source } from './connection.ts';
import { excessOf } from './excess.ts';
import type { Failure } from './failures.ts';
import { ImpersonatingConfig } from './identity.ts';
import { type Ask, createRequests, type Requests } from './requests.ts';
import { AccessReview, RulesReview, SelfReview, Version } from './review-schema.ts';
import { Deployment } from './rollout-schema.ts';

export interface ExamineOptions {
  readonly kubernetes: Source;
  readonly needs: Readonly<Record<Level, readonly Need[]>>;
  readonly apps: readonly { readonly name: string; readonly namespace: string; readonly deployment: string }[];
}

const answerMs = 5000;
const timeoutMs = 10_000;
const kubectlMs = 5000;

/** In the place of a person. */
const discordUser = 'homelab-bot';

/**
 * Null where no cluster is configured; a clause where its kubeconfig cannot be used.
 * Rejects with the signal's reason.
 */
export async function examineCluster(
  { kubernetes, needs, apps }: ExamineOptions,
  signal: AbortSignal,
): Promise<ClusterFacts | string | null> {
  const own = configured(kubernetes);
  if (own === null || typeof own === 'string') return own;
  const requests = createRequests({ answerMs, timeoutMs, bytes: 4 * 2 ** 20 });
  try {
    return await factsOf(own, asker(requests, signal), needs, apps);
  } finally {
    requests.close();
  }
}

function configured(source: Source): KubeConfig | string | null {
  try {
    return connect(source);
  } catch (error) {
    return error instanceof Error ? error.message.replace(/\.$/, '') : 'cannot be used';
  }
}

type Asker = <T>(as: KubeConfig, ask: Ask, read: (body: unknown) => T | null) => Promise<Asked<T>>;

function asker(requests: Requests, signal: AbortSignal): Asker {
  return async (as, ask, read) => {
    const outcome = await requests.send(as, ask, signal);
    if (outcome.kind !== 'answered') return faultOf(outcome);
    const value = read(outcome.body);
    return value === null ? faultOf({ kind: 'unreadable' }) : known(value);
  };
}

async function factsOf(
  own: KubeConfig,
  ask: Asker,
  needs: ExamineOptions['needs'],
  apps: ExamineOptions['apps'],
): Promise<ClusterFacts> {
  const server = new URL(own.getCurrentCluster()?.server ?? '').host;
  const version = await ask(own, { path: '/version' }, (body) => Version.safeParse(body).data?.gitVersion ?? null);
  if (version.kind !== 'known') {
    const nothing: LevelFacts = { impersonation: notAsked, missing: notAsked };
    const none = { viewer: nothing, operator: nothing, admin: nothing };
    return { server, version, account: notAsked, levels: none, metrics: notAsked, apps: new Map() };
  }
  const viewer = new ImpersonatingConfig(own, { level: 'viewer', discordUser });
  // `needs` names every level and no more, and so does what is made of its keys below; the types of keys and entries forget that.
  const levels = Object.keys(needs) as Level[];
  const [account, metrics, ...ofLevels] = await Promise.all([
    accountFacts(own, levels, ask),
    metricsFacts(own, ask),
    ...levels.map(async (level) => [level, await levelFacts(own, level, needs[level], ask)] as const),
  ]);
  const byLevel = Object.fromEntries(ofLevels) as Record<Level, LevelFacts>;
  const mayLook = byLevel.viewer.impersonation.kind === 'known';
  const looked = await Promise.all(
    (mayLook ? apps : []).map(async (app) => [app.name, await containersOf(app, viewer, ask)] as const),
  );
  return { server, version, account, metrics, levels: byLevel, apps: new Map(looked) };
}

/** By its own credentials, as nobody else. */
async function accountFacts(own: KubeConfig, levels: readonly Level[], ask: Asker): Promise<Asked<AccountFacts>> {
  const self = await ask(own, selfReview, readName);
  const name = self.kind === 'known' ? self.value : 'the account';
  const namespace = /^system:serviceaccount:([a-z0-9-]+):/.exec(name)?.[1] ?? 'default';
  const review = reviewOf('SelfSubjectRulesReview', 'selfsubjectrulesreviews', { namespace });
  const rules = await ask(own, review, (body) => RulesReview.safeParse(body).data?.status.resourceRules ?? null);
  return rules.kind === 'known' ? known({ name, excess: excessOf(rules.value, levels) }) : rules;
}

async function levelFacts(own: KubeConfig, level: Level, needs: readonly Need[], ask: Asker): Promise<LevelFacts> {
  const as = new ImpersonatingConfig(own, { level, discordUser });
  const self = await ask(as, selfReview, readName);
  const impersonation = impersonationOf(self);
  if (impersonation.kind !== 'known') return { impersonation, missing: notAsked };
  const answers = await Promise.all(
    needs.map(({ group, resource: full, verb, namespace }) => {
      const [resource, subresource] = full.split('/');
      const resourceAttributes = {
        verb,
        group,
        resource,
        ...(subresource !== undefined && { subresource }),
        ...(namespace !== null && { namespace }),
      };
      const review = reviewOf('SelfSubjectAccessReview', 'selfsubjectaccessreviews', { resourceAttributes });
      return ask(as, review, (body) => AccessReview.safeParse(body).data?.status.allowed ?? null);
    }),
  );
  const failed = answers.find((answer) => answer.kind !== 'known');
  if (failed !== undefined) return { impersonation, missing: failed };
  return {
    impersonation,
    missing: known(needs.filter((_, at) => answers[at]?.kind === 'known' && !answers[at].value)),
  };
}

/** It comes before all else: whoever is refused for another reason, or asks a server too old for the question, has been let act as the level. */
function impersonationOf(self: Asked<string>): Asked<null> {
  if (self.kind === 'refused' && /cannot impersonate/.test(self.why)) return self;
  return self.kind === 'known' || self.kind === 'absent' || self.kind === 'refused' ? known(null) : self;
}

const metricsGroup = '/apis/metrics.k8s.io/v1beta1';

async function metricsFacts(own: KubeConfig, ask: Asker): Promise<ClusterFacts['metrics']> {
  const served = await ask(own, { path: metricsGroup }, () => 'served' as const);
  return served.kind === 'absent' ? known('not served') : served;
}

async function containersOf(
  { namespace, deployment }: ExamineOptions['apps'][number],
  as: KubeConfig,
  ask: Asker,
): Promise<Asked<readonly string[] | null>> {
  const path = `/apis/apps/v1/namespaces/${encodeURIComponent(namespace)}/deployments/${encodeURIComponent(deployment)}`;
  const found = await ask(as, { path }, (body) => {
    const images = Deployment.safeParse(body).data?.view.images;
    return images === undefined ? null : Object.keys(images);
  });
  return found.kind === 'absent' ? known(null) : found;
}

const selfReview: Ask = {
  path: '/apis/authentication.k8s.io/v1/selfsubjectreviews',
  create: { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' },
};

/** https://kubernetes.io/docs/reference/kubernetes-api/authorization-resources/ */
function reviewOf(kind: string, resource: string, spec: object): Ask {
  const apiVersion = 'authorization.k8s.io/v1';
  return { path: `/apis/${apiVersion}/${resource}`, create: { apiVersion, kind, spec } };
}

function readName(body: unknown): string | null {
  return SelfReview.safeParse(body).data?.status.userInfo.username ?? null;
}

function faultOf(failure: Failure): Fault {
  switch (failure.kind) {
    case 'unreachable':
      return { kind: 'away', why: failure.reason };
    case 'timeout':
      return { kind: 'away', why: `no answer within ${failure.afterMs / 1000} s` };
    case 'credentials':
      return { kind: 'not let in', why: 'the credentials of the bot cannot be read' };
    case 'too large':
    case 'unreadable':
      return { kind: 'odd', why: 'what answers does not answer as Kubernetes does' };
    case 'refused': {
      const { status, said } = failure;
      if (status === 401) return { kind: 'not let in', why: "the bot's credentials are not taken (401)" };
      if (status === 403) return { kind: 'refused', why: said.message === '' ? 'refused (403)' : said.message };
      if (status === 404) return { kind: 'absent', why: 'not there (404)' };
      return { kind: status >= 500 || status === 429 ? 'away' : 'odd', why: `it answers ${status}` };
    }
  }
}

/** What kubectl says of its version; `env` as in `programEnvironment`. Rejects with the signal's reason. */
export async function examineKubectl(
  env: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<Asked<string>> {
  const args = ['version', '--client', '-o', 'json'];
  const ended = await exec(
    { program: 'kubectl', args, env: { ...env, KUBECONFIG: '/dev/null' }, timeoutMs: kubectlMs },
    signal,
  );
  if (ended.kind === 'missing') return { kind: 'absent', why: 'is not on the PATH' };
  const said =
    ended.kind === 'exited' && ended.code === 0 ? /"gitVersion":\s*"([^"]{1,100})"/.exec(ended.stdout) : null;
  return said?.[1] === undefined ? { kind: 'odd', why: 'does not say its version' } : known(said[1]);
}
