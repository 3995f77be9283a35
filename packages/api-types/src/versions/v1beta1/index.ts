import { flatVersion } from '../flat/version';

export const v1beta1 = flatVersion({ apiVersion: 'v1beta1', aliases: true });
