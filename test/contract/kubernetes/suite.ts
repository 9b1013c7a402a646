// One suite of behaviours for a Kubernetes API server, run against the sandbox and against a real control plane.
import { afterAll, beforeAll, describe } from '@jest/globals';
import { accessTests } from './access.ts';
import { applyTests } from './applies.ts';
import type { Connection } from './connection.ts';
import { discoveryTests } from './discovery.ts';
import { fixture } from './fixture.ts';
import { impersonationTests } from './impersonation.ts';
import { readTests } from './reads.ts';
import { rolloutTests } from './rollouts.ts';
import { tableTests } from './tables.ts';
import { watchTests } from './watches.ts';
import { writeTests } from './writes.ts';

/** `connect` gives a cluster with the nodes desktop-1, desktop-2 and worker-db-01, 1.36, that lets anonymous requests through. */
export function describeKubernetes(name: string, connect: () => Promise<Connection>): void {
  describe(name, () => {
    let connected: Connection | undefined;
    const connection = (): Connection => {
      if (!connected) throw new Error('there is no connection');
      return connected;
    };
    beforeAll(async () => {
      connected = await connect();
      await connected.create(fixture);
    }, 120_000);
    afterAll(async () => {
      await connected?.close();
    });

    describe('reads', () => readTests(connection));
    describe('tables', () => tableTests(connection));
    describe('access', () => accessTests(connection));
    describe('impersonation', () => impersonationTests(connection));
    describe('watches', () => watchTests(connection));
    describe('applies', () => applyTests(connection));
    describe('writes', () => writeTests(connection));
    describe('rollouts', () => rolloutTests(connection));
    describe('discovery', () => discoveryTests(connection));
  });
}
