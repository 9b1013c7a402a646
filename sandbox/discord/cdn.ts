// Serves the files of messages by the addresses that attachments and embeds carry.
import type { ServerResponse } from 'node:http';
import type { World } from './state.ts';

/** Answers `/attachments/<channel>/<attachment>/<filename>`; 404 as plain text for anything else. */
export function serveFile(world: World, pathname: string, response: ServerResponse): void {
  const [, , channelId = '', attachmentId = ''] = pathname.split('/');
  const messages = world.state.messages.get(channelId) ?? [];
  const file = messages.flatMap((message) => message.attachments).find((one) => one.id === attachmentId);
  if (!file) {
    response.writeHead(404, { 'Content-Type': 'text/plain' }).end('This content is no longer available.');
    return;
  }
  response.writeHead(200, { 'Content-Type': file.contentType, 'Content-Length': file.data.length }).end(file.data);
}
