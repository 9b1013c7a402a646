// Kubernetes quantities: `250m`, `16Gi`, `1e3`.

const factors: Readonly<Record<string, number>> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};

/**
 * A quantity as a number of its base unit (cores, bytes, pods), exact to what a double holds.
 * https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/
 * @returns null where `text` is none.
 */
export function parseQuantity(text: string): number | null {
  const match = /^([+-]?(?:\d{1,40}(?:\.\d{0,40})?|\.\d{1,40}))(?:[eE]([+-]?\d{1,3})|([numkMGTPE]|[KMGTPE]i)?)$/.exec(
    text,
  );
  if (match === null) return null;
  const [, digits = '', exponent, suffix = ''] = match;
  const factor = factors[suffix];
  if (factor === undefined) return null;
  const value = exponent === undefined ? Number(digits) * factor : Number(`${digits}e${exponent}`);
  return Number.isFinite(value) ? value : null;
}
