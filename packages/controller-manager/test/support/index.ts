export { controller, Harness, names, pod, readyStatus } from './harness';
export { failure, MemoryApi } from './memory-api';
