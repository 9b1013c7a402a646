// Changes what is shown into what should be shown, and keeps the elements that stay: a click, the focus, an open list on them is not lost.
import { type Child, present } from './dom.ts';

/** Of these the browser or a person is the owner once the element is there. */
const kept = new Set(['aria-busy', 'open', 'style']);

/**
 * Makes the children of an element be like these. What listens on an element that stays goes on listening, so whatever has listeners
 * carries a `data-key` that says what they do.
 */
export function update(parent: Element, children: readonly Child[]): void {
  let cursor = parent.firstChild;
  for (const child of present(children)) {
    const next = typeof child === 'string' ? document.createTextNode(child) : child;
    const found = cursor === null ? null : isAlike(cursor, next) ? cursor : named(cursor, next);
    if (found === null) {
      parent.insertBefore(next, cursor);
      continue;
    }
    if (found === cursor) cursor = cursor.nextSibling;
    else parent.insertBefore(found, cursor);
    become(found, next);
  }
  while (cursor !== null) {
    const after: ChildNode | null = cursor.nextSibling;
    cursor.remove();
    cursor = after;
  }
}

/** Whether one can become the other. */
function isAlike(a: Node, b: Node): boolean {
  if (a.nodeName !== b.nodeName) return false;
  return !(a instanceof Element) || !(b instanceof Element) || (keyOf(a) === keyOf(b) && a.id === b.id);
}

function keyOf(element: Element): string | null {
  return element.getAttribute('data-key');
}

/** A later sibling with the same key. */
function named(from: ChildNode, next: Node): ChildNode | null {
  if (!(next instanceof Element) || keyOf(next) === null) return null;
  for (let one: ChildNode | null = from; one !== null; one = one.nextSibling) if (isAlike(one, next)) return one;
  return null;
}

/** Makes an element, or a text, like another one of its kind. */
export function become(old: Node, next: Node): void {
  if (old instanceof Element && next instanceof Element) {
    for (const { name } of [...old.attributes]) {
      if (!kept.has(name) && !next.hasAttribute(name)) old.removeAttribute(name);
    }
    for (const { name, value } of next.attributes) {
      if (!kept.has(name) && old.getAttribute(name) !== value) old.setAttribute(name, value);
    }
    // Through its properties: a policy without inline styles forbids the attribute.
    if (old instanceof HTMLElement && next instanceof HTMLElement) old.style.cssText = next.style.cssText;
    update(old, [...next.childNodes]);
  } else if (old.nodeValue !== next.nodeValue) {
    old.nodeValue = next.nodeValue;
  }
}
