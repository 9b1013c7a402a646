// The kubelets of all nodes: pods start, become ready or fail, and end, with the events that tell of it.
import { isRecord, type KubernetesObject, listAt, textAt } from '../objects.ts';
import { timestamp } from '../store.ts';
import {
  type ContainerSpec,
  type ContainerStatus,
  containersOf,
  crashLooping,
  ended,
  type Fate,
  fateOf,
  isSlow,
  pullFailure,
  restartsOf,
  running,
  statusOf,
  waiting,
} from './containers.ts';
import { forgetUse, measure } from './measure.ts';
import { isPodReady, withContainers } from './pod-status.ts';
import { type ControllerWorld, current, leaving } from './world.ts';

/** Takes a pod on from where it is; called whenever it changed and is on a node. */
export function tend(world: ControllerWorld, pod: KubernetesObject): void {
  if (leaving(pod)) end(world, pod);
  else if (textAt(pod, 'status.startTime') === '' && ['', 'Pending'].includes(textAt(pod, 'status.phase'))) {
    begin(world, pod);
  }
}

function end({ store, timers, delays }: ControllerWorld, pod: KubernetesObject): void {
  const timer = `end ${pod.metadata.uid}`;
  if (timers.has(timer)) return;
  timers.after(timer, delays.terminate, () => {
    if (!current(store, 'pods', pod)) return;
    store.remove('pods', pod.metadata.namespace ?? '', pod.metadata.name);
    forgetUse(store, pod);
  });
}

function begin(world: ControllerWorld, pod: KubernetesObject): void {
  const containers = containersOf(pod);
  const slow = containers.some(({ image }) => isSlow(image));
  const total = slow ? world.delays.slow : world.delays.ready;
  write(world, pod, (container) => waiting(container, 'ContainerCreating'));
  for (const container of containers) say(world, pod, container, 'Pulling', `Pulling image "${container.image}"`);
  const half = Math.min(total / 2, world.delays.ready / 2);
  later(world, pod, half, (held) => {
    start(world, held);
    later(world, held, total - half, (started) => settle(world, started));
  });
}

/** Images are there or not, and what ends at once has ended. */
function start(world: ControllerWorld, pod: KubernetesObject): void {
  const at = timestamp(world.now());
  write(world, pod, (container, fate) => {
    if (fate === 'missing') return waiting(container, 'ErrImagePull', pullFailure(container.image));
    if (fate === 'broken' || fate === 'oom') return ended(pod, container, { at, startedAt: at, restarts: 0 });
    return running(pod, container, false, at);
  });
  for (const container of containersOf(pod)) {
    if (fateOf(container.image) === 'missing') {
      warn(
        world,
        pod,
        container,
        'Failed',
        `Failed to pull image "${container.image}": ${pullFailure(container.image)}`,
      );
      warn(world, pod, container, 'Failed', 'Error: ErrImagePull');
    } else {
      const size = 'Image size: 84215808 bytes.';
      say(world, pod, container, 'Pulled', `Successfully pulled image "${container.image}" in 212ms. ${size}`);
      say(world, pod, container, 'Created', `Created container: ${container.name}`);
      say(world, pod, container, 'Started', `Started container ${container.name}`);
    }
  }
  if (containersOf(pod).some(({ image }) => !['ready', 'unready', 'flaky'].includes(fateOf(image)))) {
    later(world, pod, world.delays.failed, (held) => fail(world, held), 'fail');
  }
}

/** Readiness probes have answered. */
function settle(world: ControllerWorld, pod: KubernetesObject): void {
  const at = timestamp(world.now());
  write(world, pod, (container, fate) => {
    const startedAt = textAt(statusOf(pod, container.name), 'state.running.startedAt') || at;
    return fate === 'ready' || fate === 'flaky' ? running(pod, container, true, startedAt) : null;
  });
  const held = current(world.store, 'pods', pod);
  if (held && isPodReady(held)) measure(world.store, held, world.now());
  for (const container of containersOf(pod)) {
    const fate = fateOf(container.image);
    if (fate === 'unready') {
      warn(world, pod, container, 'Unhealthy', 'Readiness probe failed: HTTP probe failed with statuscode: 503');
    }
    if (fate === 'flaky') later(world, pod, world.delays.flaky, (ready) => fall(world, ready), 'fall');
  }
}

