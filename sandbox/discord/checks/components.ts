// The limits of message components (docs: components/reference), and the form in which Discord keeps them: defaults filled, ids given.
import type { APIMessageTopLevelComponent } from 'discord-api-types/v10';
import { type FileUrl, readMediaUrl } from './embeds.ts';
import type { Form, Path } from './form.ts';

type Component = Record<string, unknown>;

interface Reading {
  readonly form: Form;
  readonly fileUrl: FileUrl;
  readonly customIds: Set<string>;
  readonly ids: Set<number>;
  /** Buttons, selects and everything around them. */
  count: number;
  textLength: number;
}

const kinds = {
  row: 1,
  button: 2,
  stringSelect: 3,
  section: 9,
  text: 10,
  thumbnail: 11,
  gallery: 12,
  file: 13,
  separator: 14,
  container: 17,
};
const selects = [3, 5, 6, 7, 8];
const layout = [1, 9, 10, 12, 13, 14, 17];
const insideContainer = layout.filter((kind) => kind !== 17);

/** `version` 2 when the message has the flag IS_COMPONENTS_V2: at most 40 components and 4,000 characters in all. */
export function readComponents(
  form: Form,
  value: unknown,
  path: Path,
  { version, fileUrl }: { version: 1 | 2; fileUrl: FileUrl },
): APIMessageTopLevelComponent[] | undefined {
  const list = form.list(value, path, { max: version === 1 ? 5 : 40 });
  if (!list) return undefined;
  const reading: Reading = { form, fileUrl, customIds: new Set(), ids: new Set(), count: 0, textLength: 0 };
  const read = list.map((one, index) => readOne(reading, one, [...path, index], version === 1 ? [1] : layout));
  if (version === 2 && reading.count > 40) {
    form.fail(path, 'COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED', 'The maximum number of components is 40');
  }
  if (version === 2 && reading.textLength > 4000) {
    form.fail(path, 'COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED', 'Displayable text size exceeds maximum size of 4000');
  }
  giveIds(read, reading.ids);
  // Each was read by the rules of its kind; a kind chosen from a list of numbers is beyond what the types can follow.
  return read as unknown as APIMessageTopLevelComponent[];
}

function giveIds(components: readonly Component[], taken: Set<number>): void {
  let next = 1;
  const visit = (component: Component): void => {
    if (component['id'] === undefined || component['id'] === 0) {
      while (taken.has(next)) next += 1;
      taken.add(next);
      component['id'] = next;
    }
    // Both were made by readOne.
    const accessory = component['accessory'] as Component | undefined;
    for (const child of [
      ...((component['components'] as Component[] | undefined) ?? []),
      ...(accessory ? [accessory] : []),
    ])
      visit(child);
  };
  for (const component of components) visit(component);
}

function readOne(reading: Reading, value: unknown, path: Path, allowed: readonly number[]): Component {
  const { form } = reading;
  const given = form.object(value, path);
  if (!given) {
    form.required(path);
    return {};
  }
  const type = form.choice(given['type'], [...path, 'type'], allowed);
  if (type === undefined) return {};
  reading.count += 1;
  const id = form.integer(given['id'], [...path, 'id'], { min: 0, max: 2 ** 31 - 1 });
  if (id) {
    if (reading.ids.has(id)) form.fail([...path, 'id'], 'COMPONENT_ID_DUPLICATED', 'Component id cannot be duplicated');
    reading.ids.add(id);
  }
  return { type, ...(id ? { id } : {}), ...readKind(reading, type, given, path) };
}

