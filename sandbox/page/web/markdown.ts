// Discord's markdown as a tree: https://support.discord.com/hc/en-us/articles/210298617. Nothing here knows the DOM.

export type Inline =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'strong' | 'em' | 'underline' | 'strike' | 'spoiler'; readonly children: readonly Inline[] }
  | { readonly kind: 'code'; readonly text: string }
  | { readonly kind: 'link'; readonly url: string; readonly children: readonly Inline[] }
  | { readonly kind: 'mention'; readonly what: 'user' | 'role' | 'channel' | 'everyone'; readonly id: string }
  | { readonly kind: 'command'; readonly name: string }
  | { readonly kind: 'time'; readonly seconds: number; readonly style: string }
  | { readonly kind: 'break' };

export type Block =
  | { readonly kind: 'paragraph'; readonly children: readonly Inline[] }
  | { readonly kind: 'heading'; readonly level: 1 | 2 | 3; readonly children: readonly Inline[] }
  | { readonly kind: 'small'; readonly children: readonly Inline[] }
  | { readonly kind: 'quote'; readonly blocks: readonly Block[] }
  | { readonly kind: 'list'; readonly ordered: boolean; readonly items: readonly (readonly Inline[])[] }
  | { readonly kind: 'code'; readonly text: string; readonly language: string };

const fence = /^```(?:([a-z0-9_+-]+)\n)?\n?([\s\S]*?)\n?```/i;

/** Blocks of a message's content or an embed's description. */
export function parseBlocks(text: string): Block[] {
  const blocks: Block[] = [];
  let pending: string[] = [];
  const flush = (): void => {
    const joined = pending.join('\n').replace(/^\n+|\n+$/g, '');
    if (joined !== '') blocks.push({ kind: 'paragraph', children: parseInline(joined) });
    pending = [];
  };
  let rest = text;
  while (rest !== '') {
    const code = fence.exec(rest);
    if (code !== null) {
      flush();
      blocks.push({ kind: 'code', text: code[2] ?? '', language: code[1] ?? '' });
      rest = rest.slice(code[0].length).replace(/^\n/, '');
      continue;
    }
    const { block, length } = lineBlock(rest);
    if (block !== null) {
      flush();
      blocks.push(block);
      rest = rest.slice(length);
      continue;
    }
    const { line, next } = splitLine(rest);
    pending.push(line);
    rest = next;
  }
  flush();
  return blocks;
}

/** One line, up to a fence that begins inside it. */
function splitLine(text: string): { line: string; next: string } {
  const end = text.indexOf('\n');
  const whole = end < 0 ? text : text.slice(0, end);
  const fenceAt = whole.indexOf('```', 1);
  if (fenceAt > 0 && fence.test(text.slice(fenceAt)))
    return { line: text.slice(0, fenceAt), next: text.slice(fenceAt) };
  return { line: whole, next: end < 0 ? '' : text.slice(end + 1) };
}

