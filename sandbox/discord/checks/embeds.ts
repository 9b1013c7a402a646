// The limits of embeds (docs: resources/message#embed-object-embed-limits), and the form in which Discord keeps them.
import { type APIEmbed, EmbedType } from 'discord-api-types/v10';
import { type Form, isObject, type Path } from './form.ts';

const web = ['http', 'https'];
const media = ['http', 'https', 'attachment'];

/** Over title, description, fields' names and values, footer and author of all embeds together. */
const maximumTogether = 6000;

/** Where a file of this request, or one that an edit keeps, can be seen; undefined when there is none of this name. */
export type FileUrl = (filename: string) => string | undefined;

export function readEmbeds(form: Form, value: unknown, path: Path, fileUrl: FileUrl): APIEmbed[] | undefined {
  const list = form.list(value, path, { max: 10 });
  if (!list) return undefined;
  const embeds = list.map((one, index) => readEmbed(form, one, [...path, index], fileUrl));
  const together = embeds.reduce((sum, embed) => sum + lengthOf(embed), 0);
  if (together > maximumTogether) {
    form.fail(path, 'MAX_EMBED_SIZE_EXCEEDED', `Embed size exceeds maximum size of ${maximumTogether}`);
  }
  return embeds;
}

function lengthOf(embed: APIEmbed): number {
  const fields = embed.fields ?? [];
  const texts = [
    embed.title,
    embed.description,
    embed.footer?.text,
    embed.author?.name,
    ...fields.flatMap((field) => [field.name, field.value]),
  ];
  return texts.reduce((sum, text) => sum + (text?.length ?? 0), 0);
}

function readEmbed(form: Form, value: unknown, path: Path, fileUrl: FileUrl): APIEmbed {
  const given = form.object(value, path);
  if (!given) return {};
  const title = form.text(given['title'], [...path, 'title'], { max: 256 });
  const description = form.text(given['description'], [...path, 'description'], { max: 4096 });
  const url = form.url(given['url'], [...path, 'url'], { max: 2048, schemes: web });
  const color = form.integer(given['color'], [...path, 'color'], { min: 0, max: 0xffffff });
  const timestamp = readTime(form, given['timestamp'], [...path, 'timestamp']);
  const fields = readFields(form, given['fields'], [...path, 'fields']);
  const footer = readFooter(form, given['footer'], [...path, 'footer'], fileUrl);
  const author = readAuthor(form, given['author'], [...path, 'author'], fileUrl);
  const image = readMedia(form, given['image'], [...path, 'image'], fileUrl);
  const thumbnail = readMedia(form, given['thumbnail'], [...path, 'thumbnail'], fileUrl);
  const parts = {
    ...(title ? { title } : {}),
    ...(description ? { description } : {}),
    ...(fields && fields.length > 0 ? { fields } : {}),
    ...(footer ? { footer } : {}),
    ...(author ? { author } : {}),
    ...(image ? { image } : {}),
    ...(thumbnail ? { thumbnail } : {}),
  };
  const tried = ['title', 'description', 'fields', 'footer', 'author', 'image', 'thumbnail'].some((key) => {
    const part = given[key];
    return typeof part === 'string' ? part.trim() !== '' : Array.isArray(part) ? part.length > 0 : isObject(part);
  });
  if (!tried) form.required([...path, 'description']);
  return {
    type: EmbedType.Rich,
    ...parts,
    ...(url ? { url } : {}),
    ...(color === undefined ? {} : { color }),
    ...(timestamp ? { timestamp } : {}),
  };
}

function readTime(form: Form, value: unknown, path: Path): string | undefined {
  const text = form.text(value, path, { max: 100 });
  if (!text) return undefined;
  if (/^\d{4}-\d\d-\d\d/.test(text) && !Number.isNaN(Date.parse(text))) {
    return new Date(text).toISOString().replace('Z', '000+00:00');
  }
  form.fail(path, 'DATE_TIME_TYPE_PARSE', `Could not parse ${text}. Should be ISO8601.`);
  return undefined;
}

function readFields(form: Form, value: unknown, path: Path): APIEmbed['fields'] {
  return form.list(value, path, { max: 25 })?.map((one, index) => {
    const at = [...path, index];
    const given = form.object(one, at);
    if (!given) form.required(at);
    return {
      name: form.text(given?.['name'], [...at, 'name'], { max: 256, required: true }) ?? '',
      value: form.text(given?.['value'], [...at, 'value'], { max: 1024, required: true }) ?? '',
      inline: form.truth(given?.['inline'], [...at, 'inline']) ?? false,
    };
  });
}

function readFooter(form: Form, value: unknown, path: Path, fileUrl: FileUrl): APIEmbed['footer'] {
  const given = form.object(value, path);
  if (!given) return undefined;
  const text = form.text(given['text'], [...path, 'text'], { max: 2048, required: true }) ?? '';
  return { text, ...readIcon(form, given, path, fileUrl) };
}

function readAuthor(form: Form, value: unknown, path: Path, fileUrl: FileUrl): APIEmbed['author'] {
  const given = form.object(value, path);
  if (!given) return undefined;
  const name = form.text(given['name'], [...path, 'name'], { max: 256, required: true }) ?? '';
  const url = form.url(given['url'], [...path, 'url'], { max: 2048, schemes: web });
  return { name, ...(url ? { url } : {}), ...readIcon(form, given, path, fileUrl) };
}

function readIcon(form: Form, given: Readonly<Record<string, unknown>>, path: Path, fileUrl: FileUrl) {
  const icon = readMediaUrl(form, given['icon_url'], [...path, 'icon_url'], { fileUrl });
  return icon ? { icon_url: icon, proxy_icon_url: icon } : {};
}

function readMedia(form: Form, value: unknown, path: Path, fileUrl: FileUrl) {
  const given = form.object(value, path);
  if (!given) return undefined;
  const url = readMediaUrl(form, given['url'], [...path, 'url'], { fileUrl, required: true });
  return url ? { url, proxy_url: url, width: 0, height: 0, flags: 0 } : undefined;
}

/** `attachment://name` becomes the file's address. That the file must be there is stricter than is known of Discord for embeds. */
export function readMediaUrl(
  form: Form,
  value: unknown,
  path: Path,
  { fileUrl, required = false }: { fileUrl: FileUrl; required?: boolean },
): string | undefined {
  const url = form.url(value, path, { max: 2048, schemes: media, required });
  if (!url?.startsWith('attachment://')) return url;
  const found = fileUrl(url.slice('attachment://'.length));
  if (!found) {
    form.fail(path, 'UNFURLED_MEDIA_ITEM_REFERENCED_ATTACHMENT_NOT_FOUND', 'The referenced attachment was not found');
  }
  return found;
}
