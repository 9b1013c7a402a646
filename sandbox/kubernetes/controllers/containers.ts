// What becomes of a container, decided by a word in its image's tag, and how the kubelet then describes it.
import { createHash } from 'node:crypto';
import { type KubernetesObject, listAt, numberAt, textAt } from '../objects.ts';

export type Fate = 'ready' | 'missing' | 'broken' | 'oom' | 'flaky' | 'unready';

const words = ['missing', 'broken', 'oom', 'flaky', 'unready'] as const;

/** By the tag alone, never by the repository or the registry's port. */
export function fateOf(image: string): Fate {
  return words.find((word) => new RegExp(`:[^/]*${word}`).test(image)) ?? 'ready';
}

export function isSlow(image: string): boolean {
  return /:[^/]*slow/.test(image);
}

export interface ContainerSpec {
  readonly name: string;
  readonly image: string;
}

export function containersOf(pod: KubernetesObject, path = 'spec.containers'): ContainerSpec[] {
  return listAt(pod, path).map((one) => ({ name: textAt(one, 'name'), image: textAt(one, 'image') }));
}

export interface ContainerStatus {
  readonly name: string;
  readonly image: string;
  readonly imageID: string;
  readonly containerID?: string;
  readonly ready: boolean;
  readonly started: boolean;
  readonly restartCount: number;
  readonly state: Readonly<Record<string, unknown>>;
  readonly lastState: Readonly<Record<string, unknown>>;
}

export function waiting({ name, image }: ContainerSpec, reason: string, message?: string): ContainerStatus {
  const state = { waiting: { ...(message === undefined ? {} : { message }), reason } };
  return { name, image, imageID: '', ready: false, started: false, restartCount: 0, state, lastState: {} };
}

export function running(pod: KubernetesObject, { name, image }: ContainerSpec, ready: boolean, at: string) {
  const base = { name, image, imageID: image, containerID: idOf(pod, name, 0), started: true, restartCount: 0 };
  return { ...base, ready, state: { running: { startedAt: at } }, lastState: {} } satisfies ContainerStatus;
}

/** Ended with an error: 137 for one that took too much memory, else 1. */
export function ended(
  pod: KubernetesObject,
  { name, image }: ContainerSpec,
  { at, startedAt, restarts }: { readonly at: string; readonly startedAt: string; readonly restarts: number },
): ContainerStatus {
  const containerID = idOf(pod, name, restarts);
  const [exitCode, reason] = fateOf(image) === 'oom' ? [137, 'OOMKilled'] : [1, 'Error'];
  const terminated = { exitCode, reason, startedAt, finishedAt: at, containerID };
  const base = { name, image, imageID: image, containerID, ready: false, started: false, restartCount: restarts };
  return { ...base, state: { terminated }, lastState: {} };
}

/** Waits to be started once more, after having ended so many times. */
export function crashLooping(pod: KubernetesObject, container: ContainerSpec, at: string, restarts: number) {
  const { name, namespace, uid } = pod.metadata;
  const last = ended(pod, container, { at, startedAt: at, restarts });
  const message = `back-off 10s restarting failed container=${container.name} pod=${name}_${namespace}(${uid})`;
  const state = { waiting: { message, reason: 'CrashLoopBackOff' } };
  return { ...last, state, lastState: last.state } satisfies ContainerStatus;
}

/** An init container that did what it had to. */
export function completed(pod: KubernetesObject, { name, image }: ContainerSpec, at: string): ContainerStatus {
  const containerID = idOf(pod, name, 0);
  const terminated = { exitCode: 0, reason: 'Completed', startedAt: at, finishedAt: at, containerID };
  const base = { name, image, imageID: image, containerID, ready: true, started: false, restartCount: 0 };
  return { ...base, state: { terminated }, lastState: {} };
}

export function pullFailure(image: string): string {
  return `failed to pull and unpack image "${image}": failed to resolve reference "${image}": ${image}: not found`;
}

/** The status of a container as the pod has it now. */
export function statusOf(pod: KubernetesObject, name: string): unknown {
  return listAt(pod, 'status.containerStatuses').find((one) => textAt(one, 'name') === name);
}

export function restartsOf(pod: KubernetesObject, name: string): number {
  return numberAt(statusOf(pod, name), 'restartCount', 0);
}

function idOf(pod: KubernetesObject, container: string, restarts: number): string {
  const text = `${pod.metadata.uid}/${container}/${restarts}`;
  return `containerd://${createHash('sha256').update(text).digest('hex')}`;
}
