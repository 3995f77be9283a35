import { X509Certificate } from 'node:crypto';
import { withTempDir } from '@kubernetes-mesos/test-support';
import { selfSignedCertificate } from '../../src/http/self-signed';

test('a self-made certificate has a serial number without idle bytes, which no client can read', () =>
  withTempDir(async (dir) => {
    const names = { commonName: '127.0.0.1', alternatives: ['127.0.0.1', 'kubernetes'] };
    const { cert } = await selfSignedCertificate(dir, names, Date.now());
    expect(new X509Certificate(cert).serialNumber).toMatch(/^01[0-9A-F]{30}$/);
  }));
