// What a deploy needs of other rooms, handed in by app.ts.
import type { Cluster, Identity } from '../cluster/cluster.ts';
import type { Registry } from '../registry/registry.ts';
import type { Repository } from '../repository/repository.ts';
import type { Followed, Target } from '../rollouts/follow.ts';
import type { App } from './app.ts';
import type { Previews } from './previews.ts';

export interface Outside {
  readonly apps: readonly App[];
  /** Null where MANIFEST_REPO_URL is not set. */
  readonly repository: Repository | null;
  readonly registry: Registry;
  readonly clusterAs: (identity: Identity) => Cluster;
  readonly follow: (cluster: Cluster, target: Target, signal: AbortSignal) => AsyncGenerator<Followed, void, void>;
  readonly previews: Previews;
  readonly now: () => Date;
}
