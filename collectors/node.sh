#!/bin/sh
# Collect the CIS evidence of one Kubernetes node into one sealed bundle.
#
# Read-only on the host: nothing outside the output folder is written, no file of the host is
# sourced, and none is executed but the system's own tools on PATH. Key files (*.key, *-key.pem,
# what a flag calls a key) are never opened; a private key that lies in another file is dropped
# with all else that is secret, before anything is written. That is done by allow-lists, and a
# redactor that does not understand a file keeps nothing of it. The layout of the bundle is
# docs/bundle-format.md. Needs a POSIX sh and a busybox userland, no more.
#
# To check that: the output folder is written to by open_bundle, place and clean_up
# alone; every other file that is made, moved or removed lies in its NAME.work.
#
# A command that gets no answer from the host is ended after PROBE_TIMEOUT seconds. What the shell
# itself asks is not ([ -e FILE ], the names in a folder): on a dead mount the run waits with it.
#
# It runs these commands and no others, where they are there: awk cat date dd getfacl grep gzip
# head id ionice journalctl ln ls mkdir mv openssl readlink renice rm sha256sum shasum sleep sort
# stat tar timeout tr true uname wc. None of them gets a name of the host as its program.
#
# Reading order. Section 2 is the list of what is looked for and of the fields that are kept;
# whoever reads nothing else, reads that. Section 3 is the redactor. Then main at the bottom and
# what it calls: 9 to 11 are the probes, each of which begins, looks, captures, and records; 7 and
# 8 are how a path and a content are read, 4 to 6 what everything stands on, 12 seals the bundle.
# A variable in capitals is the run's or a function's answer; the others start with two letters of
# the function that they belong to, since in a POSIX shell all of them are shared.

# shellcheck disable=SC2329  # rows of the tables and signals call functions by name

VERSION=0.1.0
PROFILE=node-cis-1

# ---------------------------------------------------------------- 1 hygiene
# Nothing of the caller's settings changes what is read: no aliases, no name patterns, no locale.
set -u
set -f
umask 077
unset LD_PRELOAD ENV BASH_ENV CDPATH
\unalias -a 2>/dev/null
LC_ALL=C TZ=UTC
export LC_ALL TZ
NL='
'
TAB=$(printf '\t')
BLANKS=" $TAB$NL" # what words are split at; text that is split at lines sets IFS=$NL for its loop
IFS=$BLANKS
case ":${PATH:-}:" in
*::* | *:[!/]*) PATH=/usr/sbin:/usr/bin:/sbin:/bin ;; # a relative entry is a trap for root
esac
export PATH

# What the run may take, at most. Whatever is cut by one of these says so in the bundle.
FILE_CAP=1048576     # bytes read of one file
PROBE_TIMEOUT=10     # seconds one command may take
JOURNAL_TIMEOUT=60   # seconds, for the one reading of the journal of k3s
WALK_CAP=400         # entries of one directory walk
LOG_CAP=200          # lines of log.txt
PROBE_CAP=5000       # probes of the run
BUNDLE_CAP=67108864  # bytes read of all files together
RUN_CAP=900          # seconds of the run, looked at between two probes
PATIENCE=$PROBE_TIMEOUT

# ---------------------------------------------------------------- 2 tables
# What is collected, as data: files and folders, the flags and keys that name more of them, and the
# fields, flags and variables whose values are kept. What no row names is masked.
#
# Files looked for on every node, found or not: ROLE REDACTOR FOLDER NAME...
# Redactor "none" means facts only: the file is never opened.
CANDIDATES='
apiserver-manifest manifest /etc/kubernetes/manifests kube-apiserver.yaml kube-apiserver.yml
apiserver-manifest manifest /etc/kubernetes/manifests kube-apiserver.manifest kube-apiserver-pod.yaml
apiserver-manifest manifest /etc/kubernetes/manifests talos-kube-apiserver.yaml
controller-manager-manifest manifest /etc/kubernetes/manifests kube-controller-manager.yaml
controller-manager-manifest manifest /etc/kubernetes/manifests kube-controller-manager.yml
controller-manager-manifest manifest /etc/kubernetes/manifests kube-controller-manager.manifest
controller-manager-manifest manifest /etc/kubernetes/manifests kube-controller-manager-pod.yaml
controller-manager-manifest manifest /etc/kubernetes/manifests talos-kube-controller-manager.yaml
scheduler-manifest manifest /etc/kubernetes/manifests kube-scheduler.yaml kube-scheduler.yml
scheduler-manifest manifest /etc/kubernetes/manifests kube-scheduler.manifest kube-scheduler-pod.yaml
scheduler-manifest manifest /etc/kubernetes/manifests talos-kube-scheduler.yaml
etcd-manifest manifest /etc/kubernetes/manifests etcd.yaml etcd.yml etcd.manifest etcd-pod.yaml
apiserver-manifest manifest /var/lib/rancher/rke2/agent/pod-manifests kube-apiserver.yaml
controller-manager-manifest manifest /var/lib/rancher/rke2/agent/pod-manifests kube-controller-manager.yaml
scheduler-manifest manifest /var/lib/rancher/rke2/agent/pod-manifests kube-scheduler.yaml
etcd-manifest manifest /var/lib/rancher/rke2/agent/pod-manifests etcd.yaml
admin-kubeconfig kubeconfig /etc/kubernetes admin.conf super-admin.conf kubeconfig
admin-kubeconfig kubeconfig /etc/rancher k3s/k3s.yaml rke2/rke2.yaml
admin-kubeconfig kubeconfig /var/lib/rancher k3s/server/cred/admin.kubeconfig rke2/server/cred/admin.kubeconfig
admin-kubeconfig kubeconfig /var/lib/k0s/pki admin.conf
admin-kubeconfig kubeconfig /var/snap/microk8s/current/credentials client.config
scheduler-kubeconfig kubeconfig /etc/kubernetes scheduler.conf
scheduler-kubeconfig kubeconfig /var/lib kube-scheduler/kubeconfig k0s/pki/scheduler.conf
scheduler-kubeconfig kubeconfig /var/lib/rancher k3s/server/cred/scheduler.kubeconfig
scheduler-kubeconfig kubeconfig /var/lib/rancher rke2/server/cred/scheduler.kubeconfig
scheduler-kubeconfig kubeconfig /var/snap/microk8s/current/credentials scheduler.config
scheduler-kubeconfig kubeconfig /etc/srv/kubernetes/kube-scheduler kubeconfig
scheduler-kubeconfig kubeconfig /system/secrets/kubernetes/kube-scheduler kubeconfig
controller-manager-kubeconfig kubeconfig /etc/kubernetes controller-manager.conf
controller-manager-kubeconfig kubeconfig /var/lib kube-controller-manager/kubeconfig k0s/pki/ccm.conf
controller-manager-kubeconfig kubeconfig /var/lib/rancher k3s/server/cred/controller.kubeconfig
controller-manager-kubeconfig kubeconfig /var/lib/rancher rke2/server/cred/controller.kubeconfig
controller-manager-kubeconfig kubeconfig /var/snap/microk8s/current/credentials controller.config
controller-manager-kubeconfig kubeconfig /etc/srv/kubernetes/kube-controller-manager kubeconfig
controller-manager-kubeconfig kubeconfig /system/secrets/kubernetes/kube-controller-manager kubeconfig
kubelet-kubeconfig kubeconfig /etc/kubernetes kubelet.conf kubelet-kubeconfig.conf kubelet-kubeconfig
kubelet-kubeconfig kubeconfig /etc/kubernetes kubeconfig-kubelet kubelet/kubeconfig ssl/kubecfg-kube-node.yaml
kubelet-kubeconfig kubeconfig /var/lib kubelet/kubeconfig k0s/kubelet.conf
kubelet-kubeconfig kubeconfig /var/lib/rancher k3s/agent/kubelet.kubeconfig rke2/agent/kubelet.kubeconfig
kubelet-kubeconfig kubeconfig /var/snap/microk8s/current/credentials kubelet.config
proxy-kubeconfig kubeconfig /etc/kubernetes proxy.conf ssl/kubecfg-kube-proxy.yaml
proxy-kubeconfig kubeconfig /var/lib/kube-proxy kubeconfig kubeconfig.conf
proxy-kubeconfig kubeconfig /var/lib/rancher k3s/agent/kubeproxy.kubeconfig rke2/agent/kubeproxy.kubeconfig
proxy-kubeconfig kubeconfig /var/snap/microk8s/current/credentials proxy.config
kubelet-config kubelet /var/lib/kubelet config.yaml config.yml config.json kubelet.conf
kubelet-config kubelet /var/data/kubelet config.json
kubelet-config kubelet /etc/kubernetes kubelet-config.yaml kubelet.yaml
kubelet-config kubelet /etc/kubernetes/kubelet kubelet-config.json config.json config
kubelet-config kubelet /home/kubernetes kubelet-config.yaml kubelet-config.yml
kubelet-config kubelet /etc/default kubeletconfig.json
kubelet-config kubelet /var/lib/k0s kubelet-config.yaml
kubelet-env env /var/lib/kubelet kubeadm-flags.env
kubelet-env env /etc default/kubelet sysconfig/kubelet kubernetes/kubelet/env eks/kubelet/environment
kubelet-env args /var/snap kubelet/current/args microk8s/current/args/kubelet
kubelet-unit unit /etc/systemd/system kubelet.service atomic-openshift-node.service origin-node.service
kubelet-unit unit /etc/systemd/system snap.kubelet.daemon.service snap.microk8s.daemon-kubelet.service
kubelet-unit unit /etc/systemd/system snap.microk8s.daemon-kubelite.service
kubelet-unit unit /run/systemd/system kubelet.service
kubelet-unit unit /usr/lib/systemd/system kubelet.service
kubelet-unit unit /lib/systemd/system kubelet.service
kubelet-ca cert /etc/kubernetes pki/ca.crt certs/ca.crt cert/ca.pem kubelet-ca.crt
kubelet-ca cert /var/lib/rancher k3s/agent/client-ca.crt rke2/agent/client-ca.crt
kubelet-ca cert /var/lib/k0s/pki ca.crt
kubelet-ca cert /var/snap/microk8s/current/certs ca.crt
proxy-config component /var/lib/kube-proxy config.conf config.yaml
proxy-config env /etc/kubernetes proxy
proxy-config args /var/snap kube-proxy/current/args microk8s/current/args/kube-proxy
scheduler-config component /var/lib/kube-scheduler config.yaml
etcd-config env /etc/etcd etcd.conf
etcd-config env /etc default/etcd etcd.env
etcd-config etcd /etc/etcd etcd.conf.yml
etcd-config etcd /var/snap/etcd/common etcd.conf.yml etcd.conf.yaml
etcd-config etcd /var/lib/rancher k3s/server/db/etcd/config rke2/server/db/etcd/config
etcd-config args /var/snap/microk8s/current/args etcd
etcd-config unit /usr/lib/systemd/system etcd.service
etcd-config unit /etc/systemd/system etcd.service
etcd-data none /var/lib etcd etcd/default.etcd etcd/data.etcd k0s/etcd
etcd-data none /var/lib/rancher k3s/server/db/etcd rke2/server/db/etcd
token-file none /etc/kubernetes azure.json
distribution-config distro /etc rancher/rke2/config.yaml rancher/k3s/config.yaml k0s/k0s.yaml
distribution-config distro /etc/origin/master master-config.yaml scheduler.json
distribution-config manifest /etc/kubernetes/addons kube-proxy-daemonset.yaml kube-proxy-daemonset.yml
distribution-config env /etc/sysconfig flanneld
distribution-config env /etc/kubernetes config apiserver controller-manager scheduler
distribution-config unit /etc/systemd/system k3s.service k3s-agent.service
distribution-config env /etc/systemd/system k3s.service.env k3s-agent.service.env
distribution-config unit /etc/systemd/system k0scontroller.service k0sworker.service kube-proxy.service
distribution-config unit /etc/systemd/system snap.microk8s.daemon-proxy.service
distribution-config unit /lib/systemd/system kube-proxy.service
distribution-config unit /usr/local/lib/systemd/system rke2-server.service rke2-agent.service
distribution-config env /usr/local/lib/systemd/system rke2-server.env rke2-agent.env
distribution-config unit /usr/lib/systemd/system rke2-server.service rke2-agent.service
distribution-config env /usr/lib/systemd/system rke2-server.env rke2-agent.env
distribution-config args /var/snap kube-apiserver/current/args kube-controller-manager/current/args
distribution-config args /var/snap kube-scheduler/current/args
distribution-config args /var/snap/microk8s/current/args kube-apiserver kube-controller-manager
distribution-config args /var/snap/microk8s/current/args kube-scheduler kubelite k8s-dqlite
'

# Directories that are walked: ROLE DEPTH PATH... The role names the file rules
# of walk_role; a walk never follows a link and never leaves its tree.
WALKS='
pki 5 /etc/kubernetes/pki /etc/kubernetes/static-pod-resources
pki 3 /etc/kubernetes/ssl /etc/kubernetes/certs
pki 4 /srv/kubernetes /etc/srv/kubernetes/pki /var/lib/rancher/rke2/server/tls /var/lib/rancher/k3s/server/tls
pki 1 /var/lib/rancher/rke2/agent /var/lib/rancher/k3s/agent
pki 4 /var/lib/k0s/pki
pki 2 /var/snap/microk8s/current/certs
pki 4 /system/secrets/kubernetes
cert-dir 2 /var/lib/kubelet/pki /var/run/kubernetes
cni-config 3 /etc/cni/net.d /var/lib/rancher/rke2/agent/etc/cni/net.d /var/lib/rancher/k3s/agent/etc/cni/net.d
cni-state 4 /var/lib/cni/networks
kubelet-dropin 1 /var/lib/rancher/rke2/agent/etc/kubelet.conf.d /var/lib/rancher/k3s/agent/etc/kubelet.conf.d
kubelet-unit 1 /etc/systemd/system/kubelet.service.d /run/systemd/system/kubelet.service.d
kubelet-unit 1 /usr/lib/systemd/system/kubelet.service.d /lib/systemd/system/kubelet.service.d
distribution-config 1 /etc/rancher/rke2/config.yaml.d /etc/rancher/k3s/config.yaml.d /var/lib/rancher/rke2/server/cred
distribution-config 1 /var/lib/rancher/k3s/server/cred /var/snap/microk8s/current/credentials
distribution-config 3 /system/config/kubernetes
'

# Where systemd keeps units, highest rank first. Of these folders only the kubelet's unit, the
# slices above it, what applies to every service or slice, and their drop-ins are read.
UNIT_FOLDERS='
/etc/systemd/system.control
/run/systemd/system.control
/run/systemd/transient
/run/systemd/generator.early
/etc/systemd/system
/etc/systemd/system.attached
/run/systemd/system
/run/systemd/system.attached
/run/systemd/generator
/usr/local/lib/systemd/system
/usr/lib/systemd/system
/lib/systemd/system
/run/systemd/generator.late
'

# Paths that a component's own flags name: COMPONENT ROLE REDACTOR FLAG...
# A role that begins with @ is an instruction to follow_refs, not a file.
FLAGS='
kube-apiserver certificate cert client-ca-file etcd-cafile etcd-certfile kubelet-certificate-authority
kube-apiserver certificate cert kubelet-client-certificate proxy-client-cert-file requestheader-client-ca-file
kube-apiserver certificate cert tls-cert-file oidc-ca-file peer-ca-file
kube-apiserver private-key none etcd-keyfile kubelet-client-key proxy-client-key-file tls-private-key-file
kube-apiserver private-key none service-account-signing-key-file
kube-apiserver pki none service-account-key-file
kube-apiserver token-file none token-auth-file basic-auth-file
kube-apiserver encryption-config encryption encryption-provider-config experimental-encryption-provider-config
kube-apiserver audit-policy component audit-policy-file
kube-apiserver admission-config component admission-control-config-file
kube-apiserver authorization-config component authorization-config
kube-apiserver authentication-config component authentication-config
kube-apiserver webhook-kubeconfig kubeconfig audit-webhook-config-file authorization-webhook-config-file
kube-apiserver webhook-kubeconfig kubeconfig authentication-token-webhook-config-file
kube-apiserver @cert-dir walk cert-dir
kube-controller-manager controller-manager-kubeconfig kubeconfig kubeconfig authentication-kubeconfig
kube-controller-manager controller-manager-kubeconfig kubeconfig authorization-kubeconfig
kube-controller-manager certificate cert client-ca-file requestheader-client-ca-file root-ca-file
kube-controller-manager certificate cert cluster-signing-cert-file cluster-signing-kubelet-serving-cert-file
kube-controller-manager certificate cert cluster-signing-kubelet-client-cert-file
kube-controller-manager certificate cert cluster-signing-kube-apiserver-client-cert-file
kube-controller-manager certificate cert cluster-signing-legacy-unknown-cert-file tls-cert-file
kube-controller-manager private-key none cluster-signing-key-file cluster-signing-kubelet-serving-key-file
kube-controller-manager private-key none cluster-signing-kubelet-client-key-file
kube-controller-manager private-key none cluster-signing-kube-apiserver-client-key-file
kube-controller-manager private-key none cluster-signing-legacy-unknown-key-file service-account-private-key-file
kube-controller-manager private-key none tls-private-key-file
kube-controller-manager @cert-dir walk cert-dir
kube-scheduler scheduler-kubeconfig kubeconfig kubeconfig authentication-kubeconfig authorization-kubeconfig
kube-scheduler scheduler-config component config
kube-scheduler certificate cert client-ca-file requestheader-client-ca-file tls-cert-file
kube-scheduler private-key none tls-private-key-file
kube-scheduler @cert-dir walk cert-dir
etcd certificate cert cert-file trusted-ca-file peer-cert-file peer-trusted-ca-file
etcd private-key none key-file peer-key-file
etcd etcd-data none data-dir wal-dir
etcd etcd-config etcd config-file
kubelet kubelet-config kubelet config
kubelet @kubelet-dropin walk config-dir
kubelet kubelet-kubeconfig kubeconfig kubeconfig bootstrap-kubeconfig
kubelet kubelet-ca cert client-ca-file
kubelet certificate cert tls-cert-file
kubelet private-key none tls-private-key-file
kubelet @cert-dir walk cert-dir
kubelet @manifests walk pod-manifest-path
kubelet @cni-config walk cni-conf-dir
kubelet @node-name value hostname-override
kube-proxy proxy-config component config
kube-proxy proxy-kubeconfig kubeconfig kubeconfig
k3s distribution-config distro config
k3s @k3s-data walk data-dir
rke2 distribution-config distro config
rke2 @rke2-data walk data-dir
k0s distribution-config distro config
k0s @k0s-data walk data-dir
'

# Paths that a configuration file names: REDACTOR KEY ROLE REDACTOR-OF-THE-FILE.
KEYS='
kubelet clientCAFile kubelet-ca cert
kubelet tlsCertFile certificate cert
kubelet tlsPrivateKeyFile private-key none
kubelet staticPodPath @manifests walk
component kubeconfig @client-connection kubeconfig
component path admission-config component
component kubeConfigFile webhook-kubeconfig kubeconfig
kubeconfig client-certificate certificate cert
kubeconfig client-key private-key none
kubeconfig tokenFile token-file none
kubeconfig certificate-authority certificate cert
etcd cert-file certificate cert
etcd trusted-ca-file certificate cert
etcd key-file private-key none
etcd data-dir etcd-data none
etcd wal-dir etcd-data none
distro data-dir @data-dir walk
'

# Environment variables of a matched process that are kept; all others are not.
ENV_KEEP=' ETCD_CERT_FILE ETCD_KEY_FILE ETCD_CLIENT_CERT_AUTH ETCD_AUTO_TLS ETCD_TRUSTED_CA_FILE
 ETCD_PEER_CERT_FILE ETCD_PEER_KEY_FILE ETCD_PEER_CLIENT_CERT_AUTH ETCD_PEER_AUTO_TLS ETCD_PEER_TRUSTED_CA_FILE
 ETCD_CIPHER_SUITES ETCD_TLS_MIN_VERSION ETCD_TLS_MAX_VERSION ETCD_CLIENT_CERT_ALLOWED_HOSTNAME
 ETCD_PEER_CERT_ALLOWED_CN ETCD_PEER_CERT_ALLOWED_HOSTNAME ETCD_PEER_SKIP_CLIENT_SAN_VERIFICATION
 ETCD_LISTEN_CLIENT_URLS ETCD_LISTEN_CLIENT_HTTP_URLS ETCD_LISTEN_PEER_URLS ETCD_LISTEN_METRICS_URLS
 ETCD_ADVERTISE_CLIENT_URLS ETCD_INITIAL_ADVERTISE_PEER_URLS ETCD_DATA_DIR ETCD_WAL_DIR ETCD_CONFIG_FILE
 ETCD_INITIAL_CLUSTER KUBELET_CONFIG_DROPIN_DIR_ALPHA '
# Flags whose value is kept beside those of FLAGS; of any other only truth values, numbers,
# and paths or addresses under a name that says so (worth, below).
FLAG_KEEP=' admission-control advertise-address advertise-client-urls api-audiences audit-log-format audit-log-mode
 audit-log-path audit-log-version authorization-mode basic-auth-file
 bind-address bootstrap-kubeconfig cgroup-driver cloud-provider cluster-cidr cluster-dns cluster-domain cluster-name cni
 container-runtime container-runtime-endpoint controllers disable disable-admission-plugins disable-cloud-controller
 enable-admission-plugins etcd-prefix etcd-servers event-qps feature-gates flannel-backend healthz-bind-address
 hostname-override initial-advertise-peer-urls initial-cluster initial-cluster-state insecure-bind-address
 kubelet-preferred-address-types listen-client-urls listen-metrics-urls listen-peer-urls logging-format
 max-request-body-bytes metrics-bind-address metrics name network-plugin node-external-ip node-ip node-name
 pod-infra-container-image pod-max-pids pod-network-cidr profile proxy-mode read-only-port request-timeout
 requestheader-allowed-names requestheader-extra-headers-prefix requestheader-group-headers
 requestheader-username-headers runtime-config server service-account-api-audiences service-account-issuer
 service-account-jwks-uri service-account-signing-endpoint service-cidr service-cluster-ip-range service-node-port-range
 client-cert-allowed-hostname listen-client-http-urls peer-cert-allowed-cn peer-cert-allowed-hostname
 storage-backend streaming-connection-idle-timeout terminated-pod-gc-threshold tls-cipher-suites cipher-suites
 tls-max-version tls-min-version tls-san token-auth-file write-kubeconfig write-kubeconfig-mode '

# Configuration documents, field by field: KIND PATH... Kind is the redactor of a file, or its role
# where that is "component". A value is kept only at one of these paths, and looked through for
# secrets even there; of every other field value and name are masked, whatever it holds. In a
# path a|b are two names, * is any plain name, lists are passed through, ! after a name keeps the
# name and masks all below it: set, but unknown; / after it, and nothing below it is kept. The
# paths of redactions.ndjson are the same.
FIELDS='
every apiVersion|kind metadata/name|creationTimestamp

