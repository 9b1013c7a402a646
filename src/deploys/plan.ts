// What a deploy would do, and whether it may: pure checks over gathered facts, in the words of the person.
import type { App } from './app.ts';

/** What was found out before anything is changed. */
export interface Facts {
  /** The tag that was asked for. */
  readonly tag: string;
  /** Whether the registry has the image. */
  readonly imageExists: boolean;
  /** The tag at the newest commit; null where the kustomization names none. */
  readonly wanted: string | null;
  /** Images by container of the Deployment as the manifest renders it with the tag; null where the manifest holds no such Deployment. */
  readonly rendered: Readonly<Record<string, string>> | null;
  /** Images by container of the Deployment in the cluster; null where there is none. */
  readonly running: Readonly<Record<string, string>> | null;
}

export type Plan =
  | { readonly kind: 'go'; readonly from: string | null; readonly to: string }
  /** The repository says this tag already. */
  | { readonly kind: 'nothing to do'; readonly said: string }
  | { readonly kind: 'refused'; readonly said: string };

export function planDeploy(app: App, facts: Facts): Plan {
  const { tag, wanted, rendered, running } = facts;
  if (rendered === null) {
    return refused(
      `The manifests in ${app.path} hold no Deployment ${app.namespace}/${app.deployment}.`,
      'Correct apps.<app>.namespace, deployment or path in the configuration.',
    );
  }
  const unknown = containerProblem(app, rendered, tag);
  if (unknown !== null) return unknown;
  if (running === null) {
    return refused(
      `The cluster has no Deployment ${app.namespace}/${app.deployment}.`,
      'Apply the manifests of the app once, then deploy.',
    );
  }
  if (!facts.imageExists) {
    return refused(
      `The registry has no ${app.image}:${tag}.`,
      'Push the image first, or pick a tag that autocomplete offers.',
    );
  }
  if (wanted === tag) return { kind: 'nothing to do', said: nothingToDo(app, tag, running) };
  return { kind: 'go', from: wanted, to: tag };
}

function containerProblem(app: App, images: Readonly<Record<string, string>>, tag: string): Plan | null {
  const names = Object.keys(images);
  const image = Object.hasOwn(images, app.container) ? images[app.container] : undefined;
  if (image === undefined) {
    return refused(
      `The Deployment ${app.namespace}/${app.deployment} has no container ${app.container}; it has ${names.join(', ')}.`,
      'Correct apps.<app>.container in the configuration.',
    );
  }
  if (image === `${app.image}:${tag}`) return null;
  if (image === app.image || image.startsWith(`${app.image}:`) || image.startsWith(`${app.image}@`)) {
    return refused(
      `With that tag in ${app.path}, the container ${app.container} would run ${image}: something else there sets it.`,
      'Let the entry under images in the kustomization alone decide on the tag.',
    );
  }
  return refused(
    `The container ${app.container} runs another image than ${app.image}: ${image}.`,
    'Correct apps.<app>.image in the configuration, or the name under images in the kustomization.',
  );
}

function nothingToDo(app: App, tag: string, running: Readonly<Record<string, string>>): string {
  const image = running[app.container];
  if (image === `${app.image}:${tag}`) return `${app.name} is at ${tag} already: nothing was done.`;
  return `The repository says ${tag} already, but the cluster runs ${image ?? 'something else'}: nothing was done.`;
}

function refused(...sentences: readonly string[]): Plan {
  return { kind: 'refused', said: sentences.join('\n') };
}
