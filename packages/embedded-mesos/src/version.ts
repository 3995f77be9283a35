import type { VersionInfo } from '@kubernetes-mesos/mesos';

/** The Mesos release whose v1 API this package speaks; clients compare it. */
export const MESOS_VERSION = '1.11.0';

export const VERSION_INFO: VersionInfo = {
  version: MESOS_VERSION,
  build_date: '2020-11-24 00:00:00',
  build_time: 1606176000,
  build_user: 'kubernetes-mesos-embedded',
};
