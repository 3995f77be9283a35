export { executorRole } from './executor-role';
export { imageServer } from './images/image-server';
