"""Names of flags by what they do with the next argument, of every component that is judged.

Source: the components' pages of kubernetes.io/docs/reference/command-line-tools-reference and
etcd.io/docs/v3.5/op-guide/configuration, with flags of older versions.
"""

_BOOLEAN = """
add-dir-header aggregator-reject-forwarding-redirect allocate-node-cidrs allow-privileged
allow-untagged-cloud alsologtostderr anonymous-auth audit-log-batch-throttle-enable
audit-log-compress audit-log-truncate-enabled audit-webhook-batch-throttle-enable
audit-webhook-truncate-enabled authentication-skip-lookup authentication-token-webhook
authentication-tolerate-lookup-failure auto-tls bind-address-hard-fail cgroups-per-qos cleanup
cleanup-iptables client-cert-auth configure-cloud-routes containerized contention-profiling
cpu-cfs-quota deregister-node disable-attach-detach-reconcile-sync disable-force-detach-on-timeout
docker-only docker-tls emulation-forward-compatible enable-aggregator-routing
enable-bootstrap-token-auth enable-cadvisor-json-endpoints enable-controller-attach-detach
enable-debugging-handlers enable-dynamic-provisioning enable-garbage-collector
enable-hostpath-provisioner enable-inflight-quota-handler enable-leader-migration
enable-load-reader enable-logs-handler enable-pprof enable-priority-and-fairness enable-server
enable-swagger-ui enable-taint-manager enable-v2 encryption-provider-config-automatic-reload
exit-on-lock-contention experimental-allocatable-ignore-eviction
experimental-check-node-capabilities-before-mount experimental-compact-hash-check-enabled
experimental-distributed-tracing experimental-dockershim experimental-enable-distributed-tracing
experimental-enable-lease-checkpoint experimental-enable-lease-checkpoint-persist
experimental-initial-corrupt-check experimental-kernel-memcg-notification
experimental-memory-mlock experimental-stop-grpc-service-on-defrag
experimental-txn-mode-write-with-shared-buffer fail-swap-on force-new-cluster help init-only
iptables-localhost-nodeports ipvs-strict-arp keep-terminated-pod-volumes kernel-memcg-notification
kubelet-https leader-elect local-storage-capacity-isolation log-cadvisor-usage logtostderr
make-iptables-util-chains masquerade-all one-output peer-auto-tls peer-client-cert-auth
permit-address-sharing permit-port-sharing pre-vote profiling protect-kernel-defaults
proxy-reverse-lookup redirect-container-streaming register-node register-schedulable
rotate-certificates rotate-server-certificates runonce runtime-config-emulation-forward-compatible
seccomp-default serialize-image-pulls service-account-extend-token-expiration
service-account-lookup shutdown-send-retry-after skip-headers skip-log-headers
socket-reuse-address socket-reuse-port storage-driver-secure strict-reconfig-check unsafe-no-fsync
use-service-account-credentials version watch-cache windows-service
"""
_VALUE = """
address admission-control admission-control-config-file advertise-address advertise-client-urls
allow-metric-labels allow-metric-labels-manifest allowed-unsafe-sysctls api-audiences
apiserver-count attach-detach-reconcile-sync-period audit-log-batch-buffer-size
audit-log-batch-max-size audit-log-batch-max-wait audit-log-batch-throttle-burst
audit-log-batch-throttle-qps audit-log-format audit-log-maxage audit-log-maxbackup
audit-log-maxsize audit-log-mode audit-log-path audit-log-truncate-max-batch-size
audit-log-truncate-max-event-size audit-log-version audit-policy-file
audit-webhook-batch-buffer-size audit-webhook-batch-max-size audit-webhook-batch-max-wait
audit-webhook-batch-throttle-burst audit-webhook-batch-throttle-qps audit-webhook-config-file
audit-webhook-initial-backoff audit-webhook-mode audit-webhook-truncate-max-batch-size
audit-webhook-truncate-max-event-size audit-webhook-version authentication-config
authentication-kubeconfig authentication-token-webhook-cache-ttl
authentication-token-webhook-config-file authentication-token-webhook-version
authorization-always-allow-paths authorization-config authorization-kubeconfig authorization-mode
authorization-policy-file authorization-webhook-cache-authorized-ttl
authorization-webhook-cache-unauthorized-ttl authorization-webhook-config-file
authorization-webhook-version auto-compaction-mode auto-compaction-retention
azure-container-registry-config basic-auth-file bind-address boot-id-file
bootstrap-checkpoint-path bootstrap-kubeconfig cert-dir cert-file cgroup-driver cgroup-root
cidr-allocator-type cipher-suites client-ca-file client-cert-allowed-hostname client-crl-file
cloud-config cloud-provider cloud-provider-gce-l7lb-src-cidrs cloud-provider-gce-lb-src-cidrs
cluster-cidr cluster-dns cluster-domain cluster-name cluster-signing-cert-file
cluster-signing-duration cluster-signing-key-file cluster-signing-kube-apiserver-client-cert-file
cluster-signing-kube-apiserver-client-key-file cluster-signing-kubelet-client-cert-file
cluster-signing-kubelet-client-key-file cluster-signing-kubelet-serving-cert-file
cluster-signing-kubelet-serving-key-file cluster-signing-legacy-unknown-cert-file
cluster-signing-legacy-unknown-key-file cni-bin-dir cni-cache-dir cni-conf-dir
concurrent-cron-job-syncs concurrent-daemonset-syncs concurrent-deployment-syncs
concurrent-endpoint-syncs concurrent-ephemeralvolume-syncs concurrent-gc-syncs
concurrent-horizontal-pod-autoscaler-syncs concurrent-job-syncs concurrent-namespace-syncs
concurrent-rc-syncs concurrent-replicaset-syncs concurrent-resource-quota-syncs
concurrent-resourceclaim-syncs concurrent-service-endpoint-syncs concurrent-service-syncs
concurrent-serviceaccount-token-syncs concurrent-statefulset-syncs
concurrent-ttl-after-finished-syncs concurrent-validating-admission-policy-status-syncs config
config-dir config-file config-sync-period conntrack-max-per-core conntrack-min
conntrack-tcp-timeout-close-wait conntrack-tcp-timeout-established conntrack-udp-timeout
conntrack-udp-timeout-stream container-hints container-log-max-files container-log-max-size
container-runtime container-runtime-endpoint containerd containerd-namespace
controller-start-interval controllers cors-allowed-origins cpu-cfs-quota-period cpu-manager-policy
cpu-manager-policy-options cpu-manager-reconcile-period data-dir
default-not-ready-toleration-seconds default-unreachable-toleration-seconds
default-watch-cache-size delete-collection-workers detect-local-mode disable-admission-plugins
disabled-metrics discovery discovery-fallback discovery-proxy discovery-srv discovery-srv-name
docker docker-endpoint docker-env-metadata-whitelist docker-root docker-tls-ca docker-tls-cert
docker-tls-key dynamic-config-dir egress-selector-config-file election-timeout emulated-version
enable-admission-plugins encryption-provider-config endpoint-reconciler-type
endpoint-updates-batch-period endpointslice-updates-batch-period enforce-node-allocatable
etcd-cafile etcd-certfile etcd-compaction-interval etcd-count-metric-poll-period
etcd-db-metric-poll-interval etcd-healthcheck-timeout etcd-keyfile etcd-prefix
etcd-readycheck-timeout etcd-servers etcd-servers-overrides event-burst event-qps
event-storage-age-limit event-storage-event-limit event-ttl eviction-hard
eviction-max-pod-grace-period eviction-minimum-reclaim eviction-pressure-transition-period
eviction-soft eviction-soft-grace-period experimental-bootstrap-kubeconfig
experimental-cluster-signing-duration experimental-corrupt-check-time
experimental-encryption-provider-config experimental-mounter-path
experimental-watch-progress-notify-interval external-cloud-volume-plugin external-hostname
feature-gates file-check-frequency flex-volume-plugin-dir global-housekeeping-interval
goaway-chance grpc-keepalive-interval grpc-keepalive-min-time grpc-keepalive-timeout hairpin-mode
healthz-bind-address healthz-port heartbeat-interval
horizontal-pod-autoscaler-cpu-initialization-period horizontal-pod-autoscaler-downscale-delay
horizontal-pod-autoscaler-downscale-stabilization
horizontal-pod-autoscaler-initial-readiness-delay horizontal-pod-autoscaler-sync-period
horizontal-pod-autoscaler-tolerance host-ipc-sources host-network-sources host-pid-sources
host-whitelist hostname-override housekeeping-interval http-check-frequency
http2-max-streams-per-connection image-credential-provider-bin-dir
image-credential-provider-config image-gc-high-threshold image-gc-low-threshold
image-pull-progress-deadline image-service-endpoint initial-advertise-peer-urls initial-cluster
initial-cluster-state initial-cluster-token insecure-bind-address insecure-port iptables-drop-bit
iptables-masquerade-bit iptables-min-sync-period iptables-sync-period ipvs-exclude-cidrs
ipvs-min-sync-period ipvs-scheduler ipvs-sync-period ipvs-tcp-timeout ipvs-tcpfin-timeout
ipvs-udp-timeout key-file kube-api-burst kube-api-content-type kube-api-qps kube-reserved
kube-reserved-cgroup kubeconfig kubelet-certificate-authority kubelet-cgroups
kubelet-client-certificate kubelet-client-key kubelet-port kubelet-preferred-address-types
kubelet-read-only-port kubelet-timeout large-cluster-size-threshold leader-elect-lease-duration
leader-elect-renew-deadline leader-elect-resource-lock leader-elect-resource-name
leader-elect-resource-namespace leader-elect-retry-period
legacy-service-account-token-clean-up-period listen-client-urls listen-metrics-urls
listen-peer-urls livez-grace-period lock-file lock-object-name lock-object-namespace
log-backtrace-at log-dir log-file log-file-max-size log-flush-frequency log-format
log-json-info-buffer-size log-level log-outputs log-rotation-config-json log-text-info-buffer-size
logger logging-format machine-id-file manifest-url manifest-url-header master
master-service-namespace max-concurrent-streams max-connection-bytes-per-sec
max-endpoints-per-slice max-mutating-requests-inflight max-open-files max-pods max-request-bytes
max-requests-inflight max-snapshots max-txn-ops max-wals maximum-dead-containers
maximum-dead-containers-per-container memory-manager-policy metrics metrics-bind-address
min-compatibility-version min-request-timeout min-resync-period minimum-container-ttl-duration
minimum-image-ttl-duration mirroring-concurrent-service-endpoint-syncs
mirroring-endpointslice-updates-batch-period mirroring-max-endpoints-per-subset name
namespace-sync-period network-plugin network-plugin-mtu node-cidr-mask-size
node-cidr-mask-size-ipv4 node-cidr-mask-size-ipv6 node-eviction-rate node-ip node-labels
node-monitor-grace-period node-monitor-period node-startup-grace-period node-status-max-images
node-status-update-frequency node-sync-period nodeport-addresses non-masquerade-cidr oidc-ca-file
oidc-client-id oidc-groups-claim oidc-groups-prefix oidc-issuer-url oidc-required-claim
oidc-signing-algs oidc-username-claim oidc-username-prefix oom-score-adj peer-advertise-ip
peer-advertise-port peer-ca-file peer-cert-allowed-cn peer-cert-allowed-hostname peer-cert-file
peer-crl-file peer-key-file peer-trusted-ca-file percentage-of-nodes-to-score pod-bridge-interface
pod-cidr pod-eviction-timeout pod-infra-container-image pod-interface-name-prefix pod-logs-dir
pod-manifest-path pod-max-in-unschedulable-pods-duration pod-max-pids pods-per-core
policy-config-file policy-configmap policy-configmap-namespace port provider-id proxy
proxy-client-cert-file proxy-client-key-file proxy-dial-timeout proxy-mode proxy-port-range
proxy-read-timeout proxy-write-timeout pv-recycler-increment-timeout-nfs
pv-recycler-minimum-timeout-hostpath pv-recycler-minimum-timeout-nfs
pv-recycler-pod-template-filepath-hostpath pv-recycler-pod-template-filepath-nfs
pv-recycler-timeout-increment-hostpath pvclaimbinder-sync-period qos-reserved quota-backend-bytes
read-only-port register-with-taints registry-burst registry-qps request-timeout
requestheader-allowed-names requestheader-client-ca-file requestheader-extra-headers-prefix
requestheader-group-headers requestheader-uid-headers requestheader-username-headers reserved-cpus
reserved-memory resolv-conf resource-container resource-quota-sync-period root-ca-file root-dir
route-reconciliation-period runtime-cgroups runtime-config runtime-request-timeout scheduler-name
seccomp-profile-root secondary-node-eviction-rate secure-port service-account-api-audiences
service-account-issuer service-account-jwks-uri service-account-key-file
service-account-max-token-expiration service-account-private-key-file
service-account-signing-endpoint service-account-signing-key-file service-cluster-ip-range
service-node-port-range show-hidden-metrics-for-version shutdown-delay-duration
shutdown-watch-termination-grace-period snapshot-count stderrthreshold storage-backend
storage-driver-buffer-duration storage-driver-db storage-driver-host storage-driver-password
storage-driver-table storage-driver-user storage-initialization-timeout storage-media-type
streaming-connection-idle-timeout strict-transport-security-directives sync-frequency
system-cgroups system-reserved system-reserved-cgroup target-ram-mb terminated-pod-gc-threshold
tls-cert-file tls-cipher-suites tls-max-version tls-min-version tls-private-key-file
tls-sni-cert-key token-auth-file topology-manager-policy topology-manager-policy-options
topology-manager-scope tracing-config-file trusted-ca-file udp-timeout unhealthy-zone-threshold v
vmodule volume-host-cidr-denylist volume-plugin-dir volume-stats-agg-period wal-dir
watch-cache-sizes write-config-to
"""

BOOLEAN_FLAGS = frozenset(_BOOLEAN.split())
"""Flags that take no separate value: a bare one is true, and what follows it is something else."""

VALUE_FLAGS = frozenset(_VALUE.split())
"""Flags that always take the next argument when written without ``=``, whatever it looks like."""
