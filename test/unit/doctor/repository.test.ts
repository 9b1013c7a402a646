// What the doctor says about the manifest repository, an app's manifests and its image.
import { describe, expect, test } from '@jest/globals';
import { judgeImage, judgeManifests, judgeRepository, type RepositoryFacts } from '../../../src/doctor/repository.ts';
import { type Asked, known, notAsked } from '../../../src/lib/asked.ts';

const healthy: RepositoryFacts = {
  shown: 'git.example.com',
  branch: 'main',
  read: known('0123456789abcdef0123456789abcdef01234567'),
  push: known(null),
  apps: new Map([['shop', known({ tag: '3f2c1a9' })]]),
};
const app = { name: 'shop', path: 'apps/shop', image: 'ghcr.io/acme/shop' };
const refused = (why: string) => ({ kind: 'refused', why }) as const;

describe('the manifest repository', () => {
  test('that may be read and pushed to: what a dry run cannot see is said', () => {
    expect(judgeRepository(healthy)).toEqual([
      { state: 'ok', what: 'manifest repository', found: 'git.example.com, branch main, at 0123456' },
      {
        state: 'ok',
        what: 'manifest repository push',
        found: 'a dry run is let in; hooks and protected branches show only with a deploy',
      },
    ]);
  });

  test('that is not configured is skipped, for nothing has to be deployed', () => {
    expect(judgeRepository(null).map(({ state }) => state)).toEqual(['skip', 'skip']);
    expect(judgeManifests(app, null)).toMatchObject({ state: 'skip', found: 'MANIFEST_REPO_URL is not set' });
  });

  test('that cannot be read: what of it, once, and the rest is skipped', () => {
    const read = refused('The manifest repository (x) cannot be reached. Nothing was changed; try again.');
    const facts = { ...healthy, read, push: notAsked, apps: new Map() };
    const [reading, pushing] = judgeRepository(facts);
    expect(reading).toMatchObject({
      state: 'FAIL',
      found: 'The manifest repository (x) cannot be reached',
      remedy: expect.stringMatching(/MANIFEST_REPO_URL.*MANIFEST_REPO_BRANCH.*MANIFEST_REPO_TOKEN/),
    });
    expect(pushing).toMatchObject({ state: 'skip', found: 'it cannot be read' });
    expect(judgeManifests(app, facts)).toMatchObject({ state: 'skip' });
  });

  test('that takes no push', () => {
    expect(judgeRepository({ ...healthy, push: refused('It does not let the bot in.') })[1]).toMatchObject({
      state: 'FAIL',
      found: 'It does not let the bot in',
      remedy: expect.stringContaining('the right to write'),
    });
  });
});

describe("an app's manifests", () => {
  const judged = (asked: RepositoryFacts['apps'] extends ReadonlyMap<string, infer A> ? A : never) =>
    judgeManifests(app, { ...healthy, apps: new Map([['shop', asked]]) });

  test('are at a tag', () => {
    expect(judged(known({ tag: '3f2c1a9' }))).toMatchObject({ state: 'ok', found: 'apps/shop is at 3f2c1a9' });
  });

  test('that name no tag are a warning', () => {
    expect(judged(known({ tag: null }))).toMatchObject({ state: 'warn' });
  });

  test('that are not there', () => {
    expect(judged(refused('There is no apps/shop in the repository.'))).toMatchObject({
      state: 'FAIL',
      found: 'There is no apps/shop in the repository',
      remedy: expect.stringContaining('apps.shop.path'),
    });
  });
});

describe("an app's image", () => {
  test.each<[Asked<readonly string[]>, string, string]>([
    [known(['a', 'b']), 'ok', 'the registry lists 2 tags of ghcr.io/acme/shop'],
    [known(Array<string>(1000).fill('a')), 'ok', 'the registry lists 1,000 or more tags of ghcr.io/acme/shop'],
    [known([]), 'warn', 'the registry has ghcr.io/acme/shop, but no tag of it'],
  ])('%j', (tags, state, found) => {
    expect(judgeImage(app, tags)).toMatchObject({ state, found });
  });

  test('that is refused: the registry room knows what to do', () => {
    const told = 'The registry (ghcr.io) does not let the bot look at it. Whoever runs the bot sets REGISTRY_TOKEN.';
    expect(judgeImage(app, refused(told))).toMatchObject({
      state: 'FAIL',
      found: 'The registry (ghcr.io) does not let the bot look at it',
      remedy: 'Whoever runs the bot sets REGISTRY_TOKEN.',
    });
    expect(judgeImage(app, refused('It says nothing.'))).toMatchObject({
      remedy: expect.stringContaining('apps.shop.image'),
    });
  });
});
