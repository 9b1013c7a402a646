// Draws the rooms anew into docs/architecture.md, after an import between two of them was added or removed.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { root } from './check/run-tool.ts';
import { drawRooms, placeIn } from './picture/draw.ts';

const file = join(root, 'docs', 'architecture.md');
await writeFile(file, placeIn(await readFile(file, 'utf8'), await drawRooms()));
