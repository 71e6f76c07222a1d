"""A checked bundle -> what it says of one node, or of one cluster's API."""

from analyzer.bundle.api_documents import configz, server_version
from analyzer.bundle.api_lists import resource_lists
from analyzer.bundle.api_served import namespaced_kinds
from analyzer.bundle.known import unknown_probes
from analyzer.bundle.node_embedded import embedded_arguments
from analyzer.bundle.node_files import captured_directories, captured_files, host_names, names_gap
from analyzer.bundle.node_processes import process_scan, processes
from analyzer.bundle.places import manifest_source, stopped
from analyzer.model.api import ApiEvidence
from analyzer.model.bundle import Bundle
from analyzer.model.node import NodeEvidence, NodeName


def node_evidence(bundle: Bundle) -> NodeEvidence:
    """Read the evidence of a node bundle.

    Args:
        bundle: A checked bundle of kind ``node``.
    """
    names = host_names(bundle)
    folders = captured_directories(bundle, names)
    running = processes(bundle)
    return NodeEvidence(
        name=NodeName(bundle.subject),
        bundle_sha256=bundle.sha256,
        source=manifest_source(bundle, selector="/subject", excerpt=bundle.subject),
        complete=bundle.manifest["complete"],
        scan=process_scan(bundle),
        processes=running,
        files=captured_files(bundle, names, folders),
        directories=folders,
        ca_sha256=bundle.manifest["cluster"].get("ca_sha256"),
        collected_at=bundle.manifest["time"]["finished"],
        unknown_probes=unknown_probes(bundle),
        embedded=embedded_arguments(bundle, running),
        stopped=stopped(bundle),
        names_gap=names_gap(bundle, names),
    )


def api_evidence(bundle: Bundle) -> ApiEvidence:
    """Read the evidence of an API bundle.

    Args:
        bundle: A checked bundle of kind ``api``.
    """
    cluster = bundle.manifest["cluster"]
    stated = cluster.get("git_version")
    version = server_version(bundle)
    if version is None and stated:
        place = manifest_source(bundle, selector="/cluster/git_version", excerpt=stated)
        version = (stated, place)
    return ApiEvidence(
        bundle_sha256=bundle.sha256,
        source=manifest_source(bundle, selector="/cluster", excerpt=bundle.subject),
        cluster_uid=cluster.get("uid"),
        git_version=version[0] if version else None,
        version_source=version[1] if version else None,
        stated_version=stated,
        lists=resource_lists(bundle),
        namespaced=namespaced_kinds(bundle),
        configz=configz(bundle),
        complete=bundle.manifest["complete"],
        collected_at=bundle.manifest["time"]["finished"],
        ca_sha256=cluster.get("ca_sha256"),
        unknown_probes=unknown_probes(bundle),
    )
