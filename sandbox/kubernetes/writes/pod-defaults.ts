// What the API server adds to a pod template that leaves it open (kubernetes, pkg/apis/core/v1/defaults.go).
import { isRecord, listAt, recordAt, textAt } from '../objects.ts';

type Fields = Record<string, unknown>;

export function withPodDefaults(template: Fields): Fields {
  const spec = recordAt(template, 'spec');
  const inits = listAt(spec, 'initContainers');
  const volumes = listAt(spec, 'volumes');
  return {
    ...template,
    metadata: recordAt(template, 'metadata'),
    spec: {
      restartPolicy: 'Always',
      terminationGracePeriodSeconds: 30,
      dnsPolicy: 'ClusterFirst',
      securityContext: {},
      schedulerName: 'default-scheduler',
      ...spec,
      ...(inits.length === 0 ? {} : { initContainers: inits.map(container) }),
      ...(volumes.length === 0 ? {} : { volumes: volumes.map(volume) }),
      containers: listAt(spec, 'containers').map(container),
    },
  };
}

function container(given: unknown): unknown {
  if (!isRecord(given)) return given;
  const image = textAt(given, 'image');
  const probes = ['livenessProbe', 'readinessProbe', 'startupProbe'].filter((name) => isRecord(given[name]));
  const ports = listAt(given, 'ports');
  return {
    resources: {},
    terminationMessagePath: '/dev/termination-log',
    terminationMessagePolicy: 'File',
    imagePullPolicy: !/:[^/]+$/.test(image) || image.endsWith(':latest') ? 'Always' : 'IfNotPresent',
    ...given,
    ...(ports.length === 0 ? {} : { ports: ports.map(withTcp) }),
    ...Object.fromEntries(probes.map((name) => [name, probe(recordAt(given, name))])),
  };
}

function probe(given: Fields): Fields {
  const http = given['httpGet'];
  return {
    timeoutSeconds: 1,
    periodSeconds: 10,
    successThreshold: 1,
    failureThreshold: 3,
    ...given,
    ...(isRecord(http) ? { httpGet: { scheme: 'HTTP', ...http } } : {}),
  };
}

function volume(given: unknown): unknown {
  if (!isRecord(given)) return given;
  const sources = ['configMap', 'secret', 'projected', 'downwardAPI'].filter((name) => isRecord(given[name]));
  const filled = sources.map((name) => [name, { defaultMode: 420, ...recordAt(given, name) }]);
  return { ...given, ...Object.fromEntries(filled) };
}

export function withTcp(port: unknown): unknown {
  return isRecord(port) ? { protocol: 'TCP', ...port } : port;
}
