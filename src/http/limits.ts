// How much of anything the HTTP side takes before it says no.

export interface HttpLimits {
  /** Largest webhook body in bytes. */
  readonly bodyBytes: number;
  /** All webhook bodies that are being read or stored, in bytes. */
  readonly inFlightBytes: number;
  /** How long a body waits for room among those, in milliseconds. */
  readonly roomMs: number;
  /** From the connection to the end of the headers, in milliseconds. */
  readonly headersMs: number;
  /** From the first read to the end of the body, in milliseconds. */
  readonly bodyMs: number;
  /** How long storing a notification may take, in milliseconds. */
  readonly storeMs: number;
  /** How deep arrays and objects may nest. */
  readonly depth: number;
  /** How many values a body may hold; 4 MiB of the smallest alerts have some 260,000. */
  readonly values: number;
  /** How many bytes of a long list are parsed before others have their turn: some milliseconds' work. */
  readonly pieceBytes: number;
  /** How long what a refused client still sends is thrown away, so that it can read why, in milliseconds. */
  readonly lingerMs: number;
  /** Open connections at once; further ones are closed at once. */
  readonly connections: number;
}

/** As in the contract (section 4), and what it leaves open. */
export const httpLimits: HttpLimits = {
  bodyBytes: 4 * 1024 * 1024,
  inFlightBytes: 16 * 1024 * 1024,
  roomMs: 1000,
  headersMs: 5000,
  bodyMs: 10_000,
  storeMs: 10_000,
  depth: 32,
  values: 400_000,
  pieceBytes: 64 * 1024,
  lingerMs: 1000,
  connections: 500,
};
