// One page of an answer as it is shown: which page it is, and the buttons under it.
import type { Button, File, Message } from '../message.ts';
import type { Leaves } from './answers.ts';

/** What the buttons of a kept answer are about. The command's name only serves what is said; a press is decided anew. */
export interface LeafSubject {
  readonly command: string;
  readonly answerId: string;
  /** Counted from 1. */
  readonly page: number;
}

/** At most 62 characters: 32 of the command, 24 of the id, and the page. */
export function leafSubject({ command, answerId, page }: LeafSubject): string {
  return `${command}:${answerId}:${page}`;
}

export function parseLeafSubject(subject: string): LeafSubject | null {
  const [, command, answerId, page] = /^([^:]{1,32}):([0-9a-f]{24}):(\d{1,4})$/u.exec(subject) ?? [];
  if (command === undefined || answerId === undefined || page === undefined) return null;
  return { command, answerId, page: Number(page) };
}

/** A page with its buttons, or null where there is no such page. */
export function leaf(leaves: Leaves, subject: LeafSubject, share: 'offered' | 'done' | 'none'): Message | null {
  const plain = plainLeaf(leaves, subject.page);
  if (plain === null) return null;
  return { ...plain, buttons: [...(plain.buttons ?? []), ...buttons(leaves.pages.length, subject, share)] };
}

/** A page without buttons to leaf or share: it says which it is and carries the whole; null where there is no such page. */
export function plainLeaf({ pages, whole }: Leaves, page: number): Message | null {
  const shown = pages[page - 1];
  if (shown === undefined) return null;
  if (pages.length === 1 && whole === null) return shown;
  const files: File[] = [...(shown.files ?? []), ...(whole === null || pages.length === 1 ? [] : [whole])];
  const place = pages.length === 1 ? [] : [`Page ${page} of ${pages.length}`];
  const footer = [...(shown.footer === undefined ? [] : [shown.footer]), ...place].join(' · ');
  return { ...shown, ...(footer !== '' && { footer }), ...(files.length > 0 && { files }) };
}

function buttons(count: number, subject: LeafSubject, share: 'offered' | 'done' | 'none'): Button[] {
  const { page } = subject;
  const leafing: Button[] = [
    // The page that it leads to is in the subject also where it is disabled, so that no two buttons have the same.
    turn('Previous', { ...subject, page: page - 1 }, page === 1),
    turn('Next', { ...subject, page: page + 1 }, page === count),
  ];
  const sharing: Button = {
    label: share === 'done' ? 'Shared' : 'Share',
    style: 'secondary',
    action: 'share',
    subject: leafSubject(subject),
    disabled: share === 'done',
  };
  return [...(count > 1 ? leafing : []), ...(share === 'none' ? [] : [sharing])];
}

function turn(label: string, to: LeafSubject, disabled: boolean): Button {
  return { label, style: 'secondary', action: 'page', subject: leafSubject(to), disabled };
}
