import { apiserver } from './apiserver';
import { controllerManager } from './controller-manager';
import { etcd } from './etcd';
import { executor } from './executor';
import { imageServer } from './image-server';
import { mesosAgent } from './mesos-agent';
import { mesosCommandExecutor } from './mesos-command-executor';
import { mesosMaster } from './mesos-master';
import type { RoleEntry } from './role-entry';
import { scheduler } from './scheduler';

/** Every role, in the order of `km --help`. */
export const ROLES: readonly RoleEntry[] = [
  apiserver,
  controllerManager,
  scheduler,
  executor,
  etcd,
  mesosMaster,
  mesosAgent,
  mesosCommandExecutor,
  imageServer,
];
