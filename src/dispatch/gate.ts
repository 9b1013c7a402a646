// Acknowledgements go first: Discord wants them within 3 s, whatever else there is to do.

export interface Gate {
  /** Runs one acknowledgement at once. */
  acknowledge(work: () => Promise<void>): Promise<void>;
  /** Resolves when no acknowledgement is under way, at the latest after the gate's limit. */
  quiet(): Promise<void>;
}

/** @param limitMs so that one slow acknowledgement does not hold up everyone's answers. */
export function createGate(limitMs: number): Gate {
  let underWay = 0;
  const waiting = new Set<() => void>();

  function open(): void {
    for (const go of waiting) go();
  }

  return {
    async acknowledge(work) {
      underWay += 1;
      try {
        await work();
      } finally {
        underWay -= 1;
        if (underWay === 0) open();
      }
    },

    async quiet() {
      if (underWay === 0) return;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(go, limitMs);
        function go(): void {
          clearTimeout(timer);
          waiting.delete(go);
          resolve();
        }
        waiting.add(go);
      });
    },
  };
}
