import { podOfContainerManifest } from '../../src/versions';

test('a container manifest is a pod of its id', () => {
  const pod = podOfContainerManifest({
    version: 'v1beta1',
    id: 'static',
    uuid: 'u-1',
    containers: [{ name: 'a', image: 'img', cpu: 500, volumeMounts: [{ name: 'v', path: '/data' }] }],
    volumes: [{ name: 'v', source: { hostDir: { path: '/srv' } } }],
  });
  expect(pod).toEqual({
    kind: 'Pod',
    apiVersion: 'v1',
    metadata: { name: 'static', uid: 'u-1', creationTimestamp: null },
    spec: {
      volumes: [{ name: 'v', hostPath: { path: '/srv' } }],
      containers: [
        {
          name: 'a',
          image: 'img',
          resources: { limits: { cpu: '500m' } },
          volumeMounts: [{ name: 'v', mountPath: '/data' }],
          terminationMessagePath: '/dev/termination-log',
          imagePullPolicy: 'IfNotPresent',
        },
      ],
      restartPolicy: 'Always',
      dnsPolicy: 'ClusterFirst',
    },
  });
});
