// Autocomplete: from memory, at once, and silently nothing for those who may not run the command.
import type { CompletionContext } from './command.ts';
import type { Choice, CompletionInvocation } from './invocation.ts';
import { decideFor, type Setting } from './setting.ts';

// https://docs.discord.com/developers/interactions/application-commands#autocomplete
const mostChoices = 25;
const longest = 100;

/** What to suggest for what was typed so far; never throws. */
export function choicesFor(setting: Setting, invocation: CompletionInvocation): readonly Choice[] {
  const command = setting.byName.get(invocation.command);
  if (command === undefined || invocation.subcommand !== null) return [];
  // Which app it is about may be what is typed: whoever may deploy any app is helped.
  const also = command.also === undefined ? [] : setting.apps.flatMap((app) => app.deployers);
  if (decideFor(setting, command.level, invocation, also).kind === 'refused') return [];
  if (!Object.hasOwn(command.options, invocation.option)) return [];
  const complete = command.options[invocation.option]?.complete;
  if (complete === undefined) return [];
  try {
    return complete(invocation.typed.slice(0, longest), contextOf(setting, invocation))
      .filter(({ name, value }) => fits(name) && fits(value))
      .slice(0, mostChoices);
  } catch (err) {
    setting.log.error({ err, command: command.name, option: invocation.option }, 'Suggestions could not be made');
    return [];
  }
}

function contextOf(
  { cache, apps, suggestions, alerts }: Setting,
  { options }: CompletionInvocation,
): CompletionContext {
  return { cache, apps, ...suggestions, incidents: () => alerts.named(), options };
}

function fits(text: string): boolean {
  return text.length > 0 && text.length <= longest;
}
