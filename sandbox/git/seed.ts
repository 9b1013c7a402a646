// The files of the manifest repository that a newcomer sees: one app, as homelab-config holds it.

export interface SeedOptions {
  /** Without tag; of the sandbox's registry. */
  readonly image: string;
  readonly tag: string;
  /** 3 by default. */
  readonly replicas?: number;
}

/** Folder of the app, as `apps.*.path` names it. */
export const seedPath = 'apps/laravel-multitenant';

/** Path → text. */
export function homelabFiles({ image, tag, replicas = 3 }: SeedOptions): Record<string, string> {
  return {
    'README.md': '# homelab-config\n\nWhat runs in the homelab. The bot commits here; people may too.\n',
    [`${seedPath}/kustomization.yaml`]: `apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
resources:
  - deployment.yaml
  - service.yaml
images:
  - name: ${image}
    newTag: "${tag}"   # ALWAYS quoted; set by the deploy path, committed back
`,
    [`${seedPath}/service.yaml`]: `apiVersion: v1
kind: Service
metadata:
  name: laravel-multi-tenant-service
  namespace: laravel-apps
  labels:
    app: laravel-multi-tenant
spec:
  selector:
    app: laravel-multi-tenant
  ports:
    - name: http
      protocol: TCP
      port: 80
      targetPort: http
`,
    [`${seedPath}/deployment.yaml`]: `apiVersion: apps/v1
kind: Deployment
metadata:
  name: laravel-multi-tenant
  namespace: laravel-apps
  labels:
    app: laravel-multi-tenant
spec:
  replicas: ${replicas}
  revisionHistoryLimit: 10
  progressDeadlineSeconds: 120
  selector:
    matchLabels:
      app: laravel-multi-tenant
  strategy:
    type: RollingUpdate
    rollingUpdate:
      maxSurge: 1
      maxUnavailable: 0
  template:
    metadata:
      labels:
        app: laravel-multi-tenant
    spec:
      automountServiceAccountToken: false
      terminationGracePeriodSeconds: 45
      securityContext:
        runAsNonRoot: true
        runAsUser: 1000
        runAsGroup: 1000
        seccompProfile:
          type: RuntimeDefault
      containers:
        - name: laravel-app
          image: ${image}:set-by-kustomization
          ports:
            - name: http
              containerPort: 8000
          resources:
            requests:
              cpu: 250m
              memory: 256Mi
            limits:
              cpu: 500m
              memory: 512Mi
          startupProbe:
            httpGet: {path: /up, port: http}
            periodSeconds: 3
            failureThreshold: 40
          readinessProbe:
            httpGet: {path: /up, port: http}
            periodSeconds: 5
            timeoutSeconds: 3
            failureThreshold: 3
          securityContext:
            allowPrivilegeEscalation: false
            capabilities:
              drop: ["ALL"]
`,
  };
}
