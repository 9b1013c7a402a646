// Whether the TypeScript of documents type-checks against the sources, as it would in a file that imports what it uses.
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root, runTool } from '../../../scripts/check/run-tool.ts';

/** What examples use without saying where it is from. */
const known: Readonly<Record<string, string>> = {
  command: 'src/dispatch/command.ts',
  UserError: 'src/lib/user-error.ts',
  z: 'zod',
};

/** @returns what the compiler says about it. */
export async function wrongTypeScript(block: string): Promise<readonly string[]> {
  const imports = Object.entries(known)
    .filter(([name]) => new RegExp(`\\b${name}\\b`).test(block) && !new RegExp(`import .*\\b${name}\\b`).test(block))
    .map(([name, file]) => `import { ${name} } from '${file.endsWith('.ts') ? join(root, file) : file}';`);
  const folder = await mkdtemp(join(tmpdir(), 'homelab-bot-docs-'));
  try {
    await mkdir(join(folder, 'docs'));
    await symlink(join(root, 'node_modules'), join(folder, 'node_modules'));
    await writeFile(join(folder, 'docs', 'example.ts'), `${imports.join('\n')}\n${block}\n`);
    await writeFile(join(folder, 'package.json'), '{ "type": "module" }');
    const typeRoots = [join(root, 'node_modules', '@types')];
    const config = { extends: join(root, 'tsconfig.json'), compilerOptions: { typeRoots }, include: ['docs'] };
    await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(config));
    const { ok, output } = await runTool('typescript/bin/tsc', ['-p', folder], folder);
    return ok ? [] : [output.trim().slice(0, 500)];
  } finally {
    await rm(folder, { recursive: true });
  }
}
