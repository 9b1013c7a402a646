// Which addresses Discord takes as links.
import { clean } from './clean.ts';

/**
 * The address as Discord takes it, or null. Discord refuses the whole message for an address that is not http or https, is too
 * long, or whose host has no dot (`http://prometheus-operated:9090`). One with credentials in it is refused by us.
 * @param max `limits.buttonUrl` or `limits.embedUrl`
 * @param redact an address that holds a secret is no link
 */
export function linkable(address: string, max: number, redact: (text: string) => string): string | null {
  const text = address.trim();
  // Lengths double at most when encoded; more is not even parsed.
  if (text.length > max || clean(text) !== text || /\s/.test(text)) return null;
  const url = URL.parse(text);
  if (url === null) return null;
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return null;
  if (url.username !== '' || url.password !== '') return null;
  if (!/^[^.]+(?:\.[^.]+)+$/.test(url.hostname)) return null;
  const { href } = url;
  if (href.length > max || redact(href) !== href || redact(text) !== text) return null;
  return href;
}

/** The same address without characters that mean something in Markdown, where nothing can be escaped. */
export function inMarkdown(address: string): string {
  return address.replaceAll(/[()<>\\|*_~`[\]]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
}