/** A heading, list, quote or small print at the start of the text, and how long it is; null for anything else. */
function lineBlock(text: string): { readonly block: Block | null; readonly length: number } {
  const heading = /^(#{1,3}) +(.+)(?:\n|$)/.exec(text);
  if (heading !== null) {
    const level = (heading[1] ?? '#').length as 1 | 2 | 3;
    return { block: { kind: 'heading', level, children: parseInline(heading[2] ?? '') }, length: heading[0].length };
  }
  const small = /^-# +(.+)(?:\n|$)/.exec(text);
  if (small !== null) {
    return { block: { kind: 'small', children: parseInline(small[1] ?? '') }, length: small[0].length };
  }
  const whole = /^>>> ?([\s\S]+)$/.exec(text);
  if (whole !== null) return { block: { kind: 'quote', blocks: parseBlocks(whole[1] ?? '') }, length: text.length };
  const quote = /^(?:> ?.*(?:\n|$))+/.exec(text);
  if (quote !== null && /^> /.test(text)) {
    const inner = quote[0].replace(/^> ?/gm, '');
    return { block: { kind: 'quote', blocks: parseBlocks(inner) }, length: quote[0].length };
  }
  for (const [pattern, ordered] of [
    [/^(?: *[-*] +.+(?:\n|$))+/, false],
    [/^(?: *\d+\. +.+(?:\n|$))+/, true],
  ] as const) {
    const list = pattern.exec(text);
    if (list === null) continue;
    const lines = list[0].split('\n').filter((line) => line.trim() !== '');
    const items = lines.map((line) => parseInline(line.replace(/^ *(?:[-*]|\d+\.) +/, '')));
    return { block: { kind: 'list', ordered, items }, length: list[0].length };
  }
  return { block: null, length: 0 };
}

type Rule = readonly [pattern: RegExp, make: (found: RegExpExecArray) => Inline | null];

/** Tried in order at each place; a rule may decline. */
const rules: readonly Rule[] = [
  [/^\\([^\p{L}\p{N}\s])/u, ([, char = '']) => ({ kind: 'text', text: char })],
  [/^\n/, () => ({ kind: 'break' })],
  [/^(`+)([\s\S]*?[^`])\1(?!`)/, ([, , text = '']) => ({ kind: 'code', text: text.replace(/^ (?=`)|(?<=`) $/g, '') })],
  [/^<t:(-?\d{1,13})(?::([tTdDfFR]))?>/, ([, at, style = 'f']) => ({ kind: 'time', seconds: Number(at), style })],
  [/^<@!?(\d+)>/, ([, id = '']) => ({ kind: 'mention', what: 'user', id })],
  [/^<@&(\d+)>/, ([, id = '']) => ({ kind: 'mention', what: 'role', id })],
  [/^<#(\d+)>/, ([, id = '']) => ({ kind: 'mention', what: 'channel', id })],
  [/^<\/([^:>]{1,100}):\d+>/, ([, name = '']) => ({ kind: 'command', name })],
  [/^<a?(:\w+:)\d+>/, ([, name = '']) => ({ kind: 'text', text: name })],
  [/^@(everyone|here)\b/, ([, id = '']) => ({ kind: 'mention', what: 'everyone', id })],
  [
    /^\[((?:\\.|[^\]\\\n])+)\]\(<?(https?:\/\/[^\s<>]+?)>?\)/i,
    ([, label = '', url = '']) => link(url, parseInline(label)),
  ],
  [/^<(https?:\/\/[^\s>]+)>/i, ([, url = '']) => link(url, [{ kind: 'text', text: url }])],
  [/^https?:\/\/[^\s<]*[^\s<.,:;"'\])]/i, ([url]) => link(url, [{ kind: 'text', text: url }])],
  [/^\*\*((?:\\.|[\s\S])+?)\*\*(?!\*)/, ([, inner = '']) => ({ kind: 'strong', children: parseInline(inner) })],
  [/^__((?:\\.|[\s\S])+?)__(?!_)/, ([, inner = '']) => ({ kind: 'underline', children: parseInline(inner) })],
  [/^~~((?:\\.|[\s\S])+?)~~/, ([, inner = '']) => ({ kind: 'strike', children: parseInline(inner) })],
  [/^\|\|((?:\\.|[\s\S])+?)\|\|/, ([, inner = '']) => ({ kind: 'spoiler', children: parseInline(inner) })],
  [/^\*(?=\S)((?:\\.|[^*\\])+?)(?<=\S)\*(?!\*)/, ([, inner = '']) => ({ kind: 'em', children: parseInline(inner) })],
  [/^_((?:\\.|[^_\\])+?)_(?![\p{L}\p{N}_])/u, ([, inner = '']) => ({ kind: 'em', children: parseInline(inner) })],
];

/** Where something may begin; what is before it is plain. */
const special = /[\\\n`<@[*_~|]|https?:\/\//i;

/** Marks within a line or a paragraph. */
export function parseInline(text: string): Inline[] {
  const parts: Inline[] = [];
  let plain = '';
  let rest = text;
  const flush = (): void => {
    if (plain !== '') parts.push({ kind: 'text', text: plain });
    plain = '';
  };
  while (rest !== '') {
    const { part, length } = match(rest, plain);
    if (part === null) {
      const next = rest.slice(1).search(special);
      const taken = next < 0 ? rest.length : next + 1;
      plain += rest.slice(0, taken);
      rest = rest.slice(taken);
      continue;
    }
    if (part.kind === 'text') plain += part.text;
    else {
      flush();
      parts.push(part);
    }
    rest = rest.slice(length);
  }
  flush();
  return parts;
}

function match(rest: string, before: string): { readonly part: Inline | null; readonly length: number } {
  // An underscore inside a word marks nothing: kube_state_metrics.
  const insideWord = rest.startsWith('_') && /[\p{L}\p{N}]$/u.test(before);
  for (const [pattern, make] of insideWord ? [] : rules) {
    const found = pattern.exec(rest);
    const part = found === null ? null : make(found);
    if (found !== null && part !== null) return { part, length: found[0].length };
  }
  return { part: null, length: 0 };
}

function link(url: string, children: readonly Inline[]): Inline | null {
  return URL.canParse(url) ? { kind: 'link', url, children } : null;
}
