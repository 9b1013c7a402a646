// Reads and sets an image's tag in a kustomization: everything else of the text stays as it is, byte for byte.
import { isDeepStrictEqual } from 'node:util';
import { isAlias, isMap, isNode, isScalar, isSeq, type Scalar, type YAMLMap, type YAMLSeq } from 'yaml';
import { UserError } from '../lib/user-error.ts';
import { pairOf, parseYamlText, plain, type YamlText } from './yaml-text.ts';

interface Splice {
  readonly from: number;
  readonly to: number;
  readonly text: string;
  /** Makes the same change to the parsed document, against which the result is checked. */
  apply(): void;
}

/**
 * @param image without tag: matched against `name`, or `newName`, of `images`.
 * @param file how the file is called in messages.
 * @returns null where no entry names it, or the entry has no tag. A tag that is not quoted is given as it is written.
 * @throws UserError where the YAML is broken or several entries are for the image.
 */
export function readTag(text: string, image: string, file = 'kustomization.yaml'): string | null {
  const yaml = parseYamlText(text, file);
  const images = imagesOf(yaml, file);
  const entry = isSeq(images) ? entryOf(yaml, images, image, file) : null;
  const value = entry === null ? undefined : pairOf(entry, 'newTag')?.value;
  const scalar = isAlias(value) ? value.resolve(yaml.document) : value;
  if (!isScalar(scalar) || scalar.value === null) return null;
  return (typeof scalar.value === 'string' ? scalar.value : (scalar.source ?? String(scalar.value))).trim();
}

/**
 * The tag is always double-quoted, so that YAML never reads it as a number, bool or null. A missing `newTag`, entry or `images` is added;
 * line ends, order, comments and indentation stay.
 * @param tag as `parseTag` allows it.
 * @throws UserError, with the line, where that cannot be done: broken YAML, several entries for the image, an alias in its place, a digest.
 */
export function setTag(text: string, image: string, tag: string, file = 'kustomization.yaml'): string {
  const yaml = parseYamlText(text, file);
  const { from, to, text: put, apply } = splice(yaml, image, JSON.stringify(tag), tag, file);
  const edited = text.slice(0, from) + put + text.slice(to);
  apply();
  if (!isDeepStrictEqual(plainOf(edited, file), plain(yaml))) throw unsafe(file);
  return edited;
}

function splice(yaml: YamlText, image: string, quoted: string, tag: string, file: string): Splice {
  const { text, document } = yaml;
  const root = document.contents;
  if (!isMap(root)) throw new UserError(`${file} holds no kustomization.`);
  const images = imagesOf(yaml, file);
  const entry = isSeq(images) ? entryOf(yaml, images, image, file) : null;
  if (isSeq(images) && entry !== null) return inEntry(yaml, entry, quoted, tag, file);

  const added = document.createNode({ name: image, newTag: tag });
  const name = /^[a-z][a-z0-9._:-]*\/[a-z0-9._/-]*[a-z0-9]$/.test(image) ? image : JSON.stringify(image);
  const flow = `{name: ${JSON.stringify(image)}, newTag: ${quoted}}`;
  const newline = /\r?\n/.exec(text)?.[0] ?? '\n';
  const block = (indent: string) => `${indent}- name: ${name}${newline}${indent}  newTag: ${quoted}`;
  if (isSeq(images) && images.items.length > 0) {
    const apply = () => void images.add(added);
    const end = endOf(images.items.at(-1), file);
    if (images.flow) return { from: end, to: end, text: `, ${flow}`, apply };
    return { ...lineAfter(text, end, block(indentAt(text, startOf(images, file), file)), newline), apply };
  }
  const pair = pairOf(root, 'images');
  const apply = () => document.set('images', document.createNode([{ name: image, newTag: tag }]));
  if (pair === undefined) {
    const last = root.items.at(-1);
    if (last === undefined) throw new UserError(`${file} holds no kustomization.`);
    const end = endOf(last.value ?? last.key, file);
    if (root.flow) return { from: end, to: end, text: `, "images": [${flow}]`, apply };
    const indent = indentAt(text, startOf(root, file), file);
    return { ...lineAfter(text, end, `${indent}images:${newline}${block(`${indent}  `)}`, newline), apply };
  }
  // `images:` with nothing, null or [] behind it.
  const { from, to, before } = valueRange(text, pair.key, pair.value, file);
  return { from, to, text: `${before}[${flow}]`, apply };
}

