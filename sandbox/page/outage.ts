// Takes Discord away for a while, and brings it back by itself.
import type { DiscordFaults } from '../discord/discord.ts';

export interface Outage {
  /** Milliseconds since 1970; null while Discord is there. */
  readonly until: number | null;
  begin(ms: number): Promise<void>;
  end(): Promise<void>;
  /** Without bringing it back. */
  stop(): void;
}

export function createOutage(faults: Pick<DiscordFaults, 'away' | 'back'>, onChange: () => void): Outage {
  let until: number | null = null;
  let timer: NodeJS.Timeout | undefined;

  function forget(): void {
    clearTimeout(timer);
    until = null;
  }

  async function end(): Promise<void> {
    if (until === null) return;
    forget();
    await faults.back();
    onChange();
  }

  return {
    get until() {
      return until;
    },
    async begin(ms) {
      clearTimeout(timer);
      until = Date.now() + ms;
      timer = setTimeout(() => void end(), ms);
      await faults.away();
      onChange();
    },
    end,
    stop: forget,
  };
}
