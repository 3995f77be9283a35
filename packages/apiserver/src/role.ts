import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { createSchemaRegistry, type SchemaRegistry } from '@kubernetes-mesos/api-types';
import { defineRole, errorMessage, FatalError, type Logger, type RoleContext } from '@kubernetes-mesos/component-base';
import type { MasterDetector } from '@kubernetes-mesos/mesos';
import { createStorage, type ObjectEncoder, type Storage } from '@kubernetes-mesos/storage';
import { clientCertificates, type Authenticator } from './authentication/authenticator';
import { basicAuthFileAuthenticator } from './authentication/basic-auth-file';
import { ServiceAccountKey, serviceAccountKeys } from './authentication/service-account-keys';
import { serviceAccountAuthenticator } from './authentication/service-accounts';
import { tokenFileAuthenticator } from './authentication/token-file';
import { abacAuthorizer } from './authorization/abac';
import { alwaysAllow, alwaysDeny, exceptAdministrators, type Authorizer } from './authorization/authorizer';
import { resolveConfig, type ApiServerConfig } from './config/api-server-config';
import { apiserverFlags, type ApiserverFlagValues } from './flags';
import type { TlsMaterial } from './http/listeners';
import { selfSignedCertificate } from './http/self-signed';
import { httpComponent, type Component } from './registry/component-statuses';
import { addressAt } from './registry/ip-range';
import { startApiServer, type ApiServerOptions } from './server';
import { builtInExtensions } from './extensions';

/** `km apiserver` */
export const apiserverRole = defineRole({
  name: 'apiserver',
  summary: 'serves the Kubernetes API over etcd',
  description:
    'Serves the Kubernetes API and keeps its objects in etcd. Needs --etcd_servers and --portal_net; the other roles ' +
    'and kubectl are pointed at --address and --port.',
  flags: apiserverFlags,
  async run(values, context) {
    const config = await resolveConfig(values);
    const schemas = createSchemaRegistry();
    const storage = await createStorage({
      endpoints: config.etcdServers,
      prefix: values.etcd_prefix,
      historyLimit: values.watch_cache_size,
      encoder: schemaEncoder(schemas),
      logger: context.logger,
      clock: context.clock,
    });
    try {
      await serveUntilStopped(config, storage, context);
    } finally {
      await storage.close();
    }
  },
});

/** Writes stored objects in the order of their kind's schema. */
export function schemaEncoder(schemas: SchemaRegistry): ObjectEncoder {
  const names = new Map<string, string>();
  for (const { name } of schemas) {
    // `io.k8s.api.core.v1.Pod` is kind Pod of v1; stored kinds are named so in one group only.
    const [, group = '', version = '', kind = ''] = /^io\.k8s\.api\.([^.]+)\.([^.]+)\.([^.]+)$/.exec(name) ?? [];
    if (kind !== '') names.set(`${group === 'core' ? '' : `${group}/`}${version} ${kind}`, name);
  }
  return {
    encode: (object) => {
      const apiVersion = (object.apiVersion ?? '').replace('.k8s.io/', '/');
      const name = names.get(`${apiVersion} ${object.kind ?? ''}`);
      if (name === undefined) throw new Error(`no schema for ${object.apiVersion ?? ''} ${object.kind ?? ''}`);
      return schemas.codec(name).encode(object);
    },
  };
}

async function serveUntilStopped(config: ApiServerConfig, storage: Storage, context: RoleContext): Promise<void> {
  const { flags } = config;
  const { logger, signal } = context;
  const detector = await mesosDetector(config, logger);
  try {
    const server = await startApiServer(await serverOptions(config, storage, context, detector));
    logger.info('listening', {
      ...(server.insecurePort === undefined ? {} : { insecure: `${flags.address}:${server.insecurePort}` }),
      ...(server.securePort === undefined ? {} : { securePort: server.securePort }),
      ...(server.readOnlyPort === undefined ? {} : { readOnlyPort: server.readOnlyPort }),
    });
    server.ready().then(
      () => logger.info('ready', { etcd: config.etcdServers.join(',') }),
      (error: unknown) => logger.error('the server does not become ready', { error }),
    );
    if (!signal.aborted) {
      await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
    }
    await server.close();
  } finally {
    await detector?.close();
  }
}

