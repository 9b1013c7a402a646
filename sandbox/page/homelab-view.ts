// The homelab as the page shows it beside the chat: nodes, pods, the app, the manifest repository, alerts.
import { stormSize } from '../alertmanager/storm.ts';
import { watchdogFires } from '../alertmanager/watchdog.ts';
import type { SandboxGit } from '../git/git.ts';
import type { Kubernetes } from '../kubernetes/kubernetes.ts';
import { isRecord, type KubernetesObject, listAt, numberAt, textAt } from '../kubernetes/objects.ts';
import { pageAlerts } from './alerts.ts';
import type { PageParts } from './parts.ts';
import type { PageApp, PageCommit, PageHomelab, PageNode, PagePod } from './web/protocol.ts';

const shownCommits = 8;

export async function pageHomelab(parts: PageParts): Promise<PageHomelab> {
  const { kubernetes, git, registry, alertmanager, advice } = parts;
  const pods = kubernetes === null ? [] : kubernetes.all({ apiVersion: 'v1', kind: 'Pod' });
  return {
    nodes: kubernetes === null ? [] : nodesOf(kubernetes, pods),
    pods: pods.map(podOf),
    app: kubernetes === null ? null : appOf(kubernetes),
    commits: git === null ? [] : await commitsOf(git),
    alerts: pageAlerts(alertmanager),
    storm: stormSize(alertmanager),
    watchdog: kubernetes === null ? null : watchdogFires(alertmanager) ? 'arrives' : 'stays away',
    tags: registry?.tags('acme/shop') ?? [],
    advice,
  };
}

function nodesOf(kubernetes: Kubernetes, pods: readonly KubernetesObject[]): PageNode[] {
  return kubernetes.all({ apiVersion: 'v1', kind: 'Node' }).map((node) => {
    const { name, labels = {} } = node.metadata;
    const ready = listAt(node, 'status.conditions').find((one) => textAt(one, 'type') === 'Ready');
    return {
      name,
      ready: textAt(ready, 'status') === 'True',
      role: 'node-role.kubernetes.io/control-plane' in labels ? 'control plane' : (labels['app-type'] ?? 'worker'),
      version: textAt(node, 'status.nodeInfo.kubeletVersion'),
      pods: pods.filter((pod) => textAt(pod, 'spec.nodeName') === name).length,
    };
  });
}

function podOf(pod: KubernetesObject): PagePod {
  const [container] = listAt(pod, 'status.containerStatuses');
  const [spec] = listAt(pod, 'spec.containers');
  const image = textAt(spec, 'image');
  return {
    name: pod.metadata.name,
    namespace: pod.metadata.namespace ?? '',
    node: textAt(pod, 'spec.nodeName'),
    status: statusOf(pod, container),
    ready: isRecord(container) && container['ready'] === true && isReady(pod),
    restarts: numberAt(container, 'restartCount', 0),
    tag: image.slice(image.lastIndexOf(':') + 1),
  };
}

function isReady(pod: KubernetesObject): boolean {
  return listAt(pod, 'status.conditions').some(
    (one) => textAt(one, 'type') === 'Ready' && textAt(one, 'status') === 'True',
  );
}

function statusOf(pod: KubernetesObject, container: unknown): string {
  if (pod.metadata['deletionTimestamp'] !== undefined) return 'Terminating';
  return (
    textAt(container, 'state.waiting.reason') ||
    textAt(container, 'state.terminated.reason') ||
    textAt(pod, 'status.phase') ||
    'Pending'
  );
}

function appOf(kubernetes: Kubernetes): PageApp | null {
  const deployment = kubernetes.get({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    namespace: 'laravel-apps',
    name: 'laravel-multi-tenant',
  });
  if (deployment === undefined) return null;
  const [container] = listAt(deployment, 'spec.template.spec.containers');
  const image = textAt(container, 'image');
  return {
    name: 'shop',
    tag: image.slice(image.lastIndexOf(':') + 1),
    wanted: numberAt(deployment, 'spec.replicas', 1),
    ready: numberAt(deployment, 'status.readyReplicas', 0),
    updated: numberAt(deployment, 'status.updatedReplicas', 0),
  };
}

async function commitsOf(git: SandboxGit): Promise<PageCommit[]> {
  const log = await git.log(shownCommits).catch(() => []);
  return log.map(({ commit, author, subject }) => ({ commit, author, subject }));
}
