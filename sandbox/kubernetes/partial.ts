// An object's metadata alone, as `application/json;as=PartialObjectMetadata` and tables hold it.
import type { KubernetesObject } from './objects.ts';

export function partial(object: KubernetesObject) {
  return { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: object.metadata };
}
