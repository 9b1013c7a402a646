// The fingerprint of a label set, computed as Prometheus does: FNV-1a of 64 bits over the sorted names and values.

export type Labels = Readonly<Record<string, string>>;

const offset = 14695981039346656037n;
const prime = 1099511628211n;
const mask = (1n << 64n) - 1n;
const separator = 0xff;

/** 16 hexadecimal digits. Source: `LabelSet.Fingerprint` of prometheus/common; the captured bodies agree. */
export function fingerprint(labels: Labels): string {
  let hash = offset;
  for (const [name, value] of sorted(labels)) {
    for (const byte of [...Buffer.from(name), separator, ...Buffer.from(value), separator]) {
      hash = ((hash ^ BigInt(byte)) * prime) & mask;
    }
  }
  return hash.toString(16).padStart(16, '0');
}

/** Entries in Go's order of strings: by their bytes. */
export function sorted(labels: Labels): [string, string][] {
  return Object.entries(labels).sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
}
