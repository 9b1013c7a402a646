// Waiting that ends: with the work, or with the signal.

/**
 * Settles as `work` does, or rejects with the signal's reason as soon as that is aborted; the work itself may then go on, and
 * how it ends is of no more interest.
 */
export async function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const aborted = Promise.withResolvers<never>();
  const abort = (): void => aborted.reject(signal.reason);
  if (signal.aborted) abort();
  else signal.addEventListener('abort', abort, { once: true });
  try {
    return await Promise.race([work, aborted.promise]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
