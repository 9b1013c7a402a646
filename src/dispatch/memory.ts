// Interaction ids that were taken, so that an event which Discord or a resumed session replays does nothing twice.

/** The durable part, which outlives a restart. */
export interface InteractionMemory {
  /** Resolves with true where the id is new, once it is remembered durably. */
  remember(id: string, at: Date): Promise<boolean>;
}

/** The part of this process, which answers at once: the newest `size` ids. */
export function createRecent(size: number): { isNew(id: string): boolean } {
  const ids = new Set<string>();
  return {
    isNew(id) {
      if (ids.has(id)) return false;
      ids.add(id);
      // A Set keeps the order of insertion: the first is the oldest.
      for (const oldest of ids) {
        if (ids.size <= size) break;
        ids.delete(oldest);
      }
      return true;
    },
  };
}
