// Which programs are on the PATH → lines. Pure.
import type { Asked } from '../lib/asked.ts';
import { fail, judge, type Line, ok, warn } from './line.ts';

export interface ProgramFacts {
  /** What a program says of its version; null where this configuration runs none of it. */
  readonly kubectl: Asked<string>;
  readonly git: Asked<string> | null;
  readonly ssh: Asked<string> | null;
}

/** `[major, minor]` from which on it does what the bot asks of it. git: configuration by GIT_CONFIG_COUNT. */
const oldest = { kubectl: [1, 27], git: [2, 31] } as const;

/** @param deploys whether something can be deployed; without that kubectl is not needed. */
export function judgePrograms({ kubectl, git, ssh }: ProgramFacts, deploys: boolean): Line[] {
  return [
    programLine('kubectl', kubectl, deploys ? fail : warn),
    ...(git === null ? [] : [programLine('git', git, fail)]),
    ...(ssh === null ? [] : [programLine('ssh', ssh, fail)]),
  ];
}

function programLine(name: 'kubectl' | 'git' | 'ssh', asked: Asked<string>, wrong: typeof fail): Line {
  const what = `program ${name}`;
  const [major, minor] = name === 'ssh' ? [0, 0] : oldest[name];
  const wanted = name === 'ssh' ? 'an OpenSSH client' : `${name} ${major}.${minor} or later`;
  const why = name === 'kubectl' ? ', with which /deploy and /rollback apply manifests' : '';
  const remedy = `install ${wanted}${why}, on the PATH of the bot`;
  return judge(what, asked, {
    known: (said) => {
      const version = /(\d+)\.(\d+)(?:\.\d+)*/.exec(said);
      const [text = said, ofMajor = 0, ofMinor = 0] =
        version === null ? [] : [version[0], Number(version[1]), Number(version[2])];
      const recent = ofMajor > major || (ofMajor === major && ofMinor >= minor);
      return recent ? ok(what, text) : wrong(what, `${text} is too old`, remedy);
    },
    fault: (fault) => wrong(what, fault.why, remedy),
    because: 'it was not looked for',
  });
}
