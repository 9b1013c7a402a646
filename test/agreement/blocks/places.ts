// Where a path of a document lies: in this repository, or in the one that manifests/ becomes, in whose root its documents are read.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../../scripts/check/run-tool.ts';

/** The absolute path; null where neither has it. */
export function placeOf(path: string): string | null {
  return [root, join(root, 'manifests')].map((base) => join(base, path)).find((one) => existsSync(one)) ?? null;
}
