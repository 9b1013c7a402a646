// What was found at the manifest repository and the registry → lines. Pure.
import type { Asked } from '../lib/asked.ts';
import { fail, judge, type Line, ok, sentences, skip, warn } from './line.ts';

export interface RepositoryFacts {
  /** Host or path. */
  readonly shown: string;
  readonly branch: string;
  /** The newest commit. */
  readonly read: Asked<string>;
  readonly push: Asked<null>;
  /** By the app's name. */
  readonly apps: ReadonlyMap<string, Asked<ManifestFacts>>;
}

export interface ManifestFacts {
  /** What the kustomization says; null where it names none for the app's image. */
  readonly tag: string | null;
}

const unset = 'MANIFEST_REPO_URL is not set';

/** @param facts null where none is configured. */
export function judgeRepository(facts: RepositoryFacts | null): Line[] {
  const [reading, pushing] = ['manifest repository', 'manifest repository push'] as const;
  if (facts === null) return [skip(reading, unset), skip(pushing, unset)];
  return [
    judge(reading, facts.read, {
      known: (commit) => ok(reading, `${facts.shown}, branch ${facts.branch}, at ${commit.slice(0, 7)}`),
      fault: ({ why }) =>
        fail(
          reading,
          sentences(why).found,
          'see that its host can be reached from here; correct MANIFEST_REPO_URL, MANIFEST_REPO_BRANCH, or what opens it: MANIFEST_REPO_SSH_KEY with MANIFEST_REPO_KNOWN_HOSTS, or MANIFEST_REPO_TOKEN',
        ),
      because: '',
    }),
    judge(pushing, facts.push, {
      known: () => ok(pushing, 'a dry run is let in; hooks and protected branches show only with a deploy'),
      fault: ({ why }) =>
        fail(
          pushing,
          sentences(why).found,
          'give the deploy key or token the right to write; a branch that is protected has to let it push',
        ),
      because: 'it cannot be read',
    }),
  ];
}

export function judgeManifests(
  app: { readonly name: string; readonly path: string; readonly image: string },
  facts: RepositoryFacts | null,
): Line {
  const what = `app ${app.name} manifests`;
  if (facts === null) return skip(what, unset);
  return judge(what, facts.apps.get(app.name) ?? { kind: 'not asked' }, {
    known: ({ tag }) =>
      tag === null
        ? warn(
            what,
            `${app.path} names no tag for ${app.image}`,
            'the first /deploy adds it to images in its kustomization.yaml',
          )
        : ok(what, `${app.path} is at ${tag}`),
    fault: ({ why }) =>
      fail(
        what,
        sentences(why).found,
        `correct the kustomization in the repository, or apps.${app.name}.path and image`,
      ),
    because: 'the manifest repository cannot be read',
  });
}

/** @param tags as the registry lists them, at most 1,000. */
export function judgeImage(
  app: { readonly name: string; readonly image: string },
  tags: Asked<readonly string[]>,
): Line {
  const what = `app ${app.name} image`;
  return judge(what, tags, {
    known: (all) =>
      all.length === 0
        ? warn(what, `the registry has ${app.image}, but no tag of it`, 'push an image: there is nothing to deploy')
        : ok(what, `the registry lists ${all.length === 1000 ? '1,000 or more' : all.length} tags of ${app.image}`),
    fault: ({ why }) => {
      const { found, remedy } = sentences(why);
      return fail(
        what,
        found,
        remedy ?? `set REGISTRY_TOKEN to one that may pull it, or correct apps.${app.name}.image`,
      );
    },
    because: '',
  });
}
