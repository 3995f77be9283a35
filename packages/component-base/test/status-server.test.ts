import { createMetricsRegistry, FatalError, startStatusServer, type StatusServer } from '../src';

describe('status server', () => {
  let server: StatusServer | undefined;
  let healthy = true;
  afterEach(async () => server?.close());

  const start = async () => {
    server = await startStatusServer({
      address: '127.0.0.1',
      port: 0,
      metrics: createMetricsRegistry(),
      checks: [{ name: 'etcd', check: async () => ({ healthy, message: 'no answer' }) }],
    });
    return `http://127.0.0.1:${server.port}`;
  };

  test('healthz says ok, or what fails', async () => {
    const base = await start();
    expect(await (await fetch(`${base}/healthz`)).text()).toBe('ok');
    healthy = false;
    const failed = await fetch(`${base}/healthz`);
    expect(failed.status).toBe(500);
    expect(await failed.text()).toBe('[-]etcd failed: no answer\nhealthz check failed\n');
  });

  test('metrics are Prometheus text, other paths 404', async () => {
    const base = await start();
    expect(await (await fetch(`${base}/metrics`)).text()).toContain('process_resident_memory_bytes');
    expect((await fetch(`${base}/nope`)).status).toBe(404);
  });

  test('a taken port is a fatal error that names it', async () => {
    await start();
    const second = startStatusServer({ address: '127.0.0.1', port: server?.port ?? 0 });
    await expect(second).rejects.toThrow(FatalError);
    await expect(second).rejects.toThrow(`127.0.0.1:${server?.port ?? 0} is already in use`);
  });
});
