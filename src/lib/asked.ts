// What a room found out for the doctor: a value, or why it could not be had.

export type Asked<T> =
  | { readonly kind: 'known'; readonly value: T }
  /** Not asked, because something that comes before it failed. */
  | { readonly kind: 'not asked' }
  | Fault;

/** `why` is a clause for people, without a full stop and without a secret. */
export interface Fault {
  readonly kind: /** Who asks is not known there: a token or certificate that is not taken. */
    | 'not let in'
    /** Who asks is known, and may not. */
    | 'refused'
    | 'absent'
    /** Nothing answers, or not in time, or not now. */
    | 'away'
    /** Something answers, but not as it should. */
    | 'odd';
  readonly why: string;
}

export const notAsked = { kind: 'not asked' } as const;

export function known<T>(value: T): Asked<T> {
  return { kind: 'known', value };
}
