// Setting a tag changes that tag and nothing else, in whatever way the kustomization is written.
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parse } from 'yaml';
import { readTag, setTag } from '../../../src/repository/kustomization-tag.ts';

const image = 'ghcr.io/acme/shop';
const usual = `apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
# what runs
resources:
  - deployment.yaml
images:
  - name: ghcr.io/acme/other
    newTag: "111"
  - name: ${image}   # the shop
    newTag: "aaa"   # ALWAYS quoted
# the end
`;

describe('the value is replaced where it stands', () => {
  test.each([
    ['as usual', usual, usual.replace('"aaa"', '"bbb"')],
    ['CRLF', usual.replaceAll('\n', '\r\n'), usual.replace('"aaa"', '"bbb"').replaceAll('\n', '\r\n')],
    ['a byte order mark', `\uFEFF${usual}`, `\uFEFF${usual.replace('"aaa"', '"bbb"')}`],
    ['no line break at the end', usual.trimEnd(), usual.replace('"aaa"', '"bbb"').trimEnd()],
    ['single quotes', usual.replace('"aaa"', "'aaa'"), usual.replace('"aaa"', '"bbb"')],
    ['unquoted', usual.replace('"aaa"', '1e10'), usual.replace('"aaa"', '"bbb"')],
    ['null', usual.replace('"aaa"', '~'), usual.replace('"aaa"', '"bbb"')],
    [
      'nothing but a comment',
      'images:\n- name: ghcr.io/acme/shop\n  newTag:   # none\n',
      'images:\n- name: ghcr.io/acme/shop\n  newTag: "bbb"   # none\n',
    ],
    [
      'nothing',
      'images:\n- newTag:\n  name: ghcr.io/acme/shop\n',
      'images:\n- newTag: "bbb"\n  name: ghcr.io/acme/shop\n',
    ],
    [
      'a block',
      'images:\n- name: ghcr.io/acme/shop\n  newTag: |\n    aaa\n# end\n',
      'images:\n- name: ghcr.io/acme/shop\n  newTag: "bbb"\n# end\n',
    ],
    [
      'an anchor, which stays',
      'images:\n- name: ghcr.io/acme/shop\n  newTag: &v "aaa" # v\nlabels:\n- pairs: {v: *v}\n',
      'images:\n- name: ghcr.io/acme/shop\n  newTag: &v "bbb" # v\nlabels:\n- pairs: {v: *v}\n',
    ],
    [
      'an alias, which goes',
      'namePrefix: &v aaa\nimages:\n- name: ghcr.io/acme/shop\n  newTag: *v # v\n',
      'namePrefix: &v aaa\nimages:\n- name: ghcr.io/acme/shop\n  newTag: "bbb" # v\n',
    ],
    [
      'flow style',
      `{"images": [{"name": "${image}", "newTag": "aaa"}], "resources": []}\n`,
      `{"images": [{"name": "${image}", "newTag": "bbb"}], "resources": []}\n`,
    ],
    [
      'flow in block',
      `images: [ { newTag: aaa , name: ${image} } ]\n`,
      `images: [ { newTag: "bbb" , name: ${image} } ]\n`,
    ],
    [
      'tagged as text',
      `images:\n- name: ${image}\n  newTag: !!str 12\n`,
      `images:\n- name: ${image}\n  newTag: !!str "bbb"\n`,
    ],
    [
      'newName beside it',
      `images:\n- name: ${image}\n  newName: mirror/shop\n  newTag: aaa\n`,
      `images:\n- name: ${image}\n  newName: mirror/shop\n  newTag: "bbb"\n`,
    ],
    [
      'known by newName',
      `images:\n- name: app\n  newName: ${image}\n  newTag: aaa\n`,
      `images:\n- name: app\n  newName: ${image}\n  newTag: "bbb"\n`,
    ],
    [
      'a name that is an alias',
      `namePrefix: &n ${image}\nimages:\n- name: *n\n  newTag: aaa\n`,
      `namePrefix: &n ${image}\nimages:\n- name: *n\n  newTag: "bbb"\n`,
    ],
    [
      'document marks',
      `%YAML 1.2\n---\nimages:\n- name: ${image}\n  newTag: aaa\n...\n`,
      `%YAML 1.2\n---\nimages:\n- name: ${image}\n  newTag: "bbb"\n...\n`,
    ],
  ])('%s', (_name, text, edited) => {
    expect(setTag(text, image, 'bbb')).toBe(edited);
    expect(readTag(edited, image)).toBe('bbb');
  });
});

