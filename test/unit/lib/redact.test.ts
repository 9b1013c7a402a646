import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { redact, redactor } from '../../../src/lib/redact.ts';
import { Secret } from '../../../src/lib/secret.ts';

// Put together here, so that no scanner of repositories takes them for real ones.
const long = 'aB3dE5gH7jK9mN1pQ3sT5vW7yZ9bC1eF3hJ5kL7n';
const jwt = `eyJ${'hbGciOiJSUzI1NiIsImtpZCI6'}${long}.eyJ${'pc3MiOiJrdWJlcm5ldGVz'}.${long}-_x`;
const discord = `MTEyMjMzNDQ1NTY2Nzc4ODAw.${'GxAmPl'}.${long.slice(0, 38)}`;

describe('tokens that are known by their form', () => {
  test.each([
    ["Discord's bot token", discord],
    ['a GitHub token', `ghp_${long.slice(0, 36)}`],
    ["a workflow's GitHub token", `ghs_${long.slice(0, 36)}`],
    ['an OAuth GitHub token', `gho_${long.slice(0, 36)}`],
    ['a fine-grained GitHub token', `github_pat_${long}_${long}`],
    ['a GitLab token', `glpat-${long.slice(0, 20)}`],
    ['an npm token', `npm_${long.slice(0, 36)}`],
    ['an AWS key id', `AKIA${'IOSFODNN7EXAMPLE'}`],
    ['a session key id of AWS', `ASIA${'IOSFODNN7EXAMPLE'}`],
    ['a Slack token', `xoxb-${'123456789012'}-${long}`],
    ["a ServiceAccount's token", jwt],
    ['a JWT without signature', jwt.slice(0, jwt.lastIndexOf('.') + 1)],
    ['an age key', `AGE-SECRET-KEY-1${long.toUpperCase()}${long.toUpperCase().slice(0, 18)}`],
    ['a Tailscale key', `tskey-auth-${long.slice(0, 12)}-${long}`],
    ['a Grafana token', `glsa_${long.slice(0, 32)}_${'1a2b3c4d'}`],
    ['a Google key', `AIza${long.slice(0, 35)}`],
    ["K3s's join token", `K10${'0123456789abcdef'.repeat(4)}::server:${long}`],
    ["Laravel's key", `base64:${long}ab+=`],
    ['a password hash', `$2y$12$${long}${long.slice(0, 13)}`],
    ["a Docker login's file in base64", Buffer.from('{"auths":{"ghcr.io":{"auth":"eDp5"}}}').toString('base64')],
  ])('%s', (_what, secret) => {
    expect(redact(secret)).toBe('[redacted]');
    expect(redact(`it says "${secret}", then stops`)).toBe('it says "[redacted]", then stops');
    expect(redact(`(${secret})\n`)).toBe('([redacted])\n');
    expect(redact(`x=${secret}&y=1`)).not.toContain(secret.slice(-20));
  });

  test.each(['RSA PRIVATE KEY', 'PRIVATE KEY', 'OPENSSH PRIVATE KEY', 'EC PRIVATE KEY', 'PGP PRIVATE KEY BLOCK'])(
    'a private key in PEM (%s), whole, cut off, or on one line',
    (kind) => {
      const body = `${long}${long}\n${long}==`;
      const pem = `-----BEGIN ${kind}-----\n${body}\n-----END ${kind}-----`;
      expect(redact(`before\n${pem}\nafter`)).toBe('before\n[redacted]\nafter');
      expect(redact(`before\n${pem.slice(0, 90)}`)).toBe('before\n[redacted]');
      expect(redact(JSON.stringify({ a: pem, b: 1 }))).toBe('{"a":"[redacted]","b":1}');
    },
  );

  test('a certificate is public', () => {
    const pem = `-----BEGIN CERTIFICATE-----\n${long}\n-----END CERTIFICATE-----`;
    expect(redact(pem)).toBe(pem);
  });
});

test("a kubeconfig's key is secret, its certificate is not", () => {
  const key = Buffer.from(`-----BEGIN EC PRIVATE KEY-----\n${long}`).toString('base64');
  const certificate = Buffer.from(`-----BEGIN CERTIFICATE-----\n${long}`).toString('base64');
  const data = (name: string, value: string) => `    client-${name}-data: ${value}`;
  expect(redact(data('key', 'AAAAbase64'))).toBe(data('key', '[redacted]'));
  expect(redact(`the key ${key} was found`)).toBe('the key [redacted] was found');
  expect(redact(data('certificate', certificate))).toBe(data('certificate', certificate));
});

