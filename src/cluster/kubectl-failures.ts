// What kubectl says when it fails, and how a person is told. Pure.
import type { Level } from '../access/level.ts';
import type { Ended } from '../lib/exec.ts';
import { redact } from '../lib/redact.ts';
import { UserError } from '../lib/user-error.ts';

const mostCharacters = 600;
const rbac = 'Whoever runs the cluster applies manifests/chatops/rbac.';

/** It did not come to an exit code. */
export function explainEnd(ended: Exclude<Ended, { kind: 'exited' }>): UserError {
  switch (ended.kind) {
    case 'missing':
      return new UserError(
        'The program kubectl is not on the PATH of the bot. Whoever runs the bot installs kubectl 1.27 or later.',
      );
    case 'timeout':
      return new UserError(
        `kubectl did not end within ${ended.afterMs / 1000} s and was stopped: the cluster may be away. Try again when it is back.`,
      );
    case 'too much':
      return new UserError(`The manifests are larger than ${ended.bytes / 2 ** 20} MiB.`);
    case 'killed':
      return new UserError(`kubectl was ended by ${ended.signal} from outside. Try again.`);
  }
}

/** The first thing that went wrong, in words; further ones are counted. */
export function explainApply(stderr: string, about: { readonly level: Level; readonly server: string }): UserError {
  const errors = errorsIn(stderr);
  const [first = 'it did not say why'] = errors;
  const more = errors.length > 1 ? `\nAnd ${errors.length - 1} more like it.` : '';
  return new UserError(`${sentenceOf(first, about)}${more}`);
}

/** @param folder its path of this moment, which nobody outside knows; it is taken out. */
export function explainRender(stderr: string, folder: string): UserError {
  const [first = 'it did not say why'] = errorsIn(stderr);
  const said = tidy(
    first
      .replaceAll(`${folder}/`, '')
      .replaceAll(folder, 'the folder')
      .replace(/^error: /, ''),
  );
  return new UserError(`The kustomization cannot be rendered: ${said}`);
}

/** Each begins a line; what follows belongs to it. Log lines of the program itself (`E1124 …`) say the same in other words. */
function errorsIn(stderr: string): string[] {
  const errors: string[] = [];
  for (const line of stderr.split('\n')) {
    if (line.trim() === '' || /^[EWI]\d{4} /.test(line) || /^(?:Warning|Flag)[: ]/.test(line)) continue;
    const begins = /^(?:error: |Error from server|The |Unable to connect|E?rror)/.test(line) || errors.length === 0;
    if (begins) errors.push(line);
    else errors[errors.length - 1] += `\n${line}`;
  }
  return errors;
}

function sentenceOf(error: string, { level, server }: { readonly level: Level; readonly server: string }): string {
  const said = tidy(error.replace(/^error: |^Error from server(?: \([A-Za-z]+\))?: /, ''));
  if (/cannot impersonate/.test(error)) return `The bot's own account may not act as homelab-bot:${level}. ${rbac}`;
  const webhook = /admission webhook "([^"]+)" denied the request:? ?([\s\S]*)/.exec(error);
  if (webhook !== null) return `The admission webhook ${webhook[1]} denied it: ${tidy(webhook[2] ?? '')}`;
  const forbidden = /cannot (\S+) resource "([^"]+)"(?: in API group "([^"]*)")?(?: in the namespace "([^"]+)")?/.exec(
    error,
  );
  if (forbidden !== null) {
    const [, verb, resource, group, namespace] = forbidden;
    const what = `${resource}${group ? `.${group}` : ''}`;
    const where = namespace === undefined ? '' : ` in ${namespace}`;
    return `Kubernetes does not let homelab-bot:${level} ${verb} ${what}${where}. ${rbac}`;
  }
  if (/\(Unauthorized\)|asked for the client to provide credentials/.test(error)) {
    return `The cluster (${server}) does not take the bot's credentials: they have expired or belong to another cluster. Whoever runs the bot renews them.`;
  }
  if (/Apply failed with \d+ conflicts?/.test(error))
    return `Others own fields of it: ${tidy(error.split('\n')[0] ?? '')}`;
  if (/failed calling webhook/.test(error)) return `An admission webhook of the cluster cannot be asked: ${said}`;
  if (/getting credentials: exec|executable \S+ not found/.test(error)) {
    return "The bot's own credentials for the cluster cannot be had: the program of its kubeconfig fails. Whoever runs the bot finds the reason in its log.";
  }
  if (isAway(error))
    return `The cluster cannot be reached (${awayReason(error)} at ${server}). Try again when it is back.`;
  if (/no matches for kind/.test(error)) return `The cluster does not know this kind of object: ${said}`;
  if (/error parsing STDIN|no objects passed/.test(error)) return `The manifests cannot be read: ${said}`;
  return `Kubernetes refused the manifests: ${said}`;
}

function isAway(error: string): boolean {
  return /Unable to connect to the server|was refused - did you|connect: connection refused|no such host|i\/o timeout|deadline exceeded|TLS handshake timeout|unexpected EOF|connection reset/.test(
    error,
  );
}

function awayReason(error: string): string {
  if (/refused/.test(error)) return 'connection refused';
  if (/no such host/.test(error)) return 'no address for that name';
  if (/x509|tls: failed to verify/.test(error)) return 'its certificate is not trusted';
  if (/timeout|deadline exceeded/i.test(error)) return 'no answer';
  return 'the connection failed';
}

function tidy(text: string): string {
  const clean = redact(text).trim();
  return clean.length > mostCharacters ? `${clean.slice(0, mostCharacters - 1)}…` : clean;
}
