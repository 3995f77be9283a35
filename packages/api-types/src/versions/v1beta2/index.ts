import { flatVersion } from '../flat/version';

/** v1beta1 without the second names of some fields. */
export const v1beta2 = flatVersion({ apiVersion: 'v1beta2', aliases: false });
