// JSON Patch, RFC 6902.
import { isDeepStrictEqual } from 'node:util';
import { isRecord, textAt } from '../objects.ts';

/** Null where an operation cannot be done, or a test fails. */
export function patched(document: unknown, operations: unknown): unknown {
  if (!Array.isArray(operations)) return null;
  let held: unknown = document;
  for (const operation of operations) {
    const next = step(held, operation);
    if (next === undefined) return null;
    held = next;
  }
  return held;
}

function step(held: unknown, operation: unknown): unknown {
  if (!isRecord(operation)) return undefined;
  const path = pointer(textAt(operation, 'path'));
  const from = pointer(textAt(operation, 'from'));
  const { value } = operation;
  switch (operation['op']) {
    case 'add':
      return add(held, path, value);
    case 'remove':
      return remove(held, path);
    case 'replace': {
      const left = remove(held, path);
      return left === undefined ? undefined : add(left, path, value);
    }
    case 'test':
      return isDeepStrictEqual(get(held, path), value) ? held : undefined;
    case 'copy':
      return get(held, from) === undefined ? undefined : add(held, path, structuredClone(get(held, from)));
    case 'move': {
      const moved = get(held, from);
      const left = moved === undefined ? undefined : remove(held, from);
      return left === undefined ? undefined : add(left, path, moved);
    }
    default:
      return undefined;
  }
}

function pointer(text: string): string[] {
  return text
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function get(held: unknown, path: readonly string[]): unknown {
  let found = held;
  for (const part of path) {
    found = Array.isArray(found)
      ? found[Number(part)]
      : isRecord(found) && Object.hasOwn(found, part)
        ? found[part]
        : undefined;
  }
  return found;
}

/** Undefined where the place does not exist. */
function add(held: unknown, [part, ...rest]: readonly string[], value: unknown): unknown {
  if (part === undefined) return value;
  if (Array.isArray(held)) {
    const index = part === '-' ? held.length : Number(part);
    if (!Number.isInteger(index) || index < 0 || index > held.length) return undefined;
    if (rest.length === 0) return held.toSpliced(index, 0, value);
    return index < held.length ? replaced(held, index, add(held[index], rest, value)) : undefined;
  }
  if (!isRecord(held)) return undefined;
  if (rest.length === 0) return { ...held, [part]: value };
  const inner = Object.hasOwn(held, part) ? add(held[part], rest, value) : undefined;
  return inner === undefined ? undefined : { ...held, [part]: inner };
}

function remove(held: unknown, [part, ...rest]: readonly string[]): unknown {
  if (part === undefined) return undefined;
  if (Array.isArray(held)) {
    const index = Number(part);
    if (!Number.isInteger(index) || index < 0 || index >= held.length) return undefined;
    return rest.length === 0 ? held.toSpliced(index, 1) : replaced(held, index, remove(held[index], rest));
  }
  if (!isRecord(held) || !Object.hasOwn(held, part)) return undefined;
  if (rest.length === 0) {
    const { [part]: _, ...others } = held;
    return others;
  }
  const inner = remove(held[part], rest);
  return inner === undefined ? undefined : { ...held, [part]: inner };
}

function replaced(list: readonly unknown[], index: number, value: unknown): unknown {
  return value === undefined ? undefined : list.with(index, value);
}
