// Secrets that are known by their form alone, and those in URLs and headers.
import { redacted } from './secret.ts';

/*
 * Written so that no text takes more than time in proportion to its length: each form begins with fixed characters or with a
 * run that starts where no character of the same kind stands before it, and nothing that may fail follows an unbounded run,
 * but for a single character outside of it.
 */

/** Forms that begin with a mark of their maker which nothing else bears; what follows is as long as it is. */
const marked = [
  // GitHub, GitLab, npm, Docker Hub
  'gh[pousr]_[A-Za-z0-9]{20,}',
  'github_pat_[A-Za-z0-9_]{20,}',
  'gl(?:pat|dt|rt|cbt|ptt|soat)-[\\w-]{20,}',
  'npm_[A-Za-z0-9]{30,}',
  'dckr_(?:pat|oat)_[\\w-]{20,}',
  // Slack
  'xox[a-z]-[\\w-]{10,}',
  'xoxe\\.xox[a-z]-[\\w-]{10,}',
  'xapp-[\\w-]{10,}',
  // Tailscale, Grafana, DigitalOcean, age, Laravel, Docker's configuration in base64
  'tskey-[a-z]{2,20}-[\\w-]{10,}',
  'gl(?:sa|c)_[\\w+/=]{20,}',
  'do[opr]_v1_[a-f0-9]{40,}',
  'AGE-SECRET-KEY-1[A-Z0-9]{20,}',
  'base64:[A-Za-z0-9+/]{42,}={0,2}',
  'eyJhdXRocyI6[A-Za-z0-9+/=]{8,}',
  // Private keys in base64, as in a kubeconfig: `-----BEGIN PRIVATE KEY`, `… RSA …`, `… EC …`, `… OPENSSH …`, `… ENCRYPTED …`
  'LS0tLS1CRUdJTi(?:BQUklWQVRF|BSU0EgUFJJVkFUR|BFQyBQUklWQVRF|BPUEVOU1NIIFBSSVZBVE|BFTkNSWVBURUQgUFJJVkFUR)[A-Za-z0-9+/=]*',
  // Discord: what an interaction answers with
  'aW50ZXJhY3Rpb2[\\w+/=-]{30,}',
].join('|');

/** Marks that could as well be the end of another word. */
const standing = [
  // AWS, Google, Vault, Stripe, SendGrid, PyPI, OpenAI and its like
  '(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16,}',
  'AIza[\\w-]{35,}',
  'ya29\\.[\\w-]{20,}',
  'hv[sbr]\\.[\\w-]{20,}',
  '(?:sk|rk|pk)_(?:live|test)_[A-Za-z0-9]{10,}',
  'SG\\.[\\w-]{16,64}\\.[\\w-]{16,}',
  'pypi-[\\w-]{50,}',
  'sk-[\\w-]{32,}',
  // K3s join tokens, bcrypt and crypt(3) hashes
  'K10[0-9a-f]{64}::[\\w:.-]{4,}',
  '\\$2[abxy]\\$\\d\\d\\$[./A-Za-z0-9]{50,}',
  '\\$[156y]\\$[^\\s$]{0,40}\\$[./A-Za-z0-9$]{20,}',
].join('|');

/** JSON Web Tokens (ServiceAccounts' among them), with or without signature, and Discord's bot and user tokens. */
const dotted = [
  'eyJ[\\w-]{10,}\\.eyJ[\\w-]{2,}(?:\\.[\\w-]*)?',
  '[MNO][\\w-]{22,27}\\.[\\w-]{6,7}\\.[\\w-]{27,}',
  'mfa\\.[\\w-]{60,}',
].join('|');

const tokens = new RegExp(`${marked}|(?<![A-Za-z0-9])(?:${standing})|(?<![\\w-])(?:${dotted})`, 'g');

/** To the end line, or, where the text was cut before it, to the end of the text. */
const privateKeys =
  /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----(?:(?!-----)[\s\S])*(?:-----END [A-Z0-9 ]{0,60}-----)?/g;

