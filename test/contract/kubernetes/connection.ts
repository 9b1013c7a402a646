// What the suite needs of a cluster, be it the sandbox or a real one, and reading what it answered.
import type { Answered, Client, Endpoint } from './client.ts';

export interface Reference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly namespace?: string;
}

export interface AnyObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly [field: string]: unknown };
  readonly [field: string]: unknown;
}

export interface Connection {
  readonly endpoint: Endpoint;
  /** Of the group system:masters. */
  readonly admin: Client;
  /** Creates objects that are not there yet. Pods become ready by themselves. */
  create(objects: readonly AnyObject[]): Promise<void>;
  /** A JSON merge patch. */
  patch(which: Reference, change: object): Promise<void>;
  remove(which: Reference): Promise<void>;
  /** A token of that ServiceAccount. */
  token(namespace: string, name: string): Promise<string>;
  /** Makes the server forget all history. */
  compact(): Promise<void>;
  close(): Promise<void>;
}

export interface ListBody {
  readonly kind: string;
  readonly apiVersion: string;
  readonly metadata: {
    readonly resourceVersion?: string;
    readonly continue?: string;
    readonly remainingItemCount?: number;
  };
  readonly items: readonly AnyObject[];
}

export function listOf(answer: Answered): ListBody {
  if (answer.status !== 200) throw new Error(`answered ${answer.status}: ${answer.text}`);
  return answer.body as ListBody;
}

export function namesOf(answer: Answered): string[] {
  return listOf(answer).items.map(({ metadata }) => metadata.name);
}

export function objectOf(answer: Answered): AnyObject {
  if (answer.status !== 200 && answer.status !== 201) throw new Error(`answered ${answer.status}: ${answer.text}`);
  return answer.body as AnyObject;
}

/** A Status as the server writes it, to the byte. */
export function failure(code: number, message: string, reason: string, details?: object): string {
  const status = {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message,
    reason,
    ...(details ? { details } : {}),
    code,
  };
  return `${JSON.stringify(status).replaceAll('<', '\\u003c').replaceAll('>', '\\u003e').replaceAll('&', '\\u0026')}\n`;
}

export function query(parameters: Readonly<Record<string, string>>): string {
  return `?${new URLSearchParams(parameters)}`;
}
