// The homelab beside the chat: what fires, what can be done to it, its nodes, its app, and its repository.
import { type Child, h } from './dom.ts';
import { icon } from './icons.ts';
import type { PageAlert, PageHomelab, PageNode, PagePod } from './protocol.ts';
import { update } from './update.ts';

export interface HomelabActions {
  readonly fire: (alert: string) => void;
  readonly worsen: (alert: string) => void;
  readonly resolve: (alert: string) => void;
  readonly node: (node: string, state: 'ready' | 'lost') => void;
  readonly push: (image: 'good' | 'broken') => void;
  readonly discord: (wanted: 'away' | 'back') => void;
  readonly storm: (wanted: 'begin' | 'end') => void;
  readonly watchdog: (wanted: 'begin' | 'end') => void;
}

export interface HomelabPlaces {
  readonly alerts: HTMLElement;
  readonly faults: HTMLElement;
  readonly nodes: HTMLElement;
  readonly shop: HTMLElement;
  readonly commits: HTMLElement;
}

export function renderHomelab(
  homelab: PageHomelab,
  isAway: boolean,
  places: HomelabPlaces,
  actions: HomelabActions,
): void {
  fill(places.alerts, alertsCard(homelab, actions));
  fill(places.faults, faultsCard(homelab, isAway, actions));
  fill(places.nodes, homelab.nodes.length > 0 ? nodesCard(homelab, actions) : []);
  fill(places.shop, homelab.app !== null ? shopCard(homelab, actions) : []);
  fill(places.commits, homelab.commits.length > 0 ? commitsCard(homelab) : []);
}

function fill(section: HTMLElement, children: readonly Child[]): void {
  section.hidden = children.length === 0;
  const focused = section.contains(document.activeElement) ? document.activeElement : null;
  const line = focused?.closest('.line');
  update(section, children);
  // A button that was pressed may be gone: whoever uses the keyboard stays in its line.
  if (focused?.isConnected === false) line?.querySelector('button')?.focus({ preventScroll: true });
}

function head(id: string, title: string, detail: Child = null): HTMLElement {
  return h(
    'header',
    { class: 'card-head' },
    h('h3', { id }, title),
    detail && h('span', { class: 'progress' }, detail),
  );
}

function button(key: string, words: string, label: string, onclick: () => void, disabled = false): HTMLElement {
  return h(
    'button',
    { type: 'button', class: 'small-button', 'data-key': key, 'aria-label': label, disabled, onclick },
    words,
  );
}

function alertsCard({ alerts }: PageHomelab, { fire, worsen, resolve }: HomelabActions): Child[] {
  const firing = alerts.reduce((sum, alert) => sum + alert.firing + (alert.worse ? 1 : 0), 0);
  const row = (alert: PageAlert): HTMLElement => {
    const { key, name, summary, worse } = alert;
    const severity = worse ? 'critical' : alert.severity;
    const isFull = alert.firing >= alert.things;
    return h(
      'li',
      { class: `line${alert.firing > 0 ? ' firing' : ''}` },
      h('span', { class: `dot ${alert.firing > 0 ? severity : 'quiet-dot'}`, 'aria-hidden': 'true' }),
      h(
        'div',
        { class: 'line-main' },
        h('p', { class: 'line-title' }, name, h('span', { class: 'tag' }, severity)),
        h(
          'p',
          { class: 'line-text one-line', title: summary },
          alert.firing > 0
            ? `firing${alert.firing > 1 ? ` for ${alert.firing}` : ''}${worse ? ', got worse' : ''}`
            : summary,
        ),
      ),
      h(
        'div',
        { class: 'line-buttons' },
        !isFull &&
          (alert.firing > 0
            ? button(`${key} fire`, 'One more', `One more ${name}`, () => fire(key))
            : button(`${key} fire`, 'Fire', `Fire ${name}`, () => fire(key))),
        alert.firing > 0 && worse === false && button(`${key} worsen`, 'Worse', `Worse: ${name}`, () => worsen(key)),
        alert.firing > 0 && button(`${key} resolve`, 'Resolve', `Resolve ${name}`, () => resolve(key)),
      ),
    );
  };
  return [
    head('alerts-title', 'Alerts', firing === 0 ? 'none fires' : `${firing} firing`),
    h('ul', { class: 'lines' }, alerts.map(row)),
  ];
}

