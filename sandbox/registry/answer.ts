// An answer before it is written.
import { bodyOf, type RegistryError } from './errors.ts';

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer;
}

export function answerJson(status: number, value: unknown, headers: Readonly<Record<string, string>> = {}): Answer {
  return { status, headers: { 'content-type': 'application/json', ...headers }, body: `${JSON.stringify(value)}\n` };
}

export function refusal(error: RegistryError, headers: Readonly<Record<string, string>> = {}): Answer {
  return { status: error.status, headers: { 'content-type': 'application/json', ...headers }, body: bodyOf(error) };
}
