// Errors in the API's own words: metav1.Status, as apimachinery's `errors` package builds them.

export interface StatusBody {
  readonly kind: 'Status';
  readonly apiVersion: 'v1';
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly status: 'Failure';
  readonly message: string;
  readonly reason?: string;
  readonly details?: Readonly<Record<string, unknown>>;
  readonly code: number;
}

/** An answer that ends a request: a Status, or plain text as the router of the real server writes it. */
export class ApiError extends Error {
  readonly code: number;
  readonly body: StatusBody | string;
  readonly headers: Readonly<Record<string, string>>;

  constructor(code: number, body: StatusBody | string, headers: Readonly<Record<string, string>> = {}) {
    super(typeof body === 'string' ? body : body.message);
    this.code = code;
    this.body = body;
    this.headers = headers;
  }
}

interface StatusParts {
  readonly reason?: string;
  readonly details?: Readonly<Record<string, unknown>>;
  readonly metadata?: Readonly<Record<string, unknown>>;
}

export function status(
  code: number,
  message: string,
  { reason, details, metadata = {} }: StatusParts = {},
): StatusBody {
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata,
    status: 'Failure',
    message,
    ...(reason === undefined ? {} : { reason }),
    ...(details === undefined ? {} : { details }),
    code,
  };
}

export function unauthorized(): ApiError {
  return new ApiError(401, status(401, 'Unauthorized', { reason: 'Unauthorized' }));
}

export function badRequest(message: string): ApiError {
  return new ApiError(400, status(400, message, { reason: 'BadRequest' }));
}

export function notFound(resource: string, group: string, name: string): ApiError {
  const of = group === '' ? resource : `${resource}.${group}`;
  const details = { name, ...(group === '' ? {} : { group }), kind: resource };
  return new ApiError(404, status(404, `${of} "${name}" not found`, { reason: 'NotFound', details }));
}

/** For a path below a group that is served, but without such a resource. */
export function noSuchResource(): ApiError {
  const message = 'the server could not find the requested resource';
  return new ApiError(404, status(404, message, { reason: 'NotFound', details: {} }));
}

export function noSuchPage(): ApiError {
  return new ApiError(404, '404 page not found\n', { 'x-content-type-options': 'nosniff' });
}

export function methodNotAllowed(): ApiError {
  const message = 'the server does not allow this method on the requested resource';
  return new ApiError(405, status(405, message, { reason: 'MethodNotAllowed', details: {} }));
}

/** 410, and where a list can go on from here, the token for it. */
export function expired(message: string, metadata: Readonly<Record<string, unknown>> = {}): ApiError {
  return new ApiError(410, status(410, message, { reason: 'Expired', metadata }));
}

export function tooLargeVersion(asked: number, current: number): ApiError {
  const message = `Timeout: Too large resource version: ${asked}, current: ${current}`;
  const causes = [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }];
  const body = status(504, message, { reason: 'Timeout', details: { causes, retryAfterSeconds: 1 } });
  return new ApiError(504, body, { 'retry-after': '1' });
}

/** What a fault injects: a Status of any code, which names itself. */
export function injected(code: number): ApiError {
  return new ApiError(code, status(code, `the sandbox was told to answer ${code}`, { reason: reasonOf(code) }));
}

/** 501, naming the request: the sandbox is no whole API server and never pretends. */
export function unsupported(method: string, path: string, what: string): ApiError {
  const message = `the sandbox does not support ${what} (${method} ${path})`;
  return new ApiError(
    501,
    status(501, message, { reason: 'NotImplemented', details: { causes: [{ message: what }] } }),
  );
}

function reasonOf(code: number): string {
  return (
    {
      401: 'Unauthorized',
      403: 'Forbidden',
      404: 'NotFound',
      409: 'Conflict',
      429: 'TooManyRequests',
      500: 'InternalError',
      503: 'ServiceUnavailable',
      504: 'Timeout',
    }[code] ?? 'Unknown'
  );
}
