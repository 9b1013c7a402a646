// The process's log: JSON lines on standard output, from which every secret is taken before they are written.
import { type DestinationStream, type Logger, pino, stdTimeFunctions } from 'pino';
import { cleanFields, cleanMessage, isError } from './log-fields.ts';
import type { Redact } from './redact.ts';

export const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];

export interface LogOptions {
  readonly level: LogLevel;
  /** Applied to every string of messages, metadata and errors. */
  readonly redact: Redact;
  /** Standard output by default. */
  readonly destination?: DestinationStream;
}

/**
 * Lines are written before the call returns, so that the last words of a dying process are not lost. Metadata is bounded in depth
 * and size; errors are written under `err` with message, stack, code and cause.
 */
export function createLog({
  level,
  redact,
  destination = pino.destination({ fd: 1, sync: true }),
}: LogOptions): Logger {
  const log = pino(
    {
      level,
      base: null,
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      // Errors are made plain by cleanFields; pino's own serializer would read them again.
      serializers: { err: (plain) => plain },
      hooks: {
        logMethod(args, method) {
          const [first, ...rest]: unknown[] = args;
          if (typeof first !== 'object' || first === null) {
            method.call(this, cleanMessage(redact, first, rest));
            return;
          }
          const [message, ...values] = rest;
          const fields = cleanFields(redact, isError(first) ? { err: first } : first);
          if (message !== undefined) method.call(this, fields, cleanMessage(redact, message, values));
          else if (isError(first)) method.call(this, fields, cleanMessage(redact, first.message, []));
          else method.call(this, fields);
        },
      },
    },
    destination,
  );
  // pino offers no hook for a child's own fields.
  const child = log.child;
  log.child = function cleanChild(this: Logger, fields, options) {
    return Reflect.apply(child, this, [cleanFields(redact, fields), options]);
  };
  return log;
}
