import { startEmbeddedEtcd } from '@kubernetes-mesos/embedded-etcd';

const [dataDir = '', port = ''] = process.argv.slice(2);

startEmbeddedEtcd({ dataDir, listen: [{ host: '127.0.0.1', port: Number(port) }] }).then(
  ({ endpoints }) => process.stdout.write(`serving ${endpoints.join()}\n`),
  (error: unknown) => {
    process.stderr.write(`${String(error)}\n`);
    process.exitCode = 1;
  },
);
