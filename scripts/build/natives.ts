// Leaves out the optional native parts of ws and @discordjs/ws, whatever happens to be installed where it is built or run.
import type { Plugin } from 'rolldown';

const natives = ['zlib-sync', 'bufferutil', 'utf-8-validate'];
const prefix = '\0left-out:';

/** Each becomes a module that throws; both packages look for them inside a `try` and do without. */
export function leaveOutNatives(): Plugin {
  return {
    name: 'leave-out-natives',
    resolveId: (source) => (natives.includes(source) ? `${prefix}${source}` : null),
    load(id) {
      if (!id.startsWith(prefix)) return null;
      return {
        code: `throw new Error(${JSON.stringify(`${id.slice(prefix.length)} is left out of the bundle`)});`,
        moduleType: 'js',
      };
    },
  };
}
