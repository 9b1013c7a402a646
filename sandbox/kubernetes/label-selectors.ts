// Label selectors, equality and set based (https://kubernetes.io/docs/concepts/overview/working-with-objects/labels), refused in the real parser's words.
import type { Matches } from './selectors.ts';
import { badRequest } from './status.ts';

const operators = 'in, notin, =, ==, !=, gt, lt';
const name = /^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/;
const prefix = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;

/** Throws 400. The empty text selects everything. */
export function labelSelector(text: string): Matches {
  const parser = createParser(text.match(/[^\s=!,()<>]+|==|!=|[=!,()<>]/g) ?? []);
  const requirements: Matches[] = [];
  if (parser.peek() !== undefined && !parser.begins()) {
    throw badRequest(`found '${parser.peek()}', expected: !, identifier, or 'end of string'`);
  }
  while (parser.peek() !== undefined) {
    requirements.push(requirement(parser));
    const separator = parser.next();
    if (separator === undefined) break;
    if (separator !== ',') throw badRequest(`found '${separator}', expected: ',' or 'end of string'`);
    if (!parser.begins()) throw badRequest(`found '${parser.peek() ?? ''}', expected: identifier after ','`);
  }
  return (values) => requirements.every((one) => one(values));
}

interface Parser {
  peek(): string | undefined;
  next(): string | undefined;
  /** Whether a requirement can begin here. */
  begins(): boolean;
}

function createParser(tokens: readonly string[]): Parser {
  let position = 0;
  return {
    peek: () => tokens[position],
    next() {
      position += 1;
      return tokens[position - 1];
    },
    begins: () => tokens[position] === '!' || isWord(tokens[position]),
  };
}

function isWord(token: string | undefined): token is string {
  return token !== undefined && !/^[=!,()<>]/.test(token);
}

function requirement(parser: Parser): Matches {
  if (parser.peek() === '!') {
    parser.next();
    const absent = key(parser);
    return (values) => values(absent) === undefined;
  }
  const label = key(parser);
  if (parser.peek() === undefined || parser.peek() === ',') return (values) => values(label) !== undefined;
  const operator = parser.next() ?? '';
  switch (operator) {
    case '=':
    case '==': {
      const wanted = value(parser, label);
      return (values) => values(label) === wanted;
    }
    case '!=': {
      const unwanted = value(parser, label);
      return (values) => values(label) !== unwanted;
    }
    case 'in': {
      const set = valuesIn(parser, label);
      return (values) => set.has(values(label));
    }
    case 'notin': {
      const set = valuesIn(parser, label);
      return (values) => !set.has(values(label));
    }
    case '>':
    case '<': {
      const bound = Number(value(parser, label));
      const sign = operator === '>' ? 1 : -1;
      return (values) => (Number(values(label) ?? Number.NaN) - bound) * sign > 0;
    }
    default:
      throw unparsed(`found '${operator}', expected: ${operators}`);
  }
}

function key(parser: Parser): string {
  const token = parser.next();
  if (!isWord(token)) throw unparsed(`found '${token ?? ''}', expected: identifier`);
  const [last = '', before, ...more] = token.split('/').toReversed();
  const tooLong = last.length > 63 ? 'name part must be no more than 63 bytes' : null;
  if (more.length > 0 || (before !== undefined && !prefix.test(before)) || tooLong || !name.test(last)) {
    throw unparsed(`<nil>: Invalid value: ${JSON.stringify(token)}: ${tooLong ?? invalidKey(token.includes('/'))}`);
  }
  return token;
}

/** An absent value is the empty one: `a=` and `a=,b`. */
function value(parser: Parser, label: string): string {
  const token = parser.peek();
  if (token === undefined || token === ',') return '';
  parser.next();
  if (!isWord(token)) throw unparsed(`found '${token}', expected: identifier`);
  return checked(token, label);
}

function valuesIn(parser: Parser, label: string): Set<string | undefined> {
  const opening = parser.next();
  if (opening !== '(') throw unparsed(`found '${opening ?? ''}' expected: '('`);
  const set = new Set<string | undefined>();
  let word = '';
  for (;;) {
    const token = parser.next();
    if (token === undefined) throw unparsed("found '', expected: ',' or ')'");
    if (isWord(token)) word = checked(token, label);
    else if (token === ',' || token === ')') {
      set.add(word);
      word = '';
      if (token === ')') return set;
    } else throw unparsed(`found '${token}', expected: ',', ')' or identifier`);
  }
}

function checked(token: string, label: string): string {
  if (name.test(token) && token.length <= 63) return token;
  const said =
    "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";
  throw unparsed(
    `values[0][${label}]: Invalid value: ${JSON.stringify(token)}: ${token.length > 63 ? 'must be no more than 63 bytes' : said}`,
  );
}

function invalidKey(prefixed: boolean): string {
  const rule =
    "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";
  if (!prefixed) return `name part ${rule}`;
  return `a valid label key ${rule} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`;
}

function unparsed(what: string) {
  return badRequest(`unable to parse requirement: ${what}`);
}