/** What was ready for a while ends. */
function fall(world: ControllerWorld, pod: KubernetesObject): void {
  const at = timestamp(world.now());
  write(world, pod, (container, fate) => {
    const startedAt = textAt(statusOf(pod, container.name), 'state.running.startedAt') || at;
    return fate === 'flaky' ? ended(pod, container, { at, startedAt, restarts: 0 }) : null;
  });
  later(world, pod, world.delays.failed, (held) => fail(world, held), 'fail');
}

/** A failed pull is put off; a failed container is started again, and again. */
function fail(world: ControllerWorld, pod: KubernetesObject): void {
  const at = timestamp(world.now());
  const crashed = (fate: Fate) => fate === 'broken' || fate === 'oom' || fate === 'flaky';
  write(world, pod, (container, fate) => {
    if (fate === 'missing') {
      const why = `Back-off pulling image "${container.image}": ErrImagePull: ${pullFailure(container.image)}`;
      return waiting(container, 'ImagePullBackOff', why);
    }
    return crashed(fate) ? crashLooping(pod, container, at, restartsOf(pod, container.name) + 1) : null;
  });
  const { name, namespace, uid } = pod.metadata;
  for (const container of containersOf(pod)) {
    const fate = fateOf(container.image);
    if (fate === 'missing') {
      say(world, pod, container, 'BackOff', `Back-off pulling image "${container.image}"`);
      warn(world, pod, container, 'Failed', 'Error: ImagePullBackOff');
    } else if (crashed(fate)) {
      const where = `container ${container.name} in pod ${name}_${namespace}(${uid})`;
      warn(world, pod, container, 'BackOff', `Back-off restarting failed ${where}`);
    }
  }
  later(world, pod, world.delays.backOff, (held) => fail(world, held), 'fail');
}

/** Writes each container's new status; null leaves one as it is. */
function write(
  { store, now }: ControllerWorld,
  pod: KubernetesObject,
  describe: (container: ContainerSpec, fate: Fate) => ContainerStatus | null,
): void {
  const node = store.find('nodes', '', textAt(pod, 'spec.nodeName'));
  const statuses = containersOf(pod).map((container) => {
    const held = listAt(pod, 'status.containerStatuses').find((one) => textAt(one, 'name') === container.name);
    const wanted = describe(container, fateOf(container.image));
    // What a pod holds was written here, or whole by the test that set the pod.
    return wanted ?? (isRecord(held) ? (held as unknown as ContainerStatus) : waiting(container, 'ContainerCreating'));
  });
  store.put('pods', withContainers(pod, node, statuses, timestamp(now())));
}

/** Goes on with the pod as it is by then, unless it is gone or on its way out. */
function later(
  { store, timers }: ControllerWorld,
  pod: KubernetesObject,
  ms: number,
  act: (held: KubernetesObject) => void,
  what = 'start',
): void {
  timers.after(`${what} ${pod.metadata.uid}`, ms, () => {
    const held = current(store, 'pods', pod);
    if (held && !leaving(held)) act(held);
  });
}

function say(world: ControllerWorld, pod: KubernetesObject, container: ContainerSpec, reason: string, message: string) {
  report(world, pod, container, { type: 'Normal', reason, message });
}

function warn(
  world: ControllerWorld,
  pod: KubernetesObject,
  container: ContainerSpec,
  reason: string,
  message: string,
) {
  report(world, pod, container, { type: 'Warning', reason, message });
}

function report(
  { record }: ControllerWorld,
  pod: KubernetesObject,
  { name }: ContainerSpec,
  happening: { readonly type: 'Normal' | 'Warning'; readonly reason: string; readonly message: string },
): void {
  const fieldPath = `spec.containers{${name}}`;
  record({ about: pod, ...happening, by: 'kubelet', host: textAt(pod, 'spec.nodeName'), fieldPath });
}
