// What is said about a silence before and after it is made: pure.
import type { Matcher } from '../alertmanager/alertmanager.ts';
import type { UserError } from '../lib/user-error.ts';
import type { Line, Message } from '../message.ts';
import { incidentName } from './message.ts';
import { matcherText } from './silence-matchers.ts';
import type { Proposal } from './silencing.ts';

/**
 * Shows exactly what a confirmation does, with the buttons for it.
 * @param problem why it was not done when it was confirmed before.
 */
export function proposalMessage(proposal: Proposal, problem?: UserError): Message {
  const { id, incident } = proposal;
  const question = `Silence ${incidentName(incident)}?`;
  const [headline = question, ...rest] =
    problem === undefined ? [question] : [...problem.message.split('\n'), question];
  return {
    tone: 'warning',
    headline,
    text: [
      ...rest,
      ...endOf(proposal),
      coverageOf(proposal),
      ...(proposal.elsewhere ? [warningOf(incident)] : []),
      ...proposal.matchers.map(matcherLine),
    ],
    buttons: [
      { label: 'Silence', style: 'danger', action: 'silence-yes', subject: id },
      { label: 'Cancel', style: 'secondary', action: 'silence-no', subject: id },
    ],
  };
}

function coverageOf({ covers, others, watchdog }: Proposal): string {
  const all = `${covers} ${covers === 1 ? 'alert that fires' : 'alerts that fire'} now`;
  if (others === null) {
    const unknown =
      watchdog === 'not known' ? 'What else, also whether the Watchdog, is not known' : 'What else is not known';
    return `⚠️ Alertmanager's list could not be read. As far as the bot itself knows, this covers ${all}. ${unknown}.`;
  }
  const foreign = others === 0 ? '' : `, ${others} of them in other groups`;
  return `Covers ${all}${foreign}, and all that comes with the labels below until then.`;
}

function warningOf({ receiver }: Proposal['incident']): Line {
  return [
    'The Alertmanager that the bot knows has no receiver ',
    { code: receiver },
    ': where the alert comes from another one, this silence keeps nothing quiet.',
  ];
}

export function silencedMessage(proposal: Proposal): Message {
  return {
    tone: 'good',
    headline: `${incidentName(proposal.incident)} is silenced.`,
    text: [...endOf(proposal), ...proposal.matchers.map(matcherLine)],
  };
}

/** Before the matchers, which may be so long that what comes after them is cut. */
function endOf({ until, reason }: Proposal): readonly Line[] {
  return [
    ['Until ', { time: until, style: 'full' }, ' (', { time: until, style: 'relative' }, ')'],
    ...(reason === '' ? [] : [`Reason: ${reason}`]),
  ];
}

function matcherLine(matcher: Matcher): Line {
  return [{ code: matcherText(matcher) }, ...(matcher.value === '' ? [' (without this label)'] : [])];
}