async function serverOptions(
  config: ApiServerConfig,
  storage: Storage,
  { logger, clock }: RoleContext,
  detector: MasterDetector | undefined,
): Promise<ApiServerOptions> {
  const { flags } = config;
  const tls = flags.secure_port === 0 ? undefined : await tlsMaterial(config, clock.now());
  const tokenKeys = await tokenKeysOf(flags, tls);
  const tokenKey = tokenKeys.find((key) => key.canSign);
  const authenticators = [
    ...(await authenticatorsOf(flags)),
    ...(tokenKeys.length === 0
      ? []
      : [serviceAccountAuthenticator(tokenKeys, storage, flags.service_account_lookup, clock)]),
  ];
  const extensions = builtInExtensions();
  return {
    storage,
    logger,
    clock,
    ...(flags.port === 0 ? {} : { insecure: { address: flags.address, port: flags.port } }),
    ...(flags.read_only_port === 0
      ? {}
      : {
          readOnly: {
            address: flags.address,
            port: flags.read_only_port,
            rate: flags.api_rate,
            burst: flags.api_burst,
          },
        }),
    ...(tls === undefined
      ? {}
      : {
          secure: {
            address: flags.public_address_override === '' ? '0.0.0.0' : flags.public_address_override,
            port: flags.secure_port,
            tls,
            authenticators,
            allowAnonymous: flags.anonymous_auth,
          },
        }),
    authorizer: await authorizerOf(flags),
    admissionControl: flags.admission_control,
    serviceAddresses: config.serviceAddresses,
    nodePorts: config.nodePorts,
    masterServiceNamespace: flags.master_service_namespace,
    serverCount: flags.apiserver_count,
    advertiseAddress: config.advertiseAddress,
    externalHostname: flags.external_hostname,
    allowPrivileged: flags.allow_privileged,
    eventTtlMs: flags.event_ttl,
    corsAllowedOrigins: flags.cors_allowed_origins,
    maxRequestsInFlight: {
      reading: flags.max_requests_inflight,
      mutating: flags.max_mutating_requests_inflight,
    },
    minRequestTimeoutMs: flags.min_request_timeout * 1000,
    requestTimeoutMs: flags.request_timeout,
    kubelet: { defaultPort: flags.kubelet_port, connectTimeoutMs: flags.kubelet_timeout },
    ...(tokenKey !== undefined ? { tokenKey } : {}),
    components: componentsOf(config, detector),
    ...(flags.log_dir_served === '' ? {} : { logDir: flags.log_dir_served }),
    extensions,
  };
}

async function authenticatorsOf(flags: ApiserverFlagValues): Promise<Authenticator[]> {
  return [
    ...(flags.client_ca_file === '' ? [] : [clientCertificates]),
    ...(flags.basic_auth_file === '' ? [] : [await basicAuthFileAuthenticator(flags.basic_auth_file)]),
    ...(flags.token_auth_file === '' ? [] : [await tokenFileAuthenticator(flags.token_auth_file)]),
  ];
}

async function tokenKeysOf(
  flags: ApiserverFlagValues,
  tls: TlsMaterial | undefined,
): Promise<readonly ServiceAccountKey[]> {
  const { service_account_key_file: file } = flags;
  if (file !== '') return serviceAccountKeys(String(await readPem(file, 'service_account_key_file')), file);
  return tls === undefined ? [] : [new ServiceAccountKey(tls.key, 'the key of the secure port')];
}

async function authorizerOf(flags: ApiserverFlagValues): Promise<Authorizer> {
  switch (flags.authorization_mode) {
    case 'ABAC':
      return exceptAdministrators(await abacAuthorizer(flags.authorization_policy_file));
    case 'AlwaysDeny':
      return exceptAdministrators(alwaysDeny);
    default:
      return alwaysAllow;
  }
}

async function tlsMaterial(config: ApiServerConfig, nowMs: number): Promise<TlsMaterial> {
  const { flags } = config;
  const material =
    flags.tls_cert_file === ''
      ? await selfSignedCertificate(flags.cert_dir, certificateNames(config), nowMs)
      : {
          cert: await readPem(flags.tls_cert_file, 'tls_cert_file'),
          key: await readPem(flags.tls_private_key_file, 'tls_private_key_file'),
        };
  if (flags.client_ca_file === '') return material;
  return { ...material, clientCa: await readPem(flags.client_ca_file, 'client_ca_file') };
}

function certificateNames({ flags, advertiseAddress, serviceAddresses }: ApiServerConfig) {
  const names = [
    advertiseAddress,
    addressAt(serviceAddresses, 1),
    addressAt(serviceAddresses, 2),
    '127.0.0.1',
    'localhost',
    hostname(),
    'kubernetes',
    'kubernetes.default',
    'kubernetes.default.svc',
    'kubernetes.default.svc.cluster.local',
    flags.external_hostname,
  ];
  return { commonName: advertiseAddress, alternatives: [...new Set(names.filter((name) => name !== ''))] };
}

async function readPem(path: string, flag: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    throw new FatalError(`--${flag}: cannot read ${path}: ${errorMessage(error)}`, { cause: error });
  }
}

/** @throws FatalError for an address that is none */
async function mesosDetector({ mesosMaster }: ApiServerConfig, logger: Logger): Promise<MasterDetector | undefined> {
  if (mesosMaster === '') return undefined;
  // Most of what that package brings along is for schedulers: servers without a master start without it.
  const { createMasterDetector } = await import('@kubernetes-mesos/mesos');
  try {
    return createMasterDetector(mesosMaster, { logger });
  } catch (error) {
    throw new FatalError(`--mesos_master: ${errorMessage(error)}`, { cause: error });
  }
}

function componentsOf({ etcdServers }: ApiServerConfig, detector: MasterDetector | undefined): Component[] {
  const parts: Component[] = [
    httpComponent('controller-manager', 'http://127.0.0.1:10252/healthz'),
    httpComponent('scheduler', 'http://127.0.0.1:10251/healthz'),
    ...etcdServers.map((url, index) => httpComponent(`etcd-${index}`, `${url}/health`)),
  ];
  if (detector === undefined) return parts;
  const mesos: Component = {
    name: 'mesos-master',
    async probe(signal) {
      const leader = await detector.current({ signal });
      await httpComponent('mesos-master', `http://${leader}/health`).probe(signal);
      return `leader ${leader}`;
    },
  };
  return [...parts, mesos];
}
