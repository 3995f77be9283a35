export { startProcess, type TestProcess } from './child-process';
export { etcdBinary, startEtcd, type EtcdFixture, type EtcdOptions } from './etcd';
export { startEmbeddedEtcd } from './embedded-etcd';
export { eventually, type EventuallyOptions } from './eventually';
export { FakeClock } from './fake-clock';
export { goldensFolder } from './goldens';
export { freePort } from './free-port';
export { TcpProxy, type Direction } from './tcp-proxy';
export { createTempDir, withTempDir, type TempDir } from './temp-dir';
