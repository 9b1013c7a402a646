// Who may import whom, executed by `npm test`. Each rule's comment says where the code belongs instead; docs/architecture.md shows the result.

/**
 * What each domain room may use of other rooms, besides `lib/` and `message.ts`. An arrow that is missing here is a decision: add it with the
 * code that needs it, and say why in docs/decisions when it turns a flow around. Types may be imported from `config/` and `cluster/` too.
 */
const arrows = {
  access: [],
  audit: ['access'],
  cards: [],
  alerts: ['cards', 'alertmanager', 'prometheus', 'loki', 'cluster', 'charts'],
  dispatch: ['access', 'audit', 'alerts', 'deploys', 'operations'],
  operations: ['access', 'audit', 'cards'],
  deploys: ['access', 'operations', 'rollouts', 'cluster', 'repository', 'registry'],
  rollouts: ['cluster'],
  doctor: ['access'],
};
const domain = Object.keys(arrows).join('|');
const adapters = 'discord|cluster|repository|helm|hosts|registry|alertmanager|prometheus|loki|charts|http|store';

/** One vendor, one room: everything else speaks in our own words, so that a vendor can be replaced in one place. */
const vendors = [
  { vendor: 'discord.js', path: '/(discord\\.js|@discordjs/[^/]+)/', room: 'discord' },
  { vendor: '@kubernetes/client-node', path: '/@kubernetes/client-node/', room: 'cluster' },
  { vendor: 'express', path: '/express/', room: 'http' },
  { vendor: 'Kysely', path: '/kysely/', room: 'store' },
  { vendor: 'node:sqlite', path: '^(node:)?sqlite$', room: 'store' },
  { vendor: 'yaml', path: '/yaml/', room: '(config|cluster|repository|alertmanager)' },
  { vendor: 'node-ssh', path: '/node-ssh/', room: 'hosts' },
  { vendor: 'simple-git', path: '/simple-git/', room: 'repository' },
  { vendor: 'prom-client', path: '/prom-client/', room: 'lib' },
  { vendor: 'node:worker_threads', path: '^(node:)?worker_threads$', room: 'charts' },
];

/**
 * Erased before anything runs, so it ties no behaviour.
 * @type {{ dependencyTypesNot: import('dependency-cruiser').DependencyType[] }}
 */
const notATypeImport = { dependencyTypesNot: ['type-only'] };

/** @type {import('dependency-cruiser').IForbiddenRuleType[]} */
const rooms = [
  {
    name: 'lib-knows-no-room',
    comment:
      'lib/ holds leaves. What needs a room belongs in that room; what two rooms need as values is handed in by app.ts.',
    severity: 'error',
    from: { path: '^src/lib/' },
    to: { path: '^(src|commands)/', pathNot: '^src/lib/' },
  },
  {
    name: 'message-knows-nothing',
    comment: 'message.ts is the vocabulary that every room shares. How it looks in Discord belongs in discord/.',
    severity: 'error',
    from: { path: '^src/message\\.ts$' },
    to: { path: '^(src|commands)/' },
  },
  ...Object.entries(arrows).map(([room, allowed]) => ({
    name: `${room}-uses-its-arrows`,
    comment: `${room}/ decides; what it needs from elsewhere it declares as a type, and app.ts hands it in.${
      allowed.length > 0 ? ` It may use ${allowed.join(', ')}.` : ''
    }`,
    severity: /** @type {const} */ ('error'),
    from: { path: `^src/${room}/` },
    to: {
      path: '^(src|commands)/',
      pathNot: `^src/(${[room, ...allowed, 'lib'].join('|')})/|^src/message\\.ts$`,
      ...notATypeImport,
    },
  })),
  ...Object.entries(arrows).map(([room, allowed]) => ({
    name: `${room}-sees-types-of-its-arrows`,
    comment: `Even a type ties two rooms together. ${room}/ declares the type that it needs; the room that satisfies it imports that.`,
    severity: /** @type {const} */ ('error'),
    from: { path: `^src/${room}/` },
    to: {
      path: '^(src|commands)/',
      pathNot: `^src/(${[room, ...allowed, 'lib', 'config', 'cluster'].join('|')})/|^src/message\\.ts$`,
    },
  })),
  {
    name: 'adapters-import-only-types-of-the-domain',
    comment:
      'An adapter translates. A decision belongs in the domain room that owns the words; app.ts hands its functions in.',
    severity: 'error',
    from: { path: `^src/(${adapters})/` },
    to: { path: `^(src/(${domain}|config)/|commands/)`, ...notATypeImport },
  },
  {
    name: 'adapters-do-not-use-each-other',
    comment: 'Two vendors never meet: app.ts builds both and hands one a function of the other.',
    severity: 'error',
    from: { path: `^src/(${adapters})/` },
    to: { path: `^src/(${adapters})/`, pathNot: '^src/$1/', ...notATypeImport },
  },
  {
    name: 'config-knows-types-only',
    comment:
      'config/ turns text into one value. What a value means belongs in the room that uses it; the names of the levels are all that it shares.',
    severity: 'error',
    from: { path: '^src/config/' },
    to: { path: '^(src|commands)/', pathNot: '^src/(config|lib)/|^src/access/level\\.ts$', ...notATypeImport },
  },
  {
    name: 'app-alone-constructs-adapters',
    comment: 'Build it in app.ts, the only file that knows every room, and hand it in.',
    severity: 'error',
    from: { path: '^(src|commands)/', pathNot: `^src/app\\.ts$|^src/app/|^src/(${adapters}|${domain})/` },
    to: { path: `^src/(${adapters})/`, ...notATypeImport },
  },
  {
    name: 'main-is-the-process',
    comment: 'main.ts knows arguments, environment, signals and exit codes. What the bot is made of belongs in app.ts.',
    severity: 'error',
    from: { path: '^src/main\\.ts$' },
    to: { path: '^(src|commands)/', pathNot: '^src/(config|lib|app)/|^src/[a-z-]+\\.ts$' },
  },
  {
    name: 'the-doctor-is-loaded-when-asked',
    comment:
      'The bot that runs pays nothing for the doctor: main.ts loads src/app/doctor.ts by import(), where it is asked for.',
    severity: 'error',
    from: { path: '^(src|commands)/', pathNot: '^src/(app/doctor\\.ts$|doctor/)' },
    to: { path: '^src/(app/doctor\\.ts$|doctor/)', dynamic: false, ...notATypeImport },
  },
  {
    name: 'only-main-imports-app',
    comment: 'What needs the whole bot is main.ts or a test.',
    severity: 'error',
    from: { path: '^(src|commands)/', pathNot: '^src/(main\\.ts$|app\\.ts$|app/)' },
    to: { path: '^src/app(\\.ts$|/)' },
  },
  {
    name: 'commands-never-import-each-other',
    comment: 'What two commands share belongs in the room whose words it uses; only index.ts knows all of them.',
    severity: 'error',
    from: { path: '^commands/', pathNot: '^commands/index\\.ts$' },
    to: { path: '^commands/', pathNot: '^commands/[^/]+/' },
  },
  {
    name: 'only-app-lists-the-commands',
    comment: 'dispatch/ is handed the commands by app.ts; nothing else needs to know them.',
    severity: 'error',
    from: { path: '^src/', pathNot: '^src/app(\\.ts$|/)' },
    to: { path: '^commands/' },
  },
];