function readKind(reading: Reading, type: number, given: Component, path: Path): Component {
  const { form, fileUrl } = reading;
  const spoiler = () => form.truth(given['spoiler'], [...path, 'spoiler']) ?? false;
  if (selects.includes(type)) return readSelect(reading, type, given, path);
  switch (type) {
    case kinds.row:
      return { components: readRow(reading, given['components'], [...path, 'components']) };
    case kinds.button:
      return readButton(reading, given, path);
    case kinds.section:
      return {
        components: readChildren(reading, given['components'], [...path, 'components'], {
          max: 3,
          allowed: [kinds.text],
        }),
        accessory: readOne(reading, given['accessory'], [...path, 'accessory'], [kinds.button, kinds.thumbnail]),
      };
    case kinds.text: {
      const content = form.text(given['content'], [...path, 'content'], { min: 1, max: 4000, required: true }) ?? '';
      reading.textLength += content.length;
      return { content };
    }
    case kinds.thumbnail:
      return {
        media: readItem(reading, given['media'], [...path, 'media']),
        spoiler: spoiler(),
        ...description(form, given, path),
      };
    case kinds.gallery: {
      const items = form.list(given['items'], [...path, 'items'], { min: 1, max: 10, required: true }) ?? [];
      return {
        items: items.map((item, index) => {
          const at = [...path, 'items', index];
          const one = form.object(item, at) ?? {};
          const hidden = form.truth(one['spoiler'], [...at, 'spoiler']) ?? false;
          return {
            media: readItem(reading, one['media'], [...at, 'media']),
            spoiler: hidden,
            ...description(form, one, at),
          };
        }),
      };
    }
    case kinds.file: {
      const file = form.object(given['file'], [...path, 'file']);
      const url = String(file?.['url'] ?? '');
      const found = url.startsWith('attachment://') ? fileUrl(url.slice('attachment://'.length)) : undefined;
      if (!found)
        form.fail(
          [...path, 'file', 'url'],
          'URL_TYPE_INVALID_SCHEME',
          'Only a file of this message (attachment://) may be used.',
        );
      return { file: { url: found ?? '' }, spoiler: spoiler(), name: url.slice('attachment://'.length), size: 0 };
    }
    case kinds.separator:
      return {
        divider: form.truth(given['divider'], [...path, 'divider']) ?? true,
        spacing: given['spacing'] === undefined ? 1 : form.choice(given['spacing'], [...path, 'spacing'], [1, 2]),
      };
    default: {
      const accent = form.integer(given['accent_color'], [...path, 'accent_color'], { min: 0, max: 0xffffff });
      return {
        components: readChildren(reading, given['components'], [...path, 'components'], {
          max: 40,
          allowed: insideContainer,
        }),
        accent_color: accent ?? null,
        spoiler: spoiler(),
      };
    }
  }
}

function readChildren(
  reading: Reading,
  value: unknown,
  path: Path,
  { max, allowed }: { max: number; allowed: readonly number[] },
): Component[] {
  const list = reading.form.list(value, path, { min: 1, max, required: true }) ?? [];
  return list.map((one, index) => readOne(reading, one, [...path, index], allowed));
}

function readItem(reading: Reading, value: unknown, path: Path): Component {
  const given = reading.form.object(value, path);
  const url = readMediaUrl(reading.form, given?.['url'], [...path, 'url'], {
    fileUrl: reading.fileUrl,
    required: true,
  });
  return { url, proxy_url: url, width: 0, height: 0 };
}

function description(form: Form, given: Component, path: Path): Component {
  const text = form.text(given['description'], [...path, 'description'], { max: 1024 });
  return text ? { description: text } : {};
}

/** Five buttons, or one select alone. */
function readRow(reading: Reading, value: unknown, path: Path): Component[] {
  const list = reading.form.list(value, path, { min: 1, max: 5, required: true }) ?? [];
  const children = list.map((one, index) => readOne(reading, one, [...path, index], [kinds.button, ...selects]));
  if (children.length > 1 && children.some((child) => selects.includes(Number(child['type'])))) {
    reading.form.fail(path, 'COMPONENT_LAYOUT_WIDTH_EXCEEDED', 'The specified component exceeds the maximum width');
  }
  return children;
}

function readCustomId(reading: Reading, value: unknown, path: Path): string {
  const id = reading.form.text(value, path, { min: 1, max: 100, required: true, trim: false }) ?? '';
  if (reading.customIds.has(id))
    reading.form.fail(path, 'COMPONENT_CUSTOM_ID_DUPLICATED', 'Component custom id cannot be duplicated');
  if (id) reading.customIds.add(id);
  return id;
}

