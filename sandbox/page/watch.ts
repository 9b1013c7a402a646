// Looks at the homelab while somebody looks at the page, and tells when it has changed.
import type { PageHomelab } from './web/protocol.ts';

/** After a change that was told of: several at once are looked at once. */
const settleMs = 60;

/** For what tells of no change: alerts, commits by hand. */
const lookMs = 1_500;

export interface Watch {
  /** Something may have changed. */
  poke(): void;
  /** Looks now. */
  look(): Promise<PageHomelab>;
  stop(): void;
}

export function createWatch(
  read: () => Promise<PageHomelab>,
  { isWatched, tell }: { readonly isWatched: () => boolean; readonly tell: (homelab: PageHomelab) => void },
): Watch {
  let last = '';
  let soon: NodeJS.Timeout | undefined;

  async function look(): Promise<PageHomelab> {
    const homelab = await read();
    const text = JSON.stringify(homelab);
    if (text !== last && isWatched()) tell(homelab);
    last = text;
    return homelab;
  }

  const regular = setInterval(() => {
    if (isWatched()) void look();
  }, lookMs);

  return {
    look,
    poke() {
      if (soon !== undefined || !isWatched()) return;
      soon = setTimeout(() => {
        soon = undefined;
        void look();
      }, settleMs);
    },
    stop() {
      clearInterval(regular);
      clearTimeout(soon);
    },
  };
}
