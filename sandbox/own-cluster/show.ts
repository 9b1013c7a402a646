// `npm start -- --kubeconfig FILE`: the check, the start, one question, and then until Ctrl-C.
import type { Discord } from '../discord/discord.ts';
import { type Page, startPage } from '../page/page.ts';
import { NotReady } from './check.ts';
import { type OwnCluster, startOwnCluster } from './own-cluster.ts';

/** @returns the exit code: 0 after Ctrl-C, 1 where it could not be started. */
export async function showOwnCluster(options: {
  readonly kubeconfig: string;
  readonly from: string;
  /** The first that is tried for the page. */
  readonly port: number;
  readonly say: (text: string) => void;
  readonly follow: (discord: Discord) => void;
}): Promise<number> {
  const { kubeconfig, from, port, say, follow } = options;
  say(`Asking the cluster of ${kubeconfig} what the bot may do there …\n`);
  let sandbox: OwnCluster;
  try {
    sandbox = await startOwnCluster({ kubeconfig, from, environment: process.env });
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    process.stderr.write(`${error instanceof NotReady ? '' : 'It did not start: '}${said}\n`);
    return 1;
  }
  const interrupted = new Promise<void>((done) => {
    process.once('SIGINT', () => done());
    process.once('SIGTERM', () => done());
  });
  let page: Page | undefined;
  try {
    follow(sandbox.discord);
    page = await startPage(sandbox, { port });
    for (const note of sandbox.notes) say(`— ${note}`);
    await Promise.race([interrupted, firstLook(sandbox.discord, say)]);
    say(`— The page is at ${page.url}`);
    say(`— Webhooks go to ${sandbox.bot.url}/webhooks/alertmanager. Ctrl-C ends all of it.`);
    await Promise.race([interrupted, sandbox.bot.ended.then(({ code }) => say(`The bot ended with code ${code}.`))]);
    return 0;
  } finally {
    await page?.stop();
    await sandbox.stop();
  }
}

/** A slow cluster is no reason to end. */
async function firstLook(discord: Discord, say: (text: string) => void): Promise<void> {
  say('— vera, a viewer, asks for the nodes.\n');
  const asked = await discord.as('vera').command('nodes');
  await asked.final({ what: "vera's answer to /nodes", timeoutMs: 35_000 }).catch((error: unknown) => {
    say(`— ${error instanceof Error ? error.message : String(error)}`);
  });
}
