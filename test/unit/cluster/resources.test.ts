// What a pod asks for, by the rules of the scheduler.
import { describe, expect, test } from '@jest/globals';
import { type PodAsk, podResources } from '../../../src/cluster/resources.ts';

function ask(parts: Partial<PodAsk>): PodAsk {
  return { containers: [], initContainers: [], pod: { requests: {}, limits: {} }, overhead: {}, ...parts };
}

function cpu(requests: number, limits?: number) {
  return { requests: { cpu: requests }, limits: limits === undefined ? {} : { cpu: limits } };
}

const once = { restartable: false };
const beside = { restartable: true };

describe('requests', () => {
  test('containers add up', () => {
    const pod = ask({ containers: [cpu(1), { requests: { cpu: 0.5, memory: 10 }, limits: {} }] });
    expect(podResources(pod).requests).toEqual({ cpu: 1.5, memory: 10 });
  });

  test('init containers run one after the other: only the neediest counts, and only where it is more', () => {
    expect(
      podResources(
        ask({
          containers: [cpu(1)],
          initContainers: [
            { ...cpu(3), ...once },
            { ...cpu(2), ...once },
          ],
        }),
      ).requests.cpu,
    ).toBe(3);
    expect(podResources(ask({ containers: [cpu(4)], initContainers: [{ ...cpu(3), ...once }] })).requests.cpu).toBe(4);
  });

  test('a sidecar runs beside the containers and beside the init containers after it', () => {
    const sidecar = { ...cpu(1), ...beside };
    expect(podResources(ask({ containers: [cpu(1)], initContainers: [sidecar] })).requests.cpu).toBe(2);
    expect(
      podResources(ask({ containers: [cpu(1)], initContainers: [sidecar, { ...cpu(5), ...once }] })).requests.cpu,
    ).toBe(6);
    expect(
      podResources(ask({ containers: [cpu(1)], initContainers: [{ ...cpu(5), ...once }, sidecar] })).requests.cpu,
    ).toBe(5);
  });

  test("the pod's own take the place of the sum, and its overhead comes on top", () => {
    const pod = ask({ containers: [cpu(1)], pod: cpu(4), overhead: { cpu: 0.25, memory: 7 } });
    expect(podResources(pod).requests).toEqual({ cpu: 4.25, memory: 7 });
  });
});

test('overhead raises limits that there are, and makes none', () => {
  const pod = ask({ containers: [cpu(1, 2)], overhead: { cpu: 0.25, memory: 7 } });
  expect(podResources(pod).limits).toEqual({ cpu: 2.25, memory: 0 });
});
