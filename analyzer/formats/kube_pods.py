"""Pods and everything that makes pods, as far as rules read them."""

from typing import Annotated

import msgspec

from analyzer.formats.kube_meta import KubeObject, Name, TemplateMeta


class Capabilities(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Linux capabilities asked for; names as written, neither case nor prefix normalised."""

    add: tuple[str, ...] | None = None
    drop: tuple[str, ...] | None = None


class SeccompProfile(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """``RuntimeDefault``, ``Localhost`` or ``Unconfined``."""

    type: str = ""


class WindowsOptions(msgspec.Struct, frozen=True, kw_only=True, gc=False, rename="camel"):
    """Windows-only settings."""

    host_process: bool | None = None


class SecurityContext(msgspec.Struct, frozen=True, kw_only=True, gc=False, rename="camel"):
    """A container's security context."""

    privileged: bool | None = None
    allow_privilege_escalation: bool | None = None
    capabilities: Capabilities | None = None
    read_only_root_filesystem: bool | None = None
    run_as_non_root: bool | None = None
    run_as_user: int | None = None
    seccomp_profile: SeccompProfile | None = None
    windows_options: WindowsOptions | None = None


class PodSecurityContext(msgspec.Struct, frozen=True, kw_only=True, gc=False, rename="camel"):
    """The pod's own security context: what a container inherits."""

    run_as_non_root: bool | None = None
    run_as_user: int | None = None
    seccomp_profile: SeccompProfile | None = None
    windows_options: WindowsOptions | None = None


class NamedRef(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A reference by name; ``key`` where one entry is meant."""

    name: str | None = None
    key: str | None = None


class EnvSource(msgspec.Struct, frozen=True, kw_only=True, gc=False, rename="camel"):
    """Where a variable's value comes from."""

    secret_key_ref: NamedRef | None = None


class EnvVar(msgspec.Struct, frozen=True, kw_only=True, gc=False, rename="camel"):
    """One variable; its value is never read."""

    name: str = ""
    value_from: EnvSource | None = None


class EnvFrom(msgspec.Struct, frozen=True, kw_only=True, gc=False, rename="camel"):
    """A whole Secret or ConfigMap taken as variables."""

    secret_ref: NamedRef | None = None


class ContainerPort(msgspec.Struct, frozen=True, kw_only=True, gc=False, rename="camel"):
    """One declared port."""

    container_port: int | None = None
    host_port: int | None = None


class Container(msgspec.Struct, frozen=True, kw_only=True, gc=False, rename="camel"):
    """A container, an init container (sidecars too) or an ephemeral container."""

    name: Name
    image: str | None = None
    security_context: SecurityContext | None = None
    env: tuple[EnvVar, ...] | None = None
    env_from: tuple[EnvFrom, ...] | None = None
    ports: tuple[ContainerPort, ...] | None = None
    args: tuple[str, ...] | None = None
    command: tuple[str, ...] | None = None


class HostPath(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A directory or file of the node."""

    path: str | None = None


class TokenProjection(msgspec.Struct, frozen=True, kw_only=True, gc=False, rename="camel"):
    """A projected service-account token; no audience means the API server itself."""

    audience: str | None = None


class ProjectedSource(msgspec.Struct, frozen=True, kw_only=True, gc=False, rename="camel"):
    """One source of a projected volume."""

    service_account_token: TokenProjection | None = None


class Projected(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A projected volume."""

    sources: tuple[ProjectedSource, ...] | None = None


class SecretVolume(msgspec.Struct, frozen=True, kw_only=True, gc=False, rename="camel"):
    """A Secret as files."""

    secret_name: str | None = None


class Volume(msgspec.Struct, frozen=True, kw_only=True, gc=False, rename="camel"):
    """One volume, as far as rules ask."""

    name: str = ""
    host_path: HostPath | None = None
    projected: Projected | None = None
    secret: SecretVolume | None = None


class PodOs(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """The operating system that a pod declares."""

    name: str = ""


class PodSpec(msgspec.Struct, frozen=True, kw_only=True, gc=False, rename="camel"):
    """What a pod asks for."""

    containers: Annotated[tuple[Container, ...], msgspec.Meta(min_length=1)]
    init_containers: tuple[Container, ...] | None = None
    ephemeral_containers: tuple[Container, ...] | None = None
    volumes: tuple[Volume, ...] | None = None
    security_context: PodSecurityContext | None = None
    host_pid: bool | None = msgspec.field(name="hostPID", default=None)
    host_ipc: bool | None = msgspec.field(name="hostIPC", default=None)
    host_network: bool | None = None
    service_account_name: str | None = None
    automount_service_account_token: bool | None = None
    node_name: str | None = None
    os: PodOs | None = None

    @property
    def windows(self) -> bool:
        """The pod says that it is for Windows: Linux-only fields then mean nothing."""
        return self.os is not None and self.os.name == "windows"

    @property
    def service_account(self) -> str:
        """Name of the service account that it runs as; unset means ``default``."""
        return self.service_account_name or "default"


class PodStatus(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """How far a pod has come."""

    phase: str | None = None


class Pod(KubeObject, frozen=True, kw_only=True, gc=False):
    """A pod."""

    spec: PodSpec
    status: PodStatus | None = None


class PodTemplateSpec(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A description of pods to come."""

    spec: PodSpec
    metadata: TemplateMeta | None = None


class WorkloadSpec(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """The template of a controller that runs pods; the older kinds may go without one."""

    template: PodTemplateSpec | None = None
    replicas: int | None = None


class WorkloadStatus(msgspec.Struct, frozen=True, kw_only=True, gc=False, rename="camel"):
    """How many pods a DaemonSet wants and has; other controllers count otherwise."""

    desired_number_scheduled: int | None = None
    number_ready: int | None = None


class Workload(KubeObject, frozen=True, kw_only=True, gc=False):
    """Deployment, DaemonSet, StatefulSet, ReplicaSet, ReplicationController or Job."""

    spec: WorkloadSpec
    status: WorkloadStatus | None = None

    def pod_template(self) -> PodTemplateSpec | None:
        """Return the template, or None where the object has none."""
        return self.spec.template


class JobTemplate(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """The job that a CronJob starts."""

    spec: WorkloadSpec


class CronJobSpec(msgspec.Struct, frozen=True, kw_only=True, gc=False, rename="camel"):
    """Of a CronJob, only the job it starts."""

    job_template: JobTemplate


class CronJob(KubeObject, frozen=True, kw_only=True, gc=False):
    """A CronJob."""

    spec: CronJobSpec

    def pod_template(self) -> PodTemplateSpec | None:
        """Return the template of the job's pods."""
        return self.spec.job_template.spec.template


class PodTemplate(KubeObject, frozen=True, kw_only=True, gc=False):
    """A bare PodTemplate object."""

    template: PodTemplateSpec

    def pod_template(self) -> PodTemplateSpec | None:
        """Return the template."""
        return self.template
