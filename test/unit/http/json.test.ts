import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { notificationParser } from '../../../src/alerts/schema.ts';
import { type NotificationParser, parseBody } from '../../../src/http/json.ts';

const limits = { depth: 32, values: 10_000, pieceBytes: 1 };

/** Takes everything, and says whether it came in pieces. */
function taking(): NotificationParser<unknown> & { readonly pieces: number[] } {
  const pieces: number[] = [];
  return {
    pieces,
    list: 'alerts',
    whole: (body) => ({ ok: true, notification: body }),
    begin(head) {
      const alerts: unknown[] = [];
      return {
        ok: true,
        take(items) {
          pieces.push(items.length);
          alerts.push(...items);
          return null;
        },
        end: () => ({ ...Object(head), alerts }),
      };
    },
  };
}

const parse = (text: string, parser: NotificationParser<unknown> = taking()) =>
  parseBody(Buffer.from(text), parser, limits);

async function expectAsJson(text: string): Promise<void> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    expect(await parse(text)).toMatchObject({ ok: false, reason: expect.stringContaining('not valid JSON') });
    return;
  }
  expect(await parse(text)).toEqual({ ok: true, notification: value });
}

describe('a body whose list is parsed in pieces', () => {
  test('comes in as many as it has items where each is large enough', async () => {
    const parser = taking();
    const text = '{"version":"4","alerts":[{"a":[1,{"b":2}]},"x,]}",3],"status":"firing"}';
    expect(await parse(text, parser)).toEqual({ ok: true, notification: JSON.parse(text) });
    expect(parser.pieces).toEqual([1, 1, 1]);
  });

  test.each([
    '{"alerts":[1,2,]}',
    '{"alerts":[1,,2]}',
    '{"alerts":[,1,2]}',
    '{"alerts":[1,2}',
    '{"alerts":[1,2}}',
    '{"alerts":[[1,2},3]]}',
    '{"alerts":[1 2,3]}',
    '{"alerts":[1,2]]}',
    '{"alerts":[1,2],}',
    '{"alerts":[1,2]}{}',
    '{"x":{"alerts":[1,2]}}',
    '{"x":"alerts","y":[1,2]}',
    '{"alerts":{"a":1,"b":2}}',
    '{"alerts":[1,2],"alerts":[3,4]}',
    '{"alerts":[1,2],"alerts":5}',
    '{"alerts":[1,2],"\\u0061lerts":[]}',
    '{"\\u0061lerts":[5,6],"alerts":[1,2]}',
    '{"alerts" : [ 1 , 2 ] , "b" : [ 3 , 4 ] }',
    '{"a\\"lerts":1,"alerts":["\\"",2]}',
    '["alerts":[1,2]]',
    '["alerts",[1,2]]',
    '{"alerts":[1,2],"__proto__":{"a":1}}',
  ])('is what JSON.parse makes of it: %s', expectAsJson);

  test('is so for any JSON, also with a piece cut out of it', async () => {
    const bodies = fc.record({
      before: fc.dictionary(fc.string(), fc.jsonValue()),
      alerts: fc.array(fc.jsonValue()),
      after: fc.dictionary(fc.string(), fc.jsonValue()),
      cut: fc.option(fc.tuple(fc.nat(), fc.nat(3))),
    });
    await fc.assert(
      fc.asyncProperty(bodies, async ({ before, alerts, after, cut }) => {
        const text = JSON.stringify({ ...before, alerts, ...after });
        const at = cut === null ? 0 : cut[0] % text.length;
        await expectAsJson(cut === null ? text : text.slice(0, at) + text.slice(at + cut[1]));
      }),
      { numRuns: 300 },
    );
  });

  test('names the alert that is wrong by its place in all of them', async () => {
    const alert = { status: 'firing', labels: {}, startsAt: '2026-01-31T03:00:00Z', fingerprint: 'a' };
    const wrong = { ...alert, labels: { a: 1 } };
    const body = { version: '4', groupKey: 'g', status: 'firing', receiver: 'r', alerts: [alert, alert, wrong] };
    const parsed = await parse(JSON.stringify(body), notificationParser);
    expect(parsed).toEqual(notificationParser.whole(body));
    expect(parsed).toMatchObject({ ok: false, reason: expect.stringContaining('alerts.2.labels.a: every value') });
    const right = { ...body, alerts: [alert, { ...alert, fingerprint: 'b' }] };
    expect(await parse(JSON.stringify(right), notificationParser)).toEqual(notificationParser.whole(right));
  });
});
