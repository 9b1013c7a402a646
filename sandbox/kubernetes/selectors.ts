// Field selectors, with the real server's complaints; what a selector of either kind is asked.
import { badRequest } from './status.ts';

/** Whether the object whose labels or fields are given is selected; undefined for one that is absent. */
export type Matches = (values: (key: string) => string | undefined) => boolean;

interface FieldTerm {
  readonly field: string;
  readonly equal: boolean;
  readonly value: string;
}

/** `allowed` are the fields that the resource can be selected by. Throws 400. */
export function fieldSelector(text: string, allowed: readonly string[]): Matches {
  const terms = fieldTerms(text);
  for (const { field } of terms) {
    if (!allowed.includes(field)) throw badRequest(`field label not supported: ${field}`);
  }
  return (values) => terms.every(({ field, equal, value }) => ((values(field) ?? '') === value) === equal);
}

/** The name in a selector that asks for exactly one object; null where it does not, or where it is malformed. */
export function exactName(text: string): string | null {
  try {
    return fieldTerms(text).find(({ field, equal }) => equal && field === 'metadata.name')?.value ?? null;
  } catch {
    return null;
  }
}

function fieldTerms(text: string): FieldTerm[] {
  // A comma, an equals sign or a backslash in a value is escaped with a backslash.
  return text.split(/(?<!\\),/).flatMap((term) => {
    if (term === '') return [];
    const parts = /^(.*?)(!=|==|=)(.*)$/s.exec(term);
    if (!parts) throw badRequest(`invalid selector: '${text}'; can't understand '${term}'`);
    const [, field = '', operator, value = ''] = parts;
    const [wrong] = value.match(/\\[^\\,=]/) ?? [];
    if (wrong !== undefined) throw badRequest(`invalid field selector: invalid escape sequence: ${wrong}`);
    return [{ field, equal: operator !== '!=', value: value.replaceAll(/\\([\\,=])/g, '$1') }];
  });
}
