// JSON that keeps dates and bytes, for what we write and read back ourselves.

/** Dates become `{ $date }` in milliseconds, bytes `{ $bytes }` in base64. */
export function pack(value: unknown): string {
  return JSON.stringify(value, replace);
}

/** What `pack` made; not for data from outside. */
export function unpack(text: string): unknown {
  return JSON.parse(text, revive);
}

/** Looks at the value before its own `toJSON` has been at it. */
function replace(this: unknown, key: string, value: unknown): unknown {
  const raw: unknown = Reflect.get(Object(this), key);
  if (raw instanceof Date) return { $date: raw.getTime() };
  if (raw instanceof Uint8Array) return { $bytes: Buffer.from(raw).toString('base64') };
  return value;
}

function revive(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if ('$date' in value && typeof value.$date === 'number') return new Date(value.$date);
  if ('$bytes' in value && typeof value.$bytes === 'string') return new Uint8Array(Buffer.from(value.$bytes, 'base64'));
  return value;
}
