// What git said → what a person is told. Pure; git speaks English here, since LC_ALL is C.
import { shortened } from '../lib/shortened.ts';
import { UserError } from '../lib/user-error.ts';
import { GitFailure } from './git.ts';

export type FailureKind =
  | 'away'
  | 'unauthorised'
  | 'host key'
  | 'not found'
  | 'no branch'
  | 'redirected'
  | 'slow'
  | 'too large'
  /** Somebody else pushed in between. */
  | 'race'
  /** A hook, a protected branch or missing rights to write. */
  | 'refused'
  /** The clone is not whole: made anew. */
  | 'damaged'
  /** No git on this machine. */
  | 'no git'
  | 'disk'
  | 'unknown';

/** The first that matches counts. */
const signs: readonly (readonly [RegExp, FailureKind])[] = [
  [/spawn git ENOENT|ENOENT.*\bgit\b/i, 'no git'],
  [/No space left on device|ENOSPC|Disk quota exceeded/i, 'disk'],
  [
    /\(fetch first\)|\(non-fast-forward\)|\[rejected\]|cannot lock ref .* but expected|failed to update ref|incorrect old value/i,
    'race',
  ],
  [/\[remote rejected\]|pre-receive hook declined|GH006|protected branch|hook declined/i, 'refused'],
  [/REMOTE HOST IDENTIFICATION HAS CHANGED|Host key verification failed|No .* host key is known/i, 'host key'],
  [/couldn't find remote ref|Remote branch .* not found/i, 'no branch'],
  [
    /write access to repository not granted|marked as read only|denied to |not allowed to push|You are not allowed|error: 403/i,
    'unauthorised',
  ],
  [
    /Authentication failed|could not read (Username|Password)|Permission denied|Invalid credentials|error: 401|error in libcrypto|invalid format|Load key/i,
    'unauthorised',
  ],
  [/unable to update url base from redirection|returned error: 30\d|redirect/i, 'redirected'],
  [/Operation too slow|timed out|Timeout, server|Connection timed out/i, 'slow'],
  [
    /Could not resolve host|Couldn't connect|Failed to connect|Connection refused|No route to host|Network is unreachable|Connection (reset|closed)|Empty reply|returned error: 5\d\d|SSL|certificate|kex_exchange_identification|hung up unexpectedly|early EOF|HTTP2|unexpected disconnect|Temporary failure in name resolution|Name or service not known/i,
    'away',
  ],
  [
    /Repository not found|does not appear to be a git repository|repository .* (does not exist|not found)|not found|detected dubious ownership|error: 404/i,
    'not found',
  ],
  [
    /not a git repository|object file .* is empty|loose object .* is corrupt|bad object|unable to read|missing (blob|tree|commit)|invalid index-pack|index-pack failed|did not send all necessary objects|Unable to create '.*\.lock'|bad config|corrupt|cannot lock ref|unable to parse object|packfile/i,
    'damaged',
  ],
];

export function kindOf(failure: GitFailure): FailureKind {
  if (failure.kind === 'timeout') return 'slow';
  if (failure.kind === 'too much') return 'too large';
  const said = `${failure.stderr}\n${failure.stdout}`;
  return signs.find(([sign]) => sign.test(said))?.[1] ?? 'unknown';
}

export interface FailureContext {
  /** Host or path of the repository. */
  readonly shown: string;
  readonly branch: string;
  /** For `no branch`: what the repository has. Null where it is not known. */
  readonly branches: readonly string[] | null;
}

/** For what is no failure of git: itself. */
export function explain(error: unknown, context: FailureContext): unknown {
  if (!(error instanceof GitFailure)) return error;
  return new UserError(sentence(error, context), { cause: error });
}

function sentence(failure: GitFailure, { shown, branch, branches }: FailureContext): string {
  const where = `The manifest repository (${shown})`;
  switch (kindOf(failure)) {
    case 'away':
      return `${where} cannot be reached${lastWords(failure)}. Nothing was changed; try again when it is back.`;
    case 'slow':
      return `${where} did not answer in time. Try again in a moment.`;
    case 'unauthorised':
      return `${where} does not let the bot in: whoever runs the bot checks MANIFEST_REPO_SSH_KEY or MANIFEST_REPO_TOKEN and its right to write.`;
    case 'host key':
      return `${where} shows a host key that is not among MANIFEST_REPO_KNOWN_HOSTS, so nothing was sent to it. Whoever runs the bot compares it with what the host's owner publishes.`;
    case 'not found':
      return `There is no repository at ${shown} that the bot may read. Whoever runs the bot checks MANIFEST_REPO_URL and the bot's right to read it.`;
    case 'no branch':
      if (branches !== null && branches.length === 0) return `${where} is empty: it has no commit yet.`;
      return `${where} has no branch ${branch}${branches === null ? '' : ` (it has ${some(branches)})`}. Whoever runs the bot checks MANIFEST_REPO_BRANCH.`;
    case 'redirected':
      return `${where} has moved: it answers with another address, which the bot does not follow. Whoever runs the bot corrects MANIFEST_REPO_URL.`;
    case 'too large':
      return `${where} holds more than the bot reads.`;
    case 'refused':
      return `${where} refused the push${reason(failure)}. Nothing was changed.`;
    case 'race':
      return `${where} is changed by others all the time; the commit could not be placed. Try again in a moment.`;
    case 'no git':
      return 'The program git is missing where the bot runs.';
    case 'disk':
      return 'There is no space left where the bot keeps its copy of the manifest repository.';
    case 'damaged':
      return "The bot's copy of the manifest repository is damaged and could not be made anew. Whoever runs the bot finds the reason in its log.";
    case 'unknown':
      return `git failed on the manifest repository (${shown})${lastWords(failure)}.`;
  }
}

/** What the other side said with its refusal: at most three lines of the hook, else what stands in brackets. */
function reason({ stderr, stdout }: GitFailure): string {
  const said = [...stderr.matchAll(/^remote: ?(.*)$/gm)]
    .map(([, line]) => clean(line ?? ''))
    .filter((line) => line !== '');
  const words =
    said.slice(0, 3).join(' ') || clean(/\[remote rejected\][^(]*\(([^)]*)\)/.exec(stdout + stderr)?.[1] ?? '');
  return words === '' ? '' : `: ${shortened(words, 300).replace(/\.+$/, '')}`;
}

function lastWords({ stderr }: GitFailure): string {
  const line = stderr.split('\n').findLast((one) => /^(fatal|error|ssh):/.test(one)) ?? '';
  const words = clean(line.replace(/^(fatal|error): /, ''));
  return words === '' ? '' : ` (${shortened(words, 200).replace(/\.+$/, '')})`;
}

function some(names: readonly string[]): string {
  return `${names
    .slice(0, 5)
    .map((name) => shortened(clean(name), 60))
    .join(', ')}${names.length > 5 ? ' …' : ''}`;
}

function clean(text: string): string {
  return text
    .toWellFormed()
    .replace(/\u001B\[[0-9;]*[A-Za-z]/g, '')
    .replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ')
    .trim();
}
