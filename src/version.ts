// The version of the bot, as in package.json.
import manifest from '../package.json' with { type: 'json' };

export const version = manifest.version;
