import { StatusError } from '@kubernetes-mesos/api-types';
import { negotiate } from '../../src/http/negotiate';

const TABLE = { media: 'json', shape: { as: 'Table', version: 'v1' }, isStream: false };
const JSON_OBJECT = { media: 'json', shape: { as: 'object' }, isStream: false };

describe('Accept', () => {
  test.each([
    [undefined, JSON_OBJECT],
    ['*/*', JSON_OBJECT],
    ['application/json, */*', JSON_OBJECT],
    ['text/html;q=1, application/json;q=0.5', JSON_OBJECT],
    ['application/json;as=Table;v=v1;g=meta.k8s.io,application/json;as=Table;v=v1beta1;g=meta.k8s.io', TABLE],
    ['application/json;as=Table;v=v9;g=meta.k8s.io,application/json', JSON_OBJECT],
    ['application/yaml', { ...JSON_OBJECT, media: 'yaml' }],
    ['application/vnd.kubernetes.protobuf,application/json', { ...JSON_OBJECT, media: 'protobuf' }],
  ])('%s', (accept, expected) => {
    expect(negotiate(accept)).toEqual(expected);
  });

  test.each([
    'text/html',
    'application/json;as=Nothing;v=v1;g=meta.k8s.io',
    'application/json;as=Table;v=v2;g=meta.k8s.io',
  ])('%s is not acceptable, each time it is asked', (accept) => {
    for (const attempt of [1, 2]) {
      expect(() => negotiate(accept)).toThrow(StatusError);
      expect(attempt).toBeGreaterThan(0);
    }
  });
});
