// The page's own small pictures, drawn as SVG: icons, and the few emoji that the bot writes, so that they look the same everywhere.

const namespace = 'http://www.w3.org/2000/svg';

type Shape = readonly [tag: string, attributes: Readonly<Record<string, string>>];

function path(d: string, more: Readonly<Record<string, string>> = {}): Shape {
  return ['path', { d, ...more }];
}

const line = { fill: 'none', stroke: 'currentColor', 'stroke-width': '2', 'stroke-linecap': 'round' } as const;

const icons = {
  channel: [path('M9 4 7 20M17 4l-2 16M4 9h17M3 15h17', line)],
  check: [path('m5 12.5 4.5 4.5L19 7.5', { ...line, 'stroke-width': '3' })],
  chevron: [path('m9 6 6 6-6 6', line)],
  close: [path('M6 6l12 12M18 6 6 18', line)],
  eye: [
    path('M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12Z', line),
    ['circle', { cx: '12', cy: '12', r: '2.6', fill: 'currentColor' }] as const,
  ],
  file: [path('M6 2.5h8l4.5 4.5v14.5H6ZM14 2.5V7h4.5M9 12h6M9 16h6', line)],
  home: [path('M3 11.5 12 4l9 7.5M5.5 10v10h13V10M9.5 20v-5h5v5', { ...line, 'stroke-linejoin': 'round' })],
  link: [path('M9 5H5v14h14v-4M13 4h7v7M20 4l-9 9', line)],
  moon: [path('M20 14.5A8.5 8.5 0 0 1 9.5 4a8.5 8.5 0 1 0 10.5 10.5Z', line)],
  pulse: [path('M2 12h5l3-7 4 14 3-7h5', { ...line, 'stroke-linejoin': 'round' })],
  reply: [path('M20 6H9a4 4 0 0 0-4 4v8', line)],
  send: [path('M4 12 20 4l-5 16-3.5-6.5Z', { fill: 'currentColor' })],
  sun: [
    ['circle', { cx: '12', cy: '12', r: '4', ...line }] as const,
    path('M12 2v2.5M12 19.5V22M2 12h2.5M19.5 12H22M5 5l1.7 1.7M17.3 17.3 19 19M5 19l1.7-1.7M17.3 6.7 19 5', line),
  ],
} satisfies Readonly<Record<string, readonly Shape[]>>;

export type IconName = keyof typeof icons;

/** Decoration: whoever uses it gives the name beside it. */
export function icon(name: IconName): SVGSVGElement {
  const drawn = drawing(icons[name]);
  drawn.setAttribute('class', 'icon');
  drawn.setAttribute('aria-hidden', 'true');
  return drawn;
}

function disc(fill: string): readonly Shape[] {
  return [['circle', { cx: '12', cy: '12', r: '9', fill }]];
}

function tile(fill: string, mark: string): readonly Shape[] {
  const white = { fill: 'none', stroke: '#fff', 'stroke-width': '3', 'stroke-linecap': 'round' };
  return [['rect', { x: '2', y: '2', width: '20', height: '20', rx: '5', fill }], path(mark, white)];
}

