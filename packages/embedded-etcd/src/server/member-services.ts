import { etcdserverpb } from '@kubernetes-mesos/protos';
import type { Engine } from '../engine';
import { errors } from '../errors';
import { fromId, toNumber } from '../wire/int64';
import { RAFT_TERM } from '../wire/responses';
import { encoded, unary, type Method } from './service';

/** The release whose behaviour is matched; clients choose features by it. */
export const ETCD_VERSION = '3.4.23';
const MEMBER_NAME = 'default';

/** Maintenance and Cluster: a cluster of one. */
export function memberServices(engine: Engine, clientUrls: () => readonly string[]): Method[] {
  const header = (): etcdserverpb.IResponseHeader => engine.headers.at(engine.hub.revision);
  const memberId = fromId(engine.headers.identity.memberId);
  return [
    unary('/etcdserverpb.Cluster/MemberList', etcdserverpb.MemberListRequest, () =>
      encoded(etcdserverpb.MemberListResponse, {
        header: header(),
        members: [{ ID: memberId, name: MEMBER_NAME, peerURLs: [...clientUrls()], clientURLs: [...clientUrls()] }],
      }),
    ),
    unary('/etcdserverpb.Maintenance/Status', etcdserverpb.StatusRequest, () => {
      const { total, used } = engine.size();
      return encoded(etcdserverpb.StatusResponse, {
        header: header(),
        version: ETCD_VERSION,
        dbSize: total,
        dbSizeInUse: used,
        leader: memberId,
        raftIndex: engine.hub.revision,
        raftAppliedIndex: engine.hub.revision,
        raftTerm: RAFT_TERM,
      });
    }),
    unary('/etcdserverpb.Maintenance/Alarm', etcdserverpb.AlarmRequest, () =>
      encoded(etcdserverpb.AlarmResponse, { header: header() }),
    ),
    // Free pages are reused in place: there is nothing to gain.
    unary('/etcdserverpb.Maintenance/Defragment', etcdserverpb.DefragmentRequest, () =>
      encoded(etcdserverpb.DefragmentResponse, { header: header() }),
    ),
    unary('/etcdserverpb.Maintenance/Hash', etcdserverpb.HashRequest, async () =>
      encoded(etcdserverpb.HashResponse, { hash: await engine.hash(0), header: header() }),
    ),
    unary('/etcdserverpb.Maintenance/HashKV', etcdserverpb.HashKVRequest, async (request) => {
      const hash = await engine.hash(toNumber(request.revision));
      return encoded(etcdserverpb.HashKVResponse, { header: header(), hash, compact_revision: engine.compactRevision });
    }),
  ];
}

/** Auth: switched off, and not to be switched on. */
export function authService(engine: Engine): Method[] {
  const header = (): etcdserverpb.IResponseHeader => engine.headers.at(engine.hub.revision);
  return [
    unary('/etcdserverpb.Auth/AuthEnable', etcdserverpb.AuthEnableRequest, () => {
      throw errors.noRootUser();
    }),
    unary('/etcdserverpb.Auth/AuthDisable', etcdserverpb.AuthDisableRequest, () =>
      encoded(etcdserverpb.AuthDisableResponse, { header: header() }),
    ),
    unary('/etcdserverpb.Auth/AuthStatus', etcdserverpb.AuthStatusRequest, () =>
      encoded(etcdserverpb.AuthStatusResponse, { header: header(), enabled: false }),
    ),
    unary('/etcdserverpb.Auth/Authenticate', etcdserverpb.AuthenticateRequest, () => {
      throw errors.authNotEnabled();
    }),
    unary('/etcdserverpb.Auth/UserList', etcdserverpb.AuthUserListRequest, () =>
      encoded(etcdserverpb.AuthUserListResponse, { header: header() }),
    ),
    unary('/etcdserverpb.Auth/RoleList', etcdserverpb.AuthRoleListRequest, () =>
      encoded(etcdserverpb.AuthRoleListResponse, { header: header() }),
    ),
  ];
}
