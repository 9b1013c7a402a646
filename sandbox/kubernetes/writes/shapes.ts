// Which fields the kinds of an app have, and of which type, as far as people get them wrong: names of fields, and texts that YAML reads as numbers.

export type Shape =
  | 'anything'
  | 'string'
  | 'number'
  | { readonly fields: Readonly<Record<string, Shape>> }
  | { readonly each: Shape }
  | { readonly items: Shape };

/** Fields of any type. */
function named(text: string): Record<string, Shape> {
  return Object.fromEntries(text.split(/\s+/).map((name) => [name, 'anything']));
}

const strings: Shape = { each: 'string' };

const container: Shape = {
  fields: {
    ...named(`args command envFrom lifecycle livenessProbe readinessProbe startupProbe resizePolicy restartPolicyRules
      securityContext stdin stdinOnce tty volumeDevices volumeMounts`),
    name: 'string',
    image: 'string',
    imagePullPolicy: 'string',
    restartPolicy: 'string',
    terminationMessagePath: 'string',
    terminationMessagePolicy: 'string',
    workingDir: 'string',
    env: { items: { fields: { name: 'string', value: 'string', valueFrom: 'anything' } } },
    ports: {
      items: {
        fields: { name: 'string', containerPort: 'number', protocol: 'string', hostIP: 'string', hostPort: 'number' },
      },
    },
    resources: { fields: named('limits requests claims') },
  },
};

const podSpec: Shape = {
  fields: {
    ...named(`activeDeadlineSeconds affinity automountServiceAccountToken dnsConfig dnsPolicy enableServiceLinks
      ephemeralContainers hostAliases hostIPC hostNetwork hostPID hostUsers hostname hostnameOverride imagePullSecrets
      nodeName os overhead preemptionPolicy priority priorityClassName readinessGates resourceClaims resources
      restartPolicy runtimeClassName schedulerName schedulingGates securityContext serviceAccount serviceAccountName
      setHostnameAsFQDN shareProcessNamespace subdomain tolerations topologySpreadConstraints volumes workloadRef`),
    terminationGracePeriodSeconds: 'number',
    nodeSelector: strings,
    containers: { items: container },
    initContainers: { items: container },
  },
};

const template: Shape = { fields: { metadata: 'anything', spec: podSpec } };

const metadata: Shape = {
  fields: {
    ...named(`creationTimestamp deletionGracePeriodSeconds deletionTimestamp finalizers generateName generation
      managedFields ownerReferences resourceVersion selfLink uid`),
    name: 'string',
    namespace: 'string',
    labels: strings,
    annotations: strings,
  },
};

function kind(spec: Record<string, Shape>): Shape {
  return { fields: { ...named('apiVersion kind status'), metadata, ...spec } };
}

/** By the name under which the store holds them; kinds that are not listed are taken as they come. */
export const shapes: Readonly<Record<string, Shape>> = {
  configmaps: kind({ data: strings, binaryData: strings, immutable: 'anything' }),
  services: kind({
    spec: {
      fields: {
        ...named(`allocateLoadBalancerNodePorts clusterIP clusterIPs externalIPs externalName externalTrafficPolicy
          healthCheckNodePort internalTrafficPolicy ipFamilies ipFamilyPolicy loadBalancerClass loadBalancerIP
          loadBalancerSourceRanges publishNotReadyAddresses sessionAffinity sessionAffinityConfig trafficDistribution type`),
        selector: strings,
        ports: {
          items: {
            fields: {
              ...named('appProtocol targetPort'),
              name: 'string',
              nodePort: 'number',
              port: 'number',
              protocol: 'string',
            },
          },
        },
      },
    },
  }),
  'apps/deployments': kind({
    spec: {
      fields: {
        ...named('paused selector'),
        minReadySeconds: 'number',
        progressDeadlineSeconds: 'number',
        replicas: 'number',
        revisionHistoryLimit: 'number',
        strategy: { fields: { type: 'string', rollingUpdate: { fields: named('maxSurge maxUnavailable') } } },
        template,
      },
    },
  }),
  'apps/replicasets': kind({
    spec: { fields: { selector: 'anything', minReadySeconds: 'number', replicas: 'number', template } },
  }),
};
