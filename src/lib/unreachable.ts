// Why a server could not be reached, in words for people.

/** The other end closed a connection that was open, as it may with one that was kept. */
export const closed = 'connection closed';

const reasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: closed,
  EPIPE: closed,
  UND_ERR_SOCKET: closed,
  ENOTFOUND: 'no address for that name',
  EAI_AGAIN: 'no answer from the name server',
  ETIMEDOUT: 'no answer',
  UND_ERR_CONNECT_TIMEOUT: 'no answer',
  EHOSTUNREACH: 'no way to that host',
  ENETUNREACH: 'no way to that network',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is not trusted',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate is not trusted',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate is not trusted',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'its certificate is not trusted',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another name',
};

/**
 * A clause for people, without an address. fetch rejects with a TypeError whose cause tells.
 * @param error what `fetch`, or reading its body, rejected with.
 */
export function reasonOf(error: unknown): string {
  for (let one = error, depth = 0; typeof one === 'object' && one !== null && depth < 4; depth += 1) {
    const code = 'code' in one ? String(one.code) : '';
    const reason = reasons[code];
    if (reason !== undefined) return reason;
    if (/^(?:ERR_SSL|EPROTO)/.test(code)) return 'it does not speak TLS';
    one = 'cause' in one ? one.cause : null;
  }
  return 'the connection failed';
}
