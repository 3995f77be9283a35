/**
 * What the README of kubernetes-mesos shows as the answers to `curl .../api/v1beta1/pods` and `/replicationControllers`.
 * It was written against an elder release, before containers had a `lastState`; addresses are made up here.
 */
import { LEGACY_VERSIONS } from '../../src/versions';
import type { KubeObject } from '../../src';

const { v1beta1 } = LEGACY_VERSIONS;

function listText(plural: string, items: KubeObject[], resourceVersion: string): string {
  const resource = v1beta1.resourceOf(plural)!;
  const withLinks = items.map((item) => ({
    ...item,
    metadata: {
      ...item.metadata,
      selfLink: v1beta1.selfLink({ resource, namespace: item.metadata.namespace!, name: item.metadata.name! }),
    },
  }));
  const selfLink = v1beta1.selfLink({ resource, namespace: '' });
  const list = v1beta1.encodeList(resource, { items: withLinks, selfLink, resourceVersion });
  return JSON.stringify(list, null, 2);
}

const pod = {
  kind: 'Pod',
  apiVersion: 'v1',
  metadata: {
    name: 'nginx-id-01',
    namespace: 'default',
    uid: '2cf6694e-bd16-11e4-90fa-42010adf71e3',
    resourceVersion: '2751',
    creationTimestamp: '2015-02-25T17:46:06Z',
    labels: { name: 'foo' },
  },
  spec: {
    containers: [
      {
        name: 'nginx-01',
        image: 'dockerfile/nginx',
        ports: [{ hostPort: 31000, containerPort: 80, protocol: 'TCP' }],
        resources: {},
        livenessProbe: {
          httpGet: { path: '/', port: '80', scheme: 'HTTP' },
          initialDelaySeconds: 30,
          timeoutSeconds: 1,
          periodSeconds: 10,
        },
        terminationMessagePath: '/dev/termination-log',
        terminationMessagePolicy: 'File',
        imagePullPolicy: 'IfNotPresent',
      },
    ],
    restartPolicy: 'Always',
    dnsPolicy: 'ClusterFirst',
    nodeName: '10.22.211.18',
    securityContext: {},
    schedulerName: 'default-scheduler',
  },
  status: {
    phase: 'Running',
    conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: '2015-02-25T17:46:08Z' }],
    hostIP: '10.22.211.18',
    podIP: '172.17.0.46',
    podIPs: [{ ip: '172.17.0.46' }],
    startTime: '2015-02-25T17:46:06Z',
    qosClass: 'BestEffort',
    containerStatuses: [
      {
        name: 'nginx-01',
        state: { running: { startedAt: '2015-02-25T17:46:08Z' } },
        lastState: {},
        ready: true,
        restartCount: 0,
        image: 'dockerfile/nginx',
        imageID: 'docker://0180c66bffa9450b438970b9350295c1b5d4345a8b4573abe8e2b46b075e63f8',
        containerID: 'docker://371ae01aa63b01875410f5bcca42ccdcc03872d64c351fbdcadcce2cba4a578f',
        started: true,
      },
      {
        name: 'POD',
        state: { running: { startedAt: '2015-02-25T17:46:07Z' } },
        lastState: {},
        ready: false,
        restartCount: 0,
        image: 'kubernetes/pause:latest',
        imageID: 'docker://6c4579af347b649857e915521132f15a06186d73faa62145e3eeeb6be0e97c27',
        containerID: 'docker://811760e5070fd3c8e8014aff2a169831adc0c602833b540f689d76be6fadabf1',
      },
    ],
  },
} satisfies KubeObject & Record<string, unknown>;