describe('what is missing is added', () => {
  const entry = `  - name: ${image}\n    newTag: "bbb"\n`;
  const flow = `{name: "${image}", newTag: "bbb"}`;
  test.each([
    [
      'newTag',
      `images:\n  - name: ${image} # x\n    newName: y\nresources: []\n`,
      `images:\n  - name: ${image} # x\n    newTag: "bbb"\n    newName: y\nresources: []\n`,
    ],
    [
      'newTag behind another key',
      `images:\n- newName: y\n  name: ${image}`,
      `images:\n- newName: y\n  name: ${image}\n  newTag: "bbb"`,
    ],
    ['newTag in flow style', `images: [{name: ${image}}]\n`, `images: [{name: ${image}, newTag: "bbb"}]\n`],
    [
      'the entry',
      'images:\n  - name: b # x\n\n# t\nresources: []\n',
      `images:\n  - name: b # x\n${entry}\n# t\nresources: []\n`,
    ],
    [
      'the entry, not indented',
      'images:\n- name: b\n  newTag: c\n',
      `images:\n- name: b\n  newTag: c\n- name: ${image}\n  newTag: "bbb"\n`,
    ],
    ['the entry, CRLF', 'images:\r\n- name: b\r\n', `images:\r\n- name: b\r\n- name: ${image}\r\n  newTag: "bbb"\r\n`],
    ['the entry in flow style', 'images: [{name: b}, ]\n', `images: [{name: b}, ${flow}, ]\n`],
    ['the entry of an empty list', 'images: [] # none\n', `images: [${flow}] # none\n`],
    ['the entry of nothing', 'images:\nresources: []\n', `images: [${flow}]\nresources: []\n`],
    ['the entry of null', 'images: null\n', `images: [${flow}]\n`],
    ['images', 'resources:\n  - a # x\n# tail', `resources:\n  - a # x\nimages:\n${entry}# tail`],
    ['images, no line break at the end', 'resources: [a]', `resources: [a]\nimages:\n${entry.trimEnd()}`],
    ['images, before the end mark', '---\nresources: []\n...\n', `---\nresources: []\nimages:\n${entry}...\n`],
    [
      'images, behind a block',
      'patches:\n- patch: |-\n    x: 1\n\n',
      `patches:\n- patch: |-\n    x: 1\nimages:\n${entry}\n`,
    ],
    [
      'images of an indented file',
      '  resources:\n    - a\n',
      `  resources:\n    - a\n  images:\n    - name: ${image}\n      newTag: "bbb"\n`,
    ],
    ['images in flow style', '{"resources": ["a"]}\n', `{"resources": ["a"], "images": [${flow}]}\n`],
  ])('%s', (_name, text, edited) => {
    expect(readTag(text, image)).toBeNull();
    expect(setTag(text, image, 'bbb')).toBe(edited);
    expect(readTag(edited, image)).toBe('bbb');
  });
});

test.each(['1234567', '1e10', '0x1F', '0o17', '017', 'true', 'no', 'null', '_', '1.0', '1_000', 'inf', '20261231'])(
  'the tag %s stays text',
  (tag) => {
    const edited = setTag(usual, image, tag);
    expect(parse(edited).images[1].newTag).toBe(tag);
    expect(parse(edited, { version: '1.1' }).images[1].newTag).toBe(tag);
    expect(readTag(edited, image)).toBe(tag);
  },
);

