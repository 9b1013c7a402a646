// Watches: what is there, then each change, as the selector sees it; bookmarks between, and 410 for versions long gone.
import type { KubernetesObject } from './objects.ts';
import { inNamespace, type ListOptions } from './options.ts';
import { partial } from './partial.ts';
import type { Form } from './present.ts';
import { heldAs } from './read.ts';
import { groupVersion, type Resource } from './resources.ts';
import { expired } from './status.ts';
import type { Change, Store } from './store.ts';
import { tableOf } from './table.ts';

export interface WatchOptions {
  readonly store: Store;
  readonly resource: Resource;
  readonly list: ListOptions;
  readonly form: Form;
  readonly now: () => Date;
  readonly bookmarkMs: number;
}

/** Where the events go; `end` closes the answer. */
export interface Sink {
  write(event: unknown): void;
  end(): void;
}

/** Starts to write at once; the returned function stops it. */
export function watchObjects({ store, resource, list, form, now, bookmarkMs }: WatchOptions, sink: Sink): () => void {
  const held = heldAs(resource);
  let first = true;

  const show = (object: KubernetesObject): unknown => {
    if (form.as === 'object') return object;
    if (form.as === 'metadata') return partial(object);
    const metadata = { resourceVersion: object.metadata.resourceVersion };
    const table = tableOf(resource, [object], { metadata, include: form.include, now: now(), definitions: first });
    first = false;
    return table;
  };
  const send = (type: string, object: KubernetesObject) => sink.write({ type, object: show(object) });
  const bookmark = (annotations?: Record<string, string>) => {
    const metadata = { resourceVersion: `${store.version}`, ...(annotations ? { annotations } : {}) };
    const blank = { kind: resource.kind, apiVersion: groupVersion(resource), metadata: { name: '', ...metadata } };
    const shown = form.as === 'object' ? { ...blank, metadata, ...resource.blank } : show(blank);
    sink.write({ type: 'BOOKMARK', object: shown });
  };
  const asShown = (object: KubernetesObject | null) => {
    if (!object || !inNamespace(object, list.namespace)) return null;
    const shown = resource.view ? resource.view.show(object) : object;
    return list.selects(shown) ? shown : null;
  };
  const pass = (change: Change) => {
    const event = eventOf(asShown(change.before), asShown(change.after), change.version);
    if (event) send(event.type, event.object);
  };

  const fresh = list.version === null || list.version === 0;
  if (list.sendInitialEvents ?? fresh) {
    for (const object of store.all(held)) {
      const shown = asShown(object);
      if (shown) send('ADDED', shown);
    }
    if (list.bookmarks) bookmark({ 'k8s.io/initial-events-end': 'true' });
  } else if (list.version !== null && list.version > 0) {
    const missed = store.since(held, list.version);
    if (!missed) {
      sink.write({
        type: 'ERROR',
        object: tooOld(held, list.version, store.version).body,
      });
      sink.end();
      return () => {};
    }
    for (const change of missed) pass(change);
  }

  const unsubscribe = store.subscribe((change) => {
    if (change.resource === held) pass(change);
  });
  const bookmarks = list.bookmarks ? setInterval(() => bookmark(), bookmarkMs) : undefined;
  const deadline = list.timeoutSeconds > 0 ? setTimeout(sink.end, list.timeoutSeconds * 1000) : undefined;
  return () => {
    unsubscribe();
    clearInterval(bookmarks);
    clearTimeout(deadline);
  };
}

/** The real server keeps events in no cache, and its store says so in other words. */
function tooOld(held: string, asked: number, current: number) {
  if (held === 'events') return expired('The resourceVersion for the provided watch is too old.');
  return expired(`too old resource version: ${asked} (${current})`);
}

/** An object that enters or leaves the selection is added or deleted, whatever happened to it. */
function eventOf(before: KubernetesObject | null, after: KubernetesObject | null, version: number) {
  if (after) return { type: before ? 'MODIFIED' : 'ADDED', object: after };
  if (!before) return null;
  // What is deleted is shown as it last was, at the version of its going.
  return { type: 'DELETED', object: { ...before, metadata: { ...before.metadata, resourceVersion: `${version}` } } };
}
