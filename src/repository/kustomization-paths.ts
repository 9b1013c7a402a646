// What a kustomization reads besides itself, and what in it is refused by name: anything that opens URLs or runs programs. Pure.
import { shortened } from '../lib/shortened.ts';
import { UserError } from '../lib/user-error.ts';
import { parseYamlText, plain } from './yaml-text.ts';

export interface Reached {
  readonly path: string;
  /** Field it stands in, for messages. */
  readonly field: string;
  /** A file, or for `resources` also the folder of another kustomization. */
  readonly as: 'file' | 'folder' | 'either';
}

/**
 * Fields that name nothing outside of the text. From the types Kustomization and Component of kustomize, which reads names without regard to
 * case: so every name that is not spelled as here is refused.
 */
const harmless = new Set(
  `apiVersion kind metadata namespace namePrefix nameSuffix labels commonLabels commonAnnotations images imageTags replicas
  vars buildMetadata sortOptions generatorOptions inventory`.split(/\s+/),
);

const byHelm = 'helm charts are fetched and rendered by a program';

/** Each may run a program, a container or helm, or open a URL, also by way of a file. */
const refused: ReadonlyMap<string, string> = new Map([
  ['generators', 'generators may run programs'],
  ['transformers', 'transformers may run programs'],
  ['validators', 'validators may run programs'],
  ['helmCharts', byHelm],
  ['helmChartInflationGenerator', byHelm],
  ['helmGlobals', byHelm],
]);

/**
 * @param file how it is called in messages.
 * @throws UserError that names the field and the value: remote resources, generators, transformers, validators, helm, absolute paths,
 * fields that are not known here (a newer kustomize may read files or URLs by them).
 */
export function pathsOf(text: string, file: string): Reached[] {
  const root = plain(parseYamlText(text, file));
  if (!isRecord(root)) throw new UserError(`${file} holds no kustomization.`);
  const apiVersion = root['apiVersion'];
  if (apiVersion !== undefined && !/^kustomize\.config\.k8s\.io\/v1(alpha1|beta1)?$/.test(String(apiVersion))) {
    throw new UserError(`${file} has the apiVersion ${short(apiVersion)}, which is none of a kustomization.`);
  }
  const reached = Object.entries(root).flatMap(([field, value]) => {
    if (harmless.has(field) || isEmpty(value)) return [];
    const why = refused.get(field);
    if (why !== undefined)
      throw new UserError(`${file} uses ${field}${firstOf(value)}: ${why}, so the bot does not render it.`);
    const read = readers.get(field);
    if (read === undefined) throw new UserError(`${file} has the field ${short(field)}, which the bot does not know.`);
    return read(value, field, file);
  });
  for (const { path, field } of reached) refuseUnlessLocal(path, field, file);
  return reached;
}

type Reader = (value: unknown, field: string, file: string) => Reached[];

const patch = ['path', 'patch', 'target', 'options'];
const generated = ['name', 'namespace', 'behavior', 'type', 'literals', 'files', 'envs', 'env', 'options'];

const readers: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ['resources', paths('either')],
  ['bases', paths('folder')],
  ['components', paths('folder')],
  ['crds', paths('file')],
  ['configurations', paths('file')],
  ['patches', each(patch, pathIn)],
  ['patchesJson6902', each(patch, pathIn)],
  ['replacements', each(['path', 'source', 'targets'], pathIn)],
  // A patch written out has several lines; one line is a path.
  ['patchesStrategicMerge', (...it) => paths('file')(...it).filter(({ path }) => !path.includes('\n'))],
  ['openapi', (value, field, file) => each(['path', 'version'], pathIn)([value], field, file)],
  ['configMapGenerator', each(generated, sourcesIn)],
  ['secretGenerator', each(generated, sourcesIn)],
]);

function paths(as: Reached['as']): Reader {
  return (value, field, file) =>
    items(value, field, file).map((path) => {
      if (typeof path !== 'string') throw new UserError(`${file} has an entry of ${field} that is no path.`);
      return { path, field, as };
    });
}

/** @param known keys of an item: another one could be a known one in other letters. */
function each(
  known: readonly string[],
  read: (item: Record<string, unknown>, ...at: [string, string]) => Reached[],
): Reader {
  return (value, field, file) =>
    items(value, field, file).flatMap((item) => {
      if (!isRecord(item)) throw new UserError(`${file} has an entry of ${field} that is no map.`);
      const unknown = Object.keys(item).find((key) => !known.includes(key));
      if (unknown !== undefined) {
        throw new UserError(`${file} has ${short(unknown)} in an entry of ${field}, which the bot does not know.`);
      }
      return read(item, field, file);
    });
}

function pathIn({ path }: Record<string, unknown>, field: string, file: string): Reached[] {
  return isEmpty(path) ? [] : paths('file')([path], `${field}.path`, file);
}

function sourcesIn({ files, envs, env }: Record<string, unknown>, field: string, file: string): Reached[] {
  // `key=path`, where the key may be left out.
  const named = isEmpty(files) ? [] : paths('file')(files, `${field}.files`, file);
  return [
    ...named.map((one) => ({ ...one, path: one.path.slice(one.path.indexOf('=') + 1) })),
    ...(isEmpty(envs) ? [] : paths('file')(envs, `${field}.envs`, file)),
    ...(isEmpty(env) ? [] : paths('file')([env], `${field}.env`, file)),
  ];
}

function items(value: unknown, field: string, file: string): readonly unknown[] {
  if (!Array.isArray(value)) throw new UserError(`${file}: ${field} is no list.`);
  return value;
}

/**
 * kustomize tries a path as a URL and as a git address before it looks for a folder, so the form decides, not whether it exists. After
 * `NewRepoSpecFromURL` and `IsRemoteFile` of kustomize 5, more strictly.
 */
function refuseUnlessLocal(path: string, field: string, file: string): void {
  const what = `${file} names ${short(path)} under ${field}`;
  const remote =
    /:\/\/|^[a-z+]*::|^gh:|^git:|[?&]ref=|@|^(www\.)?github\.com([/:]|$)|^[\w-]+(\.[\w-]+)+:|\.git(\/|$)|_git(\/|$)/i.test(
      path,
    );
  if (remote)
    throw new UserError(`${what}: that is fetched from elsewhere. Only what lies in the repository is rendered.`);
  if (path.startsWith('/') || path.startsWith('~') || /^[a-z]:/i.test(path)) {
    throw new UserError(`${what}: the path leads out of the repository.`);
  }
  if (path === '' || path.length > 1000 || /[:?\\\p{Cc}\p{Cf}]/u.test(path)) {
    throw new UserError(`${what}: that is no plain path in the repository.`);
  }
}

function firstOf(value: unknown): string {
  const first: unknown = Array.isArray(value) ? value[0] : value;
  if (typeof first === 'string') return ` (${short(first.split('\n')[0] ?? '')})`;
  const name = isRecord(first) ? first['name'] : undefined;
  return typeof name === 'string' ? ` (${short(name)})` : '';
}

function short(value: unknown): string {
  const text = String(value)
    .toWellFormed()
    .replace(/[\p{Cc}\p{Cf}]/gu, ' ');
  return shortened(text, 120);
}

function isEmpty(value: unknown): boolean {
  return value === null || value === undefined || value === '' || (Array.isArray(value) && value.length === 0);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
