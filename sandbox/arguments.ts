// What `npm start` was asked for on the command line.
import { resolve } from 'node:path';
import { parseArgs, types } from 'node:util';

export interface Arguments {
  /** Plays the tour and ends. */
  readonly tour: boolean;
  /** Absolute path of the reader's kubeconfig; null for the sandbox's own homelab. */
  readonly kubeconfig: string | null;
  /** The first port that is tried for the page; 0 for any. */
  readonly port: number;
}

export const usage = `Usage: npm start [-- --port N] [--tour | --kubeconfig FILE]

  (no option)        serves the page, and stays until Ctrl-C
  --port N           the page's port; 3000 by default, the next free one when it is taken
  --tour             plays the tour and ends: 0, or 1 with what did not appear
  --kubeconfig FILE  puts the sandbox's Discord in front of your own cluster
`;

export type ReadArguments =
  | { readonly ok: true; readonly arguments: Arguments }
  | { readonly ok: false; readonly isHelp: boolean; readonly said: string };

/** @param from the folder that relative paths are meant from. */
export function readArguments(args: readonly string[], from: string): ReadArguments {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        tour: { type: 'boolean', default: false },
        kubeconfig: { type: 'string' },
        port: { type: 'string', default: '3000' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
    if (values.help) return { ok: false, isHelp: true, said: usage };
    const port = Number(values.port);
    if (!/^\d{1,5}$/.test(values.port) || port > 65_535) {
      return { ok: false, isHelp: false, said: `--port needs a number up to 65535.\n\n${usage}` };
    }
    if (values.kubeconfig === '')
      return { ok: false, isHelp: false, said: `--kubeconfig needs the path of a file.\n\n${usage}` };
    if (values.tour && values.kubeconfig !== undefined) {
      return {
        ok: false,
        isHelp: false,
        said: "The tour breaks an app and a node of the sandbox's own homelab: not with --kubeconfig.\n",
      };
    }
    const kubeconfig = values.kubeconfig === undefined ? null : resolve(from, values.kubeconfig);
    return { ok: true, arguments: { tour: values.tour, kubeconfig, port } };
  } catch (error) {
    // Node's own words name the argument: "Unknown option '--prot'. …".
    const wrong = types.isNativeError(error) ? (error.message.split(/[.\n]/, 1)[0] ?? '') : String(error);
    return { ok: false, isHelp: false, said: `${wrong}.\n\n${usage}` };
  }
}
