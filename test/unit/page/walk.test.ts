import { expect, test } from '@jest/globals';
import { stepsIn } from '../../../sandbox/page/walk.ts';

const message = {
  author: { id: '1', username: 'homelab-bot', bot: true },
  channel: 'alerts',
  content: '',
  text: '',
  ephemeralFor: null,
  loading: false,
  invoked: null,
};

test.each([
  ['an alert', { content: '🔴 critical firing: NodeDown', text: '1 firing' }, ['fire']],
  ['one that grew', { content: '🔴 critical firing: NodeDown (2 alerts)', text: '2 firing' }, ['fire', 'grow']],
  ['one that resolved', { content: '✅ resolved: NodeDown', text: '2 resolved' }, ['resolve']],
  ['a deploy that is done, wherever it was asked for', { content: '✅ done: deploy of shop a → b (otto)' }, ['deploy']],
  ['one that runs', { channel: 'operations', content: '🚀 running: deploy of shop a → b (otto)' }, []],
  ['one that was undone', { content: '↩ failed and undone: deploy of shop a → b (otto)' }, ['undone']],
  ['a rollback', { content: '✅ done: rollback of shop b → a (otto)' }, ['undone']],
  [
    'nodes for a viewer',
    { ephemeralFor: 'vera', invoked: { username: 'vera', command: 'nodes' }, text: '4 nodes: 4 ready' },
    ['nodes'],
  ],
  [
    'a refusal',
    { ephemeralFor: 'nils', invoked: { username: 'nils', command: 'nodes' }, text: '/nodes needs the level viewer' },
    ['refused'],
  ],
  ['an answer that is not there yet', { ephemeralFor: 'vera', loading: true, text: 'ready' }, []],
  ['a person who writes the words', { author: { id: '2', username: 'nils', bot: false }, content: 'firing' }, []],
])('%s', (_what, changed, steps) => {
  expect(stepsIn({ ...message, ...changed })).toEqual(steps);
});
