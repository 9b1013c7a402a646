import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { formOf } from '../../../src/discord/form.ts';

const read = ({ body, contentType }: ReturnType<typeof formOf>) =>
  new Response(new Uint8Array(body), { headers: { 'content-type': contentType } }).formData();

test('a message with files is read as it was written, whatever they hold', async () => {
  const files = fc.array(
    fc.record({ name: fc.string({ minLength: 1, unit: 'binary' }), data: fc.uint8Array({ maxLength: 200 }) }),
    { maxLength: 3 },
  );
  await fc.assert(
    fc.asyncProperty(fc.jsonValue(), files, async (payload, uploads) => {
      const form = await read(formOf(payload, uploads));
      expect(JSON.parse(String(form.get('payload_json')))).toEqual(JSON.parse(JSON.stringify(payload)));
      for (const [index, { data }] of uploads.entries()) {
        const file = form.get(`files[${index}]`);
        expect(file instanceof Blob && new Uint8Array(await file.arrayBuffer())).toEqual(new Uint8Array(data));
      }
      expect([...form.keys()]).toHaveLength(1 + uploads.length);
    }),
    { numRuns: 50 },
  );
});

test('an image is told as one, and a name keeps its quotes', async () => {
  const data = new Uint8Array([1]);
  const form = await read(
    formOf({}, [
      { name: 'graph.PNG', data },
      { name: 'a "b".txt', data },
    ]),
  );
  expect(form.get('files[0]')).toMatchObject({ name: 'graph.PNG', type: 'image/png' });
  expect(form.get('files[1]')).toMatchObject({ name: 'a "b".txt', type: 'application/octet-stream' });
});
