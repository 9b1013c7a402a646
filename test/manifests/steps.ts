// The steps of a README of manifests/, as a reader would type them.

/** The folders that it applies, in its order: what stands behind `kubectl apply -k` in its code blocks. */
export function appliedIn(readme: string): string[] {
  return [...readme.matchAll(/^ *kubectl apply -k (\S+)$/gm)].map(([, folder = '']) => folder);
}
