/**
 * Mesos v1 messages as plain data, in the shape of the v1 JSON encoding: snake_case names, enums as their names,
 * 64-bit integers as numbers, absent fields absent; bytes are Buffers (base64 only in JSON). Both wire encodings decode to this.
 */
export interface FrameworkInfo {
  id?: { value: string };
  user: string;
  name: string;
}
export type SchedulerEvent = { readonly type: 'HEARTBEAT' };
export type SchedulerCall = { readonly type: 'TEARDOWN' };
export type ExecutorEvent = { readonly type: 'SHUTDOWN' };
export type ExecutorCall = { readonly type: 'HEARTBEAT' };
