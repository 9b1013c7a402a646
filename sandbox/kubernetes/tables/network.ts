// The tables of how things are reached and what they keep: Services, Ingresses, NetworkPolicies, ConfigMaps, claims.
import { at, type KubernetesObject, listAt, recordAt, textAt, textsAt } from '../objects.ts';
import type { Columns } from './columns.ts';
import { ageColumn, column, nameColumn, none, selectorText, wide } from './common.ts';

export const serviceColumns: Columns = [
  nameColumn,
  column('Type', 'type determines how the Service is exposed.', (one) => textAt(one, 'spec.type')),
  column('Cluster-IP', 'clusterIP is the IP address of the service.', (one) => textAt(one, 'spec.clusterIP') || none),
  column('External-IP', 'Addresses by which it is reached from outside.', externalAddress),
  column('Port(s)', 'The list of ports that are exposed by this service.', ports),
  ageColumn,
  wide('Selector', 'Route service traffic to pods with label keys and values matching this selector.', (one) =>
    selectorText({ matchLabels: recordAt(one, 'spec.selector') }),
  ),
];

function externalAddress(service: KubernetesObject): string {
  const given = listAt(service, 'status.loadBalancer.ingress').map(
    (one) => textAt(one, 'ip') || textAt(one, 'hostname'),
  );
  if (given.length > 0) return given.join(',');
  const fixed = textsAt(service, 'spec.externalIPs');
  if (fixed.length > 0) return fixed.join(',');
  return textAt(service, 'spec.type') === 'LoadBalancer' ? '<pending>' : none;
}

function ports(service: KubernetesObject): string {
  const list = listAt(service, 'spec.ports').map((port) => {
    const outside = textAt(port, 'nodePort');
    return `${textAt(port, 'port')}${outside === '' ? '' : `:${outside}`}/${textAt(port, 'protocol')}`;
  });
  return list.length === 0 ? none : list.join(',');
}

export const ingressColumns: Columns = [
  nameColumn,
  column('Class', 'The name of the IngressClass resource.', (one) => textAt(one, 'spec.ingressClassName') || none),
  column('Hosts', 'Hosts that incoming requests are matched against before the ingress rule', hosts),
  column('Address', 'Address is a list containing ingress points for the load-balancer', (one) =>
    listAt(one, 'status.loadBalancer.ingress')
      .map((point) => textAt(point, 'ip') || textAt(point, 'hostname'))
      .join(','),
  ),
  column('Ports', 'Ports of TLS configurations that open', (one) =>
    listAt(one, 'spec.tls').length > 0 ? '80, 443' : '80',
  ),
  ageColumn,
];

function hosts(ingress: KubernetesObject): string {
  const all = listAt(ingress, 'spec.rules').map((rule) => textAt(rule, 'host') || '*');
  if (all.length === 0) return '*';
  const more = all.length > 3 ? ` + ${all.length - 3} more...` : '';
  return `${all.slice(0, 3).join(',')}${more}`;
}

export const networkPolicyColumns: Columns = [
  nameColumn,
  column('Pod-Selector', 'podSelector selects the pods to which this NetworkPolicy object applies.', (one) =>
    selectorText(at(one, 'spec.podSelector')),
  ),
  ageColumn,
];

export const configMapColumns: Columns = [
  nameColumn,
  {
    ...column(
      'Data',
      'Data contains the configuration data.',
      (one) => Object.keys(recordAt(one, 'data')).length + Object.keys(recordAt(one, 'binaryData')).length,
    ),
    type: 'string',
  },
  ageColumn,
];

const shortModes: Readonly<Record<string, string>> = {
  ReadWriteOnce: 'RWO',
  ReadOnlyMany: 'ROX',
  ReadWriteMany: 'RWX',
  ReadWriteOncePod: 'RWOP',
};

export const claimColumns: Columns = [
  nameColumn,
  column('Status', 'phase represents the current phase of PersistentVolumeClaim.', (one) =>
    textAt(one, 'status.phase'),
  ),
  column('Volume', 'volumeName is the binding reference to the PersistentVolume backing this claim.', (one) =>
    textAt(one, 'spec.volumeName'),
  ),
  column('Capacity', 'capacity represents the actual resources of the underlying volume.', (one) =>
    textAt(one, 'status.capacity.storage'),
  ),
  column('Access Modes', 'accessModes contains the actual access modes the volume backing the PVC has.', (one) =>
    textsAt(one, 'status.accessModes')
      .map((mode) => shortModes[mode] ?? mode)
      .join(','),
  ),
  column('StorageClass', 'StorageClass of the pvc', (one) => textAt(one, 'spec.storageClassName')),
  column(
    'VolumeAttributesClass',
    'VolumeAttributesClass of the pvc',
    (one) => textAt(one, 'spec.volumeAttributesClassName') || '<unset>',
  ),
  ageColumn,
  wide('VolumeMode', 'volumeMode defines what type of volume is required by the claim.', (one) =>
    textAt(one, 'spec.volumeMode'),
  ),
];
