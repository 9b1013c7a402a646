// Which pods run in the homelab, and where.

import { machines } from './nodes.ts';
import type { PodSeed } from './pods.ts';

const everywhere = [{ operator: 'Exists' }];
const controlPlane = [{ key: 'node-role.kubernetes.io/control-plane', operator: 'Exists', effect: 'NoSchedule' }];
const database = [{ key: 'app-type', operator: 'Equal', value: 'db', effect: 'NoSchedule' }];

/** The commit that runs in the seed. */
export const runningSha = '3f2c1a94b7d06e5f8a21c4d9e7b05f6a18c3d2e4';

const system: PodSeed[] = [
  {
    namespace: 'kube-system',
    name: 'coredns-7896679cc-x2n4q',
    node: 'desktop-1',
    ip: '10.42.0.5',
    image: 'rancher/mirrored-coredns-coredns:1.14.2',
    container: 'coredns',
    ageHours: 620,
    owner: ['ReplicaSet', 'coredns-7896679cc'],
    labels: { 'k8s-app': 'kube-dns', 'pod-template-hash': '7896679cc' },
    requests: { cpu: 100, memory: 70 },
    used: { cpu: 6, memory: 31 },
    tolerations: controlPlane,
  },
  {
    namespace: 'kube-system',
    name: 'local-path-provisioner-578895bd58-j7k2d',
    node: 'desktop-1',
    ip: '10.42.0.6',
    image: 'rancher/local-path-provisioner:v0.0.34',
    container: 'local-path-provisioner',
    ageHours: 620,
    owner: ['ReplicaSet', 'local-path-provisioner-578895bd58'],
    labels: { app: 'local-path-provisioner', 'pod-template-hash': '578895bd58' },
    used: { cpu: 1, memory: 18 },
    tolerations: controlPlane,
  },
  {
    namespace: 'kube-system',
    name: 'metrics-server-7b9c9c4b9c-5p8zt',
    node: 'desktop-1',
    ip: '10.42.0.7',
    image: 'rancher/mirrored-metrics-server:v0.8.1',
    container: 'metrics-server',
    ageHours: 620,
    owner: ['ReplicaSet', 'metrics-server-7b9c9c4b9c'],
    labels: { 'k8s-app': 'metrics-server', 'pod-template-hash': '7b9c9c4b9c' },
    requests: { cpu: 100, memory: 70 },
    used: { cpu: 9, memory: 44 },
    tolerations: controlPlane,
  },
  {
    namespace: 'kube-system',
    name: 'traefik-6c8d8d9c5b-qm7wl',
    node: 'desktop-1',
    ip: '10.42.0.9',
    image: 'rancher/mirrored-library-traefik:3.7.4',
    container: 'traefik',
    ageHours: 310,
    owner: ['ReplicaSet', 'traefik-6c8d8d9c5b'],
    labels: { 'app.kubernetes.io/name': 'traefik', 'pod-template-hash': '6c8d8d9c5b' },
    used: { cpu: 42, memory: 118 },
    restarts: 1,
    tolerations: controlPlane,
  },
  ...['desktop-1', 'desktop-2', 'desktop-3'].map(
    (node, index): PodSeed => ({
      namespace: 'kube-system',
      name: `svclb-traefik-9a1f2c3d-${['4kq2x', 'b7tzn', 'w9d5m'][index]}`,
      node,
      ip: `10.42.${index}.10`,
      image: 'rancher/klipper-lb:v0.4.15',
      container: 'lb-tcp-80',
      ageHours: 310,
      owner: ['DaemonSet', 'svclb-traefik-9a1f2c3d'],
      labels: { app: 'svclb-traefik-9a1f2c3d' },
      used: { cpu: 0, memory: 2 },
      tolerations: controlPlane,
    }),
  ),
];

const apps: PodSeed[] = [
  {
    namespace: 'laravel-apps',
    name: 'mysql-0',
    node: 'worker-db-01',
    ip: '10.42.3.4',
    image: 'mysql:8.4.11',
    container: 'mysql',
    ageHours: 1900,
    owner: ['StatefulSet', 'mysql'],
    labels: { app: 'mysql', 'statefulset.kubernetes.io/pod-name': 'mysql-0' },
    requests: { cpu: 1000, memory: 8192 },
    used: { cpu: 640, memory: 7420 },
    tolerations: database,
  },
];

const monitoring: PodSeed[] = [
  {
    namespace: 'monitoring',
    name: 'prometheus-prometheus-kube-prometheus-prometheus-0',
    node: 'desktop-2',
    ip: '10.42.1.31',
    image: 'quay.io/prometheus/prometheus:v3.13.0',
    container: 'prometheus',
    ageHours: 480,
    owner: ['StatefulSet', 'prometheus-prometheus-kube-prometheus-prometheus'],
    labels: { 'app.kubernetes.io/name': 'prometheus' },
    requests: { cpu: 200, memory: 1024 },
    used: { cpu: 210, memory: 1480 },
  },
  {
    namespace: 'monitoring',
    name: 'alertmanager-prometheus-kube-prometheus-alertmanager-0',
    node: 'desktop-3',
    ip: '10.42.2.32',
    image: 'quay.io/prometheus/alertmanager:v0.34.0',
    container: 'alertmanager',
    ageHours: 480,
    owner: ['StatefulSet', 'alertmanager-prometheus-kube-prometheus-alertmanager'],
    labels: { 'app.kubernetes.io/name': 'alertmanager' },
    requests: { cpu: 20, memory: 200 },
    used: { cpu: 4, memory: 38 },
  },
  {
    namespace: 'monitoring',
    name: 'prometheus-grafana-0',
    node: 'desktop-3',
    ip: '10.42.2.33',
    image: 'docker.io/grafana/grafana:13.2.0',
    container: 'grafana',
    ageHours: 480,
    owner: ['StatefulSet', 'prometheus-grafana'],
    labels: { 'app.kubernetes.io/name': 'grafana' },
    requests: { cpu: 100, memory: 256 },
    used: { cpu: 12, memory: 190 },
  },
  ...machines.map(
    ({ name: node, address }, index): PodSeed => ({
      namespace: 'monitoring',
      name: `prometheus-prometheus-node-exporter-${['7m2sd', 'c8x4k', 'n5r9p', 't3w6v'][index]}`,
      node,
      ip: address,
      image: 'quay.io/prometheus/node-exporter:v1.12.0',
      container: 'node-exporter',
      ageHours: 480,
      owner: ['DaemonSet', 'prometheus-prometheus-node-exporter'],
      labels: { 'app.kubernetes.io/name': 'prometheus-node-exporter' },
      used: { cpu: 3, memory: 14 },
      tolerations: everywhere,
    }),
  ),
];

export const workloads: readonly PodSeed[] = [...system, ...apps, ...monitoring];