describe('refused, with the line where there is one', () => {
  test.each([
    ['two entries', `images:\n- name: ${image}\n- name: ${image}\n  newTag: a\n`, 'lines 2, 3'],
    ['by name and newName', `images:\n- name: ${image}\n- name: b\n  newName: ${image}\n`, '2 entries'],
    ['broken YAML', 'images:\n  - name: [\n', 'line '],
    ['a tab', 'images:\n\t- name: a\n', 'line 2: it is indented with a tab'],
    ['a second document', 'images: []\n---\nimages: []\n', 'line 2: a second document'],
    ['a key twice', 'images: []\nimages: []\n', 'line 2: the key "images"'],
    ['newTag twice', `images:\n- name: ${image}\n  newTag: a\n  newTag: b\n`, 'line 4: the key "newTag"'],
    ['an alias of nothing', 'images: *x\n', 'line 1: it refers to *x'],
    ['images as an alias', 'x: &x []\nimages: *x\n', 'line 2: images'],
    ['the entry as an alias', `x: &x {name: ${image}}\nimages:\n- *x\n`, 'line 3: the entry'],
    ['a merge key', `x: &x {newTag: a}\nimages:\n- name: ${image}\n  <<: *x\n`, 'line 4: a merge key'],
    ['a digest', `images:\n- name: ${image}\n  newTag: a\n  digest: sha256:00\n`, 'line 4: the image is pinned'],
    ['images as a map', 'images: {name: a}\n', 'line 1: images'],
    ['an entry that is text', 'images: [a]\n', 'line 1: an entry'],
    ['newTag as a list', `images:\n- name: ${image}\n  newTag: [a]\n`, 'by hand'],
    ['an empty file', '', 'empty'],
    ['comments only', '# x\n', 'empty'],
    ['another spelling of images', 'Images: []\n', 'line 1: the images stand under Images'],
    ['the older field', `images: []\nimageTags:\n- name: ${image}\n`, 'line 2: the images stand under imageTags'],
    [
      'another spelling of newTag',
      `images:\n- name: ${image}\n  NewTag: a\n`,
      'line 3: the image has the field NewTag',
    ],
    ['a suffix', `images:\n- name: ${image}\n  tagSuffix: a\n`, 'line 3: the image has the field tagSuffix'],
    ['a list', '- a\n', 'no kustomization'],
    ['text', 'hello', 'no kustomization'],
    ['too deep', `a: ${'['.repeat(60)}${']'.repeat(60)}\n`, 'nests deeper'],
    ['too large', `a: ${'x'.repeat(300_000)}\n`, 'larger than'],
    [
      'a bomb of aliases',
      `a: &a [1,1,1,1,1,1,1,1,1]\n${'bcdefgh'
        .split('')
        .map((key, at) => `${key}: &${key} [${`*${'abcdefg'[at]},`.repeat(9)}]\n`)
        .join('')}`,
      'aliases',
    ],
  ])('%s', (_name, text, words) => {
    expect(() => setTag(text, image, 'bbb')).toThrow(
      expect.objectContaining({ name: 'UserError', message: expect.stringContaining(words) }),
    );
  });
});

describe('reading', () => {
  test.each([
    ['a number as it is written', 'newTag: 0x1F', '0x1F'],
    ['a number with a long end', 'newTag: 1e10 # c', '1e10'],
    ['nothing', 'newTag:', null],
    ['null', 'newTag: null', null],
    ['no key', 'newName: x', null],
  ])('%s', (_name, line, tag) => {
    expect(readTag(`images:\n- name: ${image}\n  ${line}\n`, image)).toBe(tag);
  });

  test('another image has another tag', () => {
    expect(readTag(usual, 'ghcr.io/acme/other')).toBe('111');
    expect(readTag(usual, 'ghcr.io/acme')).toBeNull();
  });
});

