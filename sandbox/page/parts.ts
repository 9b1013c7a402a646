// What the page needs of a homelab; parts that are not the sandbox's own are null.
import type { Alertmanager } from '../alertmanager/alertmanager.ts';
import type { Discord } from '../discord/discord.ts';
import type { SandboxGit } from '../git/git.ts';
import type { Kubernetes } from '../kubernetes/kubernetes.ts';
import type { Registry } from '../registry/registry.ts';

export interface PageParts {
  readonly discord: Discord;
  readonly alertmanager: Alertmanager;
  readonly kubernetes: Kubernetes | null;
  readonly git: SandboxGit | null;
  readonly registry: Registry | null;
  /** What to install, where something is missing. */
  readonly advice: string | null;
}
