// What a registry asks for when it answers 401: the header WWW-Authenticate (RFC 9110, 11.6.1). Pure.

export type Challenge =
  | { readonly kind: 'bearer'; readonly realm: string; readonly service: string | null }
  | { readonly kind: 'basic' };

const longest = 4096;

/** The first of several that can be met, bearer before basic; null where there is none. */
export function parseChallenge(header: string | null): Challenge | null {
  if (header === null || header.length > longest) return null;
  const challenges = split(header);
  const bearer = challenges.find(({ scheme, params }) => scheme === 'bearer' && params.has('realm'));
  const realm = bearer?.params.get('realm');
  if (bearer !== undefined && realm !== undefined)
    return { kind: 'bearer', realm, service: bearer.params.get('service') ?? null };
  return challenges.some(({ scheme }) => scheme === 'basic') ? { kind: 'basic' } : null;
}

interface Found {
  readonly scheme: string;
  readonly params: Map<string, string>;
}

/** A name followed by `=` and a value belongs to the scheme before it; a name without is the next scheme. */
function split(header: string): Found[] {
  const found: Found[] = [];
  for (const [, name = '', quoted, plain] of header.matchAll(
    /([\w!#$%&'*+.^`|~-]+)(?:[ \t]*=[ \t]*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+)))?/g,
  )) {
    const value = quoted?.replace(/\\(.)/g, '$1') ?? plain;
    if (value === undefined) found.push({ scheme: name.toLowerCase(), params: new Map() });
    else if (!found.at(-1)?.params.has(name.toLowerCase())) found.at(-1)?.params.set(name.toLowerCase(), value);
  }
  return found;
}
