// The workflows of manifests/ci: what GitHub's own parser says of them, what they may, and what their steps do when they are run.
import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { findPrograms } from '../../sandbox/programs.ts';
import { textOf } from './everything.ts';
import { manifestsFolder } from './render.ts';
import { settle } from './settled.ts';
import { runStep, standIn, stepOf, workflow, workflowNames } from './workflows.ts';

const run = promisify(execFile);
const sha = 'b81e64f0d2a97c35e8f1046b7a9d52c3e0f84b16';
const build = workflow('build-deploy.yml');
const check = workflow('check.yml');

let folder = '';
let programs = '';

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'homelab-bot-ci-'));
  programs = join(folder, 'programs');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe.each(workflowNames)('%s', (name) => {
  const { permissions, defaults, concurrency, jobs } = workflow(name);
  const steps = Object.values(jobs).flatMap((job) => job.steps);

  test('is one that GitHub takes', async () => {
    const program = join(import.meta.dirname, 'parse-workflow.ts');
    const { stdout } = await run(process.execPath, [program, join(manifestsFolder, 'ci', name)]);
    expect(JSON.parse(stdout)).toEqual([]);
  });

  test('may read the code, and more only where a job says so', () => {
    expect(permissions).toEqual({ contents: 'read' });
    const more = Object.entries(jobs).map(([job, { permissions: own }]) => [job, own]);
    expect(Object.fromEntries(more)).toEqual(
      name === 'check.yml'
        ? { check: undefined }
        : { build: { contents: 'read', packages: 'write' }, deploy: { 'id-token': 'write' } },
    );
  });

  test('names actions of others by their commit', () => {
    const used = steps.flatMap(({ uses }) => uses ?? []);
    expect(used.length).toBeGreaterThan(0);
    for (const one of used) expect(one).toMatch(/^(actions\/checkout|tailscale\/github-action)@[0-9a-f]{40}$/);
  });

  test('puts nothing into a script that somebody else could write: values come as variables', () => {
    expect(steps.filter((step) => step.run?.includes('${{'))).toEqual([]);
    expect(defaults.run.shell).toBe('bash');
  });

  test('ends by itself, and never stops a deploy half-way', () => {
    for (const job of Object.values(jobs)) expect(job['timeout-minutes']).toBeLessThanOrEqual(30);
    expect(concurrency['cancel-in-progress']).toBe(name === 'check.yml');
  });
});

describe('GitHub’s parser', () => {
  test.each([
    ['a permission that there is not', 'permissions: { packagez: write }\n    steps: []', 'packagez'],
    ['a value that nothing gives', `steps: [{ run: "echo \${{ secrat.X }}" }]`, 'secrat'],
  ])('finds %s', async (_what, lines, said) => {
    await writeFile(join(folder, 'wrong.yml'), `on: push\njobs:\n  one:\n    runs-on: ubuntu-24.04\n    ${lines}\n`);
    const { stdout } = await run(process.execPath, [
      join(import.meta.dirname, 'parse-workflow.ts'),
      join(folder, 'wrong.yml'),
    ]);
    expect(stdout).toContain(said);
  });
});

