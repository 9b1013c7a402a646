// Makes every connection that a test opens to another machine fail, and remembers it, since the code under test may swallow the error.

import dgram from 'node:dgram';
import dns from 'node:dns';
import { isIP, Socket } from 'node:net';

const denied: string[] = [];

/** Hosts that were tried since the last call. */
export function takeDenied(): string[] {
  return denied.splice(0);
}

/** Hooks connections and name look-ups of this process; fetch, undici, ws and node:http all pass here. Child processes are on their own. */
export function denyNetwork(): void {
  const connect = Socket.prototype.connect;
  Socket.prototype.connect = function (this: Socket, ...args: Parameters<typeof connect>) {
    const host = hostOf(args);
    if (isHere(host)) return connect.apply(this, args);
    const error = refuse(host);
    process.nextTick(() => this.destroy(error));
    return this;
  } as typeof connect;

  const send = dgram.Socket.prototype.send as (...args: unknown[]) => void;
  dgram.Socket.prototype.send = function (this: dgram.Socket, ...args: unknown[]) {
    const host = args.findLast((arg) => typeof arg === 'string' && args.indexOf(arg) > 0);
    if (typeof host === 'string' && !isHere(host)) throw refuse(host);
    send.apply(this, args);
  } as typeof dgram.Socket.prototype.send;

  const lookup = dns.lookup as (host: string, ...args: unknown[]) => void;
  Object.assign(dns, {
    lookup(host: string, ...args: unknown[]) {
      if (isHere(host)) return lookup(host, ...args);
      const callback = args.at(-1) as (error: Error) => void;
      const error = refuse(host);
      process.nextTick(() => callback(error));
    },
  });
  const promised = dns.promises.lookup as (host: string, ...args: unknown[]) => Promise<unknown>;
  Object.assign(dns.promises, {
    async lookup(host: string, ...args: unknown[]) {
      if (isHere(host)) return promised(host, ...args);
      throw refuse(host);
    },
  });
}

/** Of `connect(options)`, `connect(port, host)` and `connect([options, callback])`, as node:net calls itself; undefined is this machine. */
function hostOf([first, second]: readonly unknown[]): string | undefined {
  const target = Array.isArray(first) ? first[0] : first;
  if (typeof target === 'object' && target !== null) {
    if ('path' in target && typeof target.path === 'string') return undefined;
    return 'host' in target && typeof target.host === 'string' ? target.host : undefined;
  }
  return typeof second === 'string' ? second : undefined;
}

function isHere(host: string | undefined): boolean {
  if (host === undefined || host === '' || host === 'localhost') return true;
  const bare = host.replace(/^\[|\]$/g, '').replace(/^::ffff:/, '');
  return isIP(bare) === 4 ? bare.startsWith('127.') : bare === '::1';
}

function refuse(host: string | undefined): Error {
  const name = host ?? 'an unnamed host';
  denied.push(name);
  return Object.assign(new Error(`Tests may not reach ${name}`), { code: 'ENETUNREACH' });
}
