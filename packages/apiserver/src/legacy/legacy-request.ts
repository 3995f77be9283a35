import type { LegacyApiVersion } from '@kubernetes-mesos/api-types';
import type { ServedResources } from '../api-core';
import type { ServedResource } from '../endpoints/served-resource';
import type { Exchange } from '../http/exchange';
import type { ApiTools } from '../http/surface';
import type { LegacyFormat } from './legacy-format';
import type { LegacyTarget } from './locate';

/** One request of an older version, on its way through a verb. */
export interface LegacyRequest {
  readonly tools: ApiTools;
  readonly exchange: Exchange;
  readonly version: LegacyApiVersion;
  readonly target: LegacyTarget;
  readonly served: ServedResource;
  readonly resources: ServedResources;
  readonly format: LegacyFormat;
  readonly rules: LegacyRules;
}

/** Flags of the server that release 0.14's validation looks at. */
export interface LegacyRules {
  /** `--allow_privileged` */
  readonly allowPrivileged: boolean;
}