function inEntry(yaml: YamlText, entry: YAMLMap, quoted: string, tag: string, file: string): Splice {
  const { text, document } = yaml;
  const digest = pairOf(entry, 'digest');
  if (digest !== undefined) {
    throw new UserError(
      `${file}, line ${yaml.lineOf(digest.key)}: the image is pinned by a digest, which wins over any tag. Take the digest out first.`,
    );
  }
  const other = otherThan(entry, ['name', 'newName', 'newTag'], () => true);
  if (other !== null) {
    const name = String(other.value).slice(0, 60);
    throw new UserError(
      `${file}, line ${yaml.lineOf(other)}: the image has the field ${name}, which the bot does not set.`,
    );
  }
  const pair = pairOf(entry, 'newTag');
  if (pair !== undefined) {
    if (!isScalar(pair.value) && !isAlias(pair.value) && pair.value !== null) throw unsafe(file);
    const { from, to, before } = valueRange(text, pair.key, pair.value, file);
    const apply = () => {
      // An anchor stays, and what refers to it follows.
      if (isScalar(pair.value)) pair.value.value = tag;
      else entry.set('newTag', tag);
    };
    return { from, to, text: `${before}${quoted}`, apply };
  }
  const name = pairOf(entry, 'name') ?? pairOf(entry, 'newName');
  const end = endOf(name?.value, file);
  const apply = () => entry.set('newTag', document.createNode(tag));
  if (entry.flow) return { from: end, to: end, text: `, newTag: ${quoted}`, apply };
  const newline = /\r?\n/.exec(text.slice(end))?.[0] ?? /\r?\n/.exec(text)?.[0] ?? '\n';
  const key = name?.key;
  const column = startOf(key, file) - lineStart(text, startOf(key, file));
  const indent = text
    .slice(lineStart(text, startOf(key, file)))
    .slice(0, column)
    .replace(/[^ ]/g, ' ');
  return { ...lineAfter(text, end, `${indent}newTag: ${quoted}`, newline), apply };
}

/** The list of images, or null where there is none or an empty value. */
function imagesOf({ document, lineOf }: YamlText, file: string): YAMLSeq | null {
  const root = document.contents;
  if (!isMap(root)) throw new UserError(`${file} holds no kustomization.`);
  // kustomize reads names without regard to case, and adds the older field to the newer one.
  const other = otherThan(root, ['images'], (key) => /^image(s|tags)$/i.test(key));
  if (other !== null) {
    throw new UserError(`${file}, line ${lineOf(other)}: the images stand under ${other.value}; write images instead.`);
  }
  const pair = pairOf(root, 'images');
  if (pair === undefined || pair.value === null || (isScalar(pair.value) && pair.value.value === null)) return null;
  if (!isSeq(pair.value)) {
    throw new UserError(
      `${file}, line ${lineOf(pair.key)}: images is no list written there; it cannot be edited safely.`,
    );
  }
  return pair.value;
}