function faultsCard(
  { advice, storm: stormy, watchdog: seen }: PageHomelab,
  isAway: boolean,
  { discord, storm, watchdog }: HomelabActions,
): Child[] {
  const row = (title: string, isBad: boolean, words: string, press: HTMLElement): HTMLElement =>
    h(
      'li',
      { class: 'line' },
      h('span', { class: `dot ${isBad ? 'critical' : 'good'}`, 'aria-hidden': 'true' }),
      h('div', { class: 'line-main' }, h('p', { class: 'line-title' }, title), h('p', { class: 'line-text' }, words)),
      h('div', { class: 'line-buttons' }, press),
    );
  return [
    head('faults-title', 'Faults'),
    advice !== null && h('p', { class: 'problem' }, advice),
    h(
      'ul',
      { class: 'lines' },
      row(
        'Discord',
        isAway,
        isAway ? 'away: connections are cut and refused' : 'connected',
        isAway
          ? button('discord back', 'Bring back', 'Bring back Discord', () => discord('back'))
          : button('discord away', 'Take away for a minute', 'Take away for a minute: Discord', () => discord('away')),
      ),
      row(
        'Network switch',
        stormy > 0,
        stormy > 0 ? `dead: ${stormy} more alerts fire` : 'works',
        stormy > 0
          ? button('storm end', 'Repair', 'Repair: network switch', () => storm('end'))
          : button('storm begin', 'Break: 200 alerts', 'Break: 200 alerts, network switch', () => storm('begin')),
      ),
      seen !== null &&
        row(
          'Prometheus',
          seen !== 'arrives',
          seen === 'arrives' ? 'its Watchdog arrives' : 'its Watchdog stays away: told after a minute',
          seen === 'arrives'
            ? button('watchdog end', 'Stop the Watchdog', 'Stop the Watchdog: Prometheus', () => watchdog('end'))
            : button('watchdog begin', 'Bring back', 'Bring back the Watchdog', () => watchdog('begin')),
        ),
    ),
  ];
}

function nodesCard({ nodes, pods }: PageHomelab, actions: HomelabActions): Child[] {
  const ready = nodes.filter((node) => node.ready).length;
  const row = ({ name, ready: isReady, role, pods: count }: PageNode): HTMLElement =>
    h(
      'li',
      { class: 'line' },
      h('span', { class: `dot ${isReady ? 'good' : 'critical'}`, 'aria-hidden': 'true' }),
      h(
        'div',
        { class: 'line-main' },
        h('p', { class: 'line-title' }, name, h('span', { class: 'tag' }, role)),
        h('p', { class: 'line-text' }, `${isReady ? 'ready' : 'not ready: its kubelet fell silent'} · ${count} pods`),
      ),
      h(
        'div',
        { class: 'line-buttons' },
        isReady
          ? button(`${name} stop`, 'Stop', `Stop ${name}`, () => actions.node(name, 'lost'))
          : button(`${name} start`, 'Start', `Start ${name}`, () => actions.node(name, 'ready')),
      ),
    );
  return [
    head('nodes-title', 'Nodes', `${ready} of ${nodes.length} ready`),
    h('ul', { class: 'lines' }, nodes.map(row)),
    h(
      'details',
      {},
      h('summary', {}, `All ${pods.length} pods`),
      h(
        'ul',
        { class: 'pods' },
        pods.map((pod) => podRow(pod, `${pod.namespace}/${pod.name}`)),
      ),
    ),
  ];
}

function podRow(pod: PagePod, name: string): HTMLElement {
  const dot = pod.ready ? 'good' : /Err|BackOff|OOM|Fail|Error/.test(pod.status) ? 'critical' : 'warning';
  return h(
    'li',
    { class: 'pod' },
    h('span', { class: `dot ${dot}`, 'aria-hidden': 'true' }),
    h('span', { class: 'pod-name' }, name),
    h('span', { class: 'pod-status' }, `${pod.status}${pod.ready || pod.status !== 'Running' ? '' : ', not ready'}`),
  );
}

function shopCard({ app, pods, tags }: PageHomelab, { push }: HomelabActions): Child[] {
  if (app === null) return [];
  const own = pods.filter(({ name }) => name.startsWith('laravel-multi-tenant'));
  const newest = tags.at(-1) ?? '';
  return [
    head('shop-title', `App ${app.name}`, `${app.ready} of ${app.wanted} ready`),
    h(
      'p',
      { class: 'version' },
      'asks for ',
      h('code', { title: app.tag }, short(app.tag)),
      app.updated < app.wanted && ` · ${app.updated} of ${app.wanted} updated`,
    ),
    h(
      'ul',
      { class: 'pods' },
      own.map((pod) => podRow(pod, `${pod.name.slice(-5)} · ${short(pod.tag)}`)),
    ),
    tags.length > 0 &&
      h(
        'div',
        { class: 'pushing' },
        h('p', { class: 'line-text' }, 'Newest image in the registry: ', h('code', { title: newest }, short(newest))),
        h(
          'div',
          { class: 'line-buttons' },
          button('push good', 'Push a good image', 'Push a good image', () => push('good')),
          button('push broken', 'Push one that crashes', 'Push one that crashes', () => push('broken')),
        ),
      ),
  ];
}

function commitsCard({ commits }: PageHomelab): Child[] {
  return [
    head('commits-title', 'Manifest repository', 'git log'),
    h(
      'ol',
      { class: 'commits' },
      commits.map(({ commit, subject, author }) =>
        h(
          'li',
          {},
          h('code', { title: commit }, commit.slice(0, 7)),
          h('span', { class: 'subject' }, subject),
          h('span', { class: 'by' }, author),
        ),
      ),
    ),
    h('p', { class: 'line-text' }, icon('pulse'), 'Every deploy and every way back is a commit here.'),
  ];
}

/** A whole SHA by its first seven digits. */
function short(tag: string): string {
  return /^[0-9a-f]{40}$/.test(tag) ? tag.slice(0, 7) : tag;
}
