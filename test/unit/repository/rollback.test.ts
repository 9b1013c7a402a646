// Which change a rollback goes back to, case by case. A history is written oldest first: `D1 a→b` deploys, `R2 D1 b→a` takes D1 back.
import { describe, expect, test } from '@jest/globals';
import type { TagChange } from '../../../src/repository/repository.ts';
import { rollbackTarget, standingDeploys } from '../../../src/repository/rollback.ts';

function history(...lines: string[]): TagChange[] {
  return lines
    .map((line, index): TagChange => {
      const words = line.split(' ');
      const [from, to = ''] = (words.at(-1) ?? '').split('→');
      return {
        commit: id(words[0] ?? ''),
        at: new Date(index * 1000),
        from: from === '' || from === undefined ? null : from,
        to,
        person: null,
        reason: null,
        operation: null,
        reverts: words.slice(1, -1).map(id),
      };
    })
    .toReversed();
}

function id(name: string): string {
  return name.toLowerCase().padEnd(40, '0');
}

function short(changes: readonly TagChange[]): string {
  return changes.map(({ commit }) => commit.replace(/0+$/, '').toUpperCase()).join(' ');
}

describe('without `to`', () => {
  test.each([
    // [name, history, running, target tag, undone]
    ['the one before', ['D1 a→b', 'D2 b→c'], 'c', 'b', 'D2'],
    ['what ran before the first known', ['D1 a→b'], 'b', 'a', 'D1'],
    ['a second rollback goes one further back', ['D1 a→b', 'D2 b→c', 'R3 D2 c→b'], 'b', 'a', 'D1'],
    ['a third one still', ['D1 z→a', 'D2 a→b', 'D4 b→c', 'R5 D4 c→b', 'R6 D2 b→a'], 'a', 'z', 'D1'],
    [
      'a deploy after a rollback: what was undone is skipped',
      ['D1 a→b', 'D2 b→c', 'R3 D2 c→b', 'D4 b→d'],
      'd',
      'b',
      'D4',
    ],
    ['then once more', ['D1 a→b', 'D2 b→c', 'R3 D2 c→b', 'D4 b→d', 'R5 D4 d→b'], 'b', 'a', 'D1'],
    ['the same version deployed again after its rollback', ['D1 a→b', 'D2 b→c', 'R3 D2 c→b', 'D4 b→c'], 'c', 'b', 'D4'],
    ['back and forth by deploys', ['D1 a→b', 'D2 b→c', 'D3 c→b'], 'b', 'c', 'D3'],
    ['several undone at once', ['D1 a→b', 'D2 b→c', 'D3 c→d', 'R4 D3 D2 d→b'], 'b', 'a', 'D1'],
    ['a revert that was reverted stands again', ['D1 a→b', 'D2 b→c', 'R3 D2 c→b', 'R4 R3 b→c'], 'c', 'b', 'D2'],
    ['a change by hand counts as a deploy', ['D1 a→b', 'D2 b→x'], 'x', 'b', 'D2'],
    ['a revert that ends elsewhere counts as a deploy', ['D1 a→b', 'D2 b→c', 'R3 D2 c→x'], 'x', 'c', 'R3'],
    ['the cluster is one behind the repository', ['D1 a→b', 'D2 b→c', 'D3 c→d'], 'c', 'b', 'D3 D2'],
    ['nothing runs: the newest counts', ['D1 a→b', 'D2 b→c'], null, 'b', 'D2'],
  ])('%s', (_name, lines, running, tag, undo) => {
    const target = rollbackTarget(history(...lines), running);
    expect(target).toMatchObject({ kind: 'target', tag });
    if (target.kind === 'target') expect(short(target.undo)).toBe(undo);
  });
});

describe('with `to`', () => {
  const lines = history('D1 a→b', 'D2 b→c', 'D3 c→d', 'D4 d→e', 'R5 D4 e→d', 'D6 d→f');
  test.each([
    ['a tag', 'b', 'b', 'D6 D3 D2'],
    ['a commit', id('D2'), 'c', 'D6 D3'],
    ['the start of a commit', id('D2').slice(0, 8), 'c', 'D6 D3'],
    ['the one before', 'd', 'd', 'D6'],
    ['what ran before the first', 'a', 'a', 'D6 D3 D2 D1'],
  ])('%s', (_name, to, tag, undo) => {
    const target = rollbackTarget(lines, 'f', to);
    expect(target).toMatchObject({ kind: 'target', tag });
    if (target.kind === 'target') expect(short(target.undo)).toBe(undo);
  });

  test.each([
    ['what runs', 'f', 'is what runs'],
    ['one that was taken back', 'e', 'taken back before'],
    ['one that never was', 'zzz', 'no earlier deploy'],
    ['too short a commit', 'd2', 'no earlier deploy'],
  ])('%s', (_name, to, reason) => {
    expect(rollbackTarget(lines, 'f', to)).toEqual({ kind: 'none', reason: expect.stringContaining(reason) });
  });

  test('one that is newer than what runs', () => {
    expect(rollbackTarget(history('D1 a→b', 'D2 b→c', 'D3 c→d'), 'b', 'd')).toEqual({
      kind: 'none',
      reason: expect.stringContaining('never goes forward'),
    });
  });
});

describe('no target', () => {
  test.each([
    ['no history', [], null, 'no deploy'],
    ['the first one', ['D1 →a'], 'a', 'first deploy'],
    ['everything undone', ['D1 a→b', 'R2 D1 b→a'], 'a', 'no deploy'],
    ['a version that never was in the repository', ['D1 a→b'], 'q', 'not deployed through the repository'],
    ['a revert of what is older than the history never goes forward', ['R9 D8 c→b'], 'b', 'no deploy'],
  ])('%s', (_name, lines, running, reason) => {
    expect(rollbackTarget(history(...lines), running)).toEqual({
      kind: 'none',
      reason: expect.stringContaining(reason),
    });
  });
});

test('rolling back again and again ends at the beginning and never repeats a version', () => {
  const lines = ['D1 a→b', 'D2 b→c', 'D3 c→d', 'D4 d→e'];
  const seen: string[] = [];
  let running = 'e';
  for (let step = 5; step < 20; step += 1) {
    const target = rollbackTarget(history(...lines), running);
    if (target.kind === 'none') break;
    seen.push(target.tag);
    lines.push(`R${step} ${short(target.undo)} ${running}→${target.tag}`);
    running = target.tag;
  }
  expect(seen).toEqual(['d', 'c', 'b', 'a']);
  expect(standingDeploys(history(...lines))).toEqual([]);
});