describe('whatever is around it', () => {
  const comment = fc.constantFrom('', ' # c', '   # "x": {y}', '  ');
  const value = fc.constantFrom('"aaa"', "'aaa'", 'aaa', '1e10', '&t "aaa"', '~', '');
  const other = fc.constantFrom(
    'resources:\n  - a.yaml\n  - b.yaml # b',
    'labels:\n- pairs: {a: "1"}\n  includeSelectors: false',
    '# a comment\n\n\nnamePrefix: x-',
    'patches:\n  - patch: |-\n      - op: add\n        path: /images/0/newTag\n    target: {kind: Deployment}',
    `configMapGenerator:\n- name: c\n  literals: ["images=name: ${image}"]`,
    'namespace:   "laravel-apps"',
    `commonAnnotations:\n  text: >+\n    images:\n      - name: ${image}\n\n`,
  );
  const file = fc.record({
    before: fc.uniqueArray(other, { maxLength: 3 }),
    after: fc.uniqueArray(other, { maxLength: 3 }),
    value,
    comment,
    first: fc.boolean(),
    indent: fc.constantFrom('', '  ', '    '),
    newline: fc.constantFrom('\n', '\r\n'),
    end: fc.constantFrom('', '\n', '\n\n# end\n'),
    mark: fc.constantFrom('', '\uFEFF', '---\n'),
  });
  const tags = fc.stringMatching(/^[A-Za-z0-9_][A-Za-z0-9._-]{0,60}$/);

  test('every other byte stays', () => {
    fc.assert(
      fc.property(file, tags, (parts, tag) => {
        const { before, after, indent, newline } = parts;
        const rest = after.filter((one) => !before.includes(one));
        const gap = parts.value === '' ? '' : ' ';
        const lines = parts.first
          ? [`newTag:${gap}${parts.value}${parts.comment}`, `name: ${image}`]
          : [`name: ${image}${parts.comment}`, `newTag:${gap}${parts.value}${parts.comment}`];
        const images = `images:\n${indent}- name: other\n${indent}- ${lines.join(`\n${indent}  `)}`;
        const whole = `${parts.mark}${[...before, images, ...rest].join('\n')}${parts.end}`;
        const text = whole.replaceAll('\n', newline);
        const edited = setTag(text, image, tag);
        const old = parts.value.replace('&t ', '');
        // The only place where the two differ holds the old value before and the new one, in quotes, after.
        const same = commonStart(text, edited);
        const sameEnd = Math.min(commonEnd(text, edited), text.length - same, edited.length - same);
        expect(`"${tag}"`).toContain(edited.slice(same, edited.length - sameEnd).trim());
        expect(old).toContain(text.slice(same, text.length - sameEnd));
        expect(readTag(edited, image)).toBe(tag);
        expect(setTag(edited, image, tag)).toBe(edited);
        expect(edited.length - text.length).toBe(tag.length + 2 - old.length + (old === '' ? 1 : 0));
      }),
      { numRuns: 500 },
    );
  });

  test('of any text at all, it is edited safely or refused for a person', () => {
    const piece = fc.constantFrom(
      'images:',
      '\n',
      '- ',
      '  ',
      `name: ${image}`,
      'newTag: ',
      'a',
      '"',
      "'",
      '#',
      ' ',
      '&a ',
      '*a',
      '|',
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '?',
      '\r\n',
      '---',
      '\t',
      '>',
      '!!int ',
      '<<: ',
      '\uFEFF',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 25 }), (pieces) => {
        const text = pieces.join('');
        try {
          expect(readTag(setTag(text, image, '1e10'), image)).toBe('1e10');
        } catch (error) {
          expect(error).toMatchObject({ name: 'UserError' });
        }
      }),
      { numRuns: 3000 },
    );
  });
});

function commonStart(a: string, b: string): number {
  let at = 0;
  while (at < a.length && a[at] === b[at]) at += 1;
  return at;
}

function commonEnd(a: string, b: string): number {
  let at = 0;
  while (at < a.length && a[a.length - 1 - at] === b[b.length - 1 - at]) at += 1;
  return at;
}
