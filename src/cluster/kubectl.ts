// Runs the kubectl program: applies manifests as someone, and renders kustomizations.
import type { KubeConfig } from '@kubernetes/client-node';
import type { Level } from '../access/level.ts';
import { exec } from '../lib/exec.ts';
import { UserError } from '../lib/user-error.ts';
import type { Applied, Cluster, Identity } from './cluster.ts';
import { kubeconfigFor } from './kubectl-config.ts';
import { explainApply, explainEnd, explainRender } from './kubectl-failures.ts';
import { objectsIn } from './render.ts';
import type { Scratch } from './scratch.ts';

export type Kubectl = Pick<Cluster, 'apply' | 'render'>;

const manager = 'homelab-bot';
/** Milliseconds for a whole run, and for each of its requests. */
const applyMs = 60_000;
const requestTimeout = '20s';
const renderMs = 30_000;
const manifestBytes = 4 * 2 ** 20;

/** @param options.env of programs; see `programEnvironment`. kubectl is looked up on its PATH. */
export function createKubectl(options: {
  readonly config: KubeConfig;
  readonly identity: Identity;
  readonly env: Readonly<Record<string, string>>;
  readonly scratch: Scratch;
  /** Host and port, for messages. */
  readonly server: string;
}): Kubectl {
  const { config, identity, env, scratch, server } = options;
  const level: Level = identity.level;
  return {
    async apply(manifest, { dryRun = false }, signal) {
      if (Buffer.byteLength(manifest) > manifestBytes) {
        throw new UserError(`The manifests are larger than ${manifestBytes / 2 ** 20} MiB and were not applied.`);
      }
      const cache = await scratch.folder('cache');
      const ended = await scratch.withSecret(kubeconfigFor(config, identity), (kubeconfig) =>
        exec(
          {
            program: 'kubectl',
            args: [
              'apply',
              '--server-side',
              `--field-manager=${manager}`,
              '--force-conflicts',
              // The server validates what it applies; this would make kubectl download the schemas of everything first.
              '--validate=false',
              `--request-timeout=${requestTimeout}`,
              ...(dryRun ? ['--dry-run=server'] : []),
              '-f',
              '-',
            ],
            env: { ...env, KUBECONFIG: kubeconfig, KUBECACHEDIR: cache },
            input: manifest,
            timeoutMs: applyMs,
          },
          signal,
        ),
      );
      if (ended.kind !== 'exited') throw explainEnd(ended);
      if (ended.code !== 0) throw explainApply(ended.stderr, { level, server });
      return applied(ended.stdout, manifest);
    },
    async render(folder, signal) {
      const ended = await exec(
        {
          program: 'kubectl',
          args: ['kustomize', folder],
          env: { ...env, ...offline, KUBECONFIG: '/dev/null' },
          timeoutMs: renderMs,
          outputBytes: manifestBytes,
        },
        signal,
      );
      if (ended.kind !== 'exited') throw explainEnd(ended);
      if (ended.code !== 0) throw explainRender(ended.stderr, folder);
      return ended.stdout;
    },
  };
}

/** What reaches out is refused before rendering; should something slip through, it finds no way. */
const offline = {
  HTTP_PROXY: 'http://127.0.0.1:1',
  HTTPS_PROXY: 'http://127.0.0.1:1',
  http_proxy: 'http://127.0.0.1:1',
  https_proxy: 'http://127.0.0.1:1',
  NO_PROXY: '',
  no_proxy: '',
  GIT_ALLOW_PROTOCOL: 'none',
};

/** `deployment.apps/web serverside-applied`; its namespace is in the manifest, whose objects come in the same order. */
function applied(stdout: string, manifest: string): Applied[] {
  const waiting = [...objectsIn(manifest)];
  return stdout.split('\n').flatMap((line): Applied[] => {
    const match = /^([^\s/]+)\/(\S+) (created|configured|unchanged|serverside-applied)(?: \(.*\))?$/.exec(line);
    if (match === null) return [];
    const [, resource = '', name = ''] = match;
    // The pattern's third group has these words and no others.
    const result = match[3] as Applied['result'];
    const kind = resource.split('.')[0] ?? '';
    const index = waiting.findIndex((one) => one.kind.toLowerCase() === kind && one.name === name);
    const [found] = index === -1 ? [] : waiting.splice(index, 1);
    return [{ kind: found?.kind ?? kind, namespace: found?.namespace ?? '', name, result }];
  });
}