describe('URLs, headers and command lines', () => {
  test.each([
    ['mysql://shop:hunter2@db.home:3306/shop', 'mysql://shop:[redacted]@db.home:3306/shop'],
    ['postgresql://u:p@ss:w@rd@h/x?sslmode=off', 'postgresql://u:[redacted]@h/x?sslmode=off'],
    ['redis://:hunter2@cache:6379', 'redis://:[redacted]@cache:6379'],
    ['https://x-access-token:abc@github.com/a/b', 'https://x-access-token:[redacted]@github.com/a/b'],
    [`https://${long}@github.com/a/b`, 'https://[redacted]@github.com/a/b'],
    ['see http://a:b@c/d and http://e:f@g', 'see http://a:[redacted]@c/d and http://e:[redacted]@g'],
    ['shop:hunter2@tcp(10.0.0.3:3306)/shop', 'shop:[redacted]@tcp(10.0.0.3:3306)/shop'],
    ['dsn=shop:hun@ter2@tcp(db)/shop', 'dsn=shop:[redacted]@tcp(db)/shop'],
    ['host=db user=shop password=hunter2 dbname=x', 'host=db user=shop password=[redacted] dbname=x'],
    ["host=db password='hun ter2' dbname=x", "host=db password='[redacted]' dbname=x"],
    ['mysql:host=db;password=hunter2', 'mysql:host=db;password=[redacted]'],
    [`Authorization: Bearer ${long}`, 'Authorization: Bearer [redacted]'],
    ['authorization: bearer x', 'authorization: bearer [redacted]'],
    ['Authorization: Basic dXNlcjpwYXNz', 'Authorization: Basic [redacted]'],
    ['Authorization: Bot abc', 'Authorization: Bot [redacted]'],
    ['Authorization: s3cr3t', 'Authorization: [redacted]'],
    ['{"authorization":"Bearer abc","x":1}', '{"authorization":"Bearer [redacted]","x":1}'],
    ["curl -H 'Authorization: Bearer abc' http://x", "curl -H 'Authorization: Bearer [redacted]' http://x"],
    ['Proxy-Authorization: Basic dXNlcjpwYXNz', 'Proxy-Authorization: Basic [redacted]'],
    ['sent Bearer abc123def456 along', 'sent Bearer [redacted] along'],
    ['Cookie: session=abc; theme=dark', 'Cookie: [redacted]'],
    ['X-Api-Key: abc123', 'X-Api-Key: [redacted]'],
    ['GET /hook?token=abc123&x=1', 'GET /hook?token=[redacted]&x=1'],
    ['GET /hook?x=1&api_key=abc123', 'GET /hook?x=1&api_key=[redacted]'],
    ['mysqldump -h db -u root -phunter2 shop', 'mysqldump -h db -u root -p[redacted] shop'],
    ['tool --password hunter2 --verbose', 'tool --password [redacted] --verbose'],
    ['tool --db-password=hunter2 --verbose', 'tool --db-password=[redacted] --verbose'],
    [
      `https://discord.com/api/webhooks/112233445566778801/${long}`,
      'https://discord.com/api/webhooks/112233445566778801/[redacted]',
    ],
    [`/interactions/112233445566778801/${long}/callback`, '/interactions/112233445566778801/[redacted]/callback'],
    [`https://hooks.slack.com/services/T000/B000/${long}`, 'https://hooks.slack.com/services/[redacted]'],
    ['//registry.example/:_authToken=abc', '//registry.example/:_authToken=[redacted]'],
    ['{"auths":{"ghcr.io":{"auth":"dXNlcjpwYXNz"}}}', '{"auths":{"ghcr.io":{"auth":"[redacted]"}}}'],
  ])('%s', (text, shown) => {
    expect(redact(text)).toBe(shown);
  });
});

