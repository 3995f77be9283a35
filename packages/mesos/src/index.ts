export type { ConnectionEvent, SchedulerClient } from './scheduler-client';
export type { ExecutorClient } from './executor-client';
export type { MasterDetector } from './master-detector';
export type * from './messages';
