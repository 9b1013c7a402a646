// From a POST at the webhook to the first byte of the message's request at Discord, one at a time and 500 at once; and how many groups a second are stored.
import { setTimeout as delay } from 'node:timers/promises';
import { type Homelab, startHomelab } from '../sandbox/homelab.ts';
import { notification, untilShown, watchArrivals } from './alerts.ts';
import { bundle, unlimited } from './bundle.ts';
import { type Client, clientOf, openClient } from './client.ts';
import { watchFirstBytes } from './first-bytes.ts';
import { startPeer } from './peer.ts';
import { percentile, type Row, spread } from './row.ts';

/** Fresh processes, ours and the peer's in turn: a machine is quicker at one time than at another. */
const rounds = 3;
const paced = 250;
const burst = 500;
/** Below the 46 requests a second that discord.js allows itself in all. */
const paceMs = 40;
/** Groups of the intake, and on how many connections they come. */
const intake = { groups: 6_000, connections: 100 };

export async function webhookBench(): Promise<Row[]> {
  const calm: Samples[] = [];
  const peer: Named[] = [];
  for (let round = 0; round < rounds; round += 1) {
    calm.push(await ownPace());
    peer.push(...(await peerPace()));
  }
  if (peer.length === 0) console.log('Without a peer: prometheus-alertmanager of Debian is not installed.');
  return [
    ...besides(`POST to Discord, one every ${paceMs} ms`, calm, peer),
    ...spread(
      `POST to 202, one every ${paceMs} ms`,
      calm.flatMap(({ answer }) => answer),
    ),
    ...(await burstAndIntake()),
  ];
}

interface Samples {
  readonly arrival: readonly number[];
  readonly answer: readonly number[];
}

type Named = Samples & { readonly name: string };

function besides(name: string, own: readonly Samples[], peers: readonly Named[]): Row[] {
  const arrival = own.flatMap((one) => one.arrival);
  const peer = peers[0];
  const row = (share: number, word: string, aim: number): Row => ({
    name: `${name}, ${word}`,
    value: percentile(arrival, share),
    unit: 'ms',
    aim,
    ...(peer !== undefined && {
      beside: {
        name: peer.name,
        value: percentile(
          peers.flatMap((one) => one.arrival),
          share,
        ),
      },
    }),
  });
  return [row(0.5, 'p50', 3), row(0.99, 'p99', 10)];
}

async function ownPace(): Promise<Samples> {
  const homelab = await startHomelab({ entry: bundle, discord: { rateLimits: unlimited } });
  const client = openClient(homelab, 1);
  try {
    await homelab.bot.whenReady({ discord: 'ready', cluster: 'ready' });
    const path = /\/messages$/;
    await pace(client, path, 50, (name) => notification(`Warm${name}`));
    return await pace(client, path, paced, (name) => notification(`Paced${name}`));
  } finally {
    client.close();
    await homelab.stop();
  }
}

/** The same alerts, as Prometheus posts them; nothing where no peer is installed. */
async function peerPace(): Promise<Named[]> {
  const peer = await startPeer();
  if (peer === null) return [];
  const client = clientOf(peer.url, 1);
  const bodyOf = (name: string) => {
    const { alerts } = JSON.parse(notification(name)) as { alerts: Record<string, unknown>[] };
    return JSON.stringify(
      alerts.map(({ labels, annotations, generatorURL }) => ({ labels, annotations, generatorURL })),
    );
  };
  try {
    await pace(client, peer.path, 50, (name) => bodyOf(`Warm${name}`));
    return [{ name: peer.name, ...(await pace(client, peer.path, paced, (name) => bodyOf(`Paced${name}`))) }];
  } finally {
    client.close();
    await peer.stop();
  }
}

/** One group after another: the requests arrive in the order in which they were caused. */
async function pace(client: Client, path: RegExp, count: number, bodyOf: (name: string) => string): Promise<Samples> {
  const bodies = Array.from({ length: count }, (_, index) => bodyOf(String(index).padStart(4, '0')));
  const arrived = watchFirstBytes(path);
  const posted: { at: number; tookMs: number }[] = [];
  for (const body of bodies) {
    posted.push(await client.post(body));
    await arrived.all(posted.length);
    await delay(paceMs);
  }
  arrived.stop();
  return {
    answer: posted.map(({ tookMs }) => tookMs),
    arrival: posted.map(({ at }, index) => (arrived.at[index] ?? Number.NaN) - at),
  };
}

async function burstAndIntake(): Promise<Row[]> {
  const homelab = await startHomelab({ entry: bundle, discord: { rateLimits: unlimited } });
  try {
    const storm = await atOnce(homelab);
    const perSecond = await intakeRate(homelab);
    return [
      ...spread(`POST to Discord, ${burst} at once`, storm.arrival, { note: 'some 46 a second leave' }),
      ...spread(`POST to 202, ${burst} at once`, storm.answer),
      {
        name: `groups stored a second, over ${intake.connections} connections`,
        value: perSecond,
        unit: '/s',
        note: `${intake.groups} groups; wanted are 2,000`,
      },
    ];
  } finally {
    await homelab.stop();
  }
}

async function atOnce(homelab: Homelab): Promise<Samples> {
  const client = openClient(homelab, intake.connections);
  const seen = watchArrivals(homelab, /Burst\d{4}/);
  try {
    const names = Array.from({ length: burst }, (_, index) => `Burst${String(index).padStart(4, '0')}`);
    const started = performance.timeOrigin + performance.now();
    const posted = await Promise.all(names.map((name) => client.post(notification(name))));
    await untilShown(homelab, 120_000);
    // The sandbox notes whole milliseconds, so that a request may seem to arrive up to one early.
    // What waits for more than a few seconds shares the message of a storm.
    const arrival = names.flatMap((name) => {
      const at = seen.at.get(name);
      return at === undefined ? [] : [Math.max(0, at - started)];
    });
    return { answer: posted.map(({ tookMs }) => tookMs), arrival };
  } finally {
    seen.stop();
    client.close();
  }
}

/** Small bodies of a group each, as fast as they are taken. */
async function intakeRate(homelab: Homelab): Promise<number> {
  const client = openClient(homelab, intake.connections);
  const bodies = Array.from({ length: intake.groups }, (_, index) => notification(`Intake${index}`));
  let next = 0;
  const send = async (): Promise<void> => {
    for (let body = bodies[next++]; body !== undefined; body = bodies[next++]) await client.post(body);
  };
  try {
    const started = performance.now();
    await Promise.all(Array.from({ length: intake.connections }, send));
    return (intake.groups * 1000) / (performance.now() - started);
  } finally {
    client.close();
  }
}