const emoji: Readonly<Record<string, readonly [name: string, shapes: readonly Shape[]]>> = {
  '🔴': ['red circle', disc('#e5484d')],
  '🟠': ['orange circle', disc('#f2820d')],
  '🟡': ['yellow circle', disc('#e8b30e')],
  '🟢': ['green circle', disc('#30a46c')],
  '🔵': ['blue circle', disc('#3e8bff')],
  '⚪': ['white circle', [['circle', { cx: '12', cy: '12', r: '8', fill: '#d5d9e2', stroke: '#8b93a5' }]]],
  '✅': ['done', tile('#2b9a66', 'm7 12.5 3.5 3.5L17 8.5')],
  '❌': [
    'failed',
    [path('M6 6l12 12M18 6 6 18', { stroke: '#e5484d', 'stroke-width': '4', 'stroke-linecap': 'round' })],
  ],
  '❔': ['question', tile('#8b93a5', 'M8.5 9a3.5 3.5 0 1 1 4.5 3.3c-.8.3-1 .9-1 1.7M12 17.8v.1')],
  '⏹': ['stop', tile('#5b78c7', 'M9 9h6v6H9Z')],
  '⏳': [
    'in progress',
    [
      path('M6 3h12M6 21h12', { stroke: '#9a7b4f', 'stroke-width': '2.5', 'stroke-linecap': 'round' }),
      path('M7.5 4v4l4.5 4-4.5 4v4h9v-4L12 12l4.5-4V4Z', { fill: '#dfe6f3', stroke: '#9a7b4f' }),
      path('M8.5 20c0-3 3.5-3 3.5-6 0 3 3.5 3 3.5 6ZM9 8h6l-3 3Z', { fill: '#e8a33d' }),
    ],
  ],
  '⚠': [
    'warning',
    [
      path('M12 3 22 21H2Z', { fill: '#f2b90d', stroke: '#b98a00', 'stroke-linejoin': 'round' }),
      path('M12 9v6M12 17.8v.1', { stroke: '#3a2c00', 'stroke-width': '2.2', 'stroke-linecap': 'round' }),
    ],
  ],
  '🚀': [
    'rocket',
    [
      path('M9 15 5 19l1-5ZM9 15l-4 4 5-1Z', { fill: '#f2820d' }),
      path('M8 12C9 7 13 3 21 3c0 8-4 12-9 13Z', { fill: '#c9d2e3', stroke: '#6b7690' }),
      path('M8 12H4l3-4h3ZM12 16v4l4-3v-3Z', { fill: '#e5484d' }),
      ['circle', { cx: '15', cy: '9', r: '2', fill: '#3e8bff' }],
    ],
  ],
  '👀': [
    'eyes',
    [
      ['ellipse', { cx: '7', cy: '12', rx: '4.6', ry: '7', fill: '#fff', stroke: '#6b7690', 'stroke-width': '1.2' }],
      ['ellipse', { cx: '17', cy: '12', rx: '4.6', ry: '7', fill: '#fff', stroke: '#6b7690', 'stroke-width': '1.2' }],
      ['circle', { cx: '5.6', cy: '13', r: '2.4', fill: '#2a3040' }],
      ['circle', { cx: '15.6', cy: '13', r: '2.4', fill: '#2a3040' }],
    ],
  ],
  '🔕': [
    'bell with slash',
    [
      path('M12 3a6 6 0 0 0-6 6v5l-2 3h16l-2-3V9a6 6 0 0 0-6-6Z', { fill: '#e8b30e' }),
      path('M9.8 18.5a2.3 2.3 0 0 0 4.4 0Z', { fill: '#b98a00' }),
      path('M4 3.5 20.5 21', { stroke: '#e5484d', 'stroke-width': '2.6', 'stroke-linecap': 'round' }),
    ],
  ],
  '🔒': [
    'locked',
    [
      path('M8 11V8a4 4 0 0 1 8 0v3', { fill: 'none', stroke: '#8b93a5', 'stroke-width': '2.5' }),
      ['rect', { x: '5', y: '10.5', width: '14', height: '10.5', rx: '2', fill: '#e8b30e' }],
    ],
  ],
};

const pattern = new RegExp(`(?:${Object.keys(emoji).join('|')})\\uFE0F?`, 'gu');

/** Text with its emoji as pictures that are named. */
export function withEmoji(text: string): (Node | string)[] {
  const parts: (Node | string)[] = [];
  let from = 0;
  for (const found of text.matchAll(pattern)) {
    const known = emoji[found[0].replace('\uFE0F', '')];
    if (known === undefined) continue;
    if (found.index > from) parts.push(text.slice(from, found.index));
    const drawn = drawing(known[1]);
    drawn.setAttribute('class', 'emoji');
    drawn.setAttribute('role', 'img');
    drawn.setAttribute('aria-label', known[0]);
    parts.push(drawn);
    from = found.index + found[0].length;
  }
  if (from < text.length) parts.push(text.slice(from));
  return parts;
}

function drawing(shapes: readonly Shape[]): SVGSVGElement {
  const drawn = document.createElementNS(namespace, 'svg');
  drawn.setAttribute('viewBox', '0 0 24 24');
  for (const [tag, attributes] of shapes) {
    const shape = document.createElementNS(namespace, tag);
    for (const [name, value] of Object.entries(attributes)) shape.setAttribute(name, value);
    drawn.append(shape);
  }
  return drawn;
}
