// The name of a container image, as people write it: which registry holds it, and under which repository.

/** Where an image is looked up. */
export interface Image {
  /** As it is written, for people: `ghcr.io/acme/shop`, `nginx`. */
  readonly name: string;
  /** Host, with its port where one is written: `ghcr.io`, `127.0.0.1:5000`; `registry-1.docker.io` where none is named. */
  readonly registry: string;
  /** `acme/shop`; `library/nginx` for `nginx`. */
  readonly repository: string;
  /** http for localhost and 127.0.0.1 alone. */
  readonly scheme: 'http' | 'https';
}

export type ImageResult =
  | { readonly ok: true; readonly image: Image }
  /** `what` reads after the name: `must be without a tag`. */
  | { readonly ok: false; readonly what: string };

const label = '[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?';
const host = new RegExp(`^${label}(?:\\.${label})*(?::\\d{1,5})?$`);

/** A part between slashes, by the grammar of github.com/distribution/reference. */
const part = /^[a-z0-9]+(?:(?:\.|__?|-+)[a-z0-9]+)*$/;

const tag = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/;

/** Names that mean Docker Hub. */
const dockerHub = ['docker.io', 'index.docker.io', 'registry-1.docker.io'];

/** Whether the OCI distribution specification allows this as a tag. */
export function isTag(text: string): boolean {
  return tag.test(text);
}

/** @param name without tag or digest. The first part is a host where it holds a dot or a colon or is `localhost`, as everywhere. */
export function parseImage(name: string): ImageResult {
  const wrong = (what: string): ImageResult => ({ ok: false, what });
  if (name.length > 255) return wrong('must not be longer than 255 characters');
  if (name.includes('@')) return wrong('must be without a digest (@sha256:…)');
  if (name.includes('://')) return wrong('must be the name of an image, without https://');
  const parts = name.split('/');
  const [first = ''] = parts;
  const named = parts.length > 1 && (/[.:]/.test(first) || first === 'localhost');
  const path = named ? parts.slice(1) : parts;
  if (path.at(-1)?.includes(':')) return wrong('must be without a tag (:…): a deploy says which');
  if (named && !isHost(first)) return wrong('must begin with the host of a registry, such as ghcr.io');
  if (path.some((one) => /[A-Z]/.test(one))) return wrong('must be in lower case');
  if (!path.every((one) => part.test(one))) return wrong('must be the name of an image, such as ghcr.io/acme/shop');
  const registry = first.toLowerCase();
  if (!named || dockerHub.includes(registry)) {
    const repository = path.length === 1 ? `library/${path[0]}` : path.join('/');
    return { ok: true, image: { name, registry: 'registry-1.docker.io', repository, scheme: 'https' } };
  }
  const local = /^(?:localhost|127\.0\.0\.1)(?::|$)/.test(registry);
  return { ok: true, image: { name, registry, repository: path.join('/'), scheme: local ? 'http' : 'https' } };
}

function isHost(text: string): boolean {
  const port = Number(/:(\d+)$/.exec(text)?.[1] ?? 443);
  return host.test(text) && port >= 1 && port <= 65_535;
}
