export { apiserverRole, schemaEncoder } from './role';
export { apiserverFlags, type ApiserverFlagValues } from './flags';
export { startApiServer, type ApiServer, type ApiServerExtensions, type ApiServerOptions } from './server';
export { builtInExtensions } from './extensions';
