// What `npm start` was asked for on the command line.
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';

export interface Arguments {
  /** Plays the tour and ends. */
  readonly tour: boolean;
  /** Absolute path of the reader's kubeconfig; null for the sandbox's own homelab. */
  readonly kubeconfig: string | null;
}

export const usage = `Usage: npm start [-- --tour | --kubeconfig FILE]

  (no option)        plays the tour, then stays until Ctrl-C
  --tour             plays the tour and ends: 0, or 1 with what did not appear
  --kubeconfig FILE  puts the sandbox's Discord in front of your own cluster
`;

/** @param from the folder that relative paths are meant from. */
export function readArguments(
  args: readonly string[],
  from: string,
): { readonly ok: true; readonly arguments: Arguments } | { readonly ok: false; readonly said: string } {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: { tour: { type: 'boolean', default: false }, kubeconfig: { type: 'string' } },
    });
    if (values.kubeconfig === '') return { ok: false, said: `--kubeconfig needs the path of a file.\n\n${usage}` };
    if (values.tour && values.kubeconfig !== undefined) {
      return {
        ok: false,
        said: "The tour breaks an app and a node of the sandbox's own homelab: not with --kubeconfig.\n",
      };
    }
    const kubeconfig = values.kubeconfig === undefined ? null : resolve(from, values.kubeconfig);
    return { ok: true, arguments: { tour: values.tour, kubeconfig } };
  } catch {
    return { ok: false, said: usage };
  }
}