/** The one entry for this image; null where there is none. */
function entryOf({ document, lineOf }: YamlText, images: YAMLSeq, image: string, file: string): YAMLMap | null {
  const found: YAMLMap[] = [];
  for (const item of images.items) {
    const entry = isAlias(item) ? item.resolve(document) : item;
    if (!isMap(entry)) {
      throw new UserError(`${file}, line ${lineOf(item)}: an entry of images is no map of name and newTag.`);
    }
    const named = ['name', 'newName'].some((key) => {
      const value = pairOf(entry, key)?.value;
      const scalar = isAlias(value) ? value.resolve(document) : value;
      return isScalar(scalar) && scalar.value === image;
    });
    if (!named) continue;
    if (isAlias(item)) {
      throw new UserError(`${file}, line ${lineOf(item)}: the entry for ${image} is an alias; write it out there.`);
    }
    found.push(entry);
  }
  if (found.length > 1) {
    const lines = found.map((entry) => lineOf(entry)).join(', ');
    throw new UserError(
      `${file} has ${found.length} entries for the image ${image} (lines ${lines}). Leave one of them.`,
    );
  }
  return found[0] ?? null;
}

/** The first key that is none of these and that `matters`. */
function otherThan(map: YAMLMap, names: readonly string[], matters: (key: string) => boolean): Scalar | null {
  for (const { key } of map.items) {
    if (!isScalar(key)) continue;
    const text = String(key.value);
    if (!names.includes(text) && matters(text)) return key;
  }
  return null;
}

/** Where the value of a key stands; for an empty one, right behind the colon, with the blank that must be put before it. */
function valueRange(
  text: string,
  key: unknown,
  value: unknown,
  file: string,
): { from: number; to: number; before: string } {
  const range = rangeOf(value);
  if (range === null || range[0] === range[1]) {
    const colon = text.indexOf(':', endOf(key, file));
    if (colon < 0) throw unsafe(file);
    return { from: colon + 1, to: colon + 1, before: ' ' };
  }
  // A block scalar ends behind its line break, which is kept.
  const to = range[0] + text.slice(range[0], range[1]).replace(/[\r\n]+$/, '').length;
  return { from: range[0], to, before: text[range[0] - 1] === ':' ? ' ' : '' };
}

/** Puts `added` on lines of its own behind the line that holds the offset. */
function lineAfter(
  text: string,
  offset: number,
  added: string,
  newline: string,
): { from: number; to: number; text: string } {
  const atStart = offset > 0 && text[offset - 1] === '\n';
  const next = atStart ? offset : text.indexOf('\n', offset) + 1;
  if (next > 0) return { from: next, to: next, text: `${added}${newline}` };
  return { from: text.length, to: text.length, text: `${newline}${added}` };
}

function indentAt(text: string, offset: number, file: string): string {
  const indent = text.slice(lineStart(text, offset), offset).replace('\uFEFF', '');
  if (!/^ *$/.test(indent)) throw unsafe(file);
  return indent;
}

function lineStart(text: string, offset: number): number {
  return text.lastIndexOf('\n', offset - 1) + 1;
}

function startOf(node: unknown, file: string): number {
  return (rangeOf(node) ?? fail(file))[0];
}

/** Behind the last character of a value; of a block list or map, of its last one. */
function endOf(node: unknown, file: string): number {
  if (isSeq(node) && !node.flow && node.items.length > 0) return endOf(node.items.at(-1), file);
  if (isMap(node) && !node.flow && node.items.length > 0) {
    const last = node.items.at(-1);
    return rangeOf(last?.value) === null ? endOf(last?.key, file) : endOf(last?.value, file);
  }
  return (rangeOf(node) ?? fail(file))[1];
}

function rangeOf(node: unknown): readonly [number, number, number] | null {
  return (isNode(node) ? node.range : null) ?? null;
}

function plainOf(text: string, file: string): unknown {
  try {
    return plain(parseYamlText(text, file));
  } catch (error) {
    throw unsafe(file, error);
  }
}

function fail(file: string): never {
  throw unsafe(file);
}

function unsafe(file: string, cause?: unknown): UserError {
  return new UserError(
    `${file} is written in a way that cannot be edited safely. Set the tag by hand once, in quotes.`,
    {
      cause,
    },
  );
}
