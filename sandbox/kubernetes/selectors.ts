// Label and field selectors: parsing with the real server's complaints, and matching.
import { ApiError, badRequest, status } from './status.ts';

export type Matches = (values: (key: string) => string | undefined) => boolean;

const operators = 'in, notin, =, ==, !=, gt, lt';

/** Equality and set based; https://kubernetes.io/docs/concepts/overview/working-with-objects/labels. Throws the 400 of the real server. */
export function labelSelector(text: string): Matches {
  const tokens = text.match(/[A-Za-z0-9_./-]+|==|!=|[=!,()<>]|[^\s]/g) ?? [];
  const requirements: Matches[] = [];
  let next = 0;
  const fail = (found: string | undefined, expected: string): ApiError =>
    badRequest(`unable to parse requirement: found '${found ?? ''}', expected: ${expected}`);

  while (next < tokens.length) {
    requirements.push(requirement());
    if (next >= tokens.length) break;
    if (tokens[next] !== ',') throw fail(tokens[next], "',' or 'end of string'");
    next += 1;
  }
  return (values) => requirements.every((one) => one(values));

  function requirement(): Matches {
    if (tokens[next] === '!') {
      next += 1;
      const key = word('identifier');
      return (values) => values(key) === undefined;
    }
    const key = word("!, identifier, or 'end of string'");
    const operator = tokens[next];
    if (operator === undefined || operator === ',') return (values) => values(key) !== undefined;
    next += 1;
    if (operator === '=' || operator === '==') {
      const wanted = value();
      return (values) => values(key) === wanted;
    }
    if (operator === '!=') {
      const unwanted = value();
      return (values) => values(key) !== unwanted;
    }
    if (operator === 'in' || operator === 'notin') {
      const set = words();
      return operator === 'in'
        ? (values) => {
            const held = values(key);
            return held !== undefined && set.has(held);
          }
        : (values) => !set.has(values(key) ?? '\0');
    }
    if (operator === 'gt' || operator === '>' || operator === 'lt' || operator === '<') {
      const bound = Number(value());
      const sign = operator === 'gt' || operator === '>' ? 1 : -1;
      return (values) => (Number(values(key) ?? Number.NaN) - bound) * sign > 0;
    }
    throw fail(operator, operators);
  }

  function word(expected: string): string {
    const token = tokens[next];
    if (token === undefined || !/^[A-Za-z0-9]/.test(token)) throw fail(token, expected);
    next += 1;
    return token;
  }

  function value(): string {
    const token = tokens[next];
    if (token === undefined || token === ',') return '';
    return word('identifier');
  }

  function words(): Set<string> {
    if (tokens[next] !== '(') throw fail(tokens[next], "'('");
    next += 1;
    const set = new Set<string>();
    while (tokens[next] !== ')') {
      if (tokens[next] === undefined) throw fail(undefined, "',', or ')'");
      if (tokens[next] === ',') next += 1;
      else set.add(word('identifier'));
    }
    next += 1;
    return set;
  }
}

interface FieldTerm {
  readonly field: string;
  readonly equal: boolean;
  readonly value: string;
}

/** `allowed` are the fields that this resource can be selected by; metadata.name and metadata.namespace always are. */
export function fieldSelector(text: string, allowed: readonly string[]): Matches {
  const terms = fieldTerms(text);
  const known = new Set(['metadata.name', 'metadata.namespace', ...allowed]);
  for (const { field } of terms) {
    if (!known.has(field)) throw badRequest(`field label not supported: ${field}`);
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
  if (text === '') return [];
  // A comma, an equals sign or a backslash in a value is escaped with a backslash.
  return text.split(/(?<!\\),/).flatMap((term) => {
    if (term === '') return [];
    const parts = /^(.*?)(!=|==|=)(.*)$/s.exec(term);
    if (!parts) throw invalidSelector(text, term);
    const [, field = '', operator, value = ''] = parts;
    return [{ field, equal: operator !== '!=', value: value.replaceAll(/\\([\\,=])/g, '$1') }];
  });
}

function invalidSelector(text: string, term: string): ApiError {
  const message = `invalid selector: '${text}'; can't understand '${term}'`;
  return new ApiError(400, status(400, message, { reason: 'BadRequest' }));
}