describe('values whose name says that they are secret', () => {
  test.each([
    ['DB_PASSWORD=hunter2', 'DB_PASSWORD=[redacted]'],
    ['export DB_PASSWORD="hun ter2"', 'export DB_PASSWORD="[redacted]"'],
    ['DB_PASSWORD: hunter2', 'DB_PASSWORD: [redacted]'],
    ['DB_PASSWORD=correct horse battery\nX=1', 'DB_PASSWORD=[redacted]\nX=1'],
    ['password: correct horse battery # a remark', 'password: [redacted] # a remark'],
    ["password: 'it''s'", "password: '[redacted]'"],
    ['{"password":"hun\\"ter2","user":"x"}', '{"password":"[redacted]","user":"x"}'],
    ['{"password":12345,"user":"x"}', '{"password":[redacted],"user":"x"}'],
    ['{\\"password\\":\\"hunter2\\",\\"user\\":\\"x\\"}', '{\\"password\\":\\"[redacted]\\",\\"user\\":\\"x\\"}'],
    ['{ apiKey: "abc", other: 1 }', '{ apiKey: "[redacted]", other: 1 }'],
    ["['client_secret' => 'abc']", "['client_secret' => '[redacted]']"],
    ['MYSQL_ROOT_PASSWORD=a;b&c,d', 'MYSQL_ROOT_PASSWORD=[redacted]'],
    ['level=info token=abc msg="x"', 'level=info token=[redacted] msg="x"'],
    ['APP_KEY=abc', 'APP_KEY=[redacted]'],
    ['AWS_SECRET_ACCESS_KEY=abc/def+ghi', 'AWS_SECRET_ACCESS_KEY=[redacted]'],
    ['SSH_PRIVATE_KEY=abc', 'SSH_PRIVATE_KEY=[redacted]'],
    ['REDIS_PASS=abc', 'REDIS_PASS=[redacted]'],
    ['MYSQL_PWD=abc', 'MYSQL_PWD=[redacted]'],
    ['PASSWORD1=abc', 'PASSWORD1=[redacted]'],
    ['rootPassword: abc', 'rootPassword: [redacted]'],
    ['spec.db.password=abc', 'spec.db.password=[redacted]'],
    ['GOOGLE_CREDENTIALS=abc', 'GOOGLE_CREDENTIALS=[redacted]'],
    ['tokens: [abc, def]', 'tokens: [redacted]'],
    ['password: |\n  line one\n  line two\nuser: x', 'password: [redacted]\nuser: x'],
    ['a:\n  token: >-\n    abc\n    def\n\n  user: x', 'a:\n  token: [redacted]\n  user: x'],
    [
      '- name: DB_PASSWORD\n  value: hunter2\n- name: X\n  value: y',
      '- name: DB_PASSWORD\n  value: [redacted]\n- name: X\n  value: y',
    ],
    ['{"name":"DB_PASSWORD","value":"hunter2"}', '{"name":"DB_PASSWORD","value":"[redacted]"}'],
    ['{\n  "name": "DB_PASSWORD",\n  "value": "hunter2"\n}', '{\n  "name": "DB_PASSWORD",\n  "value": "[redacted]"\n}'],
    ['      DB_PASSWORD:  hunter2\n      DB_HOST:      db', '      DB_PASSWORD:  [redacted]\n      DB_HOST:      db'],
    ['password = "never closed\nuser = x', 'password = "[redacted]\nuser = x'],
    ['invalid password: hunter2 for user bob', 'invalid password: [redacted] for user bob'],
  ])('%j', (text, shown) => {
    expect(redact(text)).toBe(shown);
  });
});

describe('what is no secret stays as it is', () => {
  const samples = new URL('../../fixtures/alertmanager/', import.meta.url);
  test.each(readdirSync(samples).filter((name) => name.endsWith('.json')))('the alerts of %s', (name) => {
    const text = readFileSync(new URL(name, samples), 'utf8');
    expect(redact(text)).toBe(text);
    for (const alert of JSON.parse(text).alerts) {
      for (const value of [...Object.values(alert.labels), ...Object.values(alert.annotations), alert.generatorURL]) {
        expect(redact(String(value))).toBe(value);
      }
    }
  });

  test.each([
    'MountVolume.SetUp failed for volume "tls" : secret "shop-tls" not found',
    'secretName: shop-tls',
    'secretKeyRef: { name: db, key: password }',
    'imagePullSecrets:\n- name: ghcr',
    'automountServiceAccountToken: false',
    'DISCORD_TOKEN_FILE=/run/secrets/discord_token',
    'PASSWORD_FILE: /run/secrets/x',
    'PWD=/home/ops',
    'KEY=value',
    'primary key: id',
    'token: invalid',
    'invalid token: token expired',
    'error: invalid password: authentication failed',
    'Basic authentication failed',
    'the bearer token is missing or wrong',
    'Unauthorized: bearer authentication required',
    'tokens_total: 5',
    'max_tokens_limit=5',
    "  DB_PASSWORD:  <set to the key 'password' in secret 'db'>  Optional: false",
    `PASSWORD=$${'{DB_PASSWORD}'}`,
    'PASSWORD: $(DB_PASSWORD)',
    'password: ********',
    'password=<redacted>',
    '  - name: DB_PASSWORD\n    valueFrom:\n      secretKeyRef:\n        key: password',
    'http://prometheus.home:9090/graph?g0.expr=up%7Bjob%3D%22x%22%7D&g0.tab=1',
    'mail ops@home.example or see http://home.example:8080/x',
    'git@github.com:acme/shop.git',
    'ssh -p 2222 ops@100.64.0.1',
    'ghcr.io/acme/shop@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef',
    'commit 0123456789abcdef0123456789abcdef01234567',
    'laravel-multi-tenant-7d9f8b6c5d-x2x4z',
    'system:serviceaccount:monitoring:prometheus-kube-prometheus-operator',
    '',
    'short',
  ])('%j', (text) => {
    expect(redact(text)).toBe(text);
  });
});

