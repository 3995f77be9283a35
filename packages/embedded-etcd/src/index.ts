export { startEmbeddedEtcd, type EmbeddedEtcd, type EmbeddedEtcdOptions } from './start-embedded-etcd';
export { etcdRole } from './role';
