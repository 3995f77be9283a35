// The objects of the benchmark: the same for every server.

/** A pod of about 1.6 kB as sent, with the fields that users write. */
export function podManifest(name, labels = {}) {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace: 'default',
      labels: { app: 'bench', tier: 'backend', release: 'stable', ...labels },
      annotations: {
        'example.com/owner': 'team-storage',
        'example.com/description': 'a pod of the benchmark, as long as most are',
      },
    },
    spec: {
      containers: ['web', 'sidecar'].map((container, index) => ({
        name: container,
        image: `registry.example.com/team/${container}:1.4.${index}`,
        command: ['/bin/server', '--listen=:8080', '--config=/etc/config/server.yaml'],
        env: ['ONE', 'TWO', 'THREE', 'FOUR'].map((variable) => ({ name: variable, value: `value of ${variable}` })),
        ports: [{ name: `http-${index}`, containerPort: 8080 + index, protocol: 'TCP' }],
        resources: { requests: { cpu: '100m', memory: '128Mi' }, limits: { cpu: '500m', memory: '256Mi' } },
        readinessProbe: { httpGet: { path: '/ready', port: 8080 + index }, initialDelaySeconds: 5 },
        volumeMounts: [{ name: 'config', mountPath: '/etc/config' }],
      })),
      volumes: [{ name: 'config', emptyDir: {} }],
      nodeSelector: { disk: 'ssd' },
    },
  };
}

export const PODS = '/api/v1/namespaces/default/pods';
