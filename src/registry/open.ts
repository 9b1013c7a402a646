// Looks images up over the OCI distribution API.
// https://github.com/opencontainers/distribution-spec/blob/main/spec.md
import type { Logger } from 'pino';
import { type Image, isTag, parseImage } from '../lib/image.ts';
import type { Secret } from '../lib/secret.ts';
import { UserError } from '../lib/user-error.ts';
import { createCredentials } from './credentials.ts';
import { codesOf, unknownRepository, unreadable } from './failures.ts';
import type { Registry } from './registry.ts';
import { parsed } from './requests.ts';
import { TagList } from './schema.ts';
import { type Answer, createSession } from './session.ts';

export interface RegistryOptions {
  /** REGISTRY_TOKEN: the token alone, or `user:token`. */
  readonly token?: Secret;
  readonly log: Logger;
  readonly now: () => Date;
  /** Of each request, in milliseconds; 10 s by default. */
  readonly timeoutMs?: number;
}

/** Whatever an image may be; a registry denies having what it is not told to be welcome. */
const manifestTypes = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.docker.distribution.manifest.v2+json',
];

const mostTags = 1000;
const mostPages = 20;
const listBytes = 4 * 1024 * 1024;

/** What registries must take at the least. */
const manifestBytes = 4 * 1024 * 1024;

/** Opens nothing by itself: connections are made when somebody asks. */
export function openRegistry({ token, log, now, timeoutMs = 10_000 }: RegistryOptions): Registry {
  const credentials = token === undefined ? null : createCredentials(token);
  const session = createSession({ credentials, log, now, timeoutMs });

  async function page(image: Image, query: string, signal: AbortSignal): Promise<Answer> {
    const path = `tags/list${query}`;
    return session.ask(image, { path, method: 'GET', accept: 'application/json', bytes: listBytes }, signal);
  }

  return {
    async has(name, tag, signal) {
      const image = imageOf(name);
      if (!isTag(tag)) return false;
      const question = { path: `manifests/${tag}`, accept: manifestTypes.join(', '), bytes: manifestBytes };
      const head = await session.ask(image, { ...question, method: 'HEAD' }, signal);
      // The answer to HEAD holds no error code, and some do not know HEAD.
      const answer = head.status < 400 ? head : await session.ask(image, { ...question, method: 'GET' }, signal);
      if (answer.status === 200 && isManifest(answer.headers)) return true;
      if (answer.status !== 404) throw unreadable(image.registry, answer.status);
      const codes = codesOf(parsed(answer.text));
      if (codes.includes('NAME_UNKNOWN')) throw unknownRepository(image);
      // Anything may answer 404; only a registry says what is unknown.
      if (codes.length === 0) throw unreadable(image.registry, answer.status);
      return false;
    },

    async tags(name, signal) {
      const image = imageOf(name);
      const found = new Set<string>();
      let query: string | null = `?n=${mostTags}`;
      for (let pages = 0; query !== null && pages < mostPages && found.size < mostTags; pages += 1) {
        const asked = await page(image, query, signal);
        // Some refuse a page as large as that instead of sending a smaller one.
        const answer: Answer = asked.status === 400 && pages === 0 ? await page(image, '', signal) : asked;
        if (answer.status === 404 && codesOf(parsed(answer.text)).length > 0) throw unknownRepository(image);
        const list = TagList.safeParse(parsed(answer.text));
        if (answer.status !== 200 || !list.success) throw unreadable(image.registry, answer.status);
        for (const tag of list.data.tags ?? []) if (typeof tag === 'string' && isTag(tag)) found.add(tag);
        query = nextPage(answer.headers.get('link'));
      }
      return [...found].slice(0, mostTags);
    },
  };
}

function imageOf(name: string): Image {
  const result = parseImage(name);
  if (!result.ok)
    throw new UserError(`The app's image ${result.what}. Whoever runs the bot corrects its configuration.`);
  return result.image;
}

/** A page that says welcome to everything, as the sign-in of a network does, is no manifest. */
function isManifest(headers: Headers): boolean {
  return /^application\/(?:vnd\.(?:oci|docker)\.|json)/.test(headers.get('content-type') ?? '');
}

/** The query of the link to the next page: nothing else of it is believed, so that a page cannot lead elsewhere. */
function nextPage(link: string | null): string | null {
  const [, target = ''] = /<([^<>]{1,4096})>[^,]*;[ \t]*rel="?next"?/i.exec(link ?? '') ?? [];
  const query = /\?[^#]*/.exec(target)?.[0];
  return query ?? null;
}