/** @type {import('dependency-cruiser').IForbiddenRuleType[]} */
const outside = [
  ...vendors.map(({ vendor, path, room }) => ({
    name: `${vendor.replace(/^node:/, '').replace('/', '-')}-in-one-room`,
    comment: `Only src/${room}/ knows ${vendor}. Say there, in our own words, what you need of it.`,
    severity: /** @type {const} */ ('error'),
    from: { path: '^(src|commands)/', pathNot: `^src/${room}/` },
    to: { path },
  })),
  {
    name: 'child-processes-in-lib-exec',
    comment: 'Programs are run by src/lib/exec.ts alone: with a limit, an AbortSignal, a bounded output and no shell.',
    severity: 'error',
    from: { path: '^(src|commands)/', pathNot: '^src/lib/exec' },
    to: { path: '^(node:)?child_process$' },
  },
  {
    name: 'pino-is-made-in-lib',
    comment: 'A logger is handed in; only src/lib/ makes one, since redaction is set there. Its type may be imported.',
    severity: 'error',
    from: { path: '^(src|commands)/', pathNot: '^src/lib/' },
    to: { path: '/pino/', ...notATypeImport },
  },
  {
    name: 'sandbox-does-not-share-our-mistakes',
    comment:
      'The sandbox speaks the real protocols by itself. It may see types of src/lib/ and nothing else of the bot.',
    severity: 'error',
    from: { path: '^sandbox/' },
    to: { path: '^(src|commands|test|bench)/', pathNot: '^src/lib/' },
  },
  {
    name: 'sandbox-takes-types-of-lib-only',
    comment: 'A function of src/lib/ in the sandbox would hide a mistake in it: write it again, or do without.',
    severity: 'error',
    from: { path: '^sandbox/' },
    to: { path: '^src/lib/', ...notATypeImport },
  },
  {
    name: 'the-bot-knows-no-test',
    comment: 'What the bot needs lives in src/. The sandbox, tests and tools are never in the bundle.',
    severity: 'error',
    from: { path: '^(src|commands)/' },
    to: { path: '^(sandbox|test|bench|scripts)/' },
  },
  {
    name: 'no-dev-dependency-in-the-bot',
    comment: 'What runs in production is in `dependencies`. Types of a dev dependency are fine.',
    severity: 'error',
    from: { path: '^(src|commands)/' },
    to: { dependencyTypes: ['npm-dev'], ...notATypeImport },
  },
];

/** @type {import('dependency-cruiser').IForbiddenRuleType[]} */
const health = [
  {
    name: 'no-cycle',
    comment: 'Two files that need each other are one file, or hide a third.',
    severity: 'error',
    from: { path: '^(src|commands|sandbox)/' },
    to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
  },
  {
    name: 'no-orphan',
    comment: 'Nothing imports it and it imports nothing: delete it, or use it.',
    severity: 'error',
    from: { orphan: true, path: '^(src|commands|sandbox|bench)/' },
    to: {},
  },
  {
    name: 'no-dead-room',
    comment: 'The bot never reaches it from main.ts: wire it up in app.ts, or delete it.',
    severity: 'error',
    from: { path: '^src/main\\.ts$' },
    to: { path: '^(src|commands)/', reachable: false },
  },
  {
    name: 'resolvable',
    comment: 'The file or package is not there.',
    severity: 'error',
    from: {},
    to: { couldNotResolve: true },
  },
  {
    name: 'listed-in-package-json',
    comment: 'It is here only because something else needs it: name it in package.json, with an exact version.',
    severity: 'error',
    from: {},
    to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
  },
];

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [...rooms, ...outside, ...health],
  options: {
    // TypeScript 7 has no JavaScript API; swc tells a type import from another as well.
    parser: 'swc',
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['node', 'import', 'require', 'types'],
      extensions: ['.ts', '.mjs', '.js', '.json'],
    },
  },
};
