// GET pods/{name}/log: what a container wrote, chosen and cut as the real server does it.
import type { Incoming, Reply } from './incoming.ts';
import { type LogLine, writtenBy } from './log-lines.ts';
import { type KubernetesObject, listAt, numberAt, textAt } from './objects.ts';
import type { ResourceRequest } from './request-info.ts';
import { truthy } from './request-info.ts';
import { badRequest, notFound, unsupported } from './status.ts';
import { keyOf, type Store } from './store.ts';
import { invalid, wrong } from './writes/validate.ts';

/** Logs that a test gave to pods, by namespace and name. */
export type PodLogs = ReadonlyMap<string, string>;

export const logParameters: readonly string[] = [
  'container',
  'follow',
  'limitBytes',
  'previous',
  'sinceSeconds',
  'sinceTime',
  'tailLines',
  'timestamps',
];

/** Throws 400, 404 and 422 in the words of the API server, and those of the kubelet behind it. */
export function answerLog(store: Store, request: Incoming, info: ResourceRequest, logs: PodLogs, now: Date): Reply {
  const { query } = request;
  if (truthy(query.get('follow'))) throw unsupported(request.method, request.path, 'following a log');
  const options = optionsOf(query, info.pathName);
  const pod = store.find('pods', info.namespace, info.pathName);
  if (!pod) throw notFound('pods', '', info.pathName);
  const container = containerOf(pod, query.get('container') ?? '');
  const headers = { 'content-type': 'text/plain' };
  // Nothing has a log before it is on a node.
  if (textAt(pod, 'spec.nodeName') === '') return { status: 204, body: '', headers };
  const given = logs.get(keyOf(info.namespace, info.pathName));
  const status = listAt(pod, 'status.containerStatuses').find((one) => textAt(one, 'name') === container);
  const lines = given === undefined ? written(pod, container, status, options.previous, now) : fixed(given, pod);
  return { status: 200, body: cut(lines, options, now), headers };
}

interface LogOptions {
  readonly previous: boolean;
  readonly timestamps: boolean;
  /** Null for all. */
  readonly tailLines: number | null;
  readonly limitBytes: number | null;
  readonly since: Date | null;
  readonly sinceSeconds: number | null;
}

function optionsOf(query: URLSearchParams, pod: string): LogOptions {
  const number = (name: string, least: number) => {
    const text = query.get(name);
    if (text === null) return null;
    if (!/^[+-]?\d+$/.test(text)) throw badRequest(`strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`);
    const why = least === 0 ? 'must be greater than or equal to 0' : 'must be greater than 0';
    if (Number(text) < least) throw invalid('PodLogOptions', '', pod, [wrong(name, Number(text), why)]);
    return Number(text);
  };
  const sinceTime = query.get('sinceTime');
  const options = {
    previous: truthy(query.get('previous')),
    timestamps: truthy(query.get('timestamps')),
    tailLines: number('tailLines', 0),
    limitBytes: number('limitBytes', 1),
    since: sinceTime === null ? null : new Date(sinceTime),
    sinceSeconds: number('sinceSeconds', 1),
  };
  if (options.since !== null && options.sinceSeconds !== null) {
    const message = 'Forbidden: at most one of `sinceTime` or `sinceSeconds` may be specified';
    throw invalid('PodLogOptions', '', pod, [{ reason: 'FieldValueForbidden', message, field: '[]' }]);
  }
  return options;
}

function containerOf(pod: KubernetesObject, asked: string): string {
  const names = [...listAt(pod, 'spec.initContainers'), ...listAt(pod, 'spec.containers')].map((one) =>
    textAt(one, 'name'),
  );
  const { name } = pod.metadata;
  if (asked === '') {
    const [only = ''] = listAt(pod, 'spec.containers').map((one) => textAt(one, 'name'));
    if (names.length === 1) return only;
    throw badRequest(`a container name must be specified for pod ${name}, choose one of: [${names.join(' ')}]`);
  }
  if (!names.includes(asked)) throw badRequest(`container ${asked} is not valid for pod ${name}`);
  return asked;
}

/** What the kubelet has: a container that waits to be started again shows the log of its last end. */
function written(pod: KubernetesObject, name: string, status: unknown, previous: boolean, now: Date): LogLine[] {
  const ended = textAt(status, 'lastState.terminated.containerID') || numberAt(status, 'restartCount', 0) > 0;
  if (previous && !ended) {
    throw badRequest(
      `previous terminated container ${JSON.stringify(name)} in pod ${JSON.stringify(pod.metadata.name)} not found`,
    );
  }
  const waits = textAt(status, 'state.waiting.reason');
  if (!ended && waits !== '') {
    const why = waits.includes('Pull') ? 'trying and failing to pull image' : waits;
    const where = `container ${JSON.stringify(name)} in pod ${JSON.stringify(pod.metadata.name)}`;
    throw badRequest(`${where} is waiting to start: ${why}`);
  }
  return writtenBy(pod, name, status, now);
}

function fixed(text: string, pod: KubernetesObject): LogLine[] {
  const at = new Date(textAt(pod, 'status.startTime') || pod.metadata.creationTimestamp || 0);
  const lines = text.split('\n');
  return (lines.at(-1) === '' ? lines.slice(0, -1) : lines).map((line) => ({ at, text: line }));
}

function cut(lines: readonly LogLine[], options: LogOptions, now: Date): string {
  const { since, sinceSeconds, tailLines, limitBytes, timestamps } = options;
  const from = since ?? (sinceSeconds === null ? null : new Date(now.getTime() - sinceSeconds * 1000));
  const recent = from === null ? lines : lines.filter(({ at }) => at >= from);
  const last = tailLines === null ? recent : tailLines === 0 ? [] : recent.slice(-tailLines);
  const text = last.map((line) => `${timestamps ? `${nanoseconds(line.at)} ` : ''}${line.text}\n`).join('');
  return limitBytes === null ? text : Buffer.from(text).subarray(0, limitBytes).toString();
}

/** RFC 3339 with nine digits, as the kubelet writes it. */
function nanoseconds(date: Date): string {
  return `${date.toISOString().slice(0, -1)}000000Z`;
}
