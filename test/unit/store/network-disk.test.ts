// A database on a network file system is refused; one on a local disk is not. The numbers are those of statfs(2).
import { expect, test } from '@jest/globals';
import { Unusable } from '../../../src/lib/unusable.ts';
import { refuseNetworkDisk } from '../../../src/store/network-disk.ts';

test.each([
  ['NFS', 0x6969],
  ['CIFS', 0xff534d42],
  ['CIFS', -11317950],
  ['SMB', 0xfe534d42],
  ['SMB', 0x517b],
])('%s (%d) is refused, with what would be right', (kind, type) => {
  const refused = () => refuseNetworkDisk('/data/bot.db', type);
  expect(refused).toThrow(Unusable);
  expect(refused).toThrow(`DATABASE_URL: /data/bot.db is on ${kind}`);
  expect(refused).toThrow('StorageClass local-path');
});

test.each([
  ['ext4', 0xef53],
  ['xfs', 0x58465342],
  ['btrfs', 0x9123683e],
  ['overlayfs', 0x794c7630],
  ['tmpfs', 0x01021994],
])('%s (%d) is taken', (_kind, type) => {
  expect(() => refuseNetworkDisk('/data/bot.db', type)).not.toThrow();
});
