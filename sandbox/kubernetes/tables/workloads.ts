// The tables of what runs: Deployments, ReplicaSets, Jobs, CronJobs, and what scales or protects them.
import { at, isRecord, type KubernetesObject, labelsAt, listAt, numberAt, recordAt, textAt } from '../objects.ts';
import type { Column, Columns } from './columns.ts';
import { age, ageColumn, column, humanDuration, nameColumn, none, selectorText, wide } from './common.ts';

/** Names and images of the containers of a pod template, and the labels that select its pods. */
function templateColumns(path: string): Columns {
  const list = (field: string) => (object: KubernetesObject) =>
    listAt(object, `${path}.spec.containers`)
      .map((one) => textAt(one, field))
      .join(',');
  return [
    wide('Containers', 'Names of each container in the template.', list('name')),
    wide('Images', 'Images referenced by each container in the template.', list('image')),
    wide('Selector', 'Label selector for pods.', (object) => selectorText(at(object, 'spec.selector'))),
  ];
}

function count(name: string, description: string, path: string, type: Column['type'] = 'string'): Column {
  return { ...column(name, description, (object) => numberAt(object, path, 0)), type };
}

export const deploymentColumns: Columns = [
  nameColumn,
  column(
    'Ready',
    'Number of the pod with ready state',
    (one) => `${numberAt(one, 'status.readyReplicas', 0)}/${numberAt(one, 'spec.replicas', 0)}`,
  ),
  count(
    'Up-to-date',
    'Total number of non-terminating pods targeted by this deployment that have the desired template spec.',
    'status.updatedReplicas',
  ),
  count(
    'Available',
    'Total number of available non-terminating pods (ready for at least minReadySeconds) targeted by this deployment.',
    'status.availableReplicas',
  ),
  ageColumn,
  ...templateColumns('spec.template'),
];

export const replicaSetColumns: Columns = [
  nameColumn,
  count('Desired', 'Replicas is the number of desired pods.', 'spec.replicas', 'integer'),
  count('Current', 'Replicas is the most recently observed number of pods.', 'status.replicas', 'integer'),
  count('Ready', 'The number of non-terminating pods with a Ready Condition.', 'status.readyReplicas', 'integer'),
  ageColumn,
  ...templateColumns('spec.template'),
];

export const jobColumns: Columns = [
  nameColumn,
  column('Status', 'Status of the job.', jobStatus),
  column(
    'Completions',
    'The number of pods which reached phase Succeeded.',
    (job) => `${numberAt(job, 'status.succeeded', 0)}/${numberAt(job, 'spec.completions', 1)}`,
  ),
  column('Duration', 'Time required to complete the job.', jobDuration),
  ageColumn,
  ...templateColumns('spec.template'),
];

function jobStatus(job: KubernetesObject): string {
  const met = (type: string) =>
    listAt(job, 'status.conditions').some((one) => textAt(one, 'type') === type && textAt(one, 'status') === 'True');
  if (met('Complete')) return 'Complete';
  if (met('Failed')) return 'Failed';
  return met('Suspended') ? 'Suspended' : 'Running';
}

function jobDuration(job: KubernetesObject, now: Date): string {
  const start = Date.parse(textAt(job, 'status.startTime'));
  if (Number.isNaN(start)) return '';
  const end = Date.parse(textAt(job, 'status.completionTime')) || now.getTime();
  return humanDuration(Math.floor((end - start) / 1000));
}

export const cronJobColumns: Columns = [
  nameColumn,
  column('Schedule', 'The schedule in Cron format, see https://en.wikipedia.org/wiki/Cron.', (one) =>
    textAt(one, 'spec.schedule'),
  ),
  column('Timezone', 'The time zone name for the given schedule.', (one) => textAt(one, 'spec.timeZone') || none),
  {
    ...column('Suspend', 'This flag tells the controller to suspend subsequent executions.', (one) =>
      textAt(one, 'spec.suspend') === 'true' ? 'True' : 'False',
    ),
    type: 'boolean',
  },
  {
    ...column('Active', 'A list of pointers to currently running jobs.', (one) => listAt(one, 'status.active').length),
    type: 'integer',
  },
  column('Last Schedule', 'Information when was the last time the job was successfully scheduled.', (one, now) =>
    textAt(one, 'status.lastScheduleTime') ? age(textAt(one, 'status.lastScheduleTime'), now) : none,
  ),
  ageColumn,
  ...templateColumns('spec.jobTemplate.spec.template'),
];

export const autoscalerColumns: Columns = [
  nameColumn,
  column(
    'Reference',
    'scaleTargetRef points to the target resource to scale.',
    (one) => `${textAt(one, 'spec.scaleTargetRef.kind')}/${textAt(one, 'spec.scaleTargetRef.name')}`,
  ),
  column('Targets', 'The metrics that decide, each as it is and as it should be.', targets),
  column('MinPods', 'minReplicas is the lower limit for the number of replicas.', (one) =>
    textAt(one, 'spec.minReplicas'),
  ),
  count('MaxPods', 'maxReplicas is the upper limit for the number of replicas.', 'spec.maxReplicas'),
  count('Replicas', 'currentReplicas is current number of replicas of pods.', 'status.currentReplicas'),
  ageColumn,
];

function targets(autoscaler: KubernetesObject): string {
  const metrics = listAt(autoscaler, 'spec.metrics').map((metric) => {
    const resource = recordAt(metric, 'resource');
    const percent = textAt(resource, 'target.averageUtilization');
    const wanted = percent === '' ? textAt(resource, 'target.averageValue') : `${percent}%`;
    return `${textAt(resource, 'name')}: <unknown>/${wanted}`;
  });
  return metrics.length === 0 ? none : metrics.join(', ');
}

export const budgetColumns: Columns = [
  nameColumn,
  column(
    'Min Available',
    'The minimum number of pods that must be available.',
    (one) => textAt(one, 'spec.minAvailable') || 'N/A',
  ),
  column(
    'Max Unavailable',
    'The maximum number of pods that may be unavailable.',
    (one) => textAt(one, 'spec.maxUnavailable') || 'N/A',
  ),
  count(
    'Allowed Disruptions',
    'Calculated number of pods that may be disrupted at this time.',
    'status.disruptionsAllowed',
    'integer',
  ),
  ageColumn,
];

export const quotaColumns: Columns = [
  nameColumn,
  column('Request', 'What may be had at the least, and what is had of it.', (quota) => quotaText(quota, false)),
  column('Limit', 'What may be had at the most, and what is had of it.', (quota) => quotaText(quota, true)),
  ageColumn,
];

function quotaText(quota: KubernetesObject, limits: boolean): string {
  const hard = labelsAt(quota, 'status.hard');
  const used = recordAt(quota, 'status.used');
  return Object.keys(hard)
    .filter((key) => key.startsWith('limits.') === limits)
    .sort()
    .map((key) => `${key}: ${isRecord(used) ? (used[key] ?? '0') : '0'}/${hard[key]}`)
    .join(', ');
}