kubelet enableServer|address|port|readOnlyPort|healthzPort|healthzBindAddress|staticPodPath|staticPodURL
kubelet staticPodURLHeader!|podLogsDir|syncFrequency|fileCheckFrequency|httpCheckFrequency|tlsCertFile|tlsPrivateKeyFile
kubelet tlsCipherSuites|tlsCurvePreferences|tlsMinVersion|rotateCertificates|serverTLSBootstrap
kubelet registryPullQPS|registryBurst
kubelet authentication/anonymous|webhook/enabled|cacheTTL authentication/x509/clientCAFile
kubelet authorization/mode authorization/webhook/cacheAuthorizedTTL|cacheUnauthorizedTTL
kubelet imagePullCredentialsVerificationPolicy|preloadedImagesVerificationAllowlist|eventRecordQPS|eventBurst
kubelet enableDebuggingHandlers|enableContentionProfiling|enableProfilingHandler|enableDebugFlagsHandler
kubelet enableSystemLogHandler|enableSystemLogQuery|oomScoreAdj|clusterDomain|clusterDNS|streamingConnectionIdleTimeout
kubelet nodeStatusUpdateFrequency|nodeStatusReportFrequency|nodeStatusMaxImages|nodeLeaseDurationSeconds
kubelet imageMinimumGCAge|imageMaximumGCAge|imageGCHighThresholdPercent|imageGCLowThresholdPercent|volumeStatsAggPeriod
kubelet kubeletCgroups|systemCgroups|cgroupRoot|cgroupsPerQOS|cgroupDriver|cpuManagerPolicy cpuManagerPolicyOptions/*
kubelet cpuManagerReconcilePeriod|draManagerReconcilePeriod|memoryManagerPolicy|singleProcessOOMKill qosReserved/*
kubelet topologyManagerPolicy|topologyManagerScope topologyManagerPolicyOptions/* runtimeRequestTimeout|hairpinMode
kubelet maxPods|podsPerCore|podCIDR|podPidsLimit|resolvConf|runOnce|cpuCFSQuota|cpuCFSQuotaPeriod|maxOpenFiles
kubelet contentType|kubeAPIQPS|kubeAPIBurst|serializeImagePulls|maxParallelImagePulls evictionHard|evictionSoft/*
kubelet evictionSoftGracePeriod|evictionMinimumReclaim/* evictionPressureTransitionPeriod|evictionMaxPodGracePeriod
kubelet mergeDefaultEvictionSettings|enableControllerAttachDetach|protectKernelDefaults|makeIPTablesUtilChains
kubelet iptablesMasqueradeBit|iptablesDropBit featureGates/* failSwapOn|failCgroupV1 memorySwap/swapBehavior
kubelet containerLogMaxSize|containerLogMaxFiles|containerLogMaxWorkers|containerLogMonitorInterval
kubelet configMapAndSecretChangeDetectionStrategy systemReserved|kubeReserved/* reservedSystemCPUs|systemReservedCgroup
kubelet kubeReservedCgroup|enforceNodeAllocatable|allowedUnsafeSysctls|volumePluginDir|providerID
kubelet kernelMemcgNotification|shutdownGracePeriod|shutdownGracePeriodCriticalPods|showHiddenMetricsForVersion
kubelet seccompDefault|registerNode|localStorageCapacityIsolation crashLoopBackOff/maxContainerRestartPeriod
kubelet shutdownGracePeriodByPodPriority/priority|shutdownGracePeriodSeconds
kubelet reservedMemory/numaNode reservedMemory/limits/* memoryThrottlingFactor|memoryReservationPolicy
kubelet registerWithTaints/key|value|effect tracing/endpoint|samplingRatePerMillion
kubelet containerRuntimeEndpoint|imageServiceEndpoint userNamespaces/idsPerPod podHousekeepingPeriod
kubelet logging/format|flushFrequency|verbosity logging/vmodule/filePattern|verbosity
kubelet logging/options/json|text/infoBufferSize|splitStream

proxy-config bindAddress|bindAddressHardFail|healthzBindAddress|metricsBindAddress|enableProfiling|hostnameOverride|mode
proxy-config showHiddenMetricsForVersion|portRange|oomScoreAdj|configSyncPeriod|clusterCIDR|nodePortAddresses
proxy-config healthzBindAddresses|healthzBindPort|metricsBindAddresses|metricsBindPort|configHardFail|udpIdleTimeout
proxy-config clientConnection/kubeconfig|acceptContentTypes|contentType|qps|burst featureGates/* detectLocalMode
proxy-config detectLocal/bridgeInterface|interfaceNamePrefix minSyncPeriod|syncPeriod|windowsRunAsService
proxy-config iptables|nftables/masqueradeBit|masqueradeAll|localhostNodePorts|syncPeriod|minSyncPeriod
proxy-config ipvs/syncPeriod|minSyncPeriod|scheduler|excludeCIDRs|strictARP|tcpTimeout|tcpFinTimeout|udpTimeout
proxy-config ipvs/masqueradeBit linux/oomScoreAdj|masqueradeAll windows/runAsService
proxy-config conntrack/maxPerCore|min|tcpEstablishedTimeout|tcpCloseWaitTimeout|tcpBeLiberal|udpTimeout|udpStreamTimeout
proxy-config linux/conntrack/maxPerCore|min|tcpEstablishedTimeout|tcpCloseWaitTimeout|tcpBeLiberal
proxy-config winkernel/networkName|sourceVip|enableDSR|rootHnsEndpointName|forwardHealthCheckVip
proxy-config logging/format|flushFrequency|verbosity logging/options/json|text/infoBufferSize|splitStream

scheduler-config parallelism|percentageOfNodesToScore|percentageOfPlacementsToScore|podInitialBackoffSeconds
scheduler-config podMaxBackoffSeconds|delayCacheUntilActive|enableProfiling|enableContentionProfiling|schedulerName
scheduler-config healthzBindAddress|metricsBindAddress featureGates/*
scheduler-config leaderElection/leaderElect|leaseDuration|renewDeadline|retryPeriod|resourceLock
scheduler-config leaderElection/resourceName|resourceNamespace
scheduler-config clientConnection/kubeconfig|acceptContentTypes|contentType|qps|burst
scheduler-config profiles/schedulerName|percentageOfNodesToScore profiles/pluginConfig/name|args!
scheduler-config profiles/plugins/*/enabled|disabled/name|weight
scheduler-config extenders/urlPrefix|filterVerb|preemptVerb|prioritizeVerb|bindVerb|weight|enableHTTPS|httpTimeout
scheduler-config extenders/nodeCacheCapable|ignorable extenders/managedResources/name|ignoredByScheduler
scheduler-config extenders/tlsConfig/insecure|serverName|certFile|keyFile|caFile|certData!|keyData!|caData!

audit-policy omitStages|omitManagedFields
audit-policy rules/level|users|userGroups|verbs|namespaces|nonResourceURLs|omitStages|omitManagedFields
audit-policy rules/resources/group|resources|resourceNames

admission-config plugins/name|path plugins/configuration/apiVersion|kind
admission-config limits/type|qps|burst|cacheSize plugins/configuration/limits/type|qps|burst|cacheSize
admission-config defaults/enforce|enforce-version|audit|audit-version|warn|warn-version
admission-config plugins/configuration/defaults/enforce|enforce-version|audit|audit-version|warn|warn-version
admission-config exemptions/usernames|runtimeClasses|namespaces
admission-config plugins/configuration/exemptions/usernames|runtimeClasses|namespaces
admission-config imagePolicy/kubeConfigFile|allowTTL|denyTTL|retryBackoff|defaultAllow
admission-config plugins/configuration/imagePolicy/kubeConfigFile|allowTTL|denyTTL|retryBackoff|defaultAllow
admission-config kubeConfigFile|staticManifestsDir plugins/configuration/kubeConfigFile|staticManifestsDir
admission-config limitedResources/apiGroup|resource|matchContains
admission-config plugins/configuration/limitedResources/apiGroup|resource|matchContains

authentication-config anonymous/enabled anonymous/conditions/path
authentication-config jwt/issuer/url|discoveryURL|certificateAuthority|audiences|audienceMatchPolicy|egressSelectorType
authentication-config jwt/claimValidationRules/claim|requiredValue|expression|message!
authentication-config jwt/claimMappings/username|groups|uid/claim|prefix|expression
authentication-config jwt/claimMappings/extra/key|valueExpression jwt/userValidationRules/expression|message!

authorization-config authorizers/type|name authorizers/webhook/authorizedTTL|unauthorizedTTL|timeout|failurePolicy
authorization-config authorizers/webhook/cacheAuthorizedRequests|cacheUnauthorizedRequests|subjectAccessReviewVersion
authorization-config authorizers/webhook/matchConditionSubjectAccessReviewVersion
authorization-config authorizers/webhook/connectionInfo/type|kubeConfigFile
authorization-config authorizers/webhook/matchConditions/expression

encryption resources/resources resources/providers/aescbc|aesgcm|secretbox/keys/name|secret!
encryption resources/providers/kms/apiVersion|name|endpoint|timeout|cachesize resources/providers/identity/

kubeconfig current-context preferences/colors clusters|contexts|users/name contexts/context/cluster|user|namespace
kubeconfig clusters/cluster/server|certificate-authority|certificate-authority-data|insecure-skip-tls-verify
kubeconfig clusters/cluster/tls-server-name|proxy-url|disable-compression|extensions!
kubeconfig users/user/client-certificate|client-certificate-data|client-key|tokenFile|client-key-data!|token!
kubeconfig users/user/username!|password!|exec!|auth-provider!|as!|as-uid!|as-groups!|as-user-extra!|extensions!

manifest metadata/namespace metadata/labels/component|tier|k8s-app|app
manifest metadata/annotations/kubectl.kubernetes.io~1last-applied-configuration!
manifest metadata/annotations/kubernetes.io~1config.hash|kubernetes.io~1config.mirror|kubernetes.io~1config.seen
manifest metadata/annotations/kubernetes.io~1config.source|seccomp.security.alpha.kubernetes.io~1pod
manifest metadata/annotations/kubeadm.kubernetes.io~1etcd.advertise-client-urls
manifest metadata/annotations/kubeadm.kubernetes.io~1kube-apiserver.advertise-address.endpoint
manifest metadata/annotations/container.apparmor.security.beta.kubernetes.io~1*
manifest metadata/annotations/container.seccomp.security.alpha.kubernetes.io~1*
manifest spec/hostNetwork|hostPID|hostIPC|hostUsers|priority|priorityClassName|nodeName|restartPolicy|dnsPolicy
manifest spec/serviceAccountName|automountServiceAccountToken|shareProcessNamespace|runtimeClassName
manifest spec/volumes/name|emptyDir!|configMap!|secret!|projected!|csi! spec/volumes/hostPath/path|type
manifest spec/imagePullSecrets!|tolerations!|nodeSelector!|affinity!|hostAliases!|dnsConfig! status/
manifest spec/securityContext/runAsUser|runAsGroup|runAsNonRoot|fsGroup|fsGroupChangePolicy|supplementalGroups
manifest spec/securityContext/seccompProfile|appArmorProfile/type|localhostProfile
manifest spec/securityContext/seLinuxOptions/user|role|type|level spec/securityContext/sysctls/name|value
manifest spec/containers|initContainers|ephemeralContainers/name|image|imagePullPolicy|command|args
manifest spec/containers|initContainers|ephemeralContainers/env/name|value!|valueFrom!
manifest spec/containers|initContainers|ephemeralContainers/envFrom!|lifecycle!|workingDir!
manifest spec/containers|initContainers|ephemeralContainers/ports/name|containerPort|hostPort|hostIP|protocol
manifest spec/containers|initContainers|ephemeralContainers/volumeMounts/name|mountPath|readOnly|mountPropagation
manifest spec/containers|initContainers|ephemeralContainers/resources/requests|limits/*
manifest spec/containers|initContainers|ephemeralContainers/securityContext/runAsUser|runAsGroup|runAsNonRoot|procMount
manifest spec/containers|initContainers|ephemeralContainers/securityContext/privileged|allowPrivilegeEscalation
manifest spec/containers|initContainers|ephemeralContainers/securityContext/readOnlyRootFilesystem
manifest spec/containers|initContainers|ephemeralContainers/securityContext/capabilities/add|drop
manifest spec/containers|initContainers|ephemeralContainers/securityContext/seLinuxOptions/user|role|type|level
manifest spec/containers|initContainers|ephemeralContainers/securityContext/seccompProfile/type|localhostProfile
manifest spec/containers|initContainers|ephemeralContainers/securityContext/appArmorProfile/type|localhostProfile
manifest spec/containers/livenessProbe|readinessProbe|startupProbe/initialDelaySeconds|timeoutSeconds|periodSeconds
manifest spec/containers/livenessProbe|readinessProbe|startupProbe/successThreshold|failureThreshold
manifest spec/containers/livenessProbe|readinessProbe|startupProbe/httpGet/host|path|port|scheme|httpHeaders!
manifest spec/containers/livenessProbe|readinessProbe|startupProbe/tcpSocket/host|port
manifest spec/containers/livenessProbe|readinessProbe|startupProbe/exec!|grpc!

cni cniVersion|name|type|kubeconfig ipam/type kubernetes/kubeconfig capabilities/*
cni plugins/cniVersion|name|type|kubeconfig plugins/ipam/type plugins/kubernetes/kubeconfig plugins/capabilities/*

etcd name|data-dir|wal-dir|snapshot-count|heartbeat-interval|election-timeout|quota-backend-bytes|max-snapshots|max-wals
etcd listen-peer-urls|listen-client-urls|listen-client-http-urls|listen-metrics-urls|metrics|cors|host-whitelist
etcd initial-advertise-peer-urls|advertise-client-urls|initial-cluster|initial-cluster-state|initial-cluster-token!
etcd discovery!|discovery-token!|discovery-proxy!|discovery-fallback|discovery-srv|discovery-endpoints!
etcd strict-reconfig-check|enable-pprof|proxy|self-signed-cert-validity|logger|log-level|log-outputs|force-new-cluster
etcd auto-compaction-mode|auto-compaction-retention|cipher-suites|tls-min-version|tls-max-version|auth-token!
etcd max-txn-ops|max-request-bytes|max-concurrent-streams|pre-vote|enable-v2|enable-grpc-gateway|socket-reuse-port
etcd experimental-initial-corrupt-check|experimental-watch-progress-notify-interval|feature-gates
etcd watch-progress-notify-interval
etcd client-transport-security|peer-transport-security/cert-file|key-file|client-cert-auth|trusted-ca-file|auto-tls
etcd client-transport-security|peer-transport-security/client-cert-file|client-key-file|crl-file
etcd client-transport-security|peer-transport-security/allowed-cn|allowed-hostname|skip-client-san-verification

distro config|debug|v|log|alsologtostderr|data-dir|bind-address|https-listen-port|advertise-address|advertise-port
distro tls-san|tls-san-security|cluster-cidr|service-cidr|service-node-port-range|cluster-dns|cluster-domain|cni
distro flannel-backend|flannel-ipv6-masq|flannel-external-ip|flannel-iface|flannel-conf|flannel-cni-conf
distro egress-selector-mode|servicelb-namespace|write-kubeconfig|write-kubeconfig-mode|write-kubeconfig-group
distro token!|agent-token!|token-file|agent-token-file|server|cluster-init|cluster-reset|cluster-reset-restore-path
distro kube-apiserver-arg|kube-controller-manager-arg|kube-controller-arg|kube-scheduler-arg|etcd-arg
distro kube-cloud-controller-manager-arg|kube-cloud-controller-arg|kubelet-arg|kube-proxy-arg
distro datastore-endpoint!|datastore-cafile|datastore-certfile|datastore-keyfile|etcd-expose-metrics
distro etcd-disable-snapshots|etcd-snapshot-name|etcd-snapshot-schedule-cron|etcd-snapshot-retention|etcd-snapshot-dir
distro etcd-snapshot-compress|etcd-s3|etcd-s3-endpoint!|etcd-s3-endpoint-ca!|etcd-s3-skip-ssl-verify|etcd-s3-bucket!
distro etcd-s3-access-key!|etcd-s3-secret-key!|etcd-s3-session-token!|etcd-s3-region!|etcd-s3-folder!|etcd-s3-insecure
distro etcd-s3-timeout|etcd-s3-proxy!|etcd-s3-config-secret!|etcd-s3-retention|default-local-storage-path
distro disable|disable-scheduler|disable-cloud-controller|disable-kube-proxy|disable-network-policy
distro disable-helm-controller|disable-apiserver|disable-controller-manager|disable-etcd|disable-agent
distro embedded-registry|supervisor-metrics|node-name|with-node-id|node-label!|node-taint!|docker|pause-image
distro image-credential-provider-bin-dir|image-credential-provider-config|container-runtime-endpoint|snapshotter
distro image-service-endpoint|default-runtime|disable-default-registry-endpoint|private-registry
distro system-default-registry!|airgap-extra-registry!|node-ip|node-external-ip|node-internal-dns|node-external-dns
distro resolv-conf|vpn-auth!|vpn-auth-file|protect-kernel-defaults|secrets-encryption|secrets-encryption-provider
distro enable-pprof|rootless|prefer-bundled-bin|selinux|lb-server-port|profile|audit-policy-file
distro pod-security-admission-config-file|ingress-controller|enable-servicelb|cloud-provider-name
distro cloud-provider-config|kubelet-path|helm-job-image!|nonroot-devices|bind-address-hard-fail
distro control-plane-resource-requests|control-plane-resource-limits|control-plane-probe-configuration
distro kube-apiserver-extra-mount!|kube-apiserver-extra-env!|etcd-extra-mount!|etcd-extra-env!
distro kube-apiserver-image|kube-controller-manager-image|kube-scheduler-image|kube-proxy-image|etcd-image
distro spec/api/address|externalAddress|port|k0sApiPort|sans|onlyBindToAddress spec/api/extraArgs/*
distro spec/controllerManager|scheduler/extraArgs/* spec/konnectivity/adminPort|agentPort spec/telemetry/enabled
distro spec/storage/type spec/storage/kine! spec/storage/etcd/peerAddress|externalCluster! spec/storage/etcd/extraArgs/*
distro spec/network/provider|podCIDR|serviceCIDR|clusterDomain|calico!|kuberouter! spec/network/kubeProxy/disabled|mode
distro spec/workerProfiles/name|values! spec/images!|extensions!|installConfig! spec/podSecurityPolicy/defaultPolicy
distro spec/featureGates/name|enabled|components
'
export FLAGS KEYS ENV_KEEP FLAG_KEEP FIELDS

# ---------------------------------------------------------------- 3 awk texts
# The redactor: a program for each kind of content, which writes what the tables name and masks the
# rest. Its answer goes to KEB_SIDE; without the word "ok" there, nothing is kept.
#
# Text, with an x behind it that keeps its line ends, as a JSON string: each byte by itself.
# shellcheck disable=SC2016  # awk program text, not for the shell to expand
AWK_JSON='
BEGIN {
  for (i = 1; i < 256; i++) { c = sprintf("%c", i); C[c] = i < 32 || i > 126 ? sprintf("\\u%04x", i) : c }
  C["\""] = "\\\""; C["\\"] = "\\\\"
}
NR > 1 { out = out "\\u000a" }
{ for (i = 1; i <= length($0); i++) out = out C[substr($0, i, 1)] }
END { print "\"" substr(out, 1, length(out) - 1) "\"" }'

# Base64 of the first certificate as the words of printf %b, since not every awk can print a NUL.
# shellcheck disable=SC2016
AWK_BASE64='
BEGIN {
  letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
  for (i = 0; i < 64; i++) V[substr(letters, i + 1, 1)] = i
}
/END/ { exit }
/BEGIN/ { next }
{ for (i = 1; i <= length($0); i++) if ((c = substr($0, i, 1)) in V) add(V[c]) }
function add(six,   unit) {
  held = held * 64 + six; bits += 6
  if (bits < 8) return
  bits -= 8; unit = bits == 0 ? 1 : bits == 2 ? 4 : 16
  printf "\\0%03o", int(held / unit); held %= unit
}'

# What came of the probes: the counts of the manifest, and with KEB_HOW=words for the reader
# at the terminal.
# shellcheck disable=SC2016
AWK_TALLY='
function field(name,   t, at) {
  at = index($0, "\"" name "\": \""); if (!at) return ""
  t = substr($0, at + length(name) + 5); sub(/".*/, "", t); return t
}
{
  s = field("status"); d = field("detail"); n++
  if (!C[s]++) K[++k] = s
  if (d != "" && !D[s, d]++ && ++nD[s] <= 3) WHY[s] = WHY[s] (nD[s] > 1 ? "; " : "") d
  if (s == "ok" && field("id") == "proc/cmdline") found++
  if (field("id") == "proc/scan") { scanned++; if (s == "denied") hidden++ }
}
END {
  for (i = 1; i < k; i++) for (j = i + 1; j <= k; j++) if (K[j] < K[i]) { t = K[i]; K[i] = K[j]; K[j] = t }
  if (ENVIRON["KEB_HOW"] == "words") words(); else counts()
}
function counts() {
  printf "\"run\": %d, \"by_status\": {", n
  for (i = 1; i <= k; i++) printf "%s\"%s\": %d", (i > 1 ? ", " : ""), K[i], C[K[i]]
  printf "}"
}
function words() {
  printf "%d of %d probes ran:", n, ENVIRON["KEB_PLANNED"]
  for (i = 1; i <= k; i++) printf "%s %d %s", (i > 1 ? "," : ""), C[K[i]], K[i]
  print ""
  root = ENVIRON["KEB_EUID"] == 0
  say("denied", root ? "not even root may read them from here" : "run it as root (sudo) to read them")
  say("error", "nothing of them was kept; log.txt in the bundle says more")
  say("loop", "the links go in a circle")
  say("timeout", "the host did not answer in time")
  say("truncated", "what lies beyond the cap counts as unknown")
  if (found || !scanned) return
  if (hidden) {
    print "no Kubernetes component was seen, but processes are hidden" \
      (root ? "" : ": run it as root (sudo) to see them")
  } else print "no Kubernetes component runs here: is this the right node?"
}
function say(s, advice) { if (C[s]) print C[s] " " s (WHY[s] == "" ? "" : " (" WHY[s] ")") ": " advice }'

# The redactors. One program reads the whole of one file (NUL came in as \001),
# keeps it in L[1..N], lets the function that KEB_HOW names fill O[], and only when that
# succeeded prints anything at all. die() therefore always means: no content.
#
# How to read it. Names in capitals hold what the whole program shares:
#   L, N, I    the lines that came in, their number, the one that is being read
#   O, R, F    what is put out: lines, records of redactions, paths that the file names
#   A, PENDING the words of a command line; the flag whose value comes next
#   KEY RAW REST   of a line "name: rest": the name, the name as written, the rest
#   STEP PFX       a name as it stands in a path; the "- " of a list item that is still to be put
#   HIDDEN         above 0 within a field that is masked as a whole: read to its end, not put out
#   T_ LEVEL POS   text within brackets (flow style, JSON), how deep, how far it is read
# Four functions decide, whatever the file: child() finds a name in FIELDS, label() masks a name
# that no row has, judge() masks or keeps a value of a document, worth() a value of a flag. What
# they keep goes through scrub(), the second net, which looks for the shapes of secrets.
#
# An example. Of a kubelet's file
#   port: 10250
#   myToken: abc
# mapping() reads "port", child() finds the row "kubelet ...|port|...", judge() keeps 10250. No
# row names "myToken": label() masks the name, judge() the value, and mask() records both:
#   port: 10250
#   KEB-REDACTED-r1: KEB-REDACTED-r2
# shellcheck disable=SC2016  # awk program text
AWK_REDACT='
{ if (NR <= 65536) N = NR; L[N] = $0 } # of more lines than that nothing is kept but the last, the end mark
END { main() }

function main(   i, rc, how) {
  how = ENVIRON["KEB_HOW"]; SIDE = ENVIRON["KEB_SIDE"]; NEXT = ENVIRON["KEB_RID"] + 0
  HOST = "^(\\[[0-9A-Fa-f:.]+\\]|[A-Za-z0-9._*-]+)?(:[0-9]+)?"
  if (N == 0 || !match(L[N], /KEB-END [0-9]+$/)) die("read failed")
  rc = substr(L[N], RSTART + 8) + 0; L[N] = substr(L[N], 1, RSTART - 1)
  if (rc != 0) die("read failed " rc)
  if (NR > 65536) die("redactor failed: lines")
  for (i = 1; i <= N; i++) { BYTES += length(L[i]) + 1; sub(/\r$/, "", L[i]) }
  BYTES--
  if (L[N] == "") { N--; FINAL = 1 }
  if (BYTES > ENVIRON["KEB_CAP"] + 0) { CUT = 1; N -= !FINAL; BYTES = ENVIRON["KEB_CAP"] }
  if (how != "cmdline" && how != "environ")
    for (i = 1; i <= N; i++) if (L[i] ~ /[\001-\010\016-\037\177]/) die("redactor failed: not text")
  if (how == "cmdline") do_cmdline(); else if (how == "environ") do_environ()
  else if (how == "status") do_status(); else if (how == "sockets") do_sockets()
  else if (how == "mounts") do_mounts(); else if (how == "embedded") do_embedded()
  else if (how == "users") do_users(); else if (how == "cert") do_cert()
  else if (how == "release") do_release(); else if (how == "unit") do_unit()
  else if (how == "env") do_env(); else if (how == "args") do_args()
  else if (how == "cni") do_cni()
  else do_yaml(how)
  for (i = 1; i <= nO; i++) printf "%s%s", O[i], (JOINED ? "" : "\n")
  for (i = 1; i <= nR; i++) print R[i] >> ENVIRON["KEB_REDACTIONS"]
  for (i = 1; i <= nF; i++) print F[i] >> ENVIRON["KEB_REFS"]
  print "ok", BYTES + 0, CUT + 0, nR + 0, (COMP == "" ? "-" : COMP), told("KEB_EXE") told("KEB_CWD") > SIDE
}
function die(why) { print "fail", why > SIDE; close(SIDE); exit 1 }
function put(s) { O[++nO] = s }
function pad(n,   s) { s = ""; while (length(s) < n) s = s " "; return s }
function trim(s) { sub(/^[ \t]+/, "", s); sub(/[ \t]+$/, "", s); return s }

