// What a change of an app uses of Kubernetes.
import { applyRights, followRights, statusRights } from '../../src/rollouts/rights.ts';

export const changeRights = [...statusRights, ...applyRights, ...followRights];