describe('a build', () => {
  const env = {
    REGISTRY: build.jobs['build']?.env['REGISTRY'] ?? '',
    GITHUB_REPOSITORY: 'Acme/Shop',
    GITHUB_ACTOR: 'ada',
    GITHUB_SHA: sha,
    GITHUB_SERVER_URL: 'https://github.com',
    TOKEN: 'ghs-opens-nothing',
  };

  async function podman(step: string, script: string): Promise<{ code: number; calls: string; summary: string }> {
    await standIn(programs, 'podman', `printf '%s\\n' "$*" >>"$CALLS"\n${script}`);
    const more = {
      CALLS: join(folder, 'calls'),
      GITHUB_STEP_SUMMARY: join(folder, 'summary'),
      STDIN: join(folder, 'stdin'),
    };
    const { code } = await runStep(stepOf(build, 'build', step), {
      cwd: folder,
      path: programs,
      env: { ...env, ...more },
    });
    const [calls, summary] = await Promise.all(
      ['calls', 'summary'].map((name) => readFile(join(folder, name), 'utf8').catch(() => '')),
    );
    return { code, calls: calls ?? '', summary: summary ?? '' };
  }

  test('refuses to go on as root', async () => {
    expect(await podman('Refuse to build as root', 'echo false')).toMatchObject({ code: 1 });
    expect(await podman('Refuse to build as root', 'echo true')).toMatchObject({ code: 0 });
  });

  test('logs in with the job’s own token, which is no argument', async () => {
    const { code, calls } = await podman('Log in to the registry', 'cat >"$STDIN"');
    expect({ code, calls }).toEqual({ code: 0, calls: 'login ghcr.io --username ada --password-stdin\n' });
    expect(await readFile(join(folder, 'stdin'), 'utf8')).toBe('ghs-opens-nothing\n');
  });

  test('pushes the image under the repository’s name in small letters and the whole SHA, and says how to deploy it', async () => {
    const { code, calls, summary } = await podman('Build and push', 'true');
    expect(code).toBe(0);
    const image = `ghcr.io/acme/shop:${sha}`;
    expect(calls).toMatch(new RegExp(`^build .*--tag ${image} --file Containerfile \\.\npush ${image}\n$`));
    expect(calls).toContain(`org.opencontainers.image.revision=${sha}`);
    expect(summary).toContain(`/deploy sha:${sha}`);
  });

  test('that fails pushes nothing', async () => {
    const { code, calls } = await podman('Build and push', '[[ $1 != build ]]');
    expect({ code, calls }).toMatchObject({ code: 1, calls: expect.not.stringContaining('push') });
  });

  test('its image is the one that the manifests name', () => {
    expect(textOf('apps/laravel-multitenant/kustomization.yaml')).toContain('newName: ghcr.io/acme/shop\n');
  });
});

describe('a deploy over SSH', () => {
  const { deploy } = build.jobs;
  const env = { HOST: 'desktop-1', SSH_KEY: 'the key', KNOWN_HOSTS: 'desktop-1 ssh-ed25519 AAAA', GITHUB_SHA: sha };

  async function ssh(exit: number): Promise<{ code: number; seen: string; left: boolean }> {
    await standIn(
      programs,
      'ssh',
      `printf '%s\\n' "$*" >"$SEEN"; stat -c '%a %n' "$RUNNER_TEMP"/ssh/* >>"$SEEN"; cat "$RUNNER_TEMP"/ssh/* >>"$SEEN"; exit ${exit}`,
    );
    const more = { RUNNER_TEMP: folder, SEEN: join(folder, 'seen') };
    const { code } = await runStep(stepOf(build, 'deploy', 'Deploy'), {
      cwd: folder,
      path: programs,
      env: { ...env, ...more },
    });
    const left = await readFile(join(folder, 'ssh/key')).then(
      () => true,
      () => false,
    );
    return { code, seen: await readFile(join(folder, 'seen'), 'utf8'), left };
  }

  test('is after the build, in the tailnet, and left out where people deploy by the bot', () => {
    expect(deploy).toMatchObject({ needs: 'build', if: "vars.DEPLOY_BY != 'discord'", environment: 'production' });
    expect(deploy?.steps[0]).toMatchObject({
      uses: expect.stringContaining('tailscale/github-action@'),
      with: { tags: 'tag:ci', ping: `\${{ vars.CONTROL_PLANE }}` },
    });
    // The tag is one that the tailnet's policy lets reach SSH of the control plane.
    expect(textOf('tailscale/policy.hujson')).toContain('tag:ci');
  });

  test('hands the SHA over, to the host whose key is known, and leaves no key behind', async () => {
    const { code, seen, left } = await ssh(0);
    expect({ code, left }).toEqual({ code: 0, left: false });
    const [args = '', ...files] = seen.trimEnd().split('\n');
    expect(args).toMatch(new RegExp(` -o StrictHostKeyChecking=yes deploy@desktop-1 ${sha}$`));
    expect(args).not.toContain('the key');
    expect(files).toEqual([
      `600 ${folder}/ssh/key`,
      `600 ${folder}/ssh/known_hosts`,
      'the key',
      'desktop-1 ssh-ed25519 AAAA',
    ]);
  });

  test('fails with the forced command, and leaves no key behind then either', async () => {
    expect(await ssh(65)).toMatchObject({ code: 65, left: false });
  });

  test('hands over what the forced command takes: it comes to its repository, and refuses anything else before', async () => {
    const forced = (word: string) =>
      run('bash', [join(manifestsFolder, 'bootstrap/homelab-deploy')], {
        env: { ...process.env, SSH_ORIGINAL_COMMAND: word, HOMELAB_REPOSITORY: join(folder, 'none'), HOME: folder },
      }).catch((error: { code: number; stderr: string }) => error);
    expect(await forced(sha)).toMatchObject({ stderr: expect.stringContaining(`${folder}/none`) });
    expect(await forced(`deploy ${sha}`)).toMatchObject({ code: 64 });
  });
});

