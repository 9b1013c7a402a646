// Draws the rooms and who imports whom as a Mermaid graph, from what dependency-cruiser found.
import { runTool } from '../check/run-tool.ts';

interface Cruised {
  readonly modules: readonly {
    readonly source: string;
    readonly dependencies: readonly { readonly resolved: string; readonly dependencyTypes: readonly string[] }[];
  }[];
}

const begin = '<!-- rooms -->';
const end = '<!-- /rooms -->';

/** Reads the imports of src/ and commands/ as they are now. */
export async function drawRooms(): Promise<string> {
  const { ok, output } = await runTool('dependency-cruiser/bin/dependency-cruiser.mjs', [
    '--config',
    '.dependency-cruiser.mjs',
    '--output-type',
    'json',
    'src',
    'commands',
  ]);
  if (!output.startsWith('{'))
    throw new Error(`dependency-cruiser ${ok ? 'said' : 'failed'}: ${output.slice(0, 2000)}`);
  return draw(JSON.parse(output));
}

/** Puts the picture between the markers of a document; throws where they are missing. */
export function placeIn(document: string, picture: string): string {
  const [from, to] = [document.indexOf(begin), document.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`The document has no ${begin} … ${end}`);
  return `${document.slice(0, from + begin.length)}\n${picture}\n${document.slice(to)}`;
}

/** Solid arrows are behaviour, dotted ones types alone. lib/ and message.ts, which all rooms use, and app.ts with app/, which use all, are left out. */
function draw({ modules }: Cruised): string {
  const arrows = new Map<string, '-->' | '-.->'>();
  for (const { source, dependencies } of modules) {
    const from = roomOf(source);
    for (const { resolved, dependencyTypes } of dependencies) {
      const to = roomOf(resolved);
      if (from === null || to === null || from === to) continue;
      const key = `${from} ${to}`;
      if (!dependencyTypes.includes('type-only')) arrows.set(key, '-->');
      else if (!arrows.has(key)) arrows.set(key, '-.->');
    }
  }
  const lines = [...arrows].map(([key, arrow]) => `  ${key.replace(' ', ` ${arrow} `)}`).sort();
  return ['', '```mermaid', 'flowchart LR', ...lines, '```', ''].join('\n');
}

function roomOf(path: string): string | null {
  const room = /^(?:src\/([a-z-]+)|(commands))\//.exec(path);
  const name = room?.[1] ?? room?.[2] ?? null;
  return name === 'lib' || name === 'app' ? null : name;
}