# --- masks: a masked value stays recognisable as set, with its place and length class
function mask(v, rule, kind, where,   n, c, m) {
  n = length(v); if (++nR > 5000) die("redactor failed: redactions")
  c = "\"" (n == 0 ? "0" : n <= 8 ? "1-8" : n <= 32 ? "9-32" : n <= 128 ? "33-128" : "129+") "\""
  if (kind == "object" && HOW != "") c = "null" # the size of a whole object is not asked
  m = "KEB-REDACTED-r" (NEXT + nR)
  R[nR] = "{\"id\": \"r" (NEXT + nR) "\", \"rule\": \"" rule "\", \"seq\": " ENVIRON["KEB_SEQ"] ", \"member\": \"" \
    ENVIRON["KEB_MEMBER"] "\", " place(where) "\"kind\": \"" kind "\", \"method\": \"" \
    (dropped(rule, kind) ? "drop" : "mask") "\", \"length_class\": " c "}"
  return m
}
# What leaves no mark behind. An object in a document does: its mask stands for all of it.
function dropped(rule, kind) {
  return HOW == "cni" || rule ~ /^(certificate-blocks-only|url-parts)$/ || kind == "object" && HOW == ""
}
function place(where) {
  if (where == "") return ""
  if (where ~ /^[0-9]+$/) return "\"line\": " where ", "
  if (where ~ /[^A-Za-z0-9_.:\/$~+*@<> -]/) return "\"pointer\": \"/\", "
  return "\"pointer\": \"" where "\", "
}

