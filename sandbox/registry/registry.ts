// A container registry on 127.0.0.1: what GHCR answers to those who look for images and pull them, private packages and tokens included.
import { createFaultQueue, type FaultQueue } from './faults.ts';
import type { ImageKind } from './images.ts';
import { homelabImages, type SeededRepository } from './seed.ts';
import { type LoggedRequest, listen } from './server.ts';
import { createStore } from './store.ts';
import { createTokens } from './tokens.ts';

export interface RegistryOptions {
  /** The demo app's by default. */
  readonly seed?: () => readonly SeededRepository[];
  /** Any free one by default. */
  readonly port?: number;
  /** How long a bearer token is good for; 300 by default, as GHCR's. */
  readonly tokenSeconds?: number;
  readonly now?: () => Date;
}

export interface Registry {
  /** `127.0.0.1:<port>`, as images begin. */
  readonly host: string;
  readonly url: string;
  /** For REGISTRY_TOKEN: may pull everything. */
  readonly token: string;
  /** `127.0.0.1:<port>/acme/shop`. */
  image(repository: string): string;
  /** As a build does it; a new repository is private. An OCI manifest unless told. @returns the digest. */
  push(repository: string, tag: string, kind?: ImageKind): string;
  /** Oldest first; none where there is no such repository. */
  tags(repository: string): readonly string[];
  /** Takes the tag away. Throws where it is not there. */
  untag(repository: string, tag: string): void;
  /** Ends every bearer token before its time. */
  revoke(): void;
  /** The newest ones, oldest first. */
  readonly requests: readonly LoggedRequest[];
  readonly faults: FaultQueue;
  /** Refuses connections, and cuts the open ones. */
  away(): Promise<void>;
  /** On the same port. */
  back(): Promise<void>;
  /** To the seed, with neither faults nor requests nor bearers; open connections are cut. */
  reset(): void;
  stop(): Promise<void>;
}

const kept = 10_000;

export async function startRegistry(options: RegistryOptions = {}): Promise<Registry> {
  const { seed = homelabImages, port = 0, tokenSeconds = 300, now = () => new Date() } = options;
  const token = 'the-sandbox-registry-token-that-opens-nothing-else';
  const store = createStore();
  const tokens = createTokens({ store, password: token, seconds: tokenSeconds, now });
  const faults = createFaultQueue();
  let requests: LoggedRequest[] = [];
  let host = '';
  store.fill(seed());

  const listener = await listen({
    world: { store, tokens, host: () => host },
    faults,
    log(entry) {
      requests.push(entry);
      if (requests.length > 2 * kept) requests = requests.slice(-kept);
    },
    now,
    port,
  });
  host = `127.0.0.1:${listener.port}`;

  return {
    host,
    url: `http://${host}`,
    token,
    image: (repository) => `${host}/${repository}`,
    push: (repository, tag, kind = 'oci') => store.push(repository, tag, kind),
    tags: (repository) => [...(store.find(repository)?.tags.keys() ?? [])],
    untag(repository, tag) {
      if (!store.untag(repository, tag)) throw new Error(`there is no tag ${tag} in ${repository}`);
    },
    revoke: () => tokens.revoke(),
    get requests() {
      return requests;
    },
    faults,
    away: () => listener.away(),
    back: () => listener.back(),
    reset() {
      listener.cut();
      faults.clear();
      tokens.revoke();
      requests = [];
      store.fill(seed());
    },
    stop: () => listener.away(),
  };
}
