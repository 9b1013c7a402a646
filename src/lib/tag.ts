// What people may type as the version to deploy: a commit's SHA, or a tag as registries take it.
import { redact } from './redact.ts';

export type TagResult = { readonly ok: true; readonly tag: string } | { readonly ok: false; readonly sentence: string };

/** Of the OCI distribution specification, "Pulling manifests". */
const grammar = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/;
const sha = /^[0-9a-f]{7,40}$/;

/**
 * @returns the tag as it is to be written, or a sentence for the person that quotes at most 40 characters of what was typed. Upper case is
 * refused only where the text is a SHA but for that: there it is a slip, while a tag may well have upper case.
 */
export function parseTag(text: string): TagResult {
  if (text === '') return no('No version is named. Give a commit SHA of 7 to 40 digits, or a tag.');
  const lower = text.toLowerCase();
  if (sha.test(lower) && lower !== text) {
    return no(`A commit SHA is written in lower case: ${lower}`);
  }
  if (grammar.test(text)) return { ok: true, tag: text };
  if (text.length > 128) return no(`That is ${text.length} characters long; a tag has at most 128.`);
  if (text.trim() !== text && parseTag(text.trim()).ok)
    return no(`There is a blank around it. Did you mean ${text.trim()}?`);
  return no(`${quoted(text)} is neither a commit SHA of 7 to 40 digits (0-9, a-f) nor a tag: ${fault(text)}.`);
}

/** A SHA as people read it; other tags are cut where they are long. */
export function shortTag(tag: string): string {
  if (sha.test(tag)) return tag.slice(0, 7);
  return tag.length <= 40 ? tag : `${tag.slice(0, 39)}…`;
}

function fault(text: string): string {
  if (/^[.-]/.test(text)) return `it begins with ${text.startsWith('.') ? 'a dot' : 'a dash'}`;
  if (/\s/.test(text)) return 'it has a blank in it';
  if (/["'`]/.test(text)) return 'it has a quotation mark in it';
  if (/[/\\]/.test(text)) return 'it has a slash in it';
  if (text.includes(':')) return 'it has a colon in it (give what stands behind it)';
  return 'a tag has letters, digits, dots, dashes and underscores only';
}

function quoted(text: string): string {
  const [...characters] = redact(text)
    .toWellFormed()
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, ' ');
  return `“${characters.length <= 40 ? characters.join('') : `${characters.slice(0, 39).join('')}…`}”`;
}

function no(sentence: string): TagResult {
  return { ok: false, sentence };
}
