export type { ConnectionEvent, SchedulerClient } from './scheduler-client';
export { createSchedulerClient, type SchedulerClientOptions } from './http-scheduler-client';
export type { ExecutorClient, ExecutorConnectionEvent } from './executor-client';
export { createExecutorClient, type ExecutorClientOptions } from './http-executor-client';
export { ExecutorEnvironmentError, readExecutorEnvironment, type ExecutorEnvironment } from './executor-environment';
export { createOperatorClient, type OperatorClient, type OperatorClientOptions } from './operator-client';
export type { MasterDetector } from './master-detector';
export { createMasterDetector, MasterAddressError } from './master/create-detector';
export { parseMasterAddress, type MasterAddress } from './master/master-address';
export type { Credentials } from './http/credentials';
export {
  CallRejectedError,
  ExecutorRefusedError,
  FrameworkRefusedError,
  MasterUnavailableError,
  NotSubscribedError,
} from './errors';
export { encodeRecord, readRecords, RecordDecoder, RecordIoError, type RecordDecoderOptions } from './recordio';
export { formatMesosDuration, parseMesosDuration } from './duration';
export { nodeNameOf } from './node-name';
export { ResourcePool } from './resources/resource-pool';
export { reservationRole, reservationsOf, resourceIdentity, UNRESERVED } from './resources/identity';
export {
  addRanges,
  containsRanges,
  countRanges,
  formatRanges,
  normalizeRanges,
  rangesInclude,
  subtractRanges,
  type NumberRange,
} from './resources/ranges';
export { fromMilli, toMilli, type Milli } from './resources/scalar';
export type * from './messages';
export {
  agentCallCodec,
  agentResponseCodec,
  checkedExecutorEvent,
  checkedSchedulerEvent,
  executorCallCodec,
  executorEventCodec,
  frameworkInfoCodec,
  isMediaType,
  JSON_MEDIA_TYPE,
  masterCallCodec,
  masterEventCodec,
  masterResponseCodec,
  MessageCodec,
  MessageDecodeError,
  PROTOBUF_MEDIA_TYPE,
  schedulerCallCodec,
  schedulerEventCodec,
  taskInfoCodec,
  taskStatusCodec,
  type DecodeProblem,
  type MediaType,
} from './codec';
