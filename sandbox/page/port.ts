// Listens on the port that was asked for, or on the next free one.
import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Ports after the first that are tried; then any free one is taken. */
const tries = 50;

/** On 127.0.0.1. @returns the port. */
export async function listenFrom(server: Server, first: number): Promise<number> {
  for (let port = first; ; port += 1) {
    const last = port >= first + tries || port > 65_535;
    try {
      server.listen(last ? 0 : port, '127.0.0.1');
      await once(server, 'listening');
      return (server.address() as AddressInfo).port;
    } catch (error) {
      const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
      if (last || (code !== 'EADDRINUSE' && code !== 'EACCES')) throw error;
    }
  }
}
