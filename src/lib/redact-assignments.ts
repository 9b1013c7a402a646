// Secrets that are known by the name beside them: `DB_PASSWORD=…`, `token: …`, `"apiKey": "…"`, `--password …`.

import { redacted } from './secret.ts';
import { saysSecret } from './secret-names.ts';

/** A name and what parts it from its value; quotes may be escaped, as in JSON within JSON. */
const assignment =
  /(?<![\w.-])([\w.-]{1,256})(\\{0,3}["'])?([ \t]{0,8})(=>|:=|[=:]|(?<=--[\w.-]{1,64})[ \t])[ \t]{0,64}/g;

/** The rest of an environment variable as Kubernetes lists it: `name: X` and then, in the same object, `value: …`. */
const kubernetesValue =
  /(\\{0,3}["'])?([\w.-]{1,256})\1?[ \t]{0,8}(?:,\s{0,80}|\r?\n[ \t]{0,80})(\\{0,3}["'])?value\3?[ \t]{0,8}:[ \t]{0,64}/y;

/** What follows such a name in sentences, and values that hide nothing. */
const harmless = new Set([
  ...[
    'true',
    'false',
    'null',
    'none',
    'nil',
    'yes',
    'no',
    'empty',
    'unset',
    'undefined',
    'redacted',
    'hidden',
    'masked',
  ],
  ...[
    'invalid',
    'expired',
    'missing',
    'required',
    'wrong',
    'incorrect',
    'not',
    'is',
    'was',
    'has',
    'must',
    'the',
    'a',
    'an',
  ],
  ...[
    'cannot',
    'failed',
    'failure',
    'error',
    'unauthorized',
    'denied',
    'authentication',
    'authorization',
    'token',
    'secret',
  ],
  ...[
    'secrets',
    'password',
    'unknown',
    'unexpected',
    'malformed',
    'unable',
    'could',
    'too',
    'rotated',
    'changed',
    'access',
  ],
  ...['crypto/rsa', 'rpc', 'signature', 'context', 'dial', 'http', 'https', 'get', 'post', 'open', 'no-such-secret'],
]);

/** @returns the text with `[redacted]` in place of each value whose name says that it is a secret. */
export function redactAssignments(text: string): string {
  assignment.lastIndex = 0;
  let done = 0;
  let out = '';
  for (let match = assignment.exec(text); match !== null; match = assignment.exec(text)) {
    const at = assignment.lastIndex;
    const value = secretValue(text, match, at);
    if (value === null) continue;
    out += text.slice(done, value.start) + redacted;
    done = value.end;
    assignment.lastIndex = value.end;
  }
  return done === 0 ? text : out + text.slice(done);
}

interface Span {
  readonly start: number;
  readonly end: number;
}

function secretValue(text: string, match: RegExpExecArray, at: number): Span | null {
  const name = match[1] ?? '';
  if (name === 'name') {
    kubernetesValue.lastIndex = at;
    const variable = kubernetesValue.exec(text);
    if (variable === null || !saysSecret(variable[2] ?? '')) return null;
    return valueAt(text, kubernetesValue.lastIndex, {
      quotedName: variable[3] !== undefined,
      wholeLine: variable[3] === undefined,
    });
  }
  if (name.length < 3 || !(saysSecret(name) || isDockerAuth(name, text, at))) return null;
  const quotedName = match[2] !== undefined;
  const wholeLine = !quotedName && !name.startsWith('-') && startsLine(text, match.index);
  const indent = wholeLine ? blockIndent(text, match.index) : 0;
  return valueAt(text, at, { quotedName, wholeLine, indent, query: /[?&]/.test(text.charAt(match.index - 1)) });
}

interface Where {
  /** `"name":`, as in JSON. */
  readonly quotedName: boolean;
  /** Nothing but blanks and a dash stands before the name on its line, as in YAML and environment files. */
  readonly wholeLine: boolean;
  readonly indent?: number;
  /** In the query of a URL. */
  readonly query?: boolean;
}

function valueAt(text: string, at: number, where: Where): Span | null {
  const quote = /\\{0,3}["'`]/y;
  quote.lastIndex = at;
  const opening = quote.exec(text)?.[0];
  if (opening !== undefined) return quotedValue(text, at + opening.length, opening);
  if (where.wholeLine && (text[at] === '|' || text[at] === '>')) return blockValue(text, at, where.indent ?? 0);
  if (text[at] === '{') return null;
  const already = text.startsWith(redacted, at);
  if (text[at] === '[' && !already) {
    const end = endOfRun(text, at, /[\]\r\n]/g);
    if (text[at + 1] === ']') return null;
    return span(text, at, text[end] === ']' ? endOfWord(text, end + 1, where) : end);
  }
  const from = already ? at + redacted.length : at;
  // `user:[redacted]@host` is a URL that has been seen to.
  if (already && text[from] === '@') return null;
  return span(text, at, where.wholeLine ? endOfLine(text, from) : endOfWord(text, from, where));
}

function span(text: string, start: number, end: number): Span | null {
  if (end - start > 1000) return { start, end };
  const value = text.slice(start, end).trim();
  const word = /^[\w/-]*/.exec(value)?.[0].toLowerCase() ?? '';
  if (value === '' || value === redacted) return null;
  if (harmless.has(word) && /^[\w/-]+[:;,.!?)]*(?:\s|$)/.test(value)) return null;
  // An assignment itself, which is judged on its own.
  if (/^(?:token|secret|password)[:=]/i.test(value)) return null;
  // Kubernetes describes where a value comes from; shells and templates name a variable; others have redacted it already.
  if (/^(?:<set to the key |<(?:redacted|hidden|masked|none|unset|nil)>$|\$[({][\w.-]+[)}]$|\*+$)/i.test(value))
    return null;
  return { start, end };
}

/** To the same quote again, or to the end of the line where there is none. In YAML and SQL `''` stands for a quote. */
function quotedValue(text: string, start: number, opening: string): Span | null {
  const mark = opening.at(-1);
  const backslashes = opening.length - 1;
  for (let i = start; i < text.length; i += 1) {
    const char = text[i];
    if (char === '\n') return span(text, start, i);
    if (char === '\\' && backslashes === 0) i += 1;
    else if (char === mark && mark === "'" && backslashes === 0 && text[i + 1] === mark) i += 1;
    else if (char === mark && (backslashes === 0 || text.startsWith(opening, i - backslashes))) {
      return span(text, start, Math.max(start, i - backslashes));
    }
  }
  return span(text, start, text.length);
}

/** YAML's `|` and `>`: all following lines that are indented deeper. */
function blockValue(text: string, at: number, indent: number): Span | null {
  const head = /[|>][+\-\d]{0,2}[ \t]{0,8}\r?\n/y;
  head.lastIndex = at;
  if (head.exec(text) === null) return span(text, at, endOfLine(text, at));
  let end = head.lastIndex;
  const line = /([ \t]*)([^\r\n]*)(?:\r?\n|$)/y;
  while (end < text.length) {
    line.lastIndex = end;
    const found = line.exec(text);
    if (found === null || ((found[1] ?? '').length <= indent && found[2] !== '')) break;
    end = line.lastIndex;
  }
  return span(text, at, text[end - 1] === '\n' ? end - 1 : end);
}

function startsLine(text: string, index: number): boolean {
  let i = index - 1;
  while (i >= 0 && index - i < 200 && (text[i] === ' ' || text[i] === '\t' || text[i] === '-')) i -= 1;
  if (isLineBreak(text[i])) return true;
  return text.slice(Math.max(0, i - 5), i + 1) === 'export' && isLineBreak(text[i - 6]);
}

/** True before the first character as well. */
function isLineBreak(char: string | undefined): boolean {
  return char === undefined || char === '\n' || char === '\r';
}

function blockIndent(text: string, index: number): number {
  return index - 1 - text.lastIndexOf('\n', index - 1);
}

/** To the end of the line, but only of the word where another assignment follows on it, or a remark. */
function endOfLine(text: string, at: number): number {
  return endOfRun(text, at, /[\r\n]|[ \t](?:#|\S{0,64}=)/g);
}

function endOfWord(text: string, at: number, { quotedName, query }: Where): number {
  if (quotedName) return endOfRun(text, at, /[\s,}\]]/g);
  if (query === true) return endOfRun(text, at, /[\s&#"'`<>)]/g);
  // A quote belongs to the value unless it closes what the value stands in.
  return endOfRun(text, at, /\s|["'`)\]}>]+(?=[\s,;:.)\]}]|$)/g);
}

function endOfRun(text: string, at: number, stop: RegExp): number {
  stop.lastIndex = at;
  return stop.exec(text)?.index ?? text.length;
}

/** `"auth": "dXNlcjpwYXNz"` of a registry login, `_auth=` of npm's. */
function isDockerAuth(name: string, text: string, at: number): boolean {
  if (name !== 'auth' && name !== '_auth' && name !== 'identitytoken') return false;
  const value = /\\{0,3}["']?([A-Za-z0-9+/]{8,}={0,2})/y;
  value.lastIndex = at;
  const found = value.exec(text)?.[1];
  return found !== undefined && Buffer.from(found.slice(0, 4096), 'base64').toString('latin1').includes(':');
}
