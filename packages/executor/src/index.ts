export { executorRole } from './executor-role';
export { imageServer } from './images/image-server';
export { pauseLayer, type PauseArchitecture } from './images/pause-image';