describe('redacting', () => {
  const pieces = fc.constantFrom(
    ...[
      'password',
      'token',
      '=',
      ':',
      ': ',
      ' ',
      '\n',
      '"',
      "'",
      '`',
      '\\',
      '\\"',
      '[redacted]',
      '[',
      ']',
      '{',
      '}',
      ',',
      '&',
      '?',
      '@',
    ],
    ...[
      '://',
      '/',
      'a',
      'hunter2',
      'Bearer ',
      'Basic ',
      'dXNlcjpwYXNz',
      'Authorization: ',
      'Cookie: a=',
      '--token ',
      'name: ',
      'value: ',
    ],
    ...[
      '-----BEGIN PRIVATE KEY-----',
      '-----END PRIVATE KEY-----',
      `ghp_${long}`,
      jwt,
      discord,
      'mysql -p',
      'x:y@tcp(',
      '|',
      '=>',
      '-',
      '.',
      '#',
      '$(',
      '<',
      '>',
    ],
  );
  const texts = fc.array(pieces, { maxLength: 30 }).map((parts) => parts.join(''));

  test('twice is the same as once', () => {
    fc.assert(
      fc.property(texts, (text) => {
        const once = redact(text);
        expect(redact(once)).toBe(once);
      }),
      { numRuns: 2000 },
    );
  });

  test('never throws, and leaves no known token, whatever surrounds it', () => {
    fc.assert(
      fc.property(texts, texts, (before, after) => {
        expect(redact(`${before} ghp_${long} ${after}`)).not.toContain(`ghp_${long}`);
      }),
    );
  });

  const mebibyte = 1024 * 1024;
  const hostile = [
    ...[
      'a',
      'a=',
      '=a:',
      '://a:',
      '://',
      'token=',
      'password="',
      "token='\n",
      'eyJ',
      `eyJ${'a'.repeat(12)}.`,
      '-----BEGIN PRIVATE KEY-----',
    ],
    ...[
      'mysql ',
      'mysql -',
      'a.',
      'Authorization: ',
      'TOKEN=a\n',
      'token: [',
      'name: token\n',
      'name: token, ',
      'M',
      '"',
      ' ',
      '\n',
      '\\',
      'ghp_',
    ],
    ...[
      'AKIA',
      '-',
      'cookie:a=',
      '--token ',
      'password: |\n ',
      'token: >\n',
      '$1$',
      'Bearer ',
      'Basic a',
      'x:x@tcp',
      'SG.aaaaaaaaaaaaaaaa',
      'sk-',
    ],
    ...[
      'hooks.slack.com/services/',
      '/webhooks/123456789012345678/',
      'AGE-SECRET-KEY-1',
      'export token=',
      'auth=aaaaaaaa',
      'password=${',
      'password: <set to the key ',
      'name: token, value: x y=',
    ],
  ];
  // A bound of the kind that quadratic work exceeds by a factor of a thousand, not a measurement.
  test.each(hostile)(
    'a mebibyte of %j ends soon',
    (piece) => {
      const text = `${piece.repeat(Math.ceil(mebibyte / piece.length))}@tcp(`;
      redact(text);
    },
    10_000,
  );
});

describe("the process's own secrets", () => {
  const own = redactor([
    new Secret('Tr0ub4dor&3 "quoted"'),
    new Secret('abc'),
    new Secret(`first line\n${long}\nlast`),
  ]);

  test('are replaced wherever they appear, in each spelling', () => {
    const secret = 'Tr0ub4dor&3 "quoted"';
    for (const spelling of [
      secret,
      encodeURIComponent(secret),
      JSON.stringify(secret).slice(1, -1),
      Buffer.from(secret).toString('base64'),
    ]) {
      expect(own(`x${spelling}y`)).toBe('x[redacted]y');
    }
  });

  test('of several lines are found by each long line', () => {
    expect(own(`| ${long} |`)).toBe('| [redacted] |');
  });

  test('are found where a text was cut in the middle of one, and nowhere by a mere beginning', () => {
    expect(own('node Tr0ub4dor&3… is down')).toBe('node [redacted]… is down');
    expect(own(`${long.slice(0, -1)}…, Tr0ub4do…`)).toBe('[redacted]…, [redacted]…');
    expect(own('Tr0ub4d… and Tr0ub4dor…x, Tr0ub4dor.')).toBe('Tr0ub4d… and [redacted]…x, Tr0ub4dor.');
  });

  test('that are too short to be told from words are left alone', () => {
    expect(own('the abc of it')).toBe('the abc of it');
  });

  test('do not keep the other rules from applying', () => {
    expect(own('password=hunter2')).toBe('password=[redacted]');
  });
});
