// Says politely to a screen reader what has changed elsewhere on the page; one sentence at a time, the newest ones.
import { byId } from './dom.ts';

const pauseMs = 900;
const kept = 4;

export type Announce = (sentence: string) => void;

export function createAnnouncer(): Announce {
  const place = byId('announcer', HTMLElement);
  let waiting: string[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;

  function next(): void {
    timer = undefined;
    const sentence = waiting.shift();
    if (sentence === undefined) return;
    place.textContent = sentence;
    timer = setTimeout(next, pauseMs);
  }

  return (sentence) => {
    waiting = [...waiting.filter((one) => one !== sentence), sentence].slice(-kept);
    if (timer === undefined) next();
  };
}