/** `scheme://user:password@`; a password may hold `@`, not `/`, blanks or quotes. */
const urlPassword = /:\/\/([^\s:/@"'`<>]*):([^\s/"'`<>]+)@/g;

/** `scheme://token@` */
const urlToken = /:\/\/[\w.~%+-]{20,}@/g;

/** A webhook's or an interaction's address holds its token: Discord's and Slack's. */
const webhookUrl = /(\/(?:webhooks|interactions)\/\d{15,22}\/)[\w%=.-]{16,}/g;
const slackUrl = /(hooks\.slack\.com\/(?:services|workflows|triggers)\/)[\w/-]+/g;

/** Go's form for MySQL: `user:password@tcp(`. */
const dsn = /(?<![^\s"'`=])([^\s:@"'`/=]{1,32}):([^\s"'`]{1,128}?)@(tcp|unix|udp)(\(|\/\/)/g;

/** Also inside JSON and curl's command line. */
const authorization =
  /(?<![A-Za-z0-9])((?:proxy-)?authorization\\{0,3}["']?[ \t]{0,8}[:=][ \t]{0,8}\\{0,3}["']?)((?:bearer|basic|token|bot|digest|negotiate|apikey)[ \t]{1,8})?([^\s"'\\,]+)/gi;
const bearer = /(?<![A-Za-z0-9])(bearer[ \t]{1,8})([\w.~+/-]{8,}=*)/gi;
const basic = /(?<![A-Za-z0-9])(basic[ \t]{1,8})([A-Za-z0-9+/_-]{4,}=*)/gi;
const cookies = /(?<![A-Za-z0-9])((?:set-)?cookie:[ \t]{0,8})(?=[^\s=;]{1,64}=)[^\r\n"']+/gi;

/** `mysql -u root -psecret`, also mysqldump and mysqladmin. */
const mysqlFlag = /((?:mysql|mariadb)[\w-]{0,10}[ \t][^\n|;&]{0,200}?(?<=\s)-p)([^\s=-][^\s"']*)/g;

/** @returns the text with `[redacted]` for each. */
export function redactTokens(text: string): string {
  let rest = text;
  if (rest.includes('-----BEGIN')) rest = rest.replace(privateKeys, redacted);
  rest = rest.replace(tokens, redacted);
  rest = rest.replace(authorization, redactAuthorization).replace(cookies, `$1${redacted}`);
  rest = rest.replace(bearer, (all, scheme: string, value: string) => (isProse(value) ? all : scheme + redacted));
  rest = rest.replace(basic, (all, scheme: string, value: string) => (holdsPair(value) ? scheme + redacted : all));
  if (rest.includes('://')) {
    rest = rest.replace(urlPassword, `://$1:${redacted}@`).replace(urlToken, `://${redacted}@`);
  }
  if (rest.includes('/')) rest = rest.replace(webhookUrl, `$1${redacted}`).replace(slackUrl, `$1${redacted}`);
  if (rest.includes('@')) rest = rest.replace(dsn, `$1:${redacted}@$3$4`);
  return rest.replace(mysqlFlag, `$1${redacted}`);
}

/** Keeps the scheme where there is one: `Authorization: Bearer [redacted]`. */
function redactAuthorization(all: string, head: string, scheme: string | undefined, value: string): string {
  if (value === redacted || (scheme === undefined && isProse(value))) return all;
  return `${head}${scheme ?? ''}${redacted}`;
}

/** "bearer authentication", but not a token: those hold digits or are long. */
function isProse(value: string): boolean {
  return value.length < 32 && /^[a-z-]+[.]?$/i.test(value);
}

/** Base64 of `user:password`. */
function holdsPair(value: string): boolean {
  return /^[\x20-\x7e]*:[\x20-\x7e]*$/.test(Buffer.from(value.slice(0, 4096), 'base64').toString('latin1'));
}