# --- secret patterns that are looked for in every text that is kept
function each(s, re, rule, least, where,   low, out, m) {
  low = tolower(s); out = ""
  while (match(low, re)) {
    m = substr(s, RSTART, RLENGTH)
    out = out substr(s, 1, RSTART - 1) (RLENGTH >= least ? mask(m, rule, "token", where) : m)
    s = substr(s, RSTART + RLENGTH); low = substr(low, RSTART + RLENGTH)
  }
  return out s
}
function scrub(s, where) {
  if (s == "") return s
  if (s ~ /KEB-REDACTED/) return mask(s, "forged-mark", "value", where) # only this program says so
  if (length(s) > 8192) return mask(s, "too-long", "value", where) # the patterns below are slow on these
  if (s ~ /PRIVATE KEY|UFJJVkFURSBLRV|BSSVZBVEUgS0VZ|QUklWQVRFIEtF/) return mask(s, "private-key", "pem", where)
  if (s ~ /:\/\//) s = urls(s, where)
  if (s ~ /:.*@/) s = userinfo(s, where)
  if (s ~ /eyJ/) s = each(s, "eyj[a-z0-9_-]+\\.[a-z0-9_-]+(\\.[a-z0-9_-]*)?", "jwt", 24, where)
  if (s ~ /A[KS]IA/) s = each(s, "a[ks]ia[a-z0-9]+", "cloud-key", 20, where)
  if (length(s) >= 23) s = bootstrap(s, where)
  if (s !~ /^system:[a-z0-9:.-]+$/ && # the name of a user or group of Kubernetes itself
      tolower(s) ~ /passw|passphrase|secret|token|api[-_]?key|access[-_]?key|key-data|bearer/) s = keyed(s, where)
  if (length(s) >= 40) s = opaque(s, where)
  return s
}
# Of a URL the scheme, host and port stay; the host stands after the last @, whatever a password holds,
# and nowhere where a path may have begun before it.
function urls(s, where,   out, n, scheme, body) {
  out = ""
  while (match(s, /[A-Za-z][A-Za-z0-9+.-]*:\/\//)) {
    scheme = substr(s, RSTART, RLENGTH); out = out substr(s, 1, RSTART + RLENGTH - 1); s = substr(s, RSTART + RLENGTH)
    n = match(s, /[,; ]([^,;:\/@ =]*=)?[A-Za-z][A-Za-z0-9+.-]*:\/\//) ? RSTART - 1 : length(s)
    body = substr(s, 1, n); s = substr(s, n + 1)
    out = out origin(body, scheme ~ /^unixs?:/ ? "^[A-Za-z0-9_./-]+" : HOST, where)
  }
  return out s
}
function origin(body, shape, where,   host, rest) {
  if (body ~ /[\/?#].*@/) return mask(body, "url-parts", "value", where)
  host = body; sub(/^.*@/, "", host)
  match(host, shape); rest = substr(host, RLENGTH + 1); host = substr(host, 1, RLENGTH)
  if (RLENGTH < 0 || rest !~ /^([\/?#]|$)/) return mask(body, "url-parts", "value", where)
  if (host == body || host "/" == body) return body
  mask(substr(body, length(host) + 1), "url-parts", "value", where)
  return host
}
# The same of addresses, of which some are written without a scheme; a path of this host stays.
function addresses(s, where,   i, n, w, k, t, out) {
  n = split(s, w, ","); out = ""
  for (i = 1; i <= n; i++) {
    k = match(w[i], /^[A-Za-z0-9_.-]*=/) ? substr(w[i], 1, RLENGTH) : ""; t = substr(w[i], length(k) + 1)
    if (t !~ /^([A-Za-z][A-Za-z0-9+.-]*:\/\/|\/[^\/]|\/?$)/ &&
        t !~ /^KEB-REDACTED-r[0-9]+(@[][0-9A-Za-z:._*-]*)?$/)
      t = t ~ /^[\/?#][^@]*$|KEB-REDACTED/ ? mask(t, "url-parts", "value", where) : origin(t, HOST, where)
    out = out (i > 1 ? "," : "") k t
  }
  return out
}
function is_address(n) { # whether a flag or field says by its name that it holds addresses
  return tolower(n) ~ /(urls?|uri|urlprefix|servers?|issuer|endpoints?|proxy|master|initial-cluster)$/
}
# What stands before an @ with a colon in it. The name of a user of Kubernetes is none, nor is the
# tag of an image before its digest.
function userinfo(s, where,   out, m, n) {
  out = ""
  while (match(s, /[^ \t"\047,;=(){}]*:[^ \t"\047]*@/)) {
    m = substr(s, RSTART, RLENGTH); out = out substr(s, 1, RSTART - 1); s = substr(s, RSTART + RLENGTH)
    if (m !~ /^system:[a-z0-9:.-]+@$/ && !(m ~ /^[A-Za-z0-9.:\/_-]+@$/ && s ~ /^sha256:[0-9a-f]+$/)) {
      n = m ~ /[^\/][\/?#]/ && match(s, /^[^ \t"\047,;]+/) ? RLENGTH : 0 # what follows may be a path
      m = mask(substr(m, 1, length(m) - 1) substr(s, 1, n), "userinfo", "value", where) (n ? "" : "@")
      s = substr(s, n + 1)
    }
    out = out m
  }
  return out s
}
function bootstrap(s, where,   out, m, x) {
  x = "[a-z0-9]"; x = x x x x x x; out = ""
  while (match(s, x "[.][a-z0-9]+")) {
    m = substr(s, RSTART, RLENGTH)
    if (RLENGTH == 23 && substr(s, RSTART - 1, RSTART > 1) !~ /[A-Za-z0-9.-]/ &&
        substr(s, RSTART + 23, 1) !~ /[A-Za-z.-]/) m = mask(m, "bootstrap-token", "token", where)
    out = out substr(s, 1, RSTART - 1) m; s = substr(s, RSTART + RLENGTH)
  }
  return out s
}
function keyed(s, where,   low, out, m, k, v) {
  low = tolower(s); out = ""
  SAYS = "(passw(or)?d|passphrase|secret|token|api[-_]?key|access[-_]?key|key-data)[\"\047]?[ \t]*[:=][ \t]*"
  SAYS = SAYS "[\"\047]?[^ \t\"\047,;&]+|bearer +[^ \t\"\047]+"
  while (match(low, SAYS)) {
    m = substr(s, RSTART, RLENGTH); out = out substr(s, 1, RSTART - 1)
    s = substr(s, RSTART + RLENGTH); low = substr(low, RSTART + RLENGTH)
    if (tolower(m) ~ /^bearer/) match(m, /^[A-Za-z]+ +/); else match(m, /^[^:=]*[:=][ \t]*["\047]?/)
    k = substr(m, 1, RLENGTH); v = substr(m, RLENGTH + 1)
    if (length(v) < 5 || v ~ /^(\/|KEB-REDACTED-|[{\[(]|false$)/) out = out m
    else out = out k mask(v, "secret-key-value", "value", where)
  }
  return out s
}
function opaque(s, where,   out, m, t) {
  out = ""
  while (match(s, /[A-Za-z0-9+\/=_]+/)) {
    m = substr(s, RSTART, RLENGTH); out = out substr(s, 1, RSTART - 1); s = substr(s, RSTART + RLENGTH)
    t = m
    if (length(m) >= 40 && m !~ /^\// && m ~ /[A-Z]/ && m ~ /[a-z]/ && m ~ /[0-9]/ &&
        gsub(/\//, "", t) * 12 <= length(m)) m = mask(m, "opaque-text", "token", where)
    out = out m
  }
  return out s
}

# --- arguments: position and flag name stay, and such values as are known to be harmless
function flag_name(f) { f = tolower(f); sub(/^--?/, "", f); gsub(/_/, "-", f); return f }
# NAMES[component flag] is the role and redactor of the file that it names, KEPT[flag] the
# redactor; flags whose value is kept and is no file have none.
function load_flags(   i, j, k, n, row, w) {
  if (nKEPT++) return
  n = split(ENVIRON["FLAGS"], row, "\n")
  for (i = 1; i <= n; i++) {
    k = split(row[i], w, " ")
    for (j = 4; j <= k; j++) { NAMES[w[1] " " w[j]] = w[2] " " w[3]; KEPT[w[j]] = w[3] }
  }
  k = split(ENVIRON["FLAG_KEEP"], w, /[ \n]+/); for (i = 1; i <= k; i++) KEPT[w[i]]
}
function kept_flag(n) {
  load_flags()
  return n != "" && n in KEPT
}
# A flag of a secret: even what looks like the next flag is its value.
function secret_name(n) {
  if (kept_flag(n)) return 0
  return n ~ /passw|pass$|phrase$|(token|secret|access-key|secret-key|api-?key|private-key|key-data)$|^[abd-uw-z]$/ ||
    n ~ /(^|-)(pwd|pw|pin|otp|passcode|pass-word|bearer|credential)$|^(key|auth)$/
}
function sounds_secret(n) {
  return n ~ /passw|passcode|phrase|pwd|secret|token|credential|bearer|unseal|key-?data/ ||
    n ~ /(api|access|private)-?key|(^|-)(pass|pw|pin|otp|key|auth)(-|$)|^[abd-uw-z]$/
}
# Whether flag n says by its name that it takes a number: by the last word, or by any if nothing
# in the name sounds secret.
function numeric(n,   unit) {
  unit = "v|adj|age|backoff|backup|bit|burst|bytes|capacity|chance|core|count|deadline|delay|duration"
  unit = unit "|expiration|frequency|inflight|interval|level|limit|max|maxage|maxbackup|maximum|maxsize|mb|min|mtu"
  unit = unit "|percentage|period|pids|pods|port|priority|qps|rate|retention|retries|seconds|size|stabilization"
  unit = unit "|stderrthreshold|streams|syncs|threshold|time|timeout|tolerance|ttl|verbosity|wait|wals|weight|workers"
  return n ~ ("(^|-)(" unit ")$") || !sounds_secret(n) && n ~ ("(^|-)(" unit ")-")
}
function amount(v) { # a number, as it is or with a percent sign, a unit of size or of time
  return length(v) < 20 && v ~ /^-?[0-9]+(\.[0-9]+)?(%|[KMGT]i?|([nmuh]?s|[mh])([0-9.]+(ms|[smh]))*)?$/
}
function path_or_address(n, v) { # what the name of flag n promises
  if (n ~ /(-|^)(file|dir|path)$/) return v ~ /^\//
  return n ~ /(-|^)(address|addresses|port|cidrs?)$/ && v !~ /[^][0-9A-Fa-f.:,\/]/
}
# The value of flag n, of no flag where n is empty.
function worth(n, v, where,   t) {
  if (v == "" || tolower(v) ~ /^(true|false|t|f|0|1)$/) return v # what Go takes for a switch
  if (v ~ /[\001-\037\177]/) return mask(v, "control-character", "value", where)
  if (amount(v) && numeric(n) && !secret_name(n)) return v
  if (n ~ /^(kube|etcd)[a-z-]*-args?$/) return nested(v, where)
  if (kept_flag(n) && KEPT[n] !~ /^(value)?$/ && v !~ /[.\/]/) return mask(v, "no-path", "value", where)
  if (kept_flag(n) || path_or_address(n, v)) {
    t = scrub(v, where); if (is_address(n)) t = addresses(t, where)
    v = t; gsub(/[$][(][A-Z][A-Z0-9_]*[)]/, "", v)
    return v ~ /[@ \t"\047]|[$][(]/ ? mask(t, "argument-allow-list", "value", where) : t
  }
  return mask(v, "argument-allow-list", "value", where)
}
function nested(v, where,   t) { # a whole argument for another component, dashes or none
  if (v !~ /=/) return kept_flag(flag_name(v)) ? v : mask(v, "argument-allow-list", "value", where)
  t = argument((v ~ /^[A-Za-z][A-Za-z0-9_.-]*=/ ? "--" : "") v, where); PENDING = ""
  return v !~ /^-/ && t ~ /^--/ ? substr(t, 3) : t
}
function command_word(a) { # what stands before the flags, and a variable that holds more of them
  return a ~ /^(kube-)?(apiserver|controller-manager|scheduler|proxy)$|^(kubelet|kubelite|hyperkube|etcd)$/ ||
    a ~ /^openshift-(kube-apiserver|controller-manager)$/ ||
    a ~ /^(server|agent|controllers?|worker|start|master|api|network|exec|\$[{]?[A-Z][A-Z0-9_]*[}]?)$/
}
function argument(a, where,   f, n, p) {
  p = PENDING; PENDING = ""
  if (a == "") return a
  if (p != "" && secret_name(p)) return mask(a, "secret-argument", "value", where)
  if (match(a, /^--?[A-Za-z][A-Za-z0-9_.-]*/) && RLENGTH < 70 && substr(a, RLENGTH + 1, 1) ~ /^=?$/) {
    f = substr(a, 1, RLENGTH); n = flag_name(f)
    if ((f ~ /^--/ || length(n) == 1 || kept_flag(n) || secret_name(n) || COMP == "etcd") && !drawn(f) && harmless(f)) {
      if (f == a) { PENDING = n; return a }
      return f "=" worth(n, substr(a, length(f) + 2), where)
    }
  }
  if (a ~ /[ \t\n"\047\\]/) { a = words(a, where); PENDING = ""; return a }
  if (p == "" && command_word(a) && harmless(a)) return a
  return worth(p, a, where)
}
function program(a, where,   e) {
  e = index(a, " "); if (e) return program(substr(a, 1, e - 1), where) words(substr(a, e), where)
  return a ~ /^[-@:+!|]*[A-Za-z0-9_.\/-]+$/ && harmless(a) ? a : argument(a, where)
}
# The words of a command line as a shell or systemd splits it: RAW as written, SAID without
# the quotes. Returns their number, or -1 for quotes that do not close.
function tokens(s, raw, said,   i, c, q, n, open, size) {
  n = 0; q = ""; open = 0; size = length(s)
  if (size > 65536) return -1
  for (i = 1; i <= size; i++) {
    c = substr(s, i, 1)
    if (q == "" && (c == " " || c == "\t" || c == "\n")) { open = 0; continue }
    if (c == "\\" && q != "\047" && substr(s, i + 1, 1) == "\n") { i++; continue }
    if (!open) { open = 1; n++; raw[n] = ""; said[n] = "" }
    raw[n] = raw[n] c
    if (q == "" && (c == "\"" || c == "\047")) q = c
    else if (c == q) q = ""
    else if (c == "\\" && q != "\047") {
      c = substr(s, ++i, 1); if (c == "") return -1
      raw[n] = raw[n] c; said[n] = said[n] c
    } else said[n] = said[n] c
  }
  return q == "" ? n : -1
}
# Text that holds a whole command line, each word judged without its quotes. What cannot be
# taken apart is masked as a whole.
function words(s, where, named,   n, i, raw, said, t, out, same) {
  n = NEST < 8 ? tokens(s, raw, said) : -1
  if (n < 0) return mask(s, "odd-quoting", "value", where)
  NEST++; same = 1; out = ""
  for (i = 1; i <= n; i++) {
    t = named && i == 1 ? program(said[i], where) : argument(said[i], where)
    if (t == said[i]) t = raw[i]; else { same = 0; if (t ~ /[ \t\n"\047\\]/) t = quote(t) }
    out = out (i > 1 || s ~ /^ / ? " " : "") t
  }
  NEST--
  return same ? s : out
}
# The value of a variable that holds a command line: first its own quotes, then the words.
function command_line(v, where,   n, raw, said, t) {
  PENDING = ""; n = tokens(v, raw, said)
  if (n != 1 || v !~ /^["\047]/) return words(v, where)
  t = words(said[1], where)
  return t == said[1] ? v : quote(t)
}

# --- /proc
function joined(   i, s) { s = L[1]; for (i = 2; i <= N; i++) s = s "\n" L[i]; return s }
function base(p) { sub(/ \(deleted\)$/, "", p); sub(/^.*\//, "", p); return p }
function has(n, list,   i, j, f, k, x) {
  k = split(list, x, " ")
  for (i = 2; i <= n; i++) { f = flag_name(A[i]); sub(/=.*/, "", f); for (j = 1; j <= k; j++) if (f == x[j]) return 1 }
  return 0
}
# Which component a process is: by the exact name of its program, never by a mention.
# The short names of old all-in-one images also need a flag that only they have.
function component(n,   a, b, exe, w) {
  a = base(A[1]); exe = base(ENVIRON["KEB_EXE"]); b = A[2]
  if (split(a, w, " ") > 1 && (w[1] == "k3s" || w[1] == "rke2")) { a = w[1]; b = w[2] }
  if (a ~ /^(kube-apiserver|kube-controller-manager|kube-scheduler|etcd|kubelet|kube-proxy|kubelite)$/) return a
  if (a == "kube-controller") return "kube-controller-manager"
  if (a == "hyperkube") return known(b)
  if (a == "openshift" && b == "start") {
    if (A[3] == "master" && A[4] == "api") return "kube-apiserver"
    if (A[3] == "master") return A[4] == "controllers" ? "kube-controller-manager" : ""
    return A[3] == "etcd" ? "etcd" : A[3] == "network" ? "kube-proxy" : ""
  }
  if (a == "hypershift" && b == "openshift-kube-apiserver") return "kube-apiserver"
  if (a == "hypershift") return b == "openshift-controller-manager" ? "kube-controller-manager" : ""
  if ((a == "k3s" || a == "rke2") && (b == "server" || b == "agent")) return a
  if ((exe == "k3s" || exe == "rke2") && (b == "server" || b == "agent")) return exe
  if (a == "k3s-server" || a == "k3s-agent") return "k3s"
  if ((a == "k0s" || exe == "k0s") && (b == "controller" || b == "worker")) return "k0s"
  if (a ~ /^(k8s-)?dqlite$/ || a == "kine") return a == "kine" ? a : "k8s-dqlite" # what stands in for etcd
  if (a == "apiserver" && has(n, "etcd-servers service-cluster-ip-range")) return "kube-apiserver"
  if (a == "controller-manager" && has(n, "cluster-signing-cert-file service-account-private-key-file root-ca-file"))
    return "kube-controller-manager"
  if (a == "scheduler" && has(n, "leader-elect kubeconfig config")) return "kube-scheduler"
  if (a == "proxy" && has(n, "cluster-cidr proxy-mode hostname-override")) return "kube-proxy"
  if (exe ~ /^kube-(apiserver|controller-manager|scheduler|proxy)$/) return exe
  return exe ~ /^(etcd|kubelet|kubelite|k8s-dqlite|kine)$/ ? exe : ""
}
function known(b) {
  if (b !~ /^kube/) b = "kube-" b
  if (b ~ /^kube-(apiserver|controller-manager|scheduler|proxy)$/) return b
  return b == "kube-kubelet" || b == "kubelet" ? "kubelet" : ""
}
function ref(role, how, via, path) {
  if (path ~ /[\001-\037]/ || path == "") return
  if (how != "value" && path !~ /^\//) return
  if (path ~ /^\/(var\/)?run\/secrets\/kubernetes.io\//) return
  if (how != "value" && !harmless(path)) return
  if (role == "pki" && path ~ /\.key$/) role = "private-key"
  F[++nF] = role "\t" how "\t" via "\t" path
}
# A path becomes the target of a record: what looks like a secret put where a path belongs does not.
function harmless(s,   n) { n = nR; s = (scrub(s, "") == s); nR = n; return s }
# Whether the program or folder of a process may be told: 1 or 0.
function told(name,   s) { s = ENVIRON[name]; return s != "" && s !~ /[\001-\037\177]/ && harmless(s) ? 1 : 0 }
function flags_of(n,   i, e, f) {
  for (i = 2; i <= n; i++) {
    if (A[i] !~ /^--?[A-Za-z]/) continue
    e = index(A[i], "="); f = flag_name(e ? substr(A[i], 1, e - 1) : A[i])
    names_file(COMP, f, COMP " --" f, e ? substr(A[i], e + 1) : A[i + 1])
  }
}
function names_file(comp, f, via, v,   w) { # of a component: a flag or variable of it
  load_flags(); if (!((comp " " f) in NAMES)) return
  split(NAMES[comp " " f], w, " "); ref(w[1], w[2], via " pid " ENVIRON["KEB_PID"], v)
}
function do_cmdline(   n) {
  n = split(joined(), A, /\001/)
  while (n > 0 && A[n] == "") n--
  if (CUT) n--
  COMP = n > 0 ? component(n) : ""
  if (COMP == "") { print "nomatch" > SIDE; close(SIDE); exit 0 }
  arguments(n)
}
function arguments(n,   i) {
  flags_of(n); JOINED = 1
  put(program(A[1], "/0") "\001")
  for (i = 2; i <= n; i++) put(argument(A[i], "/" (i - 1)) "\001")
}
# What k3s logs when it starts a component: its arguments in one line, quoted by the logger.
function do_embedded(   s, n, raw) {
  s = L[1]
  if (sub(/^time="[^"]*" level=info msg="/, "", s) && !sub(/"$/, "", s)) die("redactor failed: open quote")
  if (s ~ /\\[^"]/) die("redactor failed: escape")
  gsub(/\\"/, "\"", s); sub(/^Running /, "", s)
  n = tokens(s, raw, A)
  if (n < 1) die("redactor failed: quotes")
  COMP = component(n)
  if (COMP == "") die("redactor failed: no component")
  arguments(n)
}
function kept_variable(k,   i, n, w) {
  if (!nVARIABLES++) {
    n = split(ENVIRON["ENV_KEEP"], w, /[ \n]+/)
    for (i = 1; i <= n; i++) if (w[i] != "") VARIABLES[w[i]]
  }
  return k in VARIABLES
}
function variable_flag(k) { return k ~ /^KUBELET_/ ? "config-dir" : flag_name(substr(k, 6)) }
function do_environ(   n, i, e, k, rest, f, v) {
  n = split(joined(), A, /\001/); JOINED = 1; rest = 0
  for (i = 1; i <= n; i++) {
    e = index(A[i], "="); k = substr(A[i], 1, e - 1)
    if (A[i] == "") continue
    if (!e || !kept_variable(k)) { rest += length(A[i]); continue }
    f = variable_flag(k); v = substr(A[i], e + 1); put(k "=" worth(f, v, "/" nO) "\001")
    if (k ~ /^ETCD_/) names_file("etcd", f, "etcd " k, v)
    if (k ~ /^KUBELET_/) names_file("kubelet", f, "kubelet " k, v)
  }
  if (rest) mask(pad(rest > 200 ? 200 : rest), "environ-allow-list", "object", "")
}
function do_status(   i) { for (i = 1; i <= N; i++) if (L[i] ~ /^[UG]id:/) put(L[i]) }
function hex(s,   i, n) {
  n = 0; s = tolower(s)
  for (i = 1; i <= length(s); i++) n = n * 16 + index("0123456789abcdef", substr(s, i, 1)) - 1
  return n
}
function do_sockets(   i, w, a, j, k, g, s) {
  for (i = 1; i <= N; i++) {
    if (split(trim(L[i]), w, " +") < 10 || w[4] != "0A") continue
    split(w[2], a, ":"); s = ""
    for (j = 1; j <= length(a[1]); j += 8) {
      g = substr(a[1], j, 8)
      if (ENVIRON["KEB_ORDER"] == "little") g = substr(g, 7, 2) substr(g, 5, 2) substr(g, 3, 2) substr(g, 1, 2)
      if (length(a[1]) == 8) for (k = 1; k < 8; k += 2) s = s (k > 1 ? "." : "") hex(substr(g, k, 2))
      else s = s (j > 1 ? ":" : "") tolower(substr(g, 1, 4)) ":" tolower(substr(g, 5, 4))
    }
    put((length(a[1]) == 8 ? "tcp " : "tcp6 ") s " " hex(a[2]) " " w[10])
  }
}
# Where a file system is mounted and of which kind; never from where, never its options.
function do_mounts(   i, j, n, w, fields) {
  n = 0
  for (i = 1; i <= N; i++) {
    fields = split(L[i], w, " "); j = 7
    while (j <= fields && w[j] != "-") j++
    if (j >= fields || of_container(w[5])) continue
    if (++n > 1000) { CUT = 1; break }
    if (!harmless(w[5])) w[5] = mask(w[5], "mount-point", "value", i)
    put(w[5] " " (w[j + 1] ~ /^[a-z0-9._-]+$/ ? w[j + 1] : "other"))
  }
}
function of_container(p) {
  return p ~ /^\/(var\/)?run\/(k3s\/|k0s\/)?(containerd|docker|containers|crio|netns)\// ||
    p ~ /^\/var\/lib\/(rancher\/[^\/]+\/agent\/|k0s\/)?(containerd|docker|containers)\// ||
    p ~ /^\/var\/snap\/microk8s\/common\/(var\/lib|run)\/containerd\// ||
    p ~ /\/pods\/[^\/]+\/(volumes|volume-subpaths|plugins|containers)\// || p ~ /\/plugins\/kubernetes[.]io\//
}
function do_users(   i, w, t) {
  t = "u"
  for (i = 1; i <= N; i++) {
    if (L[i] == "KEB-SPLIT") t = "g"
    else if (split(L[i], w, ":") >= 3 && w[1] ~ /^[A-Za-z0-9_][A-Za-z0-9_.$@+-]*$/ && w[3] ~ /^[0-9]+$/)
      put(t " " w[1] " " w[3])
  }
}

# --- certificates: complete CERTIFICATE blocks and nothing between them
function cert_blocks(   i, j, b, k, lost, s) {
  lost = 0; k = 0
  for (i = 1; i <= N; i++) {
    s = trim(L[i])
    if (s == "-----BEGIN CERTIFICATE-----") { lost += k; k = 1; b[k] = s }
    else if (!k) lost += length(s)
    else if (s == "-----END CERTIFICATE-----" && der_certificate(b[2])) {
      for (j = 1; j <= k; j++) put(b[j])
      put(s); k = 0
    }
    else if (s ~ /^[A-Za-z0-9+\/=]+$/) b[++k] = s
    else { lost += k + 1; k = 0 }
  }
  return lost + k
}
function do_cert(   lost) {
  lost = cert_blocks()
  if (lost) mask(pad(lost > 200 ? 200 : lost), "certificate-blocks-only", "pem", "")
}
# Base64 of PEM in a kubeconfig: kept only if it decodes to CERTIFICATE blocks alone.
function cert_data(v, where,   t) {
  t = v; gsub(/[ \n]/, "", t)
  if (t ~ /^LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0t[A-Za-z0-9+\/=]*$/ && only_certs(decode(t))) return v
  return mask(v, "certificate-data", "pem", where)
}
# A certificate is a SEQUENCE that begins with a SEQUENCE that begins with a version (tag 0) or a
# number. So a private key, encrypted or not, does not pass because somebody labelled it a certificate.
function der_certificate(line,   at, tag) {
  if (octet(line, 0) != 48) return 0
  at = after_length(line, 1); if (octet(line, at) != 48) return 0
  tag = octet(line, after_length(line, at + 1))
  return tag == 160 || tag == 2
}
function after_length(line, at,   byte) { byte = octet(line, at); return at + (byte == 130 ? 3 : byte == 129 ? 2 : 1) }
function octet(t, i,   at, s) {
  at = int(i / 3) * 4 + 1; s = i % 3
  if (s == 0) return b64(substr(t, at, 1)) * 4 + int(b64(substr(t, at + 1, 1)) / 16)
  if (s == 1) return (b64(substr(t, at + 1, 1)) % 16) * 16 + int(b64(substr(t, at + 2, 1)) / 4)
  return (b64(substr(t, at + 2, 1)) % 4) * 64 + b64(substr(t, at + 3, 1))
}
function decode(t,   i, out, n, a, b, c, d) {
  out = ""
  for (i = 1; i <= length(t); i += 4) {
    a = b64(substr(t, i, 1)); b = b64(substr(t, i + 1, 1)); c = b64(substr(t, i + 2, 1)); d = b64(substr(t, i + 3, 1))
    out = out sprintf("%c", a * 4 + int(b / 16))
    if (c >= 0) out = out sprintf("%c", (b % 16) * 16 + int(c / 4))
    if (c >= 0 && d >= 0) out = out sprintf("%c", (c % 4) * 64 + d)
  }
  return out
}
function b64(c) {
  if (c == "" || c == "=") return -1
  return index("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/", c) - 1
}

# --- line-wise texts
# A private key may run over many lines, and only the first and last say what they are.
function hide_keys(unit,   i, pem) {
  for (i = 1; i <= N; i++) {
    if (L[i] ~ /BEGIN [A-Z0-9 ]*PRIVATE KEY/) pem = 1
    if (!pem) continue
    if (L[i] ~ /END [A-Z0-9 ]*PRIVATE KEY/) pem = 0
    if (unit && L[i] ~ /^[ \t]*(\[|IPAddress|Slice)/) die("redactor failed: key around a setting")
    L[i] = "# " mask(L[i], "private-key", "pem", i)
  }
}
function do_release(   i, k) {
  for (i = 1; i <= N; i++) {
    k = substr(L[i], 1, index(L[i], "=")) # the manifest repeats some of them: a value has to be short
    if (k ~ /^(ID|ID_LIKE|NAME|PRETTY_NAME|(VERSION|VARIANT|IMAGE)(_ID|_CODENAME|_VERSION)?|BUILD_ID)=$/)
      put(length(L[i]) < 300 ? scrub(L[i], i) : k mask(substr(L[i], length(k) + 1), "too-long", "value", i))
  }
}
function do_args(   i, n, j) {
  hide_keys()
  for (i = 1; i <= N; i += n + 1) {
    n = logical(i); put(LINE ~ /^[ \t]*#/ ? "#" : words(LINE, i))
    for (j = 0; j < n; j++) put("")
  }
}
# One logical line may run over several; blank lines keep the numbers right. A comment ends with its
# line, and one within a line of a unit is no part of it.
function logical(i, unit,   n) {
  LINE = L[i]; n = 0
  while (!comment(LINE) && match(LINE, /\\+$/) && RLENGTH % 2 && i + n < N)
    if (!comment(L[i + ++n]) || !unit) LINE = substr(LINE, 1, length(LINE) - 1) " " trim(L[i + n])
  return n
}
function comment(s) { return s ~ /^[ \t]*[#;]/ }
function assigned(a, where,   e, k, v, n, raw, said, t) {
  e = index(a, "="); k = substr(a, 1, e - 1); v = substr(a, e + 1)
  if (!e || k !~ /^[A-Za-z_][A-Za-z0-9_]*$/) return mask(a, "environment-value", "value", where)
  if (v == "" || v == "\"\"") return a
  if (kept_variable(k) && tokens(v, raw, said) == 1) {
    t = worth(variable_flag(k), said[1], where)
    return k "=" (t == said[1] ? v : quote(t))
  }
  if (holds_flags(k)) return k "=" command_line(v, where)
  return k "=" mask(v, "environment-value", "value", where)
}
# Variables of flags, as packages and distributions call them; none that sounds like a secret.
function holds_flags(k) {
  if (sounds_secret(flag_name(k))) return 0
  return k ~ /_(ARGS|OPTS|FLAGS|OPTIONS)$/ ||
    k ~ /^KUBE_(LOGTOSTDERR|LOGGING|LOG_LEVEL|ALLOW_PRIV|MASTER|ADMISSION_CONTROL|ETCD_SERVERS|SERVICE_ADDRESSES)$/ ||
    k ~ /^KUBE(LET|_API|_PROXY)_(ADDRESS|PORT|HOSTNAME|API_SERVER|POD_INFRA_CONTAINER|CLOUDPROVIDER|NETWORK_PLUGIN)$/
}
function environment(s, where,   n, i, raw, said, t, out) {
  n = tokens(s, raw, said); out = ""
  if (n < 0) return mask(s, "odd-quoting", "value", where)
  for (i = 1; i <= n; i++) {
    t = assigned(said[i], where)
    out = out (i > 1 ? " " : "") (t == said[i] ? raw[i] : t ~ /[ \t"\047\\]/ ? quote(t) : t)
  }
  return out
}
function unit_refs(k, v,   role) { # the files of variables, and the slice, that a unit names
  if (k == "Slice" && v ~ /^[A-Za-z0-9:_.-]+[.]slice$/) ref("@slice", "value", "unit Slice", v)
  if (k != "EnvironmentFile") return
  v = specified(v); sub(/^-/, "", v); if (v ~ /[ \t]/) return
  if (v ~ /[][ %$*?{\\]/) { if (harmless(v)) ref("@unread", "value", "unit EnvironmentFile", v); return }
  role = ENVIRON["KEB_ROLE"]
  if (role == "kubelet-unit") role = "kubelet-env"
  ref(role ~ /^(kubelet-env|etcd-config)$/ ? role : "distribution-config", "env", "unit EnvironmentFile", v)
}
# systemd puts the name of the unit for %n, and less its ending for %N; %p, of no instance, is the same.
function specified(v,   unit, name) {
  unit = ENVIRON["KEB_TARGET"]; sub(/[.]d\/[^\/]*$/, "", unit); sub(/^.*\//, "", unit)
  if (unit !~ /^[A-Za-z0-9:_.-]+$/ || unit ~ /^(service|slice)$/) return v
  name = unit; sub(/[.][a-z]+$/, "", name)
  gsub(/%n/, unit, v); gsub(/%[Np]/, name, v)
  return v
}
function unit_value(k, v) { # the awk of busybox takes \/ in brackets for a backslash, too
  return !index(v, "\\") && v !~ /[^A-Za-z0-9_.:\/ $*%-]/ && (k ~ /^IP/ || v !~ / /)
}
function do_unit(   i, j, n, k, v, s, lost) {
  sub(/^\357\273\277/, "", L[1]); hide_keys(1); lost = 0
  for (i = 1; i <= N; i++) if (L[i] ~ /\r/) die("redactor failed: line break")
  for (i = 1; i <= N; i += n + 1) {
    n = logical(i, 1); s = trim(LINE); PENDING = ""
    k = s; sub(/[ \t]*=.*$/, "", k); v = trim(substr(s, index(s, "=") + 1))
    if (s ~ /^[#;]/) put("#")
    else if (s == "" || s ~ /^\[[A-Za-z]+\]$/) put(s)
    else if (s ~ /^\[/) { lost += length(s); put(s ~ /\]$/ ? "[other]" : "[other") }
    else if (k ~ /^Exec[A-Za-z]*$/) put(k "=" words(v, i, 1))
    else if (k == "Environment") put(k "=" environment(v, i))
    else if (k ~ /^(User|Group|Slice|EnvironmentFile|IPAddress(Allow|Deny))$/) {
      unit_refs(k, v)
      put(k "=" (unit_value(k, v) ? scrub(v, i) : mask(v, "unit-value", "value", i)))
    }
    else { lost += length(s); put("") }
    for (j = 0; j < n; j++) put("")
  }
  if (lost) mask(pad(lost > 200 ? 200 : lost), "unit-allow-list", "object", "")
}
function do_env(   i, n, s, j) {
  hide_keys()
  for (i = 1; i <= N; i += n + 1) {
    n = logical(i); s = trim(LINE)
    if (s ~ /^[#;]/) put("#")
    else if (s == "") put("")
    else if (s ~ /^export /) put("export " assigned(trim(substr(s, 8)), i))
    else put(assigned(s, i))
    for (j = 0; j < n; j++) put("")
  }
}

# --- CNI: a JSON object, of which the plugins and where they find the API server are kept
function do_cni(   i, out) {
  skip_blank(); do_yaml("cni"); nO = 0; out = ""
  for (i = 0; i < CNI_PLUGINS; i++) out = out (i ? ", " : "") cni_object("/plugins/" i, "")
  put(cni_object("", CNI_PLUGINS ? "\"plugins\": [" out "]" : ""))
}
function skip_blank(   i) {
  for (i = 1; i <= N && L[i] ~ /^[ \t]*$/; i++) ;
  if (i > N || L[i] !~ /^[ \t]*\{/) die("redactor failed: not a JSON object")
  for (i = 1; i <= N; i++) gsub(/\t/, " ", L[i])
}
function cni_object(at, more,   i, rest, out, group, w) {
  out = ""; group = ""
  for (i = 1; i <= nCNI; i++) {
    if (index(CNI[i], at "/") != 1) continue
    rest = substr(CNI[i], length(at) + 2); if (at == "" && rest ~ /^plugins\//) continue
    split(rest, w, "/")
    if (group != "" && group != w[1]) { out = out "}"; group = "" }
    out = out (out == "" || out ~ /[{]$/ ? "" : ", ")
    if (rest ~ /\// && group == "") { group = w[1]; out = out quote(group) ": {" }
    out = out quote(rest ~ /\// ? w[2] : rest) ": " quote(CNI_IS[i])
  }
  return "{" out (group == "" ? "" : "}") (more == "" ? "" : (out == "" ? "" : ", ") more) "}"
}
function cni(path, v) {
  if (v ~ /[^A-Za-z0-9_.\/-]/ || !harmless(v)) return mask(v, "field-allow-list", "value", path)
  if (match(path, /^\/plugins\/[0-9]+\//) && substr(path, 10) + 0 >= CNI_PLUGINS) CNI_PLUGINS = substr(path, 10) + 1
  CNI[++nCNI] = path; CNI_IS[nCNI] = v
  return v
}

# --- fields: the rows of one kind in the table FIELDS as a tree. TREE[place] is "keep" where
# values are kept, "name" where only the name is, "" on the way there.
function load_fields(kind,   i, j, k, n, row, w) {
  TREE[""] = ""
  n = split(ENVIRON["FIELDS"], row, "\n")
  for (i = 1; i <= n; i++) {
    k = split(row[i], w, " ")
    if (w[1] == kind || w[1] == "every") for (j = 2; j <= k; j++) grow("", w[j])
  }
}
function grow(at, rest,   i, n, name, spot, step, way) {
  way = index(rest, "/"); step = way ? substr(rest, 1, way - 1) : rest; rest = way ? substr(rest, way + 1) : ""
  n = split(step, name, "|")
  for (i = 1; i <= n; i++) {
    spot = at "/" name[i]
    if (way) { if (!(spot in TREE)) TREE[spot] = ""; if (rest != "") grow(spot, rest) }
    else if (sub(/!$/, "", spot)) TREE[spot] = "name"
    else TREE[spot] = "keep"
  }
}
# The place of a field below a place, "?" where no row names it.
function child(at, name,   step, wide) {
  if (name == "<<") die("redactor failed: merge key")
  step = escaped(name); if (HOW == "distro") sub(/[+]$/, "", step)
  if ((at "/" step) in TREE) { SEEN[at "/" step]; return at "/" step }
  if (name !~ /^[A-Za-z][A-Za-z0-9._\/-]*$/ || length(name) > 100 || drawn(name) || !harmless(name)) return "?"
  wide = step; sub(/~1.*$/, "~1*", wide)
  if ((at "/" wide) in TREE) return at "/" wide
  return ((at "/*") in TREE) ? at "/*" : "?"
}
# Whether a name looks drawn by lot: it changes between cases and digits all the time.
function drawn(name,   i, kind, last, n) {
  n = 0; last = ""
  for (i = 1; i <= length(name); i++) {
    kind = substr(name, i, 1); kind = kind ~ /[A-Z]/ ? "u" : kind ~ /[0-9]/ ? "d" : "l"
    n += kind != last; last = kind
  }
  return length(name) >= 12 && name ~ /[0-9]/ && n * 5 > length(name) * 2
}
function escaped(name) { gsub(/~/, "~0", name); gsub(/\//, "~1", name); return name }
function masked_whole(at) { return at == "?" || TREE[at] == "name" }
# How a name is written; STEP becomes its step in the path. One that no row names may be anything.
function label(at, name, raw, path) {
  STEP = escaped(name)
  if (at == "?" && !HIDDEN) raw = STEP = mask(name, "field-allow-list", "value", path)
  return raw
}
# All that follows is read, to know where it ends, and not written: the mask stands for it.
function hide(oi, path, lead) {
  if (!HIDDEN) emit(oi, lead mask("", "field-allow-list", "object", path))
  HIDDEN++; PFX = ""
}
# What is shown of one value. That the place is kept does not clear what stands there.
function judge(path, at, v,   k, t) {
  if (HIDDEN || v == "" || v == "null" || v == "~") return v
  if (at == "?" || TREE[at] != "keep") return mask(v, "field-allow-list", "value", path)
  k = name_in(path)
  if (is_path(k) && (v !~ /[.\/]/ || v ~ /\n/)) return mask(v, "no-path", "value", path)
  if (HOW == "encryption" && k == "name" && drawn(v)) return mask(v, "key-as-name", "value", path)
  keys_of(path, k, v)
  if (path == "/kind") KIND = v
  if (at ~ /\/\*$/ && HOW != "distro" && !switch_or_amount(k, v)) return mask(v, "field-allow-list", "value", path)
  if (HOW == "cni") return cni(path, v)
  if (k ~ /^(certificate-authority|client-certificate)-data$/) return cert_data(v, path)
  if (k == "certificateAuthority") return only_certs(v) ? v : mask(v, "certificate-data", "pem", path)
  if (k ~ /[eE]xpression$/) return expression(v, path)
  if (HOW == "manifest") return manifest(path, k, v)
  if ((HOW == "etcd" || HOW == "distro") && is_option(at)) return option(at, flag_name(k), v, path)
  t = scrub(v, path)
  return is_address(k) ? addresses(t, path) : t
}
function switch_or_amount(k, v) { # all that is kept where the table gives no name
  return tolower(v) ~ /^(true|false)$/ || amount(v) && !sounds_secret(flag_name(k))
}
function is_path(k) {
  return k ~ /(File|Path|Dir)$|(-|key|cert|ca)file$|-(dir|path)$/ ||
    k ~ /^(path|kubeconfig|client-certificate|client-key|certificate-authority)$/
}
function name_in(path) { # the field that a value belongs to, also as an item of its list
  sub(/(\/[0-9]+)+$/, "", path); sub(/^.*\//, "", path); gsub(/~1/, "/", path); gsub(/~0/, "~", path)
  if (HOW == "distro") sub(/[+]$/, "", path)
  return path
}
# An option is judged as on a command line; one of the table, not handed on, may also be a word.
function option(at, n, v, path) {
  if (at !~ /\*$/ && n !~ /-args?$/ && !is_address(n) &&
      length(v) <= 64 && v ~ /^[A-Za-z0-9][A-Za-z0-9.-]*$/ && !drawn(v))
    return scrub(v, path)
  return worth(n, v, path)
}
function is_option(at) { return at !~ /^\/(apiVersion|kind|metadata\/.*|spec\/.*[^*])$/ }
function manifest(path, k, v) {
  if (k == "command" || k == "args") return path ~ /\/command\/0$/ ? program(v, path) : argument(v, path)
  if (path ~ /\/httpGet\/path$/ && v !~ /^\/(health|live|ready|startup)z?$/) return mask(v, "url-parts", "value", path)
  return scrub(v, path)
}
# A condition in CEL: its words stay, and of its literals those that are made of plain words and
# are not compared with anything that sounds secret.
function expression(s, where,   out, q, n, text, before) {
  if (s ~ /\\/ || length(s) > 8192) return mask(s, "literal", "value", where)
  out = ""
  while (match(s, /["\047]/)) {
    q = substr(s, RSTART, 1); before = substr(s, 1, RSTART - 1); s = substr(s, RSTART + 1)
    if (before ~ /\/\// || !(n = index(s, q))) return mask(out before s, "literal", "value", where)
    text = substr(s, 1, n - 1); s = substr(s, n + 1)
    n = wordy(text) && tolower(before) !~ /passw|phrase|secret|token|key|credential/
    out = out bare(before, where) q (n ? scrub(text, where) : mask(text, "literal", "value", where)) q
  }
  return out bare(s, where)
}
# What stands between the literals of text; a number that is no span in seconds is one too, and so is a comment.
function bare(s, where) {
  return s ~ /\/\/|[0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9]/ ? mask(s, "literal", "value", where) : scrub(s, where)
}
function wordy(s,   i, n, w) {
  n = split(s, w, /[^A-Za-z0-9]+/)
  for (i = 1; i <= n; i++)
    if (length(w[i]) > 24 || w[i] !~ /^([A-Za-z]*|[0-9][0-9]?[0-9]?|v[0-9]((alpha|beta)[0-9])?)$/) return 0
  return 1
}
function only_certs(v,   i, n, s, w, inside) { # CERTIFICATE blocks, and nothing before, between, after
  n = split(v, w, "\n"); inside = 0
  for (i = 1; i <= n; i++) {
    s = trim(w[i])
    if (s == "-----BEGIN CERTIFICATE-----" && !inside && der_certificate(trim(w[i + 1]))) inside = 1
    else if (s == "-----END CERTIFICATE-----" && inside) inside = 0
    else if (inside ? s !~ /^[A-Za-z0-9+\/=]+$/ : s != "") return 0
  }
  return !inside
}
function keys_of(path, k, v,   i, n, w, row, role) {
  n = split(ENVIRON["KEYS"], row, "\n")
  for (i = 1; i <= n; i++) {
    if (split(row[i], w, " ") != 4 || w[1] != HOW || w[2] != k) continue
    role = w[3]
    if (role == "@client-connection") role = client_of(ENVIRON["KEB_ROLE"])
    if (role == "@data-dir") role = folder() ~ /\/rke2(\/|$)/ ? "@rke2-data" : "@k3s-data"
    if (k == "path" && (ENVIRON["KEB_ROLE"] != "admission-config" || path !~ /^\/plugins\/[0-9]+\/path$/)) continue
    if (!harmless(v)) continue
    if (v !~ /^\//) { if (HOW == "kubelet" || HOW == "etcd") continue; v = folder() "/" v }
    ref(role, w[4], ENVIRON["KEB_FROM"] " " k (ENVIRON["KEB_PID"] == "" ? "" : " pid " ENVIRON["KEB_PID"]), v)
  }
}
function folder(   s) { s = ENVIRON["KEB_TARGET"]; sub(/\/[^\/]*$/, "", s); return s }
function client_of(role) {
  if (role == "proxy-config") return "proxy-kubeconfig"
  return role == "scheduler-config" ? "scheduler-kubeconfig" : "webhook-kubeconfig"
}

# --- YAML and JSON: parsed into names and scalars, judged one by one, written anew in block style
# with the names in their order. What the parser does not know, it refuses. PATH is where a value
# stands in the document, AT its place in the table of fields, OI the column it is written at.
function do_yaml(how,   i, docs) {
  HOW = how; I = 1; docs = 0
  if (CUT) die("redactor failed: cut")
  load_fields(how == "component" ? ENVIRON["KEB_ROLE"] : how)
  sub(/^\357\273\277/, "", L[1])
  for (i = 1; i <= N; i++) if (length(L[i]) > 65536) die("redactor failed: long line")
  for (i = 1; i <= N; i++) if (odd_break(L[i])) die("redactor failed: line break")
  for (;;) {
    skip(); if (I > N) break
    if (L[I] ~ /^%/) die("redactor failed: directive")
    if (L[I] ~ /^\.\.\.( |$)/) { I++; continue }
    if (L[I] ~ /^---([ \t]+#.*|[ \t]*)$/) { put("---"); I++; continue }
    if (docs++ > 50) die("redactor failed: documents")
    block(ind(L[I]), 0, "", "")
    skip(); if (I <= N && L[I] !~ /^(---|\.\.\.)/) die("redactor failed: line " I)
  }
  if (how == "encryption" && (KIND !~ /^Encryption(Configuration|Config)$/ || !("/resources/providers" in SEEN)))
    die("redactor failed: not an EncryptionConfiguration")
}
# What ends a line for some readers of YAML and not for others: CR, VT, FF, NEL, LS, PS.
function odd_break(s) {
  return s ~ /[\013\014\015]/ || index(s, "\302\205") || index(s, "\342\200\250") || index(s, "\342\200\251")
}
function ind(s) { match(s, /^ */); return RLENGTH }
function blank(s) { return s ~ /^[ \t]*(#.*)?$/ }
function skip() { while (I <= N && blank(L[I])) I++ }
function marker(s) { return s ~ /^(---|\.\.\.)( |$)/ }
function dash(s, c) { s = substr(s, c + 1); return s == "-" || substr(s, 1, 2) == "- " }
function emit(oi, t) {
  if (PFX != "") { t = PFX t; PFX = "" } else t = pad(oi) t
  sub(/ +$/, "", t); if (!HIDDEN) put(t)
}
# A line that begins with a name: KEY is what it says, RAW how, REST what follows.
function key(s) {
  if (!match(s, /^[A-Za-z0-9_.\/$~+*@<-][^][ "\047{},&#!|]*:( |$)/) &&
      !match(s, /^"[^"\\]*" *:( |$)/) && !match(s, /^\047[^\047\\]*\047 *:( |$)/)) return 0
  RAW = substr(s, 1, RLENGTH); REST = trim(substr(s, RLENGTH + 1)); sub(/ *: ?$/, "", RAW)
  KEY = RAW ~ /^["\047]/ ? substr(RAW, 2, length(RAW) - 2) : RAW
  return 1
}
function block(col, oi, path, at) {
  if (++DEPTH > 30) die("redactor failed: depth")
  if (L[I] ~ /^ *\t/) die("redactor failed: tab")
  if (dash(L[I], col)) sequence(col, oi, path, at)
  else if (key(substr(L[I], col + 1))) mapping(col, oi, path, at)
  else value(substr(L[I], col + 1), col - 1, oi, path, at, "")
  DEPTH--
}
function mapping(col, oi, path, at,   c, a, p, r, name) {
  for (;;) {
    skip(); if (I > N || marker(L[I])) return
    c = ind(L[I]); if (c < col) return
    if (c > col || dash(L[I], c) || !key(substr(L[I], c + 1))) die("redactor failed: line " I)
    r = REST; a = child(at, KEY); name = label(a, KEY, RAW, path); p = path "/" STEP
    if (!blank(r)) { value(r, col, oi, p, a, name ": "); continue }
    I++; skip()
    c = I > N || marker(L[I]) ? -1 : ind(L[I])
    if (c < col || c == col && !dash(L[I], c)) emit(oi, name ":")
    else if (masked_whole(a)) { hide(oi, p, name ": "); block(c, 0, p, a); HIDDEN-- }
    else { emit(oi, name ":"); block(c, dash(L[I], c) ? oi : oi + 2, p, a) }
  }
}
function sequence(col, oi, path, at,   i, p, c, r) {
  PENDING = ""
  for (i = 0; ; i++) {
    skip(); if (I > N || marker(L[I]) || ind(L[I]) < col || !dash(L[I], ind(L[I])) && ind(L[I]) == col) return
    if (ind(L[I]) != col) die("redactor failed: line " I)
    p = path "/" i; r = substr(L[I], col + 2); PFX = (PFX != "" ? PFX : pad(oi)) "- "
    if (blank(r)) {
      I++; skip()
      if (I <= N && !marker(L[I]) && ind(L[I]) > col) block(ind(L[I]), oi + 2, p, at); else emit(oi, "")
      continue
    }
    L[I] = substr(L[I], 1, col) " " r; c = ind(L[I])
    if (dash(L[I], c) || key(substr(L[I], c + 1))) block(c, oi + 2, p, at)
    else value(substr(L[I], c + 1), col, oi + 2, p, at, "")
  }
}
# A value that begins with R, below column PCOL, written after LEAD.
function value(r, pcol, oi, path, at, lead,   c, e, t) {
  c = substr(r, 1, 1)
  if (c == "{" || c == "[") { bracket(r, oi, path, at, lead); return }
  if (c == "|" || c == ">") { literal(r, pcol, oi, path, at, lead); return }
  if (c == "\"" || c == "\047") {
    t = r
    while (!(e = quoted(t, 1))) { if (++I > N) die("redactor failed: open quote"); t = folded(t) trim(L[I]) }
    if (!blank(substr(t, e + 1))) die("redactor failed: after quote")
    I++; emit(oi, lead scalar(path, at, TEXT, substr(t, 1, e)))
  } else plain(r, pcol, oi, path, at, lead)
}
# Quoted text T as it goes on in the next line: a line break is a space, an empty line a break.
function folded(t) {
  sub(/[ \t]+$/, "", t)
  return t (L[I] ~ /^[ \t]*$/ ? "\n" : t ~ /\n$/ ? "" : " ")
}
function bracket(r, oi, path, at, lead) {
  T_ = ""; LEVEL = 0; QUOTE = ""; feed(r)
  while (LEVEL > 0) {
    if (++I > N) die("redactor failed: open bracket")
    if (QUOTE == "") { T_ = T_ "\n"; feed(L[I]) } else { T_ = folded(T_); feed(trim(L[I])) }
  }
  POS = 1; flow(oi, path, at, lead)
  if (!blank(substr(T_, POS))) die("redactor failed: after bracket")
  I++
}
function literal(head, pcol, oi, path, at, lead,   first, i, n, t, v, w) {
  if (head !~ /^[|>][+-]?[ ]*(#.*)?$/) die("redactor failed: block scalar")
  sub(/ *#.*$/, "", head); first = -1; n = 0; v = ""
  for (I++; I <= N && (L[I] ~ /^ *$/ || ind(L[I]) > pcol); I++) {
    if (first < 0 && L[I] !~ /^ *$/) first = ind(L[I])
    v = v (n++ ? "\n" : "") substr(L[I], first + 1)
  }
  sub(/\n+$/, "", v); t = scalar(path, at, v, "")
  if (t != "" || HIDDEN) { emit(oi, lead t); return }
  emit(oi, lead head); n = split(v, w, "\n")
  for (i = 1; i <= n; i++) put(w[i] == "" ? "" : pad(oi + 2) w[i])
}
function plain(r, pcol, oi, path, at, lead,   j, v) {
  if (index("&*!%@`]},", substr(r, 1, 1)) || r ~ /^[?-]([ \t]|$)/) die("redactor failed: line " I)
  v = plain_text(r); j = I + 1
  while (v == trim(r)) {
    while (j <= N && L[j] ~ /^[ \t]*$/) j++
    if (j > N || ind(L[j]) <= pcol || marker(L[j]) || blank(L[j])) break
    v = r = v " " plain_text(trim(L[j])); I = j++
  }
  if (v ~ /:([ \t]|$)/) die("redactor failed: line " I)
  I++; emit(oi, lead scalar(path, at, v, v))
}
function plain_text(s) { if (match(s, /[ \t]#/)) s = substr(s, 1, RSTART - 1); return trim(s) }
# How a scalar is written: RAW, as it was on its line, where nothing is masked in its TEXT.
function scalar(path, at, text, raw,   t) {
  t = judge(path, at, text)
  if (t == text && raw !~ /\n/) return raw
  return t ~ /^KEB-REDACTED-r[0-9]+$/ ? t : quote(t)
}
# The end of the quoted text that opens at p, 0 when it is still open; TEXT is what it says.
function quoted(s, p,   q, c, n) {
  q = substr(s, p, 1); TEXT = ""; n = length(s)
  for (p++; p <= n; p++) {
    c = substr(s, p, 1)
    if (c == q) { if (q == "\047" && substr(s, p + 1, 1) == q) { TEXT = TEXT q; p++; continue } return p }
    if (c == "\\" && q == "\"") {
      c = substr(s, ++p, 1); if (c == "") return 0
      if (c == "u") { c = unicode(substr(s, p + 1, 4)); p += 4 }
      else if (index("ntr", c)) c = c == "n" ? "\n" : c == "t" ? "\t" : ""
      else if (!index("\"\\/", c)) die("redactor failed: escape")
    }
    TEXT = TEXT c
  }
  return 0
}
function unicode(digits,   c) {
  if (digits !~ /^[0-9A-Fa-f][0-9A-Fa-f][0-9A-Fa-f][0-9A-Fa-f]$/) die("redactor failed: escape")
  c = hex(digits); if (c < 32 && c != 9 && c != 10 && c != 13 || c == 127) die("redactor failed: escape")
  return c == 13 ? "" : c < 128 ? sprintf("%c", c) : "\\u" digits
}
function quote(s) {
  gsub(/\\/, "\\\\", s); gsub(/"/, "\\\"", s); gsub(/\n/, "\\n", s); gsub(/\t/, "\\t", s)
  return "\"" s "\""
}
function feed(s,   i, c) {
  for (i = 1; i <= length(s); i++) {
    c = substr(s, i, 1)
    if (QUOTE != "") { if (c == "\\" && QUOTE == "\"") i++; else if (c == QUOTE) QUOTE = "" }
    else if (c == "\"" || c == "\047") QUOTE = c
    else if (c == "#" && (i == 1 || substr(s, i - 1, 1) == " ")) { s = substr(s, 1, i - 1); break }
    else if (c == "{" || c == "[") LEVEL++
    else if (c == "}" || c == "]") LEVEL--
  }
  T_ = T_ s
}
function space() { while (substr(T_, POS, 1) ~ /[ \t\n]/ && POS <= length(T_)) POS++ }
# Brackets, from POS in T_.
function flow(oi, path, at, lead,   c, e, s) {
  if (++DEPTH > 30) die("redactor failed: depth")
  space(); c = substr(T_, POS, 1)
  if (c == "{" || c == "[") {
    if (masked_whole(at)) { hide(oi, path, lead); members(c, 0, path, at, ""); HIDDEN-- }
    else members(c, oi, path, at, lead)
  } else if (c == "\"" || c == "\047") {
    e = quoted(T_, POS); if (!e) die("redactor failed: open quote")
    s = substr(T_, POS, e - POS + 1); POS = e + 1
    emit(oi, lead scalar(path, at, TEXT, s))
  } else {
    if (!match(substr(T_, POS), /^[^],{}:#&*!|>%@`"\047 \n[][^],{}\n[]*/)) die("redactor failed: flow")
    s = trim(substr(T_, POS, RLENGTH)); POS += RLENGTH
    if (s ~ /:([ \t]|$)|[ \t]#|^-([ \t]|$)/) die("redactor failed: flow")
    emit(oi, lead scalar(path, at, s, s))
  }
  DEPTH--
}
function members(open, oi, path, at, lead,   a, close_, i, k, name, s) {
  close_ = open == "{" ? "}" : "]"; POS++; space()
  if (substr(T_, POS, 1) == close_) { POS++; emit(oi, lead open close_); return }
  if (lead != "") { emit(oi, lead); if (open == "{") oi += 2 }
  PENDING = ""
  for (i = 0; ; i++) {
    space()
    if (open == "{") {
      k = flow_key(); a = child(at, k)
      name = label(a, k, k ~ /^[A-Za-z_][A-Za-z0-9_.\/-]*$/ ? k : quote(k), path)
      flow(oi, path "/" STEP, a, name ": ")
    } else { PFX = (PFX != "" ? PFX : pad(oi)) "- "; flow(oi + 2, path "/" i, at, "") }
    space(); s = substr(T_, POS++, 1)
    if (s == close_) return
    if (s != ",") die("redactor failed: flow")
    space(); if (substr(T_, POS, 1) == close_) { POS++; return }
  }
}
function flow_key(   e, s) {
  if (substr(T_, POS, 1) ~ /["\047]/) {
    e = quoted(T_, POS); if (!e || TEXT ~ /[\\\n]/) die("redactor failed: key")
    s = TEXT; POS = e + 1
  } else {
    if (!match(substr(T_, POS), /^[A-Za-z0-9_.\/-]+/)) die("redactor failed: key")
    s = substr(T_, POS, RLENGTH); POS += RLENGTH
    if (substr(T_, POS, 2) !~ /^([ \t\n]|:[ \t\n])/) die("redactor failed: key") # a:b is one word
  }
  space(); if (substr(T_, POS++, 1) != ":") die("redactor failed: key")
  return s
}
'

# ---------------------------------------------------------------- 4 messages
# What a person is told, on stderr, and what log.txt notes. An error ends with a way out of it.
say() {
  [ -n "${BUNDLE:-}" ] || return 0
  LOG_LINES=$((LOG_LINES + 1))
  [ "$LOG_LINES" -le "$LOG_CAP" ] && printf '%s\n' "$1" >>"$BUNDLE/log.txt"
  return 0
}
usage() { # WHERE WHAT HELP: refuse the command line
  printf 'error: %s: %s\nhelp: %s\n' "$1" "$2" "$3" >&2
  exit 2
}
nothing() { # WHERE WHAT HELP: nothing could be collected
  printf 'error: %s: %s\nhelp: %s\n' "$1" "$2" "$3" >&2
  exit 4
}
lost() { # what was collected cannot be written
  nothing "$OUT" 'the bundle could not be written' 'Free some space in the output folder, or choose another one.'
}
progress() { # only a person at a terminal is told how far it is
  if [ "$TERMINAL" -eq 1 ]; then printf '\r%s probes of %s' "$RUN" "$PLANNED" >&2; fi
}
help_text() {
  printf '%s\n' \
    'usage: sh node.sh [--root DIR] [--output DIR] [--node-name NAME]' \
    '                  [--case-no TEXT] [--operator TEXT] [--notes TEXT] [--list] [--dry-run]' \
    '' \
    'Reads the Kubernetes evidence of this node and writes one bundle, redacted. Nothing else' \
    'is written, nothing is changed, and no connection is made.' \
    '' \
    '  --root DIR        read everything, /proc too, below DIR; links are resolved below DIR' \
    '  --output DIR      existing folder for the bundle (default: the current one)' \
    '  --node-name NAME  how the API calls this node (default: as the kubelet or the host says)' \
    '  --case-no TEXT    the number of the case, for the manifest and the paper form' \
    '  --operator TEXT   who runs this, for the same' \
    '  --notes TEXT      anything worth noting, for the manifest' \
    '  --list            print what is looked for, reading nothing' \
    '  --dry-run         print what is looked for and whether it is there, opening nothing' \
    '' \
    'On a node, as root, so that nothing is denied:' \
    '  sudo sh node.sh --node-name worker-1 --output /tmp --case-no 2026-17 --operator "A. Smith"' \
    'In a pod that sees the node below /host:' \
    '  sh node.sh --root /host --output /out --node-name worker-1' \
    '' \
    'Told to stop, it seals what it has. Killed outright, it leaves the folder NAME.work in the' \
    'output folder, and no bundle: remove that folder.' \
    'exit: 0 complete, 3 partial, 4 nothing collected, 2 usage'
}

# ---------------------------------------------------------------- 5 plan and records
# Each probe has a line in plan.ndjson before it runs and one in probes.ndjson when it has: what was
# planned and has no record was never done, and nobody can take it for absent.
j() { # TEXT: J becomes a JSON string, byte for byte (U+0000 to U+00FF)
  case $1 in
  *[!A-Za-z0-9._/:@+,=' '-]*) J=$(printf '%sx' "$1" | awk "$AWK_JSON") ;;
  *) J=\"$1\" ;;
  esac
}
now() { # NOW becomes the time; within one second of the machine's uptime it is not asked again
  no_second=''
  # shellcheck disable=SC2034  # what follows the first dot is of no use
  if [ -r /proc/uptime ]; then IFS=. read -r no_second no_rest </proc/uptime; fi
  if [ -n "$no_second" ] && [ "$no_second" = "$ASKED" ]; then return; fi
  no_text=$(date -u +%Y-%m-%dT%H:%M:%SZ) && NOW=$no_text ASKED=$no_second
}
clock() { # CLOCK becomes the second of the day in NOW; 1xx - 100 since 08 is no number
  cl_text=${NOW#*T} && cl_text=${cl_text%Z}
  cl_rest=${cl_text#*:}
  CLOCK=$(((1${cl_text%%:*} - 100) * 3600 + (1${cl_rest%%:*} - 100) * 60 + 1${cl_rest##*:} - 100))
}
enough() { # between two probes: a run that was told to stop, or has reached one of its caps, ends here
  if [ -e "$WORK/told" ] || ! kill -0 $$ 2>/dev/null; then stop_run signal; fi
  if [ "$RUN" -ge "$PROBE_CAP" ]; then stop_run "more than $PROBE_CAP probes"; fi
  if [ "$BYTES" -ge "$BUNDLE_CAP" ]; then stop_run "more than $BUNDLE_CAP bytes of files"; fi
  clock
  en_time=$((CLOCK - CLOCK_0))
  if [ "$en_time" -lt -43200 ]; then en_time=$((en_time + 86400)); fi # past midnight
  if [ "$en_time" -ge "$RUN_CAP" ]; then stop_run "more than $RUN_CAP seconds"; fi
}
plan() { # ID KIND TARGET VIA: SEQ becomes its number
  PLANNED=$((PLANNED + 1))
  SEQ=$PLANNED
  j "$3" && pl_target=$J
  j "$4"
  printf '{"seq": %s, "id": "%s", "kind": "%s", "target": %s, "via": %s}\n' \
    "$SEQ" "$1" "$2" "$pl_target" "$J" >>"$BUNDLE/plan.ndjson" || lost
}
# shellcheck disable=SC2016  # awk program text
AWK_FIXED='{ n = $1; sub(/^[0-9]+ /, ""); if ($0 == ENVIRON["KEB_WANTED"]) { print n; exit } }'
# A probe has one number in plan and records. HINT is that of the table row which is being run,
# FIXED lists the other planned ones, and what only turned up during the run is planned here.
begin() { # ID KIND TARGET VIA: a probe starts; it takes its planned number or a new one
  enough
  if [ -n "$HINT" ]; then
    SEQ=$HINT HINT=''
  elif [ "$APART" -eq 1 ]; then
    plan "$1" "$2" "$3" "$4" # the planned number is that of the host's own file
  else
    case $FIXED in
    *"$NL$1 $3$NL"*) SEQ=$(KEB_WANTED="$1 $3" awk "$AWK_FIXED" "$WORK/fixed") ;;
    *) plan "$1" "$2" "$3" "$4" ;;
    esac
  fi
  fresh "$@"
}
fresh() { # ID KIND TARGET VIA: what is known of a probe when it starts
  P_ID=$1 P_KIND=$2 P_TARGET=$3 P_VIA=$4 P_T0=$NOW P_STATUS=ok P_DETAIL='' P_MORE='' P_STAT='' P_RESOLVED=''
}
more() { P_MORE="$P_MORE, $1"; }
record() { # the probe ends: one line into probes.ndjson
  now
  j "$P_TARGET" && re_target=$J
  j "$P_VIA" && re_via=$J
  if [ -n "$P_STAT" ]; then P_MORE=", \"stat\": $P_STAT$P_MORE"; fi
  if [ -n "$P_DETAIL" ]; then j "$P_DETAIL" && P_MORE=", \"detail\": $J$P_MORE"; fi
  if [ -n "$P_RESOLVED" ]; then j "$P_RESOLVED" && P_MORE=", \"resolved\": $J$P_MORE"; fi
  re_what="\"seq\": $SEQ, \"id\": \"$P_ID\", \"kind\": \"$P_KIND\", \"target\": $re_target, \"via\": $re_via"
  printf '{%s, "t0": "%s", "t1": "%s", "status": "%s"%s}\n' \
    "$re_what" "$P_T0" "$NOW" "$P_STATUS" "$P_MORE" >>"$BUNDLE/probes.ndjson" || lost
  RUN=$((RUN + 1))
  progress
  case $P_STATUS in
  ok) SEEN_OK=$((SEEN_OK + 1)) ;;
  denied | error | timeout | truncated | loop) PARTIAL=1 && say "seq $SEQ $P_ID: $P_STATUS $P_DETAIL" ;;
  esac
}

# ---------------------------------------------------------------- 6 commands
# How a command is run: what touches the host has a time limit, and a fallback stands in for each
# tool that a userland may lack. Which ones there are is found out once, by probe_tools.
# limited COMMAND...: at most PATIENCE seconds; 124 means it ran out of time, and was ended by KILL,
# since what the run starts heeds no other signal (see attend). Each command that
# touches the host goes through here; those that only read our own folder, a pipe or the clock
# do not. What the shell itself asks of the host has no such end: [ -e ], [ -L ], [ -d ], the
# names of a folder, the first line of /proc/PID/stat. On a mount that does not answer, as that
# of a dead file server, the run waits there; it can be told to stop, once the mount answers.
limited() {
  case $WATCHDOG in
  timeout) timeout -s KILL "$PATIENCE" "$@" && li_rc=0 || li_rc=$? ;;
  timeout-t) timeout -t "$PATIENCE" -s KILL "$@" && li_rc=0 || li_rc=$? ;;
  *) watched "$@" ;;
  esac
  # killed or ended by a signal: 128, in ksh93 256, in yash 384 above its number
  case $li_rc in 124 | 137 | 143 | 265 | 271 | 393 | 399) return 124 ;; esac
  return "$li_rc"
}
watched() { # COMMAND...: li_rc becomes its status; a second process kills it when it takes too long
  exec 5<&0 # a background job would lose its input
  exec "$@" <&5 5<&- & # exec: yash would put a shell in between, which dies alone
  li_job=$!
  exec 5<&-
  (
    li_left=$PATIENCE
    while [ "$li_left" -gt 0 ]; do sleep 1; li_left=$((li_left - 1)); done
    kill -9 "$li_job"
  ) </dev/null >/dev/null 2>&1 & # it would hold a pipe open, and its reader would wait for it
  li_dog=$!
  wait "$li_job" 2>/dev/null
  li_rc=$?
  kill -9 "$li_dog" 2>/dev/null
  wait "$li_dog" 2>/dev/null
}
first_bytes() { # COUNT FILE: the first bytes of a file, in the way that this userland has
  if [ "$HEAD_HOW" = head ]; then
    limited head -c "$1" "$2" 2>/dev/null
  else
    limited dd if="$2" bs=1 count="$1" 2>/dev/null # one by one, since /proc answers in pieces
  fi
}
sha256() { # FILE or standard input: HASH becomes the hex digest
  case $SHA_TOOL in
  sha256sum) HASH=$(sha256sum) ;;
  shasum) HASH=$(shasum -a 256) ;;
  *) HASH=$(openssl dgst -sha256 -r) ;;
  esac
  HASH=${HASH%% *}
}
sha256_list() { # FILE...: a line of digest and name for each, as sha256sum prints it
  case $SHA_TOOL in
  sha256sum) sha256sum "$@" ;;
  shasum) shasum -a 256 "$@" ;;
  *) openssl dgst -sha256 -r "$@" | tr '*' ' ' ;;
  esac
}
have() { command -v "$1" >/dev/null 2>&1; }
flavour() { # TOOL: gnu, busybox, other or none
  if ! have "$1"; then FLAVOUR=none && return; fi
  case $("$1" --version 2>&1 </dev/null) in
  *GNU* | *coreutils*) FLAVOUR=gnu ;;
  *BusyBox* | *busybox*) FLAVOUR=busybox ;;
  *)
    case $("$1" --help 2>&1 </dev/null) in *BusyBox*) FLAVOUR=busybox ;; *) FLAVOUR=other ;; esac
    ;;
  esac
}
probe_tools() {
  TOOLS=
  for pt_tool in stat awk head tar gzip sha256sum timeout readlink getfacl; do
    flavour "$pt_tool"
    TOOLS="$TOOLS${TOOLS:+, }\"$pt_tool\": \"$FLAVOUR\""
  done
  for pt_tool in awk cat date grep id kill ls mkdir mv rm sleep sort tar tr uname wc; do
    have "$pt_tool" || nothing "$pt_tool" 'is not on PATH' 'Install a busybox userland, or set PATH.'
  done
  case $(printf 'a\377\303\251x' | awk "$AWK_JSON") in '"a\u00ff\u00c3\u00a9"') ;; *)
    nothing awk 'does not work byte by byte' 'Put mawk, gawk or busybox awk first in PATH.'
    ;;
  esac
  LOSSY=0 # yash loses a text from the first byte on that its locale does not know
  pt_text=$(printf 'a\377b')
  if [ "$(printf '%s' "$pt_text" | wc -c)" -ne 3 ]; then LOSSY=1; fi
  SHA_TOOL=none
  for pt_tool in openssl shasum sha256sum; do have "$pt_tool" && SHA_TOOL=$pt_tool; done
  [ "$SHA_TOOL" != none ] || nothing sha256sum 'is not on PATH' 'Install sha256sum, shasum or openssl.'
  WATCHDOG=own
  if timeout -t 5 -s KILL true 2>/dev/null; then WATCHDOG=timeout-t; fi
  if timeout -s KILL 5 true 2>/dev/null; then WATCHDOG=timeout; fi
  STAT_HOW='ls'
  case $(stat -c '%f %a %u %g %s %Y %h' / 2>/dev/null) in
  4[0-9a-f][0-9a-f][0-9a-f]" "[0-7]*" "[0-9]*" "[0-9]*" "[0-9]*" "[0-9]*" "[0-9]*) STAT_HOW=stat ;;
  esac
  ACL_HOW=none
  flavour ls
  if have getfacl; then ACL_HOW=getfacl; elif [ "$FLAVOUR" = gnu ]; then ACL_HOW='ls'; fi
  HEAD_HOW='dd'
  [ "$(printf 'ab' | head -c 1 2>/dev/null)" = a ] && HEAD_HOW='head'
  # the sixth byte of every program says which end of a number comes first on this machine
  case $(first_bytes 6 /proc/self/exe | tr '\001\002' '12' | tr -dc 12) in ?2) ORDER=big ;; *) ORDER=little ;; esac
  resolve /proc
  PROC=$ROOT$REAL PROC_REAL=0
  [ "$(stat -f -c %t "$PROC" 2>/dev/null)" = 9fa0 ] && PROC_REAL=1
}

# ---------------------------------------------------------------- 7 the one door to the host
# Every path of the tables passes through resolve, which follows links below the root that was
# given, and through facts, which asks the kernel and opens nothing.
# resolve PATH: follows links itself, below BASE, and never lets the kernel do it.
# REAL becomes the final path as the host sees it, LINK the target when PATH is a link.
resolve() {
  rs_rest=$1 rs_hops=0 REAL='' LINK='' RS_OK=1 rs_last=0
  while [ -n "$rs_rest" ]; do
    case $rs_rest in /*) rs_rest=${rs_rest#/} && continue ;; esac
    rs_part=${rs_rest%%/*}
    case $rs_rest in */*) rs_rest=${rs_rest#*/} ;; *) rs_rest='' ;; esac
    case $rs_part in
    '' | .) continue ;;
    ..) REAL=${REAL%/*} && continue ;;
    esac
    if [ -L "$BASE$REAL/$rs_part" ]; then
      rs_hops=$((rs_hops + 1))
      if [ "$rs_hops" -gt 40 ]; then RS_OK=0 && return; fi
      read_link "$BASE$REAL/$rs_part"
      if [ -z "$rs_rest" ] && [ "$rs_last" -eq 0 ]; then rs_last=1 LINK=$TARGET; fi
      case $TARGET in /*) REAL='' ;; esac
      rs_rest=$TARGET/$rs_rest
    else
      REAL=$REAL/$rs_part
    fi
  done
  [ -n "$REAL" ] || REAL=/
}
read_link() { # LINK: TARGET becomes what it says
  if have readlink; then
    TARGET=$(limited readlink "$1" 2>/dev/null && printf x)
  else
    TARGET=$(limited ls -ldn "$1" 2>/dev/null && printf x)
    TARGET=${TARGET#*" -> "}
  fi
  TARGET=${TARGET%x}
  TARGET=${TARGET%"$NL"}
}
# facts FILE: P_STATUS, P_STAT and TYPE from the kernel's own answer
facts() {
  TYPE=''
  if still_missing "$1"; then P_STATUS=absent P_DETAIL='no such file or directory' && return; fi
  if [ "$STAT_HOW" = stat ]; then
    fa_text=$(limited stat -c '%f %a %u %g %s %Y %h' "$1" 2>&1)
  else
    fa_text=$(limited ls -ldn "$1" 2>&1)
  fi
  fa_rc=$?
  if [ "$fa_rc" -ne 0 ]; then
    P_DETAIL='facts could not be read'
    case $fa_text in
    *"No such file or directory") P_STATUS=absent P_DETAIL='no such file or directory' && missing "$1" ;;
    *"Not a directory") P_STATUS=absent P_DETAIL='no such file or directory' ;;
    *"Permission denied" | *"Operation not permitted") P_STATUS=denied P_DETAIL='permission denied' ;;
    *"Too many levels of symbolic links" | *"Symbolic link loop") P_STATUS=loop P_DETAIL='too many links' ;;
    *"File name too long" | *"Filename too long") P_STATUS=error P_DETAIL='file name too long' ;;
    *"Input/output error" | *"I/O error" | *"Stale file handle") P_STATUS=error P_DETAIL='the file system failed' ;;
    *) P_STATUS=error && if [ "$fa_rc" -eq 124 ]; then P_STATUS=timeout; fi ;;
    esac
    return
  fi
  if [ "$STAT_HOW" = ls ]; then fa_text=$(printf '%s\n' "$fa_text" | awk "$AWK_LS"); fi
  # shellcheck disable=SC2086  # seven numbers, split on purpose
  set -- $fa_text
  case $1 in
  8???) TYPE='file' ;; 4???) TYPE='dir' ;; a???) TYPE='link' ;; 1???) TYPE=fifo ;;
  c???) TYPE=socket ;; 6???) TYPE=block ;; *) TYPE=char ;;
  esac
  case $2 in ?) fa_mode=000$2 ;; ??) fa_mode=00$2 ;; ???) fa_mode=0$2 ;; *) fa_mode=$2 ;; esac
  fa_time=''
  if [ "$6" != - ]; then fa_time="\"mtime\": $6, "; fi
  P_STAT="{\"type\": \"$TYPE\", \"mode\": \"$fa_mode\", \"uid\": $3, \"gid\": $4, \"size\": $5, $fa_time\"nlink\": $7}"
}
# Most of what is looked for on a node lies below a few folders that are not there. MISSING keeps
# the topmost ones that the kernel called absent, and what lies below is not asked for again.
missing() { # PATH, which is absent: so is its first part that is not there
  mi_path=$1
  while [ ! -e "${mi_path%/*}" ] && [ -n "${mi_path%/*}" ]; do mi_path=${mi_path%/*}; done
  if [ "$mi_path" != "$1" ]; then MISSING="$MISSING$mi_path|"; fi
}
still_missing() { # PATH: whether it lies below one of them, and that one is still not there
  sm_path=${1%/*}
  while [ -n "$sm_path" ]; do
    case $MISSING in *"|$sm_path|"*) [ ! -e "$sm_path" ] && [ ! -L "$sm_path" ] && return 0 ;; esac
    sm_path=${sm_path%/*}
  done
  return 1
}
# `ls -ldn` in the shape of stat: the fallback of a userland without stat. No mtime.
# shellcheck disable=SC2016  # awk program text
AWK_LS='
NR == 1 {
  t = index("-dlpscb", substr($1, 1, 1)); split("8000 4000 a000 1000 c000 2000 6000", T, " "); m = 0; x = 0
  for (i = 0; i < 9; i++) {
    c = substr($1, i + 2, 1); m = m * 2 + (c ~ /[rwxst]/)
    if (c ~ /[sStT]/) x += i == 2 ? 4 : i == 5 ? 2 : 1
  }
  print T[t], sprintf("%o", x * 512 + m), $3, $4, ($5 ~ /,/ ? 0 : $5), "-", $2
}'
acl_of() { # FILE: ACL becomes true, false, or null when nobody can tell
  ACL=null
  case $ACL_HOW in
  ls)
    ac_text=$(limited ls -ldn "$1" 2>/dev/null) || return
    case ${ac_text%% *} in *+) ACL=true ;; *) ACL=false ;; esac
    ;;
  getfacl)
    ac_text=$(limited getfacl -cnp "$1" 2>/dev/null) || return
    case $NL$ac_text in *"${NL}mask:"* | *"${NL}user:"[0-9]* | *"${NL}group:"[0-9]*) ACL=true ;; *) ACL=false ;; esac
    ;;
  esac
}
# look PATH: resolve and facts together; FILE becomes the path to open
look() {
  resolve "$1"
  FILE=$BASE$REAL
  if [ -n "$LINK" ]; then j "$LINK" && more "\"link\": {\"target\": $J}"; fi
  if [ "$RS_OK" -eq 0 ]; then P_STATUS=loop P_DETAIL='too many links' TYPE='' && return; fi
  facts "$FILE"
  if [ -z "$TYPE" ]; then return; fi
  P_RESOLVED=$PREFIX$REAL
  acl_of "$FILE"
  more "\"acl\": $ACL"
}

# ---------------------------------------------------------------- 8 contents
# Every byte that is kept of a file of the host passes through capture: read up to the cap, cleaned
# by the redactor of section 3, then written into the work folder.
read_raw() { # FILE...: bytes up to the cap, then an end mark with the exit status
  rr_rc=0
  for rr_file in "$@"; do
    if [ "$rr_file" = KEB-SPLIT ]; then printf '\nKEB-SPLIT\n' && continue; fi
    if [ "$rr_file" = KEB-LINE ]; then printf '%s\n' "$LOGGED" && continue; fi
    first_bytes $((FILE_CAP + 1)) "$rr_file" || rr_rc=$?
  done
  printf 'KEB-END %s' "$rr_rc"
}
# capture REDACTOR FILE...: the only way a byte of a host's file reaches the bundle.
# Sets P_STATUS and adds blob, sha256 and redactions; WORD is the redactor's answer.
capture() {
  ca_how=$1 && shift
  ca_blob=blobs/b$((BLOBS + 1))
  printf '' >"$WORK/side" || lost
  # exported, not put before the call: not every shell hands those on through a function
  KEB_HOW=$ca_how KEB_SIDE=$WORK/side KEB_RID=$REDACTIONS KEB_SEQ=$SEQ KEB_MEMBER=$ca_blob
  KEB_CAP=$FILE_CAP KEB_REDACTIONS=$BUNDLE/redactions.ndjson KEB_REFS=$WORK/refs KEB_ROLE=${P_ROLE:-}
  KEB_EXE=${P_EXE:-} KEB_CWD=${P_CWD:-} KEB_PID=${P_PID:-} KEB_FROM=${P_VIA%% *} KEB_TARGET=$P_TARGET KEB_ORDER=$ORDER
  export KEB_HOW KEB_SIDE KEB_RID KEB_SEQ KEB_MEMBER KEB_CAP KEB_REDACTIONS KEB_REFS KEB_ROLE
  export KEB_EXE KEB_CWD KEB_PID KEB_FROM KEB_TARGET KEB_ORDER
  read_raw "$@" | tr '\000\001' '\001\002' |
    { PATIENCE=$((PROBE_TIMEOUT + 20)) && limited awk "$AWK_REDACT" 2>/dev/null; } | # it waits for the reader
    untag "$ca_how" >"$BUNDLE/$ca_blob" || lost
  WORD=fail ca_bytes='no answer' ca_cut='' ca_count=0 ca_comp='' ca_shown=00
  read -r WORD ca_bytes ca_cut ca_count ca_comp ca_shown <"$WORK/side"
  if [ "$WORD" = ok ]; then
    BLOBS=$((BLOBS + 1)) REDACTIONS=$((REDACTIONS + ca_count)) BYTES=$((BYTES + ca_bytes + 256 * ca_count))
    sha256 <"$BUNDLE/$ca_blob"
    more "\"blob\": \"$ca_blob\", \"sha256\": \"$HASH\", \"redactions\": $ca_count, \"bytes_read\": $ca_bytes"
    if [ "$ca_cut" = 1 ]; then P_STATUS=truncated P_DETAIL="longer than $FILE_CAP bytes" && more '"truncated": true'; fi
    return 0
  fi
  rm -f "$BUNDLE/$ca_blob"
  case "$WORD $ca_bytes $ca_cut $ca_count" in
  nomatch*) P_STATUS=excluded ;;
  "fail read failed 124"*) P_STATUS=timeout P_DETAIL="reading took more than $PROBE_TIMEOUT seconds" ;;
  "fail read failed"*) P_STATUS=error P_DETAIL='content could not be read' ;;
  *) P_STATUS=error P_DETAIL="redactor failed" && say "seq $SEQ $P_ID: $ca_bytes $ca_cut $ca_count $ca_comp" ;;
  esac
  return 1
}
untag() { # the redactor writes \001 for NUL, since not every awk can print one
  case $1 in cmdline | environ | embedded) tr '\001' '\000' ;; *) cat ;; esac
}

# ---------------------------------------------------------------- 9 files and directories
# What the tables, flags and configuration files name becomes one record a file or folder. A path
# that a process in a container names is looked for where the host keeps it.
# probe_file ROLE REDACTOR PATH VIA [ASKED]: facts, and the content unless REDACTOR is none.
# ASKED is what the process that named it calls the file, where the host has it elsewhere.
probe_file() {
  pf_asked=${5:-$PREFIX$3}
  if seen_before "$1$NL$PREFIX$3$NL$pf_asked"; then return 0; fi
  P_ROLE=$1 pf_how=$2 pf_path=$3
  # a file of a walk that something called a key
  case "$4 $DONE" in "walk "*"$NL${NL}private-key$NL$3$NL"*) pf_how=none ;; esac
  if [ "$PREFIX$3" != "$pf_asked" ]; then APART=1; fi
  begin "file/$1" file "$pf_asked" "$4"
  APART=0
  if [ "$4" = candidate ] && ! read_by_all "$1" "$pf_asked"; then record && return; fi
  look "$pf_path"
  if [ "$P_STATUS" = absent ] && [ -n "$PREFIX" ] && [ ! -d "$BASE/" ]; then
    P_STATUS=error P_DETAIL='raced: the process that names it has ended'
  fi
  if is_kernels "$REAL"; then
    P_STATUS=unsupported P_DETAIL='not a file of a disk but of the kernel'
  elif [ -n "$TYPE" ] && [ "$pf_how" != none ]; then
    if [ "$TYPE" != file ]; then
      P_STATUS=unsupported P_DETAIL="not a regular file but a $TYPE"
    elif [ ! -r "$FILE" ]; then
      P_STATUS=denied P_DETAIL='content: permission denied'
    elif [ -n "$LINK" ] && led_out "$4"; then
      P_STATUS=excluded P_DETAIL='a link that leads out of the walked folder'
    elif is_key "$pf_path" || is_key "$REAL"; then
      P_STATUS=excluded P_DETAIL='a key file, which is never opened, whoever names it'
    else
      capture "$pf_how" "$FILE"
      if [ "$1" = kubelet-ca ] && [ "$P_STATUS" = ok ] && [ -z "$CA_BLOB" ]; then CA_BLOB=$BUNDLE/$ca_blob; fi
    fi
  fi
  record
}
# seen_before KEY: whether there is a record of it already; from now on there is. What a process
# names may hold anything but a line break, so nothing else can end an entry of such a list.
seen_before() {
  case $DONE in *"$NL$NL$1$NL$NL"*) return 0 ;; esac
  DONE=$DONE$1$NL$NL
  return 1
}
# read_by_all ROLE PATH: whether each process that named it for this role reads the host's file
# there. Where one does not, and the host has a file there, that file is a gap.
read_by_all() {
  case $ELSEWHERE in *"$NL$1 $2$NL"*)
    P_STATUS=excluded P_DETAIL='the process that reads this path has another file there'
    ;;
  esac
  case $UNKNOWN in *"$NL$1 $2$NL"*)
    P_STATUS=excluded P_DETAIL='it is not known which file the process has there that reads this path'
    ;;
  esac
  if [ "$P_STATUS" != excluded ]; then return 0; fi
  resolve "$2"
  if [ -e "$BASE$REAL" ]; then PARTIAL=1 && say "seq $SEQ $P_ID: $P_STATUS: $P_DETAIL, and the host has one too"; fi
  return 1
}
# What is read there may be gone for others (kmsg), or another file for each that asks (self/fd).
is_kernels() { case $1 in /proc/* | /sys/*) return 0 ;; *) return 1 ;; esac }
is_key() { case $1 in *.key | *-key.pem) return 0 ;; *) return 1 ;; esac }
led_out() { # VIA: a link found in a walk is no licence to read any file of the host
  case $1 in "walk "*) case $REAL in "$wa_real"/*) ;; *) return 0 ;; esac ;; esac
  return 1
}
# walk_role ROLE PATH: HOW becomes the redactor for a file found in a walk, or skip
walk_role() {
  HOW=none
  wr_name=${2##*/}
  case $1 in
  pki)
    case $2 in */agent/*) case $wr_name in *.crt | *.key) ;; *) HOW=skip ;; esac ;; esac
    case $wr_name in *.crt | *.pem | *.cert | *.cer) if [ "$HOW" = none ]; then HOW=cert; fi ;; esac
    case $wr_name in *key.pem | *-key.* ) HOW=none ;; esac
    ;;
  cni-config) case $wr_name in *kubeconfig*) HOW=kubeconfig ;; *.conf | *.conflist | *.json) HOW=cni ;; esac ;;
  cni-state) if [ "$wr_name" = lock ]; then HOW=skip; fi ;;
  kubelet-dropin) case $wr_name in *.conf) HOW=kubelet ;; esac ;;
  kubelet-unit | systemd-unit) case $wr_name in *.conf) HOW=unit ;; esac ;;
  distribution-config)
    case $wr_name in
    *.yaml | *.yml) HOW=distro ;;
    *kubeconfig*) HOW=kubeconfig ;;
    encryption-config.json) HOW=encryption ;;
    esac
    ;;
  esac
}
can_list() { # after look: whether it is a folder whose names can be read; if not, P_STATUS says why
  if [ -z "$TYPE" ]; then return 1; fi
  if [ "$TYPE" != dir ]; then P_STATUS=unsupported P_DETAIL="not a directory but a $TYPE" && return 1; fi
  [ -r "$FILE" ] && [ -x "$FILE" ] && return
  P_STATUS=denied P_DETAIL='entries: permission denied'
  return 1
}
# walk ROLE DEPTH PATH VIA: the directory, then all below it in sorted order, breadth first
walk() {
  if seen_before "dir/$1$NL$3"; then return 0; fi
  wa_role=$1 wa_depth=$2 wa_top=$3 wa_via=$4 wa_left=$WALK_CAP
  wa_folders=$3$NL # those to be looked into; no name among them holds a line break
  while [ -n "$wa_folders" ]; do
    wa_dir=${wa_folders%%"$NL"*} && wa_folders=${wa_folders#*"$NL"}
    begin "dir/$wa_role" dir "$wa_dir" "$wa_via"
    wa_via="walk $wa_top" P_ROLE=$wa_role wa_files=''
    look "$wa_dir"
    if [ "$wa_dir" = "$wa_top" ]; then wa_real=$REAL; fi
    if can_list; then walk_names "${FILE%/}"; fi
    record
    IFS=$NL
    for wa_name in $wa_files; do
      IFS=$BLANKS
      walk_file "$wa_dir/$wa_name"
    done
    IFS=$BLANKS
  done
}
walk_names() { # FOLDER: its files are added to wa_files, and its folders, unless too deep, to wa_folders
  wn_below=${wa_dir#"$wa_top"}/ wn_level=0 wn_count=0
  while [ -n "$wn_below" ]; do wn_below=${wn_below#*/} && wn_level=$((wn_level + 1)); done
  set +f
  for wn_entry in "$1"/* "$1"/.[!.]* "$1"/..?*; do
    set -f
    if [ ! -e "$wn_entry" ] && [ ! -L "$wn_entry" ]; then continue; fi
    wn_count=$((wn_count + 1)) wa_left=$((wa_left - 1))
    if [ "$wa_left" -lt 0 ]; then
      P_STATUS=truncated P_DETAIL="more than $WALK_CAP entries" && more '"truncated": true' && break
    fi
    wn_name=${wn_entry##*/}
    case $wn_name in *"$NL"*) P_STATUS=error P_DETAIL='unreadable name: it holds a line break' && continue ;; esac
    if [ -L "$wn_entry" ] || [ ! -d "$wn_entry" ]; then
      wa_files=$wa_files$wn_name$NL
    elif [ "$wn_level" -lt "$wa_depth" ]; then
      wa_folders=$wa_folders$wa_dir/$wn_name$NL
    fi
  done
  set -f
  wn_all=$wn_count
  if [ "$LOSSY" -eq 1 ] && [ "$wa_left" -ge 0 ]; then
    wn_all=$(limited ls -A "$1" 2>/dev/null | wc -l | tr -d ' ')
  fi
  if [ "$wn_all" -gt "$wn_count" ]; then P_STATUS=error P_DETAIL='unreadable name: this shell cannot hold it'; fi
  more "\"entries\": $wn_all"
}
walk_file() { # PATH: what a walk came upon
  walk_role "$wa_role" "$1"
  if [ "$HOW" = skip ]; then return; fi
  case "$wa_role $1" in "pki "*.key | "pki "*-key.pem) probe_file private-key none "$1" "$wa_via" ;; esac
  probe_file "$wa_role" "$HOW" "$1" "$wa_via"
}
manifests() { # DIR VIA: the four static pods, under the names they go by
  for ma_name in kube-apiserver kube-controller-manager kube-scheduler etcd; do
    for ma_file in "$ma_name.yaml" "$ma_name.yml" "$ma_name.manifest" "$ma_name-pod.yaml" "talos-$ma_name.yaml"; do
      if [ "$ma_file" = "$ma_name.yaml" ] || [ -e "$ROOT${1%/}/$ma_file" ] || [ -L "$ROOT${1%/}/$ma_file" ]; then
        probe_file "${ma_name#kube-}-manifest" manifest "${1%/}/$ma_file" "$2"
      fi
    done
  done
}
# unit_folder FOLDER: what of it concerns the kubelet's service; the rest is counted, no more
unit_folder() {
  begin dir/systemd-unit dir "$1" candidate
  look "$1"
  if can_list; then
    uf_count=$(limited ls -A "$FILE" 2>/dev/null | wc -l)
    more "\"entries\": $((uf_count))"
  fi
  record
  if [ "$P_STATUS" = ok ]; then
    units_in "$1" kubelet.service kubelet.service.d service.d slice.d -.slice -.slice.d system.slice system.slice.d
  fi
}
units_in() { # FOLDER NAME...: those that are there
  ui_folder=$1 && shift
  resolve "$ui_folder"
  ui_real=$ROOT$REAL
  for ui_name in "$@"; do
    [ -e "$ui_real/$ui_name" ] || [ -L "$ui_real/$ui_name" ] || continue
    case $ui_name in kubelet.*) ui_role=kubelet-unit ;; *) ui_role=systemd-unit ;; esac
    case $ui_name in
    *.d) walk "$ui_role" 1 "$ui_folder/$ui_name" candidate ;;
    *) probe_file "$ui_role" unit "$ui_folder/$ui_name" candidate ;;
    esac
  done
}
above() { # NAME.slice: its unit and drop-ins, and those of the slices that it lies in
  case $1 in -* | *--* | *-.slice) return ;; esac
  ab_slice=${1%.slice}
  while [ -n "$ab_slice" ]; do
    for ab_folder in $UNIT_FOLDERS; do
      units_in "$ab_folder" "$ab_slice.slice" "$ab_slice.slice.d" "${ab_slice%-*}-.slice.d"
    done
    case $ab_slice in *-*) ab_slice=${ab_slice%-*} ;; *) ab_slice='' ;; esac
  done
}
# follow_refs: what flags and configuration files named, until nothing new is named
follow_refs() {
  while [ -s "$WORK/refs" ]; do
    if [ "$LOSSY" -eq 1 ]; then only_ascii; fi
    fr_list=$(cat "$WORK/refs")
    printf '' >"$WORK/refs"
    IFS=$NL
    for fr_line in $fr_list; do
      IFS=$TAB
      # shellcheck disable=SC2086  # role, redactor, via and path: none of them holds a tab
      set -- $fr_line
      IFS=$BLANKS
      follow "$@"
    done
    IFS=$BLANKS
  done
  P_PID=''
}
only_ascii() { # paths that this shell would cut off are not looked for, and the run says so
  [ -n "$(tr -d '\001-\177' <"$WORK/refs" | wc -c | tr -d ' 0')" ] || return 0
  PARTIAL=1
  say 'paths that are not ASCII were not followed: run it with another shell'
  awk '!/[\200-\377]/' "$WORK/refs" >"$WORK/ascii" && mv "$WORK/ascii" "$WORK/refs"
}
follow() { # ROLE REDACTOR VIA PATH: one file or folder that something else named
  P_PID=${3##* pid }
  if [ "$P_PID" = "$3" ]; then P_PID=''; fi
  case $1 in
  @node-name) node_named "$4" ;;
  @manifests) manifests "$4" "$3" ;;
  @slice) above "$4" ;;
  @unread) say "not followed, since it stands for several files: $3=$4" ;;
  @k3s-data) moved /var/lib/rancher/k3s "$4" "$3" ;;
  @rke2-data) moved /var/lib/rancher/rke2 "$4" "$3" ;;
  @k0s-data) moved /var/lib/k0s "$4" "$3" ;;
  @*) walk_inside "${1#@}" "${4%/}" "$3" ;;
  *)
    inside "$P_PID" "$4"
    if [ "$UNSURE" -eq 1 ]; then
      UNKNOWN="$UNKNOWN$1 $4$NL"
    elif [ "$PREFIX$HOST_PATH" != "$4" ]; then
      ELSEWHERE="$ELSEWHERE$1 $4$NL"
    fi
    probe_file "$1" "$2" "$HOST_PATH" "$3" "$4"
    BASE=$ROOT PREFIX=''
    ;;
  esac
}
moved() { # USUAL FOLDER VIA: what the tables look for below USUAL is looked for below FOLDER as well
  mo_usual=$1 mo_folder=${2%/} mo_via=$3
  if [ "$mo_folder" = "$mo_usual" ] || [ -z "$mo_folder" ]; then return; fi
  for mo_table in probe_file walk; do
    mo_rows=$CANDIDATES
    if [ "$mo_table" = walk ]; then mo_rows=$WALKS; fi
    IFS=$NL
    for mo_row in $mo_rows; do
      IFS=$BLANKS
      mo_path=${mo_row##* }
      case $mo_path in "$mo_usual"/*)
        # shellcheck disable=SC2086  # a row is made of words
        set -- $mo_row
        "$mo_table" "$1" "$2" "$mo_folder${mo_path#"$mo_usual"}" "$mo_via"
        ;;
      esac
    done
    IFS=$BLANKS
  done
}
walk_inside() { # ROLE PATH VIA: a folder that a process named, unless its container has its own
  inside "$P_PID" "$2"
  if [ "$PREFIX$HOST_PATH" = "$2" ]; then
    walk "$1" 2 "$2" "$3"
    return
  fi
  BASE=$ROOT PREFIX='' APART=1
  begin "dir/$1" dir "$2" "$3"
  APART=0
  P_STATUS=unsupported P_DETAIL='a folder of a container is not walked'
  if [ "$UNSURE" -eq 1 ]; then P_STATUS=denied P_DETAIL='it is not known which folder the process has there'; fi
  record
}
# inside PID PATH: HOST_PATH becomes where the host keeps what the process calls PATH. A
# process in another mount namespace sees its own tree: its mounts are matched with the
# host's, and what only the container holds is read through /proc/PID/root. So it is where the
# namespace may not be read: the host's file is taken only where it is known to be the same. In
# a prepared tree, where those links mean nothing, the host's path is taken.
inside() {
  HOST_PATH=$2 BASE=$ROOT PREFIX='' UNSURE=0
  if [ -z "$1" ] || [ "$PROC_REAL" -eq 0 ]; then return; fi
  namespace_of 1 mnt && in_mine=$J
  namespace_of "$1" mnt && differs "$in_mine" "$J"
  case $J in false) return ;; null) UNSURE=1 ;; esac
  KEB_PATH=$2
  export KEB_PATH
  in_path=$(limited awk "$AWK_MOUNTS" "$PROC/$1/mountinfo" "$PROC/1/mountinfo" 2>/dev/null)
  if [ -n "$in_path" ]; then
    HOST_PATH=$in_path UNSURE=0
  else
    PREFIX=/proc/$1/root BASE=$PROC/$1/root
  fi
}
# shellcheck disable=SC2016  # awk program text
AWK_MOUNTS='
function below(p, m) { return m == "/" || p == m || index(p, m "/") == 1 }
FNR == 1 { part++ }
part == 1 && below(ENVIRON["KEB_PATH"], $5) && length($5) >= best {
  best = length($5); id = $1; dev = $3; root = $4; at = $5
}
part == 2 && $1 == id && $5 == at { same = 1 } # the very same mount: no two namespaces share one
part == 2 && $3 == dev && below(root, $4) && length($4) >= deep { deep = length($4); hroot = $4; hat = $5; found = 1 }
END {
  if (!found) exit
  if (same) { print ENVIRON["KEB_PATH"]; exit }
  rest = at == "/" ? ENVIRON["KEB_PATH"] : substr(ENVIRON["KEB_PATH"], length(at) + 1)
  p = (hat == "/" ? "" : hat) (hroot == "/" ? (root == "/" ? "" : root) : substr(root, length(hroot) + 1)) rest
  gsub(/\/\/+/, "/", p); print p
}'

# ---------------------------------------------------------------- 10 processes
# Below /proc the components are found by the names of their programs. Of each are kept its cleaned
# arguments, a few variables, its numbers and its listening sockets.
probe_processes() {
  begin proc/scan proc /proc candidate
  sc_seq=$SEQ sc_seen=0 sc_unreadable=0 sc_matched=0 sc_late=0 sc_known='' sc_nameless=''
  set +f
  set -- "$PROC"/[0-9]*
  set -f
  sc_some=
  for sc_dir in "$@"; do
    sc_pid=${sc_dir##*/}
    case $sc_pid in *[!0-9]*) continue ;; esac
    [ -d "$sc_dir" ] && [ ! -L "$sc_dir" ] || continue
    sc_seen=$((sc_seen + 1))
    # anything but a plain file is no answer of a kernel, and might never end
    if [ -r "$sc_dir/cmdline" ] && [ -f "$sc_dir/cmdline" ] && [ ! -L "$sc_dir/cmdline" ]; then
      sc_some="$sc_some $sc_pid"
    elif [ -d "$sc_dir" ]; then
      sc_unreadable=$((sc_unreadable + 1))
    fi
  done
  sieve
  sc_pids=$(awk '$1 ~ /^[0-9]+$/ && !S[$1]++ { print $1 }' "$WORK/pids" | sort -n)
  sc_t0=$NOW
  for sc_pid in $sc_pids; do
    if [ -f "$PROC/$sc_pid/cmdline" ] && [ ! -L "$PROC/$sc_pid/cmdline" ]; then probe_process "$sc_pid"; fi
  done
  count_nameless
  fresh proc/scan proc /proc candidate
  SEQ=$sc_seq P_T0=$sc_t0
  more "\"scan\": {\"seen\": $sc_seen, \"unreadable\": $sc_unreadable, \"matched\": $sc_matched}"
  if [ "$sc_seen" -eq 0 ]; then
    P_STATUS=absent P_DETAIL='no process is to be seen'
  elif [ "$sc_unreadable" -gt 0 ] || hidden_processes; then
    P_STATUS=denied P_DETAIL='some processes could not be read'
  fi
  record
}
# sieve: $WORK/pids becomes the numbers of sc_some that may be ours; the exact match is the
# redactor's. One grep reads them all; when it does not end well, each is read by itself.
sieve() {
  si_what='kube|etcd|apiserver|controller-manager|scheduler|proxy|k3s|rke2|k0s|openshift|hypershift|dqlite|kine'
  printf '' >"$WORK/pids"
  # shellcheck disable=SC2086  # numbers, split on purpose
  set -- $sc_some
  if [ $# -eq 0 ]; then return; fi
  si_files=$(printf '%s/cmdline ' "$@")
  # shellcheck disable=SC2086
  (cd "$PROC" && limited grep -l -E "$si_what" $si_files 2>/dev/null) >"$WORK/batch"
  si_rc=$?
  if [ "$si_rc" -le 1 ]; then awk -F/ '{ print $1 }' "$WORK/batch" >>"$WORK/pids"; else sieve_each "$@"; fi
  si_files=$(printf '%s/exe ' "$@")
  # shellcheck disable=SC2086
  (cd "$PROC" && limited ls -ln $si_files 2>/dev/null) >"$WORK/batch"
  if [ $? -ge 124 ]; then sc_unreadable=$((sc_unreadable + 1)); fi # too late, or too many for one command
  awk '/ -> .*(kube|etcd|k3s|rke2|k0s|dqlite|kine)[^\/]*$/ { sub(/ -> .*/, ""); sub(/\/exe$/, ""); print $NF }' \
    "$WORK/batch" >>"$WORK/pids"
  # shellcheck disable=SC2046  # numbers, split on purpose
  nameless $(awk '!/ -> / && sub(/\/exe$/, "") && $NF ~ /^[0-9]+$/ { print $NF }' "$WORK/batch")
}
nameless() { # PID...: of those whose program may not be seen, sc_nameless becomes those that have arguments
  if [ $# -eq 0 ]; then return; fi
  na_files=$(printf '%s/cmdline ' "$@")
  # shellcheck disable=SC2086  # names, split on purpose
  (cd "$PROC" && limited grep -l '' $na_files 2>/dev/null) >"$WORK/batch" # not those of the kernel's own
  if [ $? -ge 124 ]; then sc_unreadable=$((sc_unreadable + 1)); fi
  sc_nameless=$(awk -F/ '{ print $1 }' "$WORK/batch")
}
count_nameless() { # any of them may be a component, but for those that their arguments told
  for cn_pid in $sc_nameless; do
    case " $sc_known " in *" $cn_pid "*) ;; *) sc_unreadable=$((sc_unreadable + 1)) ;; esac
  done
}
sieve_each() { # PID...: what cannot be read counts as unreadable, unless the process is gone
  for si_pid in "$@"; do
    si_rc=124
    if [ "$sc_late" -lt 10 ]; then
      limited grep -q -E "$si_what" "$PROC/$si_pid/cmdline" 2>/dev/null && si_rc=0 || si_rc=$?
    fi
    if [ "$si_rc" -eq 0 ]; then
      printf '%s\n' "$si_pid" >>"$WORK/pids"
    elif [ "$si_rc" -gt 1 ] && [ -d "$PROC/$si_pid" ]; then
      sc_unreadable=$((sc_unreadable + 1))
      if [ "$si_rc" -eq 124 ]; then sc_late=$((sc_late + 1)); fi
    fi
  done
}
hidden_processes() { # a /proc that shows each user only his own
  [ "$EUID_" != 0 ] && [ -r "$PROC/mounts" ] &&
    limited grep -q -E '^proc .*hidepid=(1|2|4|noaccess|invisible|ptraceable)' "$PROC/mounts" 2>/dev/null
}
started() { # PID: START becomes when it started, to notice a number used again; PARENT who started it
  START='' PARENT=''
  [ -f "$PROC/$1/stat" ] && [ ! -L "$PROC/$1/stat" ] || return 0
  read -r st_line 2>/dev/null <"$PROC/$1/stat" || return
  # shellcheck disable=SC2086  # numbers, split on purpose
  set -- ${st_line##*') '} # posh would see an empty word before a blank
  if [ $# -ge 20 ]; then PARENT=$2 && shift 19 && START=$1; fi
}
number() { # TEXT: J becomes it when it is a plain number, else null
  case $1 in '' | *[!0-9]* | 0?* | ????????????????*) J=null ;; *) J=$1 ;; esac
}
namespace_of() { # PID KIND: J becomes the inode number of its namespace
  TARGET=''
  if [ -L "$PROC/$1/ns/$2" ]; then read_link "$PROC/$1/ns/$2"; fi
  case $TARGET in "$2:["*"]") TARGET=${TARGET#"$2:["} && number "${TARGET%]}" ;; *) J=null ;; esac
}
differs() { # A B: J becomes whether two numbers differ, null when one is not known
  case "$1 $2" in *null*) J=null ;; *) if [ "$1" = "$2" ]; then J=false; else J=true; fi ;; esac
}
is_plain() { [ -f "$1" ] && [ ! -L "$1" ] && [ -r "$1" ]; }
# in_container PID: J becomes the container and the pod that its control group names
in_container() {
  J='"container_id": null, "pod_uid": null'
  is_plain "$PROC/$1/cgroup" || return 0
  ic_text=$(limited head -n 64 "$PROC/$1/cgroup" 2>/dev/null | awk "$AWK_CGROUP")
  if [ -n "$ic_text" ]; then J=$ic_text; fi
}
# shellcheck disable=SC2016  # awk program text
AWK_CGROUP='
{ for (s = $0; match(s, /[0-9a-f]+/); s = substr(s, RSTART + RLENGTH)) if (RLENGTH == 64) id = substr(s, RSTART, 64)
  if (match($0, /pod[0-9a-f][0-9a-f_-]+/) && (RLENGTH == 35 || RLENGTH == 39))
    pod = substr($0, RSTART + 3, RLENGTH - 3) }
END { gsub(/_/, "-", pod); printf "\"container_id\": %s, \"pod_uid\": %s", said(id), said(pod) }
function said(s) { return s == "" ? "null" : "\"" s "\"" }'
# listening PID: J becomes the inodes of the listening TCP sockets that it holds open
listening() {
  J=null
  [ -d "$PROC/$1/fd" ] && [ ! -L "$PROC/$1/fd" ] && [ -r "$PROC/$1/fd" ] && is_plain "$PROC/$1/net/tcp" || return 0
  set -- "$PROC/$1" "$PROC/$1/net/tcp" "$PROC/$1/net/tcp6"
  is_plain "$3" || set -- "$1" "$2"
  limited ls -ln "$1/fd" >"$WORK/batch" 2>/dev/null
  if [ $? -eq 124 ]; then return; fi
  shift
  li_text=$(limited awk "$AWK_LISTENING" "$WORK/batch" "$@" 2>/dev/null)
  if [ -n "$li_text" ]; then J=$li_text; fi
}
# shellcheck disable=SC2016  # awk program text
AWK_LISTENING='
FILENAME == ARGV[1] { lines++; entries += /^l/; links += / -> / }
FILENAME == ARGV[1] { if (match($0, / -> socket:\[[1-9][0-9]*\]$/)) OPEN[substr($0, RSTART + 12, RLENGTH - 13)]; next }
$4 == "0A" && ($10 in OPEN) && length($10) < 16 && n < 4096 && !SEEN[$10]++ { out = out (n++ ? ", " : "") $10 }
END { if (lines && (links || !entries)) print "[" out "]" }'
# process_facts PID: FACTS becomes what the kernel says of it, null for what could not be read
process_facts() {
  number "$PARENT" && FACTS="\"ppid\": $J"
  number "$START" && FACTS="$FACTS, \"start\": $J"
  case $ca_shown in 1?) j "$P_EXE" ;; *) J=null ;; esac
  FACTS="$FACTS, \"exe\": $J"
  case $ca_shown in ?1) j "$P_CWD" ;; *) J=null ;; esac
  FACTS="$FACTS, \"cwd\": $J"
  namespace_of 1 mnt && pf_first=$J && namespace_of "$1" mnt && pf_mnt=$J
  differs "$pf_first" "$pf_mnt" && pf_mounts=$J
  namespace_of 1 net && pf_first=$J && namespace_of "$1" net && pf_net=$J
  differs "$pf_first" "$pf_net" && OWN_NETWORK=$J
  FACTS="$FACTS, \"mnt_ns\": $pf_mnt, \"net_ns\": $pf_net, \"own_mounts\": $pf_mounts, \"own_network\": $OWN_NETWORK"
  in_container "$1" && FACTS="$FACTS, $J"
  listening "$1" && FACTS="$FACTS, \"sockets\": $J"
}
probe_process() { # PID
  started "$1"
  pp_start=$START P_EXE='' P_CWD=''
  if [ -L "$PROC/$1/exe" ]; then read_link "$PROC/$1/exe" && P_EXE=$TARGET; fi
  if [ -L "$PROC/$1/cwd" ]; then read_link "$PROC/$1/cwd" && P_CWD=$TARGET; fi
  fresh proc/cmdline proc "/proc/$1/cmdline" ''
  P_PID=$1 P_ROLE=''
  pp_refs=$(cat "$WORK/refs")
  SEQ=$((PLANNED + 1))
  capture cmdline "$PROC/$1/cmdline"
  if [ "$WORD" = nomatch ]; then return; fi
  sc_known="$sc_known $1"
  if [ "$WORD" = ok ]; then sc_matched=$((sc_matched + 1)); fi
  pp_comp=${ca_comp#-}
  if [ "$pp_comp" = k3s ]; then EMBEDDER=$1; fi
  process_facts "$1"
  started "$1"
  if [ "$WORD" != ok ] && [ ! -d "$PROC/$1" ]; then return; fi # it ended before it said what it is
  if [ "$START" != "$pp_start" ]; then
    P_STATUS=error P_DETAIL='raced: another process took the number' P_MORE=''
    printf '%s' "${pp_refs:+$pp_refs$NL}" >"$WORK/refs"
  fi
  pp_more=$P_MORE pp_status=$P_STATUS pp_detail=$P_DETAIL
  begin proc/cmdline proc "/proc/$1/cmdline" proc/scan
  P_STATUS=$pp_status P_DETAIL=$pp_detail P_MORE=$pp_more
  more "\"component\": \"$pp_comp\", \"pid\": $1, \"process\": {$FACTS}"
  record
  if [ "$P_STATUS" = ok ]; then process_files "$1"; fi
}
process_files() { # PID: what else is kept of a component
  for pp_what in environ status; do
    begin "proc/$pp_what" proc "/proc/$1/$pp_what" proc/scan
    more "\"component\": \"$pp_comp\", \"pid\": $1"
    process_file "$pp_what" "$PROC/$1/$pp_what"
    record
  done
  if [ "$OWN_NETWORK" = true ]; then
    begin proc/sockets proc "/proc/$1/net/tcp" proc/scan
    more "\"component\": \"$pp_comp\", \"pid\": $1"
    sockets_in "$PROC/$1/net"
  fi
  P_PID=''
}
process_file() { # REDACTOR FILE
  if [ -L "$2" ] || { [ -e "$2" ] && [ ! -f "$2" ]; }; then
    P_STATUS=unsupported P_DETAIL='not a regular file'
  elif [ ! -e "$2" ]; then
    P_STATUS=absent P_DETAIL='no such file or directory'
  elif [ ! -r "$2" ]; then
    P_STATUS=denied P_DETAIL='permission denied'
  else
    capture "$1" "$2"
  fi
}
# probe_embedded: the components inside k3s have no arguments of their own to be seen; what
# it gave them stands in its journal alone. Of each the newest start of this boot counts.
probe_embedded() {
  if [ -z "$EMBEDDER" ] || [ -n "$ROOT" ] || ! have journalctl; then return; fi
  em_text=$({
    PATIENCE=$JOURNAL_TIMEOUT
    limited journalctl -b -o cat --no-pager -u k3s -u k3s-agent 2>/dev/null </dev/null
    printf '\nKEB-END %s\n' "$?"
  } | awk "$AWK_NEWEST")
  em_end=${em_text##*"$NL"} em_seen=0
  IFS=$NL
  for LOGGED in $em_text; do
    IFS=$BLANKS
    if [ "$LOGGED" != "$em_end" ]; then em_seen=1 && embedded; fi
  done
  IFS=$BLANKS
  if [ "$em_seen" -eq 1 ] && [ "$em_end" = 'KEB-END 0' ]; then return; fi
  begin proc/embedded proc 'journal k3s' proc/scan
  case $em_end in
  'KEB-END 0') P_STATUS=absent P_DETAIL='no start of a component in the journal of this boot' ;;
  'KEB-END 124') P_STATUS=timeout P_DETAIL="reading the journal took more than $JOURNAL_TIMEOUT seconds" ;;
  *) P_STATUS=error P_DETAIL='the journal could not be read' ;;
  esac
  record
}
embedded() { # of one component, from the line in LOGGED
  P_PID=$EMBEDDER P_EXE='' P_CWD='' P_ROLE=''
  begin proc/embedded proc 'journal k3s' proc/scan
  if capture embedded KEB-LINE; then more "\"component\": \"$ca_comp\", \"pid\": $EMBEDDER"; fi
  record
  P_PID=''
}
# shellcheck disable=SC2016  # awk program text
AWK_NEWEST='
{ s = LAST = $0; sub(/^time="[^"]*" level=info msg="/, "", s)
  if (length(s) < 65536 && s ~ /^Running (kubelet|kube-(apiserver|controller-manager|scheduler|proxy)) --/) {
    split(s, W, " "); NEWEST[W[2]] = $0 } }
END { n = split("kube-apiserver kube-controller-manager kube-scheduler kubelet kube-proxy", W, " ")
  for (i = 1; i <= n; i++) if (W[i] in NEWEST) print NEWEST[W[i]]
  print LAST }'
probe_sockets() { # of the first process, which lives in the host's network namespace
  begin proc/sockets proc /proc/net/tcp candidate
  so_dir=
  for so_try in /proc/1/net /proc/net; do
    resolve "$so_try/tcp"
    if [ -z "$so_dir" ] && [ "$RS_OK" -eq 1 ] && [ -f "$ROOT$REAL" ] && [ -r "$ROOT$REAL" ]; then so_dir=${REAL%/*}; fi
  done
  if [ -n "$so_dir" ]; then P_RESOLVED=$so_dir/tcp; fi
  sockets_in "${so_dir:+$ROOT$so_dir}"
}
sockets_in() { # FOLDER, or nothing: the content of the probe that has begun
  if [ -z "$1" ] || ! is_plain "$1/tcp"; then
    P_STATUS=absent P_DETAIL='no such file or directory'
  elif is_plain "$1/tcp6"; then
    capture sockets "$1/tcp" "$1/tcp6"
  else
    capture sockets "$1/tcp"
  fi
  record
}

# ---------------------------------------------------------------- 11 the host
# The operating system, its users and groups without their passwords, its mounts, and its name.
probe_host() {
  begin host/os-release host /etc/os-release candidate
  look /etc/os-release
  if [ "$TYPE" = file ] && [ -r "$FILE" ]; then
    capture release "$FILE"
  elif [ -n "$TYPE" ]; then
    P_STATUS=denied P_DETAIL='not readable'
  fi
  OS_ID='' OS_VERSION=''
  if [ "$P_STATUS" = ok ]; then
    OS_ID=$(awk -F= '$1 == "ID" { gsub(/["\047]/, "", $2); print $2; exit }' "$BUNDLE/$ca_blob")
    OS_VERSION=$(awk -F= '$1 == "VERSION_ID" { gsub(/["\047]/, "", $2); print $2; exit }' "$BUNDLE/$ca_blob")
  fi
  record
  begin host/users host /etc/passwd candidate
  look /etc/passwd
  us_file=$FILE
  if [ "$TYPE" = file ] && [ -r "$FILE" ]; then
    resolve /etc/group
    if [ "$RS_OK" -eq 1 ] && [ -f "$ROOT$REAL" ] && [ -r "$ROOT$REAL" ]; then
      capture users "$us_file" KEB-SPLIT "$ROOT$REAL"
    else
      capture users "$us_file" && P_STATUS=error && P_DETAIL='no groups: /etc/group is not readable'
    fi
  elif [ -n "$TYPE" ]; then
    P_STATUS=denied P_DETAIL='not readable'
  fi
  record
}
probe_mounts() { # of the first process: the host's own
  begin host/mounts host /proc/1/mountinfo candidate
  resolve /proc/1/mountinfo
  if [ "$RS_OK" -eq 0 ] || [ ! -f "$ROOT$REAL" ]; then
    P_STATUS=absent P_DETAIL='no such file or directory'
  elif [ ! -r "$ROOT$REAL" ]; then
    P_STATUS=denied P_DETAIL='permission denied'
  else
    capture mounts "$ROOT$REAL"
    # the kernel lets everyone name this file and only root read it
    if [ "$P_STATUS" = error ] && [ "$EUID_" != 0 ]; then P_STATUS=denied P_DETAIL='permission denied'; fi
    if [ "$P_STATUS" = truncated ]; then P_DETAIL='more mounts than are listed'; fi
  fi
  record
}
# short_text PATH SHAPE: TEXT_ becomes the first line of a small file, or nothing. It is told
# as it is, so a link, which may lead to any file, is not followed, and another shape is not told.
short_text() {
  TEXT_=''
  resolve "$1"
  [ "$RS_OK" -eq 1 ] && [ -z "$LINK" ] && is_plain "$ROOT$REAL" || return 0
  TEXT_=$(first_bytes 300 "$ROOT$REAL" | tr -d '\000' | awk -v shape="$2" 'NR == 1 && $0 ~ shape')
}
is_name() { # TEXT: whether it is one that a host can have in the DNS
  case $1 in '' | *[!A-Za-z0-9.-]* | [.-]* | *[.-]) return 1 ;; esac
  [ "${#1}" -le 253 ]
}
# node_named NAME: what a kubelet calls its node. Any process may go by the name of a kubelet: two
# names count for nothing.
node_named() {
  is_name "$1" || return 0
  case $SAID_NAME in
  '' | "$1") SAID_NAME=$1 ;;
  *) SAID_NAME=- PARTIAL=1 && say 'the kubelets call the node by different names: none is taken, give --node-name' ;;
  esac
}

# ---------------------------------------------------------------- 12 the seal
# What was collected gets its manifest and checksums, becomes one archive, and takes its final name
# in one step. Whatever fails here leaves no bundle.
nullable() { if [ -n "$1" ]; then j "$1"; else J=null; fi; }
ca_hash() { # CA_SHA becomes the SHA-256 of the DER of the first certificate of the client CA
  CA_SHA=''
  [ -n "$CA_BLOB" ] || return 0
  printf '%b' "$(awk "$AWK_BASE64" "$CA_BLOB")" >"$WORK/der"
  if [ -s "$WORK/der" ]; then sha256 <"$WORK/der" && CA_SHA=$HASH; fi
}
shell_name() { # SHELL_NAME becomes what the shell calls itself
  SHELL_NAME='sh'
  if [ -n "${KSH_VERSION:-}" ]; then SHELL_NAME=ksh; fi
  if [ -n "${YASH_VERSION:-}" ]; then SHELL_NAME=yash; fi
  if [ -n "${ZSH_VERSION:-}" ]; then SHELL_NAME=zsh; fi
  if [ -n "${BASH_VERSION:-}" ]; then SHELL_NAME=bash; fi
}
name_node() { # NODE_NAME becomes what the command line, a kubelet or the host calls the node, HOST its own name
  short_text /etc/hostname '^[A-Za-z0-9.-]+$'
  HOST=$TEXT_
  if [ -z "$HOST" ] && [ -z "$ROOT" ]; then HOST=$(uname -n); fi
  is_name "$HOST" || HOST=''
  if [ "$SAID_NAME" != - ]; then NODE_NAME=${NODE_NAME:-$SAID_NAME}; fi
  if [ -z "$NODE_NAME" ]; then NODE_NAME=$(printf '%s' "$HOST" | tr '[:upper:]' '[:lower:]'); fi
  [ -z "$NODE_NAME" ] || return 0
  NODE_NAME=unnamed-${BUNDLE_ID%????????????????????????} # else nobody could say what the bundle is about
  say 'no name of the node is known: give --node-name'
  printf 'no name of the node is known: it is called %s; give --node-name\n' "$NODE_NAME" >&2
}
machine_facts() { # MACHINE, KERNEL and ARCH: the digest of the machine's id, and what it runs
  short_text /etc/machine-id '^[0-9a-f]+$'
  MACHINE='' ARCH=''
  if [ "${#TEXT_}" -eq 32 ]; then
    printf '%s\n' "$TEXT_" >"$WORK/text"
    sha256 <"$WORK/text" && MACHINE=$HASH
  fi
  short_text /proc/sys/kernel/osrelease '^[0-9]+[.][0-9]+[A-Za-z0-9._+~-]*$'
  KERNEL=$TEXT_
  if [ "$PROC_REAL" -eq 1 ]; then ARCH=$(uname -m); fi
}
write_manifest() {
  now
  name_node
  machine_facts
  ca_hash
  shell_name
  sha256 <"$BUNDLE/collector/node.sh"
  # a probe without a record is never passed over, whatever stopped it
  if [ "$RUN" -ne "$PLANNED" ]; then PARTIAL=1; fi
  COMPLETE=true
  if [ "$PARTIAL" -ne 0 ]; then COMPLETE=false; fi
  KEB_HOW=counts
  export KEB_HOW
  wm_counts=$(awk "$AWK_TALLY" "$BUNDLE/probes.ndjson")
  manifest_text >"$BUNDLE/manifest.json" || lost
}
manifest_text() {
  printf '{"format": {"name": "k8s-evidence-bundle", "major": 1, "minor": 0, "min_reader_minor": 0},\n'
  printf ' "bundle_id": "%s", "kind": "node",\n' "$BUNDLE_ID"
  printf ' "collector": {"name": "node.sh", "version": "%s", "sha256": "%s", "shell": "%s"},\n' \
    "$VERSION" "$HASH" "$SHELL_NAME"
  printf ' "profile": {"id": "%s", "version": "1"},\n' "$PROFILE"
  nullable "$NODE_NAME" && printf ' "subject": {"node_name": %s' "$J"
  nullable "$HOST" && printf ', "hostname": %s' "$J"
  nullable "$MACHINE" && printf ', "machine_id_sha256": %s' "$J"
  nullable "$KERNEL" && printf ', "kernel": %s' "$J"
  nullable "$OS_ID" && printf ', "os_id": %s' "$J"
  nullable "$OS_VERSION" && printf ', "os_version": %s' "$J"
  nullable "$ARCH" && printf ', "arch": %s' "$J"
  j "$ROOT" && printf ', "root_prefix": %s, "euid": %s},\n' "$J" "$EUID_"
  nullable "$CA_SHA" && printf ' "cluster": {"uid": null, "git_version": null, "ca_sha256": %s},\n' "$J"
  printf ' "time": {"started": "%s", "finished": "%s", "tz": "UTC"},\n' "$STARTED" "$NOW"
  printf ' "tools": {%s},\n' "$TOOLS"
  printf ' "limits": {"file_cap": %s, "probe_timeout": %s, "walk_cap": %s, "log_cap": %s,' \
    "$FILE_CAP" "$PROBE_TIMEOUT" "$WALK_CAP" "$LOG_CAP"
  printf ' "probe_cap": %s, "bundle_cap": %s, "run_cap": %s},\n' "$PROBE_CAP" "$BUNDLE_CAP" "$RUN_CAP"
  printf ' "counts": {"planned": %s, %s},\n "complete": %s,\n' "$PLANNED" "$wm_counts" "$COMPLETE"
  nullable "$STOPPED" && printf ' "stopped": %s,\n' "$J"
  nullable "$CASE_NO" && printf ' "case": {"case_no": %s' "$J"
  nullable "$OPERATOR" && printf ', "operator": %s' "$J"
  nullable "$NOTES" && printf ', "notes": %s},\n' "$J"
  printf ' "redaction": {"policy_id": "%s", "count": %s}}\n' "$PROFILE" "$REDACTIONS"
}
lines_of() { wc -l <"$BUNDLE/$1" | tr -d ' '; }
settle() { # a redactor that was stopped may have begun to write; its blob was not counted
  if [ "$(lines_of redactions.ndjson)" -gt "$REDACTIONS" ]; then
    awk -v last="$REDACTIONS" 'NR <= last' "$BUNDLE/redactions.ndjson" >"$WORK/settled" || lost
    mv "$WORK/settled" "$BUNDLE/redactions.ndjson" || lost
  fi
  # each counted line has to be there: a full disk loses some
  [ "$(lines_of redactions.ndjson)" -eq "$REDACTIONS" ] || lost
  [ "$(lines_of plan.ndjson)" -eq "$PLANNED" ] || lost
  [ "$(lines_of probes.ndjson)" -eq "$RUN" ] || lost
}
seal() { # the bundle, whole or not at all; this and open_bundle write outside of the work folder
  settle
  write_manifest
  set -- FORMAT plan.ndjson probes.ndjson
  se_n=1
  while [ "$se_n" -le "$BLOBS" ]; do set -- "$@" "blobs/b$se_n" && se_n=$((se_n + 1)); done
  set -- "$@" redactions.ndjson log.txt collector/node.sh manifest.json
  (cd "$BUNDLE" && sha256_list "$@") | sort -k 2 >"$BUNDLE/SHA256SUMS" || lost
  [ "$(lines_of SHA256SUMS)" -eq $# ] || lost
  sha256 <"$BUNDLE/SHA256SUMS"
  CUSTODY=$HASH
  set -- "$@" SHA256SUMS
  se_i=$#
  while [ "$se_i" -gt 0 ]; do set -- "$@" "bundle/$1" && shift && se_i=$((se_i - 1)); done
  (cd "$WORK" && archive "$@") >"$WORK/tar" 2>/dev/null || lost
  PRODUCT=$OUT/$NAME.tar
  if have gzip; then
    gzip -c <"$WORK/tar" >"$WORK/gz" 2>/dev/null || lost
    PRODUCT=$PRODUCT.gz && place "$WORK/gz"
  else
    place "$WORK/tar"
  fi
}
archive() { # NAME...: a plain archive of them, which names no user
  if tar --format=ustar --owner=0 --group=0 --numeric-owner -cf /dev/null bundle/FORMAT; then
    tar --format=ustar --owner=0 --group=0 --numeric-owner -cf - "$@"
  else
    tar -cf - "$@"
  fi
}
place() { # FILE: it gets its final name in one step; what has that name already stays
  ln "$1" "$PRODUCT" 2>/dev/null && return
  if [ -e "$PRODUCT" ]; then lost; fi
  mv "$1" "$PRODUCT" 2>/dev/null || lost # a file system without hard links
}
paper_line() { # what goes onto the paper form, on one line
  pa_node=$(printf '%s' "$NODE_NAME" | tr -dc 'A-Za-z0-9._:-')
  pa_1=${CUSTODY%"${CUSTODY#????}"} pa_rest=${CUSTODY#????}
  pa_2=${pa_rest%"${pa_rest#????}"} pa_rest=${pa_rest#????}
  pa_3=${pa_rest%"${pa_rest#????}"} pa_rest=${pa_rest#????}
  pa_4=${pa_rest%"${pa_rest#????}"}
  printf 'for the paper form: %s | node %s | %s | case %s | operator %s | %s\n' "${PRODUCT##*/}" "${pa_node:--}" \
    "$STARTED" "${CASE_NO:--}" "${OPERATOR:--}" "$pa_1 $pa_2 $pa_3 $pa_4"
}
summary() { # on stderr: what came of the run, and what would give more
  if [ "$TERMINAL" -eq 1 ]; then printf '\r' >&2; fi
  if [ -n "$STOPPED" ]; then
    printf 'stopped before its end: %s; %s probes never ran\n' "$STOPPED" "$((PLANNED - RUN))" >&2
  fi
  KEB_HOW=words KEB_PLANNED=$PLANNED KEB_EUID=$EUID_
  export KEB_HOW KEB_PLANNED KEB_EUID
  awk "$AWK_TALLY" "$BUNDLE/probes.ndjson" >&2
}
finish() { # seal what there is, say so, and end
  # the run may have been stopped anywhere
  IFS=$BLANKS HINT='' APART=0 BASE=$ROOT PREFIX='' PATIENCE=$PROBE_TIMEOUT
  set -f
  seal
  summary
  printf 'bundle: %s\ncustody fingerprint: sha256:%s\n' "$PRODUCT" "$CUSTODY"
  paper_line
  clean_up # here too, since the process that waits for this one may have been killed
  if [ "$SEEN_OK" -eq 0 ]; then exit 4; fi
  if [ "$PARTIAL" -ne 0 ]; then exit 3; fi
  exit 0
}
stop_run() { # WHY: the run ends before its plan does
  PARTIAL=1 STOPPED=$1
  say "stopped: $1"
  finish
}
clean_up() { # whichever way the run ends
  if [ -n "$WORK" ]; then rm -rf "$WORK"; fi
}

# ---------------------------------------------------------------- 13 main
# The command line, --list and --dry-run, and the run: the fixed probes are planned first, then made
# in an order in which what one finds (a process, a flag, a configuration file) tells the next.
#
# spread LEADING TABLE: ROWS becomes the table with one path a row: ROLE, REDACTOR or DEPTH, PATH.
# The first LEADING words of a row stand before each of the others; a third is their folder.
spread() {
  sp_leading=$1 sp_table=$2 ROWS=$NL
  IFS=$NL
  for sp_row in $sp_table; do
    IFS=$BLANKS
    # shellcheck disable=SC2086  # a row is made of words
    set -- $sp_row
    if [ "$sp_leading" -eq 3 ]; then sp_lead="$1 $2 $3/"; else sp_lead="$1 $2 "; fi
    shift "$sp_leading"
    for sp_name in "$@"; do ROWS=$ROWS$sp_lead$sp_name$NL; done
  done
  IFS=$BLANKS
}
each_row() { # FUNCTION TABLE: FUNCTION with each row's words; HINT is the row's plan number
  er_call=$1
  IFS=$NL
  for er_row in $2; do
    IFS=$BLANKS
    HINT=$ROW ROW=$((ROW + 1))
    # shellcheck disable=SC2086  # a row is made of words
    "$er_call" $er_row
    HINT=''
  done
  IFS=$BLANKS
}
fix() { # ID KIND TARGET: a probe of the fixed part of the plan
  plan "$1" "$2" "$3" candidate
  FIXED="$FIXED$1 $3$NL"
  printf '%s %s %s\n' "$SEQ" "$1" "$3" >>"$WORK/fixed"
}
fix_file() { fix "file/$1" file "$3"; }
fix_walk() { fix "dir/$1" dir "$3"; }
run_file() { probe_file "$1" "$2" "$3" candidate; }
run_units() { for ru_folder in $UNIT_FOLDERS; do unit_folder "$ru_folder"; done; }
run_walk() { walk "$1" "$2" "$3" candidate; }
list_fixed() { # FUNCTION: each fixed probe as FUNCTION ID PATH
  "$1" host/os-release /etc/os-release
  "$1" host/users /etc/passwd
  "$1" host/mounts /proc/1/mountinfo
  "$1" proc/scan /proc
  "$1" proc/sockets /proc/net/tcp
  LISTER=$1
  each_row list_file "$CANDIDATES"
  each_row list_walk "$WALKS"
  for lf_folder in $UNIT_FOLDERS; do "$1" dir/systemd-unit "$lf_folder"; done
}
list_rest() { # what else is read: by every run, of each process that may be a component, and by name
  list_one host/users /etc/group
  for lr_path in /etc/hostname /etc/machine-id /proc/sys/kernel/osrelease /proc/mounts /proc/self/exe /dev/urandom; do
    list_one manifest "$lr_path"
  done
  for lr_name in cmdline exe; do list_one proc/scan "/proc/PID/$lr_name"; done
  for lr_name in cwd stat cgroup fd ns/mnt ns/net net/tcp net/tcp6 mountinfo root; do
    list_one proc/cmdline "/proc/PID/$lr_name"
  done
  for lr_name in environ status; do list_one "proc/$lr_name" "/proc/PID/$lr_name"; done
  list_one proc/sockets '/proc/1/net/tcp, /proc/net/tcp6'
  list_one proc/embedded 'journalctl -b -u k3s -u k3s-agent, the lines that start a component'
  each_row list_flag "$FLAGS"
  each_row list_key "$KEYS"
  list_one file/kubelet-env 'unit EnvironmentFile'
  list_one file/systemd-unit 'kubelet.service, what applies to every service or slice, and the slices above it'
}
list_key() { printf 'file/%s\t%s %s\n' "$3" "$1" "$2"; }
list_file() { "$LISTER" "file/$1" "$3"; }
list_walk() { "$LISTER" "dir/$1" "$3"; }
list_one() { printf '%s\t%s\n' "$1" "$2"; }
list_flag() { # a row of FLAGS
  lf_component=$1 lf_role=$2 && shift 3
  for lf_flag in "$@"; do printf 'file/%s\t%s --%s\n' "$lf_role" "$lf_component" "$lf_flag"; done
}
dry_one() {
  P_MORE='' P_STATUS=ok
  dr_path=$2
  # as in the run itself: those of the first process, and ours only where it shows none
  if [ "$1" = proc/sockets ] && [ -f "$PROC/1/net/tcp" ]; then dr_path=/proc/1/net/tcp; fi
  look "$dr_path"
  printf '%s\t%s\t%s\n' "$P_STATUS" "$1" "$2"
}
option() { # NAME VALUE
  case $1 in
  --root) ROOT=$2 && return ;;
  --output) OUT=$2 && return ;;
  esac
  op_plain=$(printf '%s' "$2" | tr -d '\001-\037\177')
  if [ "$op_plain" != "$2" ] || [ ${#2} -gt 200 ]; then
    usage "$1" 'is not one short line' 'Give at most 200 characters.'
  fi
  if [ "$1" = --node-name ] && ! is_name "$2"; then
    usage "$1" 'is not the name of a node' 'Give the name that kubectl get nodes shows.'
  fi
  case $1 in --node-name) NODE_NAME=$2 ;; --case-no) CASE_NO=$2 ;; --operator) OPERATOR=$2 ;; *) NOTES=$2 ;; esac
}
options() {
  ROOT='' OUT=. NODE_NAME='' CASE_NO='' OPERATOR='' NOTES='' MODE=run
  while [ $# -gt 0 ]; do
    case $1 in
    --root | --output | --node-name | --case-no | --operator | --notes)
      if [ $# -lt 2 ] || [ -z "$2" ]; then usage "$1" 'needs a value' 'Give one after it; see --help.'; fi
      option "$1" "$2"
      shift
      ;;
    --root=* | --output=* | --node-name=* | --case-no=* | --operator=* | --notes=*)
      op_value=${1#*=} && op_name=${1%%=*} && shift && set -- "$op_name" "$op_value" ${1+"$@"} && continue
      ;;
    --list) MODE=list ;;
    --dry-run) MODE=dry ;;
    --help | -h) help_text && exit 0 ;;
    *) usage "$1" 'is not an option' 'See --help.' ;;
    esac
    shift
  done
  case $ROOT in '') ;; *)
    [ -d "$ROOT" ] || usage --root 'is not a folder' 'Name the root of a host or of a prepared tree.'
    ROOT=$(cd "$ROOT" && pwd -P) || usage --root 'cannot be entered' 'Check its permissions.'
    ROOT=${ROOT%/}
    ;;
  esac
  BASE=$ROOT PREFIX='' MISSING='|'
}
check_output() {
  [ -d "$OUT" ] || usage --output 'is not a folder' 'Make it first.'
  OUT=$(cd "$OUT" && pwd -P) || usage --output 'cannot be entered' 'Check its permissions.'
  OUT=${OUT%/}
  if [ -n "$ROOT" ]; then
    case $OUT/ in "$ROOT"/*)
      usage --output 'is below --root' 'The host is only read: choose a folder outside it.'
      ;;
    esac
  fi
  case $([ -f "$0" ] && awk 'NR < 40' "$0") in *"PROFILE=$PROFILE"*) ;; *)
    usage node.sh 'was not started from its file' 'Run it as: sh node.sh'
    ;;
  esac
}
lower_priority() { # the node's own work goes first, where that can be had
  renice -n 10 -p $$ >/dev/null 2>&1 && TOOLS="$TOOLS, \"renice\": \"used\""
  ionice -c 3 -p $$ >/dev/null 2>&1 && TOOLS="$TOOLS, \"ionice\": \"used\""
  return 0
}
new_id() { # BUNDLE_ID becomes 32 hex digits that no other run has
  BUNDLE_ID=$(first_bytes 64 /dev/urandom | { sha256 && printf '%s' "${HASH%????????????????????????????????}"; })
  case $BUNDLE_ID in '' | e3b0c44298fc1c149afbf4c8996fb924) # the digest of nothing at all
    nothing /dev/urandom 'cannot be read' 'Each bundle needs a name of its own.'
    ;;
  esac
}
open_bundle() { # the one place where the output folder gets something new: NAME.work, until the seal
  now
  STARTED=$NOW
  clock
  CLOCK_0=$CLOCK
  new_id
  NAME=keb-node-${BUNDLE_ID%????????????????????????}-$(printf '%s' "$NOW" | tr -d ':-' | tr 'TZ' 'tz')
  WORK=$OUT/$NAME.work
  trap '' HUP INT QUIT TERM # until attend listens to them: the folder is ours from here on
  if [ -e "$OUT/$NAME.tar.gz" ] || [ -e "$OUT/$NAME.tar" ] || ! mkdir "$WORK" 2>/dev/null; then
    WORK='' # not ours: it stays
    usage "$OUT/$NAME" 'exists already or cannot be made' 'Choose an output folder that can be written to.'
  fi
  ob_dir=$WORK/bundle
  mkdir "$ob_dir" "$ob_dir/blobs" "$ob_dir/collector" || lost
  printf 'k8s-evidence-bundle 1.0\n' >"$ob_dir/FORMAT" || lost
  for ob_name in plan.ndjson probes.ndjson redactions.ndjson log.txt; do printf '' >"$ob_dir/$ob_name" || lost; done
  printf '' >"$WORK/refs"
  cat "$0" >"$ob_dir/collector/node.sh" || lost
  BUNDLE=$ob_dir
}
collect() { # the run itself, in a process of its own
  trap - EXIT
  fix host/os-release host /etc/os-release
  fix host/users host /etc/passwd
  fix host/mounts host /proc/1/mountinfo
  fix proc/scan proc /proc
  fix proc/sockets proc /proc/net/tcp
  each_row fix_file "$CANDIDATES"
  each_row fix_walk "$WALKS"
  for co_folder in $UNIT_FOLDERS; do fix dir/systemd-unit dir "$co_folder"; done
  probe_host
  probe_mounts
  probe_processes
  probe_embedded
  probe_sockets
  follow_refs
  ROW=6 # after the five above
  each_row run_file "$CANDIDATES"
  each_row run_walk "$WALKS"
  run_units
  follow_refs
  finish
}
told() { TOLD=1 && printf '' >"$WORK/told"; }
# No signal but KILL reaches the collecting process and what it starts: one that is cut short could
# make a full folder look empty. This one waits for it, and leaves word when it is told to stop.
attend() {
  collect &
  at_run=$!
  trap told HUP INT QUIT TERM
  at_code=4 TOLD=1
  while [ "$TOLD" -eq 1 ]; do # a signal ends the wait, too
    TOLD=0
    wait "$at_run" 2>/dev/null && at_rc=0 || at_rc=$?
    if [ "$at_rc" -ne 127 ]; then at_code=$at_rc; fi # 127: it had ended already
  done
  trap '' HUP INT QUIT TERM
  case $at_code in 0 | 3 | 4) exit "$at_code" ;; esac
  nothing node.sh "broke off ($at_code)" 'Free some memory, or run it with another shell.'
}
main() {
  options ${1+"$@"}
  spread 3 "$CANDIDATES" && CANDIDATES=$ROWS
  spread 2 "$WALKS" && WALKS=$ROWS
  ROW=0
  if [ "$MODE" = list ]; then
    list_fixed list_one
    list_rest
    exit 0
  fi
  probe_tools
  if [ "$MODE" = dry ]; then list_fixed dry_one && exit 0; fi
  check_output
  EUID_=$(id -u) TERMINAL=0
  if [ -t 2 ]; then TERMINAL=1; fi
  PLANNED=0 RUN=0 BLOBS=0 BYTES=0 REDACTIONS=0 LOG_LINES=0 SEEN_OK=0 PARTIAL=0 STOPPED=''
  ASKED='' HINT='' ROW=0 APART=0 FIXED=$NL DONE=$NL$NL
  CA_BLOB='' EMBEDDER='' ELSEWHERE=$NL UNKNOWN=$NL SAID_NAME='' OS_ID='' OS_VERSION=''
  lower_priority
  open_bundle
  attend
}
WORK='' BUNDLE=''
trap clean_up EXIT
main ${1+"$@"}
