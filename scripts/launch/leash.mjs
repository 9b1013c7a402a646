// Preloaded into a program that launch.mjs had to start as a child: ends it when the launcher is gone without a word (kill -9).
import { isMainThread } from 'node:worker_threads';

/** Longer than the bot takes to stop: it ends within 10 s of a SIGTERM. */
const patienceMs = 15_000;

if (isMainThread && process.env['HOMELAB_BOT_LEASH'] === String(process.ppid)) {
  process.once('disconnect', () => {
    setTimeout(() => process.kill(process.pid, 'SIGKILL'), patienceMs).unref();
    process.kill(process.pid, 'SIGTERM');
  });
  process.channel?.unref();
}
// Programs that this one starts have their own parents.
delete process.env['HOMELAB_BOT_LEASH'];
