// Who may do what, as a table of cases.
import { describe, expect, test } from '@jest/globals';
import { decide } from '../../../src/access/decide.ts';
import type { Requirement } from '../../../src/access/level.ts';
import { refusalMessage, refusalReason } from '../../../src/access/refusal.ts';
import { type Access, levelOf, standingOf } from '../../../src/access/standing.ts';

const guild = '100000000000000001';
const elsewhere = '100000000000000002';
const viewer = '200000000000000001';
const operator = '200000000000000002';
const admin = '200000000000000003';
const other = '200000000000000009';

const access: Access = { viewer: [viewer], operator: [operator], admin: [admin] };
const nobody: Access = { viewer: [], operator: [], admin: [] };
const everyone: Access = { viewer: [guild], operator: [operator], admin: [] };

function ask(requirement: Requirement, roles: string[], given = access, from: string | null = guild) {
  return decide({ requirement, person: { roles }, guildId: guild, invocationGuildId: from, access: given });
}

const allowed = (level: string | null) => ({ kind: 'allowed', level });
const tooLow = (needed: string, has: string | null) => ({ kind: 'refused', reason: 'level too low', needed, has });

describe('decide', () => {
  test.each([
    ['a viewer may read', ask('viewer', [viewer]), allowed('viewer')],
    ['a viewer may not operate', ask('operator', [viewer]), tooLow('operator', 'viewer')],
    ['an operator may read, as operator', ask('viewer', [operator]), allowed('operator')],
    ['an operator is no admin', ask('admin', [operator]), tooLow('admin', 'operator')],
    ['the highest level counts, whatever the order', ask('admin', [viewer, admin, operator]), allowed('admin')],
    ['a role that is not listed gives nothing', ask('viewer', [other]), tooLow('viewer', null)],
    ['without a role there is no level', ask('viewer', []), tooLow('viewer', null)],
    ['everyone in the guild may where it asks for no level', ask('everyone', []), allowed(null)],
    ['who has a level keeps it where none is asked for', ask('everyone', [operator]), allowed('operator')],
    ['@everyone listed gives everyone that level', ask('viewer', [], everyone), allowed('viewer')],
    ['@everyone listed gives no more than that', ask('operator', [], everyone), tooLow('operator', 'viewer')],
    ['a higher role counts beside @everyone', ask('operator', [operator], everyone), allowed('operator')],
    [
      'nobody has been given a level',
      ask('viewer', [viewer], nobody),
      { kind: 'refused', reason: 'nobody has a level', needed: 'viewer' },
    ],
    ['no level is needed for everyone, also then', ask('everyone', [], nobody), allowed(null)],
  ])('%s', (_name, decision, expected) => {
    expect(decision).toEqual(expected);
  });

  test.each([elsewhere, null])('from another guild (%s) nothing is allowed, not even to an admin', (from) => {
    const refused = { kind: 'refused', reason: 'wrong guild' };
    expect(ask('everyone', [], access, from)).toEqual(refused);
    expect(ask('viewer', [admin], access, from)).toEqual(refused);
  });

  test("another guild's @everyone gives nothing", () => {
    expect(levelOf([], { ...nobody, viewer: [elsewhere] }, guild)).toBeNull();
  });
});

test('a standing names every role that gives a level, highest first', () => {
  expect(standingOf([viewer, other, admin], access, guild)).toEqual({
    level: 'admin',
    grants: [
      { level: 'admin', role: admin },
      { level: 'viewer', role: viewer },
    ],
    anyoneHasALevel: true,
  });
});

describe('a refusal', () => {
  test('says which level is needed and which one the person has', () => {
    const refusal = ask('operator', [viewer]);
    if (refusal.kind !== 'refused') throw new Error('was allowed');
    const text = JSON.stringify(refusalMessage(refusal, '/restart'));
    expect(text).toContain('/restart');
    expect(text).toContain('needs the level operator; you have the level viewer');
    expect(refusalReason(refusal)).toBe('level too low: needs operator, has viewer');
  });

  test('says so where the person has none, and where nobody has', () => {
    const none = ask('viewer', []);
    const nobodyYet = ask('viewer', [], nobody);
    if (none.kind !== 'refused' || nobodyYet.kind !== 'refused') throw new Error('was allowed');
    expect(JSON.stringify(refusalMessage(none, '/nodes'))).toContain('none of your roles gives you a level');
    expect(JSON.stringify(refusalMessage(nobodyYet, '/nodes'))).toContain('nobody has been given a level yet');
  });
});