function readButton(reading: Reading, given: Component, path: Path): Component {
  const { form } = reading;
  const style = form.choice(given['style'], [...path, 'style'], [1, 2, 3, 4, 5, 6]);
  const label = form.text(given['label'], [...path, 'label'], { max: 80 });
  const emoji = readEmoji(form, given['emoji'], [...path, 'emoji']);
  const disabled = form.truth(given['disabled'], [...path, 'disabled']) ?? false;
  if (!label && !emoji && style !== 6) {
    form.fail(path, 'BUTTON_COMPONENT_INVALID_EMOJI_OR_LABEL', 'A button must have a label or emoji');
  }
  const shown = { ...(label ? { label } : {}), ...(emoji ? { emoji } : {}), ...(disabled ? { disabled } : {}) };
  if (style === 6)
    return { style, ...shown, sku_id: form.id(given['sku_id'], [...path, 'sku_id'], { required: true }) };
  if (style === 5) {
    if (given['custom_id'] !== undefined && given['custom_id'] !== null) {
      form.fail(
        [...path, 'custom_id'],
        'BUTTON_COMPONENT_CUSTOM_ID_URL_MUTUALLY_EXCLUSIVE',
        'A custom id and url cannot both be specified',
      );
    }
    const url = form.url(given['url'], [...path, 'url'], {
      max: 512,
      schemes: ['http', 'https', 'discord'],
      required: true,
    });
    return { style, ...shown, url };
  }
  if (given['url'] !== undefined && given['url'] !== null) {
    form.fail(
      [...path, 'url'],
      'BUTTON_COMPONENT_CUSTOM_ID_URL_MUTUALLY_EXCLUSIVE',
      'A custom id and url cannot both be specified',
    );
  }
  return { style, ...shown, custom_id: readCustomId(reading, given['custom_id'], [...path, 'custom_id']) };
}

function readEmoji(form: Form, value: unknown, path: Path): Component | undefined {
  const given = form.object(value, path);
  if (!given) return undefined;
  const id = form.id(given['id'], [...path, 'id']);
  const name = form.text(given['name'], [...path, 'name'], { max: 32 });
  if (!id && (!name || !/\p{Emoji}/u.test(name))) {
    form.fail(path, 'COMPONENT_INVALID_EMOJI', 'Invalid emoji');
    return undefined;
  }
  return { ...(id ? { id } : {}), ...(name ? { name } : {}) };
}

/** The options of a select in a message or a modal; the rest of it is shared by both. */
export function readSelectParts(form: Form, type: number, given: Component, path: Path): Component {
  const options = type === kinds.stringSelect ? readOptions(form, given['options'], [...path, 'options']) : undefined;
  const most = options ? Math.max(options.length, 1) : 25;
  const min = form.integer(given['min_values'], [...path, 'min_values'], { min: 0, max: most });
  const max = form.integer(given['max_values'], [...path, 'max_values'], { min: 1, max: most });
  const placeholder = form.text(given['placeholder'], [...path, 'placeholder'], { max: 150 });
  return {
    ...(placeholder ? { placeholder } : {}),
    min_values: min ?? 1,
    max_values: max ?? 1,
    ...(options ? { options } : {}),
    ...(Array.isArray(given['channel_types']) ? { channel_types: given['channel_types'] } : {}),
    ...(Array.isArray(given['default_values']) ? { default_values: given['default_values'] } : {}),
  };
}

function readSelect(reading: Reading, type: number, given: Component, path: Path): Component {
  const disabled = reading.form.truth(given['disabled'], [...path, 'disabled']) ?? false;
  return {
    custom_id: readCustomId(reading, given['custom_id'], [...path, 'custom_id']),
    ...readSelectParts(reading.form, type, given, path),
    ...(disabled ? { disabled } : {}),
  };
}

function readOptions(form: Form, value: unknown, path: Path): Component[] {
  const list = form.list(value, path, { min: 1, max: 25, required: true }) ?? [];
  const values = new Set<string>();
  return list.map((one, index) => {
    const at = [...path, index];
    const given = form.object(one, at) ?? {};
    const name = form.text(given['value'], [...at, 'value'], { min: 1, max: 100, required: true }) ?? '';
    if (values.has(name))
      form.fail(
        [...at, 'value'],
        'SELECT_COMPONENT_OPTION_VALUE_DUPLICATED',
        'The specified option value is already used',
      );
    values.add(name);
    const text = form.text(given['description'], [...at, 'description'], { max: 100 });
    const emoji = readEmoji(form, given['emoji'], [...at, 'emoji']);
    const preset = form.truth(given['default'], [...at, 'default']) ?? false;
    return {
      label: form.text(given['label'], [...at, 'label'], { min: 1, max: 100, required: true }) ?? '',
      value: name,
      ...(text ? { description: text } : {}),
      ...(emoji ? { emoji } : {}),
      ...(preset ? { default: true } : {}),
    };
  });
}
