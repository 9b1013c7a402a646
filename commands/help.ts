// /help: the commands that exist, and which of them this person may run.
import { command } from '../src/dispatch/command.ts';
import type { Line } from '../src/message.ts';

export const help = command({
  name: 'help',
  summary: 'Lists the commands and marks those that you may run',
  level: 'everyone',
  personal: true,
  options: {},
  async *run({ commands }) {
    const allowed = commands.filter((one) => one.allowed).length;
    const all = allowed === commands.length;
    yield {
      tone: 'info',
      headline: all ? 'You may run every command.' : `You may run ${allowed} of ${commands.length} commands.`,
      text: commands.map((one): Line => {
        const [mark, level] = one.allowed ? ['✅', one.level] : ['🔒', `needs ${one.level}`];
        return [`${mark} `, { code: `/${one.name}` }, ` ${one.summary} (${level})`];
      }),
      ...(!all && { footer: '/whoami says which level you have and where it comes from.' }),
    };
  },
});