test('the list of pods', () => {
  expect(listText('pods', [pod], '2800')).toBe(`{
  "kind": "PodList",
  "creationTimestamp": null,
  "selfLink": "/api/v1beta1/pods?namespace=",
  "resourceVersion": 2800,
  "apiVersion": "v1beta1",
  "items": [
    {
      "id": "nginx-id-01",
      "uid": "2cf6694e-bd16-11e4-90fa-42010adf71e3",
      "creationTimestamp": "2015-02-25T17:46:06Z",
      "selfLink": "/api/v1beta1/pods/nginx-id-01?namespace=default",
      "resourceVersion": 2751,
      "namespace": "default",
      "labels": {
        "name": "foo"
      },
      "desiredState": {
        "manifest": {
          "version": "v1beta2",
          "id": "",
          "volumes": null,
          "containers": [
            {
              "name": "nginx-01",
              "image": "dockerfile/nginx",
              "ports": [
                {
                  "hostPort": 31000,
                  "containerPort": 80,
                  "protocol": "TCP"
                }
              ],
              "resources": {},
              "livenessProbe": {
                "httpGet": {
                  "path": "/",
                  "port": "80"
                },
                "initialDelaySeconds": 30,
                "timeoutSeconds": 1
              },
              "terminationMessagePath": "/dev/termination-log",
              "imagePullPolicy": "PullIfNotPresent",
              "capabilities": {}
            }
          ],
          "restartPolicy": {
            "always": {}
          },
          "dnsPolicy": "ClusterFirst"
        },
        "host": "10.22.211.18"
      },
      "currentState": {
        "manifest": {
          "version": "",
          "id": "",
          "volumes": null,
          "containers": null,
          "restartPolicy": {}
        },
        "status": "Running",
        "Condition": [
          {
            "kind": "Ready",
            "status": "Full"
          }
        ],
        "host": "10.22.211.18",
        "hostIP": "10.22.211.18",
        "podIP": "172.17.0.46",
        "info": {
          "POD": {
            "state": {
              "running": {
                "startedAt": "2015-02-25T17:46:07Z"
              }
            },
            "lastState": {},
            "ready": false,
            "restartCount": 0,
            "podIP": "172.17.0.46",
            "image": "kubernetes/pause:latest",
            "imageID": "docker://6c4579af347b649857e915521132f15a06186d73faa62145e3eeeb6be0e97c27",
            "containerID": "docker://811760e5070fd3c8e8014aff2a169831adc0c602833b540f689d76be6fadabf1"
          },
          "nginx-01": {
            "state": {
              "running": {
                "startedAt": "2015-02-25T17:46:08Z"
              }
            },
            "lastState": {},
            "ready": true,
            "restartCount": 0,
            "image": "dockerfile/nginx",
            "imageID": "docker://0180c66bffa9450b438970b9350295c1b5d4345a8b4573abe8e2b46b075e63f8",
            "containerID": "docker://371ae01aa63b01875410f5bcca42ccdcc03872d64c351fbdcadcce2cba4a578f"
          }
        }
      }
    }
  ]
}`);
});

const controller = {
  kind: 'ReplicationController',
  apiVersion: 'v1',
  metadata: {
    name: 'nginxcontroller',
    namespace: 'default',
    uid: '5f091198-bd18-11e4-90fa-42010adf71e3',
    resourceVersion: '3041',
    creationTimestamp: '2015-02-25T18:01:49Z',
    labels: { name: 'nginx' },
    generation: 1,
  },
  spec: {
    replicas: 2,
    selector: { name: 'nginx' },
    template: {
      metadata: { creationTimestamp: null, labels: { name: 'nginx' } },
      spec: {
        containers: [
          {
            name: 'nginx',
            image: 'dockerfile/nginx',
            ports: [{ hostPort: 31001, containerPort: 80, protocol: 'TCP' }],
            resources: {},
            terminationMessagePath: '/dev/termination-log',
            imagePullPolicy: 'IfNotPresent',
          },
        ],
        restartPolicy: 'Always',
        dnsPolicy: 'ClusterFirst',
        terminationGracePeriodSeconds: 30,
      },
    },
  },
  status: { replicas: 2, fullyLabeledReplicas: 2, observedGeneration: 1 },
} satisfies KubeObject & Record<string, unknown>;

test('the list of replication controllers', () => {
  expect(listText('replicationcontrollers', [controller], '3087')).toBe(`{
  "kind": "ReplicationControllerList",
  "creationTimestamp": null,
  "selfLink": "/api/v1beta1/replicationControllers?namespace=",
  "resourceVersion": 3087,
  "apiVersion": "v1beta1",
  "items": [
    {
      "id": "nginxcontroller",
      "uid": "5f091198-bd18-11e4-90fa-42010adf71e3",
      "creationTimestamp": "2015-02-25T18:01:49Z",
      "selfLink": "/api/v1beta1/replicationControllers/nginxcontroller?namespace=default",
      "resourceVersion": 3041,
      "namespace": "default",
      "desiredState": {
        "replicas": 2,
        "replicaSelector": {
          "name": "nginx"
        },
        "podTemplate": {
          "desiredState": {
            "manifest": {
              "version": "v1beta2",
              "id": "",
              "volumes": null,
              "containers": [
                {
                  "name": "nginx",
                  "image": "dockerfile/nginx",
                  "ports": [
                    {
                      "hostPort": 31001,
                      "containerPort": 80,
                      "protocol": "TCP"
                    }
                  ],
                  "resources": {},
                  "terminationMessagePath": "/dev/termination-log",
                  "imagePullPolicy": "PullIfNotPresent",
                  "capabilities": {}
                }
              ],
              "restartPolicy": {
                "always": {}
              },
              "dnsPolicy": "ClusterFirst"
            }
          },
          "labels": {
            "name": "nginx"
          }
        }
      },
      "currentState": {
        "replicas": 2,
        "podTemplate": {
          "desiredState": {
            "manifest": {
              "version": "",
              "id": "",
              "volumes": null,
              "containers": null,
              "restartPolicy": {}
            }
          }
        }
      },
      "labels": {
        "name": "nginx"
      }
    }
  ]
}`);
});
