// Reads the few requests that kubectl's typed clients send as protobuf only (`auth can-i`, `auth whoami`); answers may be JSON all the same.
// Field numbers are those of k8s.io/api's generated.proto; the envelope is apimachinery's runtime.Unknown behind the bytes "k8s\0".

/** The name of each field by its number: text, or a message with fields of its own. */
interface Fields {
  readonly [number: number]: readonly [name: string, fields?: Fields];
}

const resourceAttributes: Fields = {
  1: ['namespace'],
  2: ['verb'],
  3: ['group'],
  4: ['version'],
  5: ['resource'],
  6: ['subresource'],
  7: ['name'],
};

const messages: Readonly<Record<string, Fields>> = {
  SelfSubjectAccessReview: {
    2: [
      'spec',
      { 1: ['resourceAttributes', resourceAttributes], 2: ['nonResourceAttributes', { 1: ['path'], 2: ['verb'] }] },
    ],
  },
  SelfSubjectRulesReview: { 2: ['spec', { 1: ['namespace'] }] },
  SelfSubjectReview: {},
};

const envelope: Fields = { 1: ['typeMeta', { 1: ['apiVersion'], 2: ['kind'] }] };
const magic = Buffer.from('k8s\0');

/** Null for what is no such message. */
export function fromProtobuf(body: Buffer, kind: string): Record<string, unknown> | null {
  const fields = messages[kind];
  if (!fields || !body.subarray(0, magic.length).equals(magic)) return null;
  try {
    const unknown = read(body.subarray(magic.length), { ...envelope, 2: ['raw', fields] });
    const { raw } = unknown;
    return typeof raw === 'object' && raw !== null ? { ...raw } : {};
  } catch {
    return null;
  }
}

/** Throws RangeError for bytes that end too early. */
function read(bytes: Buffer, fields: Fields): Record<string, unknown> {
  const found: Record<string, unknown> = {};
  let at = 0;
  const varint = (): number => {
    for (let value = 0, shift = 0; ; shift += 7) {
      const byte = bytes.readUInt8(at);
      at += 1;
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
  };
  while (at < bytes.length) {
    const tag = varint();
    const [name, nested] = fields[Math.floor(tag / 8)] ?? [];
    if (tag % 8 === 0) {
      varint();
      continue;
    }
    if (tag % 8 !== 2) throw new RangeError('a field of a kind that these messages do not have');
    const length = varint();
    if (at + length > bytes.length) throw new RangeError('a field that is cut off');
    const value = bytes.subarray(at, at + length);
    at += length;
    if (name !== undefined) found[name] = nested ? read(value, nested) : value.toString();
  }
  return found;
}
