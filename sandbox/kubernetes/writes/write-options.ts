// The query of a change, checked as the real server checks it.
import { truthy } from '../request-info.ts';
import { type Cause, invalid } from './validate.ts';

export interface WriteOptions {
  readonly dryRun: boolean;
  readonly force: boolean;
  /** Who is changing it: as the query says, else the beginning of the user agent. */
  readonly manager: string;
}

export const writeParameters: readonly string[] = ['dryRun', 'fieldManager', 'fieldValidation', 'force'];

export interface Asking {
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, readonly string[] | undefined>>;
}

type Kind = 'CreateOptions' | 'UpdateOptions' | 'PatchOptions' | 'DeleteOptions';

/** `apply` says whether it is a server-side apply, which needs a manager and alone may force. Throws 422. */
export function writeOptions({ query, headers }: Asking, kind: Kind, apply = false): WriteOptions {
  const dryRun = query.getAll('dryRun');
  const given = query.get('fieldManager') ?? '';
  const causes: Cause[] = [];
  if (apply && given === '') {
    const message = 'Required value: is required for apply patch';
    causes.push({ reason: 'FieldValueRequired', message, field: 'fieldManager' });
  }
  if (!apply && query.has('force')) {
    const message = 'Forbidden: may not be specified for non-apply patch';
    causes.push({ reason: 'FieldValueForbidden', message, field: 'force' });
  }
  if (dryRun.some((one) => one !== 'All')) {
    const message = `Unsupported value: ${JSON.stringify(dryRun)}: supported values: "All"`;
    causes.push({ reason: 'FieldValueNotSupported', message, field: 'dryRun' });
  }
  const validation = query.get('fieldValidation') ?? '';
  if (!['', 'Ignore', 'Warn', 'Strict'].includes(validation)) {
    const message = `Unsupported value: ${JSON.stringify(validation)}: supported values: "Ignore", "Strict", "Warn"`;
    causes.push({ reason: 'FieldValueNotSupported', message, field: 'fieldValidation' });
  }
  if (causes.length > 0) throw invalid(kind, 'meta.k8s.io', '', causes);
  const agent = (headers['user-agent']?.[0] ?? '').split('/')[0] ?? '';
  return { dryRun: dryRun.length > 0, force: truthy(query.get('force')), manager: given || agent || 'unknown' };
}
