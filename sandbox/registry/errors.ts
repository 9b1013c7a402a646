// Errors as registries write them: `{"errors":[{"code","message"}]}`, with the words of github.com/distribution/distribution and GHCR.

export interface RegistryError {
  readonly status: number;
  readonly code: string;
  readonly message: string;
}

const kinds = {
  blobUnknown: { status: 404, code: 'BLOB_UNKNOWN', message: 'blob unknown to registry' },
  denied: { status: 403, code: 'DENIED', message: 'requested access to the resource is denied' },
  digestInvalid: { status: 400, code: 'DIGEST_INVALID', message: 'provided digest did not match uploaded content' },
  manifestUnknown: { status: 404, code: 'MANIFEST_UNKNOWN', message: 'manifest unknown' },
  nameInvalid: { status: 400, code: 'NAME_INVALID', message: 'invalid repository name' },
  nameUnknown: { status: 404, code: 'NAME_UNKNOWN', message: 'repository name not known to registry' },
  paginationNumberInvalid: {
    status: 400,
    code: 'PAGINATION_NUMBER_INVALID',
    message: 'invalid number of results requested',
  },
  tooManyRequests: { status: 429, code: 'TOOMANYREQUESTS', message: 'too many requests' },
  unauthorized: { status: 401, code: 'UNAUTHORIZED', message: 'authentication required' },
  unsupported: { status: 405, code: 'UNSUPPORTED', message: 'The operation is unsupported.' },
} as const satisfies Readonly<Record<string, RegistryError>>;

export type ErrorKind = keyof typeof kinds;

export function errorOf(kind: ErrorKind, message?: string): RegistryError {
  return message === undefined ? kinds[kind] : { ...kinds[kind], message };
}

/** For a status that a test asks for. */
export function injected(status: number): RegistryError {
  const named = Object.values(kinds).find((one) => one.status === status);
  return named ?? { status, code: 'UNKNOWN', message: `the sandbox was told to answer ${status}` };
}

export function bodyOf({ code, message }: RegistryError): string {
  return `${JSON.stringify({ errors: [{ code, message }] })}\n`;
}
