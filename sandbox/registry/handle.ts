// From a request to its answer: the pull half of the OCI distribution API, as GHCR and github.com/distribution/distribution speak it.
// https://github.com/opencontainers/distribution-spec/blob/main/spec.md
import { type Answer, answerJson, refusal } from './answer.ts';
import { errorOf } from './errors.ts';
import type { Content } from './images.ts';
import type { Repository, Store } from './store.ts';
import type { Tokens } from './tokens.ts';

export interface World {
  readonly store: Store;
  readonly tokens: Tokens;
  /** Host and port. */
  readonly host: () => string;
}

export interface Incoming {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly authorization: string | undefined;
  readonly accept: string;
  readonly ifNoneMatch: string | undefined;
}

/** As GHCR: what a page holds where nobody says, and at the most. */
const usualPage = 100;
const longestPage = 1000;

const name = /^[a-z0-9]+(?:(?:\.|__?|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|__?|-+)[a-z0-9]+)*)*$/;
const version = { 'docker-distribution-api-version': 'registry/2.0' };

export function handle(world: World, incoming: Incoming): Answer {
  const answer = route(world, incoming);
  return { ...answer, headers: { ...version, ...answer.headers } };
}

function route(world: World, incoming: Incoming): Answer {
  const { method, path, query, authorization } = incoming;
  if (path === '/token' && method === 'GET') return world.tokens.issue(query, authorization);
  if (path === '/v2/' || path === '/v2')
    return world.tokens.holds(authorization) ? answerJson(200, {}) : challenge(world, 'user/image');
  const [, repository = '', kind = '', reference = ''] =
    /^\/v2\/(.+)\/(manifests|blobs|tags)\/([^/]+)$/.exec(path) ?? [];
  if (kind === '') return { status: 404, headers: { 'content-type': 'text/plain' }, body: '404 page not found\n' };
  if (!name.test(repository)) return refusal(errorOf('nameInvalid'));
  if (method !== 'GET' && method !== 'HEAD') return refusal(errorOf('unsupported'));
  const allowed = world.tokens.mayPull(authorization, repository);
  if (allowed === 'unknown') return challenge(world, repository);
  // Without a challenge, as GHCR does it.
  if (allowed === 'denied') return refusal(errorOf('denied'));
  const found = world.store.find(repository);
  if (found === undefined) return refusal(errorOf('nameUnknown'));
  if (kind === 'tags') return tags(repository, found, reference, query);
  return kind === 'blobs' ? blob(found, reference) : manifest(found, reference, incoming);
}

function challenge({ host }: World, repository: string): Answer {
  const realm = `realm="http://${host()}/token",service="${host()}",scope="repository:${repository}:pull"`;
  return refusal(errorOf('unauthorized'), { 'www-authenticate': `Bearer ${realm}` });
}

function manifest(repository: Repository, reference: string, { accept, ifNoneMatch }: Incoming): Answer {
  const digest = reference.includes(':') ? reference : repository.tags.get(reference);
  const found = repository.manifests.get(digest ?? '');
  if (found === undefined) return refusal(errorOf('manifestUnknown'));
  const welcome = accept.split(',').map((one) => one.split(';')[0]?.trim());
  if (!welcome.includes(found.mediaType)) {
    const [what, plural] = found.mediaType.includes('.index.') ? ['index', 'indexes'] : ['manifest', 'manifests'];
    if (found.mediaType.includes('.oci.')) {
      const message = `OCI ${what} found, but Accept header does not support OCI ${plural}`;
      return refusal(errorOf('manifestUnknown', message));
    }
  }
  const headers = { 'docker-content-digest': found.digest, etag: `"${found.digest}"` };
  if (ifNoneMatch === headers.etag || ifNoneMatch === found.digest) return { status: 304, headers, body: '' };
  return whole(found, found.mediaType, headers);
}

function blob(repository: Repository, digest: string): Answer {
  if (!/^sha256:[0-9a-f]{64}$/.test(digest)) return refusal(errorOf('digestInvalid'));
  const found = repository.blobs.get(digest);
  if (found === undefined) return refusal(errorOf('blobUnknown'));
  return whole(found, 'application/octet-stream', { 'docker-content-digest': digest });
}

function whole({ bytes }: Content, mediaType: string, headers: Readonly<Record<string, string>>): Answer {
  return { status: 200, headers: { ...headers, 'content-type': mediaType }, body: bytes };
}

/** In lexical order; the link leads on from the last one shown. */
function tags(repository: string, { tags: held }: Repository, reference: string, query: URLSearchParams): Answer {
  if (reference !== 'list') return refusal(errorOf('nameInvalid'));
  const asked = query.get('n') ?? String(usualPage);
  const count = Number(asked);
  if (!/^\d+$/.test(asked) || count > longestPage) return refusal(errorOf('paginationNumberInvalid'));
  const last = query.get('last') ?? '';
  const rest = [...held.keys()].toSorted().filter((tag) => tag > last);
  const shown = rest.slice(0, count);
  const more = count > 0 && rest.length > count;
  const next = `/v2/${repository}/tags/list?${new URLSearchParams({ last: shown.at(-1) ?? '', n: asked })}`;
  return answerJson(200, { name: repository, tags: shown }, more ? { link: `<${next}>; rel="next"` } : {});
}