describe('the check of homelab-config', () => {
  let config = '';

  beforeEach(async () => {
    config = join(folder, 'homelab-config');
    await cp(manifestsFolder, config, { recursive: true });
    await mkdir(join(folder, 'temp'));
  });

  async function checked(step: string) {
    const { path } = await findPrograms();
    return runStep(stepOf(check, 'check', step), { cwd: config, path, env: { RUNNER_TEMP: join(folder, 'temp') } });
  }

  test('refuses placeholders, and each line that it names is one', async () => {
    const { code, stdout } = await checked('Every setting is yours');
    expect({ code, stdout }).toMatchObject({ code: 1, stdout: expect.stringContaining('settings/homelab.env:') });
    await settle(config, sha);
    expect(await checked('Every setting is yours')).toMatchObject({ code: 0 });
  });

  test('renders every folder that is applied, and names the one that does not', async () => {
    expect(await checked('Every kustomization renders')).toMatchObject({ code: 0, stdout: '' });
    await writeFile(join(config, 'namespaces/kustomization.yaml'), 'resources: [nowhere.yaml]\n');
    // The others have been seen to render.
    for (const name of (await readdir(config)).filter((one) => !['namespaces', 'settings'].includes(one))) {
      await rm(join(config, name), { recursive: true });
    }
    expect(await checked('Every kustomization renders')).toMatchObject({
      code: 1,
      stdout: '::error file=./namespaces/kustomization.yaml::does not render\n',
    });
  });

  test('comes before anything of it could be applied, which it never is from there', () => {
    const scripts = check.jobs['check']?.steps.flatMap(({ run: text }) => text ?? []).join('\n') ?? '';
    expect(scripts).not.toMatch(/kubectl apply|helm (install|upgrade)/);
    // The forced command, which does apply, makes the check itself, first.
    const forced = textOf('bootstrap/homelab-deploy');
    expect(forced.indexOf('settings/check')).toBeGreaterThan(0);
    expect(forced.lastIndexOf('settings/check')).toBeLessThan(forced.lastIndexOf('if apply'));
  });
});

test('the webhook that the bot does not have yet is called by no workflow, and the README says so', () => {
  const hasRoute = textOf('../src/http/server.ts').includes('/webhooks/image');
  const called = workflowNames.some((name) => textOf(`ci/${name}`).includes('webhooks/image'));
  expect(called).toBe(hasRoute);
  expect(/`POST \/webhooks\/image`.*\*\*not yet:\*\*/.test(textOf('ci/README.md'))).toBe(!hasRoute);
});
