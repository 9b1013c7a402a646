// The commands of a shell block: words and assignments, as far as documents use the shell.

export interface ShellCommand {
  readonly assigned: readonly string[];
  readonly words: readonly string[];
}

const operators = /^(?:&&|\|\||[;|&\n])/;
const redirection = /^(?:\d?>>?|<)(?:&\d)?/;

/** Quotes are taken off; comments and redirections with their files are left out. */
export function commandsIn(text: string): readonly ShellCommand[] {
  const commands: ShellCommand[] = [];
  let words: string[] = [];
  let rest = text.replaceAll(/\\\n\s*/g, '');
  let file = false;
  const end = (): void => {
    const first = words.findIndex((word) => !/^[A-Za-z_]\w*=/.test(word));
    const count = first < 0 ? words.length : first;
    const assigned = words.slice(0, count).map((word) => word.slice(0, word.indexOf('=')));
    if (words.length > 0) commands.push({ assigned, words: words.slice(count) });
    words = [];
  };
  while (rest !== '') {
    const skipped = /^(?:[ \t]+|#[^\n]*)/.exec(rest)?.[0];
    const operator = operators.exec(rest)?.[0];
    const redirected = redirection.exec(rest)?.[0];
    if (skipped !== undefined) rest = rest.slice(skipped.length);
    else if (redirected !== undefined) {
      rest = rest.slice(redirected.length);
      file = !redirected.includes('&');
    } else if (operator !== undefined) {
      end();
      rest = rest.slice(operator.length);
    } else {
      const word = /^(?:'[^']*'|"(?:\\.|[^"\\])*"|\\.|[^\s'";|&<>\\])+/.exec(rest)?.[0] ?? rest;
      rest = rest.slice(word.length);
      if (!file) words.push(unquoted(word));
      file = false;
    }
  }
  end();
  return commands;
}

function unquoted(word: string): string {
  return word.replaceAll(/'([^']*)'|"((?:\\.|[^"\\])*)"|\\(.)/g, (_, single, double, escaped) =>
    double === undefined ? (single ?? escaped) : double.replaceAll(/\\(["\\$`])/g, '$1'),
  );
}
