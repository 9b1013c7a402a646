// Reads a request body field by field and collects what is wrong in Discord's nested form, so that all of it is told at once.
import { ApiError, type FormErrors } from '../errors.ts';
import { isSnowflake } from '../ids.ts';

export type Path = readonly (string | number)[];

export interface TextRule {
  readonly min?: number;
  readonly max: number;
  readonly required?: boolean;
  /** Discord cuts white space at both ends of most texts. */
  readonly trim?: boolean;
}

export interface Form {
  fail(path: Path, code: string, message: string): void;
  required(path: Path): void;
  /** Undefined for what is absent, null or wrong; what is wrong has been noted. Lengths count UTF-16 units, the stricter reading. */
  text(value: unknown, path: Path, rule: TextRule): string | undefined;
  integer(value: unknown, path: Path, rule: { min: number; max: number; required?: boolean }): number | undefined;
  truth(value: unknown, path: Path): boolean | undefined;
  id(value: unknown, path: Path, rule?: { required?: boolean }): string | undefined;
  list(value: unknown, path: Path, rule: { min?: number; max: number; required?: boolean }): unknown[] | undefined;
  object(value: unknown, path: Path): Record<string, unknown> | undefined;
  choice(value: unknown, path: Path, choices: readonly number[]): number | undefined;
  /** A URL that Discord takes: one of the schemes, a host with a dot, at most `max` characters. */
  url(
    value: unknown,
    path: Path,
    rule: { max: number; schemes: readonly string[]; required?: boolean },
  ): string | undefined;
  /** Throws 50035 when anything has been noted. */
  check(): void;
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isAbsent(value: unknown): value is undefined | null {
  return value === undefined || value === null;
}

export function createForm(): Form {
  const errors: FormErrors = {};
  let wrong = false;

  function fail(path: Path, code: string, message: string): void {
    wrong = true;
    let at = errors;
    for (const step of path) {
      const next = at[step];
      if (next && !Array.isArray(next)) at = next;
      else {
        const made: FormErrors = {};
        at[step] = made;
        at = made;
      }
    }
    const list = at['_errors'];
    if (Array.isArray(list)) list.push({ code, message });
    else at['_errors'] = [{ code, message }];
  }

  function required(path: Path): void {
    fail(path, 'BASE_TYPE_REQUIRED', 'This field is required');
  }

  function badLength(path: Path, min: number, max: number): void {
    if (min > 0) fail(path, 'BASE_TYPE_BAD_LENGTH', `Must be between ${min} and ${max} in length.`);
    else fail(path, 'BASE_TYPE_MAX_LENGTH', `Must be ${max} or fewer in length.`);
  }

  const form: Form = {
    fail,
    required,
    text(value, path, rule) {
      if (isAbsent(value)) {
        if (rule.required) required(path);
        return undefined;
      }
      if (typeof value !== 'string' && typeof value !== 'number') {
        fail(path, 'STRING_TYPE_CONVERT', `Could not interpret "${JSON.stringify(value)}" as string.`);
        return undefined;
      }
      const text = rule.trim === false ? String(value) : String(value).trim();
      if (text === '' && rule.required) {
        required(path);
        return undefined;
      }
      const min = rule.min ?? 0;
      if (text.length > rule.max || text.length < min) {
        badLength(path, min, rule.max);
        return undefined;
      }
      return text;
    },
    integer(value, path, rule) {
      if (isAbsent(value)) {
        if (rule.required) required(path);
        return undefined;
      }
      const number = typeof value === 'string' && /^-?\d+$/.test(value) ? Number(value) : value;
      if (typeof number !== 'number' || !Number.isInteger(number)) {
        fail(path, 'NUMBER_TYPE_COERCE', `Value "${String(value)}" is not int.`);
        return undefined;
      }
      if (number < rule.min) {
        fail(path, 'NUMBER_TYPE_MIN', `int value should be greater than or equal to ${rule.min}.`);
        return undefined;
      }
      if (number > rule.max) {
        fail(path, 'NUMBER_TYPE_MAX', `int value should be less than or equal to ${rule.max}.`);
        return undefined;
      }
      return number;
    },
    truth(value, path) {
      if (isAbsent(value)) return undefined;
      if (typeof value === 'boolean') return value;
      fail(path, 'BOOLEAN_TYPE_CONVERT', 'Must be either true or false.');
      return undefined;
    },
    id(value, path, rule = {}) {
      if (isAbsent(value)) {
        if (rule.required) required(path);
        return undefined;
      }
      const id = typeof value === 'number' ? String(value) : value;
      if (isSnowflake(id)) return id;
      fail(path, 'NUMBER_TYPE_COERCE', `Value "${String(value)}" is not snowflake.`);
      return undefined;
    },
    list(value, path, rule) {
      if (isAbsent(value)) {
        if (rule.required) required(path);
        return undefined;
      }
      if (!Array.isArray(value)) {
        fail(path, 'LIST_TYPE_CONVERT', 'Only iterables may be used in a ListType');
        return undefined;
      }
      const min = rule.min ?? 0;
      if (value.length > rule.max || value.length < min) {
        badLength(path, min, rule.max);
        return undefined;
      }
      return value;
    },
    object(value, path) {
      if (isAbsent(value)) return undefined;
      if (isObject(value)) return value;
      fail(path, 'MODEL_TYPE_CONVERT', 'Only dictionaries may be used in a ModelType');
      return undefined;
    },
    choice(value, path, choices) {
      if (isAbsent(value)) {
        required(path);
        return undefined;
      }
      if (typeof value === 'number' && choices.includes(value)) return value;
      fail(path, 'BASE_TYPE_CHOICES', `Value must be one of (${choices.join(', ')}).`);
      return undefined;
    },
    url(value, path, rule) {
      const text = form.text(value, path, { max: rule.max, ...(rule.required ? { required: true } : {}) });
      if (text === undefined || text === '') return undefined;
      const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(text)?.[1]?.toLowerCase();
      if (scheme !== undefined && !rule.schemes.includes(scheme)) {
        const allowed = rule.schemes.map((one) => `'${one}'`).join(', ');
        fail(
          path,
          'URL_TYPE_INVALID_SCHEME',
          `Scheme "${scheme}" is not supported. Scheme must be one of (${allowed}).`,
        );
        return undefined;
      }
      if (scheme === 'attachment' || scheme === 'discord') return text;
      if (!URL.canParse(text) || /\s/.test(text) || !hasDottedHost(text)) {
        fail(path, 'URL_TYPE_INVALID_URL', 'Not a well formed URL.');
        return undefined;
      }
      return text;
    },
    check() {
      if (wrong) throw new ApiError(400, 50035, 'Invalid Form Body', errors);
    },
  };
  return form;
}

/** Several projects report that a host without a dot, such as `http://prometheus-operated:9090`, is refused. */
function hasDottedHost(url: string): boolean {
  return /[^.]\.[^.]/.test(new URL(url).hostname) || new URL(url).hostname.startsWith('[');
}
