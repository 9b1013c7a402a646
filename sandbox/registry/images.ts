// Images as a registry holds them: manifests, indexes and blobs, each under the digest of its bytes.
import { createHash } from 'node:crypto';

export type ImageKind = 'oci' | 'docker' | 'index';

export interface Content {
  readonly digest: string;
  readonly mediaType: string;
  readonly bytes: Buffer;
}

/** An image made for a tag: what the tag points at, and everything below it. */
export interface MadeImage {
  readonly top: Content;
  /** Manifests of an index. */
  readonly manifests: readonly Content[];
  readonly blobs: readonly Content[];
}

const types = {
  oci: {
    manifest: 'application/vnd.oci.image.manifest.v1+json',
    index: 'application/vnd.oci.image.index.v1+json',
    config: 'application/vnd.oci.image.config.v1+json',
    layer: 'application/vnd.oci.image.layer.v1.tar+gzip',
  },
  docker: {
    manifest: 'application/vnd.docker.distribution.manifest.v2+json',
    config: 'application/vnd.docker.container.image.v1+json',
    layer: 'application/vnd.docker.image.rootfs.diff.tar.gzip',
  },
} as const;

/** The same image each time for the same name and tag; the layers are no archives, since nobody unpacks them. */
export function makeImage(repository: string, tag: string, kind: ImageKind): MadeImage {
  if (kind !== 'index') {
    const { manifest, blobs } = single(repository, tag, kind, 'amd64');
    return { top: manifest, manifests: [], blobs };
  }
  const platforms = (['amd64', 'arm64'] as const).map((architecture) => ({
    architecture,
    ...single(repository, tag, 'oci', architecture),
  }));
  const top = json(types.oci.index, {
    schemaVersion: 2,
    mediaType: types.oci.index,
    manifests: platforms.map(({ architecture, manifest }) => ({
      ...descriptor(manifest),
      platform: { architecture, os: 'linux' },
    })),
  });
  return {
    top,
    manifests: platforms.map(({ manifest }) => manifest),
    blobs: platforms.flatMap(({ blobs }) => blobs),
  };
}

function single(
  repository: string,
  tag: string,
  kind: 'oci' | 'docker',
  architecture: string,
): { manifest: Content; blobs: readonly Content[] } {
  const type = types[kind];
  const layer = content(type.layer, Buffer.from(`the layer of ${repository}:${tag} for ${architecture}\n`));
  const config = json(type.config, {
    architecture,
    os: 'linux',
    config: { Labels: { 'org.opencontainers.image.revision': tag } },
    rootfs: { type: 'layers', diff_ids: [layer.digest] },
  });
  const manifest = json(type.manifest, {
    schemaVersion: 2,
    mediaType: type.manifest,
    config: descriptor(config),
    layers: [descriptor(layer)],
  });
  return { manifest, blobs: [config, layer] };
}

function json(mediaType: string, value: unknown): Content {
  return content(mediaType, Buffer.from(JSON.stringify(value, null, 2)));
}

function content(mediaType: string, bytes: Buffer): Content {
  return { digest: `sha256:${createHash('sha256').update(bytes).digest('hex')}`, mediaType, bytes };
}

function descriptor({ mediaType, digest, bytes }: Content): { mediaType: string; digest: string; size: number } {
  return { mediaType, digest, size: bytes.length };
}
