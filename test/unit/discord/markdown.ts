// Reads text as Discord's clients do, to see what a rendered line shows: its rules, in their order, as observed in the clients.

export interface Token {
  readonly kind: 'text' | 'bold' | 'code' | 'link' | 'time' | 'mention' | 'markup';
  readonly text: string;
}

type Reader = (match: RegExpExecArray) => Token[];

const markup =
  (kind: Token['kind'] = 'markup'): Reader =>
  (match) => [{ kind, text: match[0] }];

const lineRules: readonly (readonly [RegExp, Reader])[] = [
  [/^ *#{1,3} +\S[^\n]*/, markup()],
  [/^ *-# +\S[^\n]*/, markup()],
  [/^ *(?:[-*+]|\d+\.) +\S[^\n]*/, markup()],
  [/^ *>(?:>>)? [^\n]*/, markup()],
];

const rules: readonly (readonly [RegExp, Reader])[] = [
  [/^```(?:([a-z0-9_+\-.#]+?)\n)?\n*([^\n][\s\S]*?)\n*```/i, (match) => [{ kind: 'code', text: match[2] ?? '' }]],
  [/^\\([^0-9A-Za-z\s])/, (match) => [{ kind: 'text', text: match[1] ?? '' }]],
  [/^<(?:@[!&]?|#)\d+>/, markup('mention')],
  [/^@(?:everyone|here)/, markup('mention')],
  [/^<t:-?\d+(?::[a-zA-Z])?>/, markup('time')],
  [/^<(?:a?:\w+:\d+|\/[^:>]+:\d+|id:\w+|[a-z]+:[^>\s]+)>/i, markup()],
  [
    /^\[((?:\\.|\[[^\]]*\]|[^[\]\\])*)\]\(\s*((?:\\.|[^\s\\()]|\([^)]*\))*)\s*\)/,
    (match) => [
      {
        kind: 'link',
        text: read(match[1] ?? '')
          .map(({ text }) => text)
          .join(''),
      },
    ],
  ],
  [/^(?:https?|discord|steam):\/\/[^\s<]+[^<.,:;"')\]\s]/i, markup('link')],
  [/^\*\*((?:\\[\s\S]|[^\\])+?)\*\*(?!\*)/, (match) => [{ kind: 'bold', text: plain(match[1] ?? '') }]],
  [/^__((?:\\[\s\S]|[^\\])+?)__(?!_)/, markup()],
  [/^\b_((?:__|\\[\s\S]|[^\\_])+?)_\b/, markup()],
  [/^\*(?=\S)((?:\*\*|\s+(?:[^*\s]|\*\*)|[^\s*])+?)\*(?!\*)/, markup()],
  [/^~~([\s\S]+?)~~(?!_)/, markup()],
  [/^\|\|([\s\S]+?)\|\|/, markup()],
  [/^(`+)([\s\S]*?[^`])\1(?!`)/, (match) => [{ kind: 'code', text: match[2] ?? '' }]],
];

/** Neighbouring text is one token. */
export function read(source: string): readonly Token[] {
  const tokens: Token[] = [];
  let rest = source;
  let atLineStart = true;
  while (rest !== '') {
    const found = firstMatch(atLineStart ? [...lineRules, ...rules] : rules, rest);
    const [length, read] = found ?? [1, [{ kind: 'text' as const, text: rest.slice(0, 1) }]];
    for (const token of read) {
      const last = tokens.at(-1);
      if (last?.kind === 'text' && token.kind === 'text')
        tokens[tokens.length - 1] = { kind: 'text', text: last.text + token.text };
      else tokens.push(token);
    }
    atLineStart = rest.slice(0, length).endsWith('\n');
    rest = rest.slice(length);
  }
  return tokens;
}

/** What a reader sees. */
export function plain(source: string): string {
  return read(source)
    .map(({ text }) => text)
    .join('');
}

function firstMatch(candidates: readonly (readonly [RegExp, Reader])[], rest: string): [number, Token[]] | null {
  for (const [pattern, reader] of candidates) {
    const match = pattern.exec(rest);
    if (match !== null && match[0] !== '') return [match[0].length, reader(match)];
  }
  return null;
}
