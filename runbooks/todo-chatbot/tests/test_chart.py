"""What the chart promises, checked on what helm renders."""

import base64
import re
from collections.abc import Iterator
from decimal import Decimal

import pytest
import yaml
from conftest import CHART, VALUES, Manifest, parse, render_text, run_helm

WORKLOADS = ("Deployment", "StatefulSet")
MEBIBYTE = {"Ki": Decimal(1) / 1024, "Mi": Decimal(1), "Gi": Decimal(1024)}


def of_kind(manifests: list[Manifest], *kinds: str) -> list[Manifest]:
    return [manifest for manifest in manifests if manifest["kind"] in kinds]


def named(manifests: list[Manifest], kind: str, name: str) -> Manifest:
    [found] = [m for m in of_kind(manifests, kind) if m["metadata"]["name"] == name]
    return found


def pod(workload: Manifest) -> Manifest:
    return workload["spec"]["template"]["spec"]


def containers(workload: Manifest) -> list[Manifest]:
    return pod(workload).get("initContainers", []) + pod(workload)["containers"]


def selects(selector: dict[str, str], labels: dict[str, str]) -> bool:
    return bool(selector) and selector.items() <= labels.items()


def pod_labels(manifests: list[Manifest]) -> Iterator[dict[str, str]]:
    for workload in of_kind(manifests, *WORKLOADS):
        yield workload["spec"]["template"]["metadata"]["labels"]


def cpu(text: object) -> Decimal:
    """Millicores."""
    text = str(text)
    return Decimal(text[:-1]) if text.endswith("m") else Decimal(text) * 1000


def memory(text: str) -> Decimal:
    """Mebibytes."""
    return Decimal(text[:-2]) * MEBIBYTE[text[-2:]]


# ---- helm itself


def test_lint_is_clean(major: int, values: str) -> None:
    result = run_helm(major, "lint", "--strict", ".", "-f", values)
    assert result.returncode == 0, result.stdout + result.stderr
    assert "[WARNING]" not in result.stdout and "[ERROR]" not in result.stdout


def test_both_majors_render_the_same(values: str) -> None:
    assert parse(render_text(3, values)) == parse(render_text(4, values))


@pytest.mark.parametrize(
    ("setting", "where"),
    [
        ("backend.replica=3", "replica"),
        ("replicas=3", "replicas"),
        ("backend.replicas=two", "replicas"),
        ("backend.autoscaling.maxReplicas=9", "maxReplicas"),
        ("backend.image.tag=latest", "tag"),
        ("frontend.service.nodePort=80", "nodePort"),
        ("frontend.service.type=Nodeport", "type"),
        ("backend.resources.limits.memory=lots", "memory"),
        ("environment=prod", "environment"),
        ("backend.env.DATABASE_URL=postgresql://u:p@h/d", "env"),
    ],
)
def test_the_schema_refuses(major: int, setting: str, where: str) -> None:
    result = run_helm(major, "template", "todo-chatbot", ".", "--set", setting)
    assert result.returncode == 1
    assert "values don't meet the specifications of the schema" in result.stderr
    assert where in result.stderr


def test_the_schema_knows_every_value() -> None:
    """A value that the schema does not name would be refused, so the values files are its test."""
    schema = yaml.safe_load((CHART / "values.schema.json").read_text())
    defaults = yaml.safe_load((CHART / "values.yaml").read_text())
    assert set(schema["properties"]) == set(defaults) | {"global"}


# ---- objects


def test_what_is_there(values: str, manifests: list[Manifest]) -> None:
    names = {f"{m['kind']}/{m['metadata']['name']}" for m in manifests}
    expected = {
        "ConfigMap/todo-chatbot-config",
        "Deployment/todo-chatbot-backend",
        "Deployment/todo-chatbot-frontend",
        "Service/todo-chatbot-backend",
        "Service/todo-chatbot-frontend",
        "HorizontalPodAutoscaler/todo-chatbot-backend",
        "PodDisruptionBudget/todo-chatbot-backend",
        "PodDisruptionBudget/todo-chatbot-frontend",
        "NetworkPolicy/todo-chatbot-backend",
        "NetworkPolicy/todo-chatbot-frontend",
    }
    if values == "values-dev.yaml":
        expected |= {
            "Service/todo-chatbot-database",
            "StatefulSet/todo-chatbot-database",
            "NetworkPolicy/todo-chatbot-database",
        }
    if values in ("values-staging.yaml", "values-prod.yaml"):
        expected |= {"Ingress/todo-chatbot"}
    assert names == expected
    assert len(manifests) == len(expected)


def test_everything_is_in_the_namespace_and_labelled_alike(manifests: list[Manifest]) -> None:
    for manifest in manifests:
        metadata = manifest["metadata"]
        assert metadata["namespace"] == "todo"
        labels = metadata["labels"]
        assert labels["app.kubernetes.io/name"] == "todo-chatbot"
        assert labels["app.kubernetes.io/instance"] == "todo-chatbot"
        assert labels["app.kubernetes.io/managed-by"] == "Helm"
        assert labels["app.kubernetes.io/version"] == "1.0.0"
        assert labels["app.kubernetes.io/part-of"] == "todo-chatbot"
        assert labels["helm.sh/chart"] == "todo-chatbot-1.0.0"
        assert labels["app.kubernetes.io/component"] in (
            "backend", "frontend", "database", "config",
        )  # fmt: skip


def test_a_long_release_name_still_gives_valid_names() -> None:
    text = run_helm(4, "template", "r" * 53, ".", "-f", "values-dev.yaml").stdout
    for manifest in parse(text):
        name = manifest["metadata"]["name"]
        assert len(name) <= 63 and re.fullmatch(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?", name)


def test_selectors_find_the_pods_of_one_component(manifests: list[Manifest]) -> None:
    for workload in of_kind(manifests, *WORKLOADS):
        labels = workload["spec"]["template"]["metadata"]["labels"]
        assert selects(workload["spec"]["selector"]["matchLabels"], labels)
    for manifest in of_kind(manifests, "Service", "PodDisruptionBudget", "NetworkPolicy"):
        spec = manifest["spec"]
        selector = spec["selector"] if "selector" in spec else spec["podSelector"]
        found = [labels for labels in pod_labels(manifests) if selects(
            selector.get("matchLabels", selector), labels
        )]  # fmt: skip
        component = manifest["metadata"]["labels"]["app.kubernetes.io/component"]
        assert [labels["app.kubernetes.io/component"] for labels in found] == [component]


def test_service_ports_lead_to_container_ports(manifests: list[Manifest]) -> None:
    ports = {
        workload["metadata"]["name"]: {
            port["name"]: port["containerPort"]
            for container in pod(workload)["containers"]
            for port in container["ports"]
        }
        for workload in of_kind(manifests, *WORKLOADS)
    }
    for service in of_kind(manifests, "Service"):
        for port in service["spec"]["ports"]:
            assert port["targetPort"] in ports[service["metadata"]["name"]]


def test_an_ingress_leads_to_the_frontend(manifests: list[Manifest]) -> None:
    for ingress in of_kind(manifests, "Ingress"):
        [rule] = ingress["spec"]["rules"]
        [path] = rule["http"]["paths"]
        assert path["backend"]["service"] == {
            "name": "todo-chatbot-frontend",
            "port": {"name": "http"},
        }
        assert ingress["spec"]["tls"][0]["hosts"] == [rule["host"]]


def test_service_types(values: str, manifests: list[Manifest]) -> None:
    assert named(manifests, "Service", "todo-chatbot-backend")["spec"]["type"] == "ClusterIP"
    frontend = named(manifests, "Service", "todo-chatbot-frontend")["spec"]
    if values in ("values.yaml", "values-dev.yaml"):
        assert (frontend["type"], frontend["ports"][0]["nodePort"]) == ("NodePort", 30080)
    else:
        assert frontend["type"] == "ClusterIP" and "nodePort" not in frontend["ports"][0]


# ---- running


def test_updates_cost_no_pod(manifests: list[Manifest]) -> None:
    for deployment in of_kind(manifests, "Deployment"):
        assert deployment["spec"]["strategy"] == {
            "type": "RollingUpdate",
            "rollingUpdate": {"maxSurge": 1, "maxUnavailable": 0},
        }
        [container] = pod(deployment)["containers"]
        grace = pod(deployment)["terminationGracePeriodSeconds"]
        assert int(container["lifecycle"]["preStop"]["exec"]["command"][1]) < grace


def test_probes(manifests: list[Manifest]) -> None:
    paths = {
        "todo-chatbot-backend": ("/health", "/health", "/ready"),
        "todo-chatbot-frontend": ("/api/health", "/api/health", "/api/health"),
    }
    for deployment in of_kind(manifests, "Deployment"):
        [container] = pod(deployment)["containers"]
        probes = [container[f"{kind}Probe"] for kind in ("startup", "liveness", "readiness")]
        assert (
            tuple(probe["httpGet"]["path"] for probe in probes)
            == (paths[deployment["metadata"]["name"]])
        )
        assert probes[0]["periodSeconds"] * probes[0]["failureThreshold"] <= 120
        assert all(probe["timeoutSeconds"] < probe["periodSeconds"] for probe in probes[1:])


def test_migrations_run_before_the_backend_with_its_image(manifests: list[Manifest]) -> None:
    backend = pod(named(manifests, "Deployment", "todo-chatbot-backend"))
    [init] = backend["initContainers"]
    assert init["command"] == ["alembic", "-x", "wait=30", "upgrade", "head"]
    assert init["image"] == backend["containers"][0]["image"] == "todo-backend:v1.0.0"
    urls = [
        [entry for entry in container["env"] if entry["name"] == "DATABASE_URL"]
        for container in (init, backend["containers"][0])
    ]
    assert urls[0] == urls[1] != []


def test_autoscaling(values: str, manifests: list[Manifest]) -> None:
    spec = named(manifests, "HorizontalPodAutoscaler", "todo-chatbot-backend")["spec"]
    assert spec["minReplicas"] == (3 if values == "values-prod.yaml" else 2)
    assert spec["maxReplicas"] == 5
    [metric] = spec["metrics"]
    assert metric["resource"] == {
        "name": "cpu",
        "target": {"type": "Utilization", "averageUtilization": 70},
    }
    target = named(manifests, "Deployment", spec["scaleTargetRef"]["name"])
    assert "replicas" not in target["spec"], "an upgrade would undo the autoscaler's work"


def test_without_autoscaling_the_count_is_fixed() -> None:
    manifests = parse(
        render_text(4, "values.yaml", "backend.autoscaling.enabled=false", "backend.replicas=4")
    )
    assert of_kind(manifests, "HorizontalPodAutoscaler") == []
    assert named(manifests, "Deployment", "todo-chatbot-backend")["spec"]["replicas"] == 4


def test_a_change_of_the_configuration_restarts_the_pods() -> None:
    def annotations(*settings: str) -> list[dict[str, str]]:
        manifests = parse(render_text(4, "values.yaml", *settings))
        return [
            deployment["spec"]["template"]["metadata"]["annotations"]
            for deployment in of_kind(manifests, "Deployment")
        ]

    before = annotations()
    assert all(re.fullmatch("[0-9a-f]{64}", entry["checksum/config"]) for entry in before)
    assert annotations() == before
    assert annotations("backend.replicas=3") == before
    for after, entry in zip(annotations("backend.logLevel=ERROR"), before, strict=True):
        assert after["checksum/config"] != entry["checksum/config"]
    for after in annotations("secretRevision=a7"):
        assert after["todo-chatbot/secret-revision"] == "a7"


# ---- limits


def replicas(manifests: list[Manifest], workload: Manifest, bound: str) -> int:
    for scaler in of_kind(manifests, "HorizontalPodAutoscaler"):
        if scaler["spec"]["scaleTargetRef"]["name"] == workload["metadata"]["name"]:
            return scaler["spec"][bound]
    return workload["spec"]["replicas"]


@pytest.mark.parametrize(
    ("what", "bound"), [("limits", "minReplicas"), ("requests", "maxReplicas")]
)
def test_everything_fits_two_cpus_and_two_gibibytes(
    manifests: list[Manifest], what: str, bound: str
) -> None:
    """All limits in the usual size, and all requests with the autoscaler at its most."""
    total_cpu = total_memory = Decimal(0)
    for workload in of_kind(manifests, *WORKLOADS):
        count = replicas(manifests, workload, bound)
        amounts = [container["resources"][what] for container in pod(workload)["containers"]]
        total_cpu += count * sum(cpu(amount["cpu"]) for amount in amounts)
        total_memory += count * sum(memory(amount["memory"]) for amount in amounts)
    assert 0 < total_cpu <= 2000
    assert 0 < total_memory <= 2048


def test_every_container_has_requests_within_limits(manifests: list[Manifest]) -> None:
    for workload in of_kind(manifests, *WORKLOADS):
        for container in containers(workload):
            requests, limits = (container["resources"][key] for key in ("requests", "limits"))
            assert 0 < cpu(requests["cpu"]) <= cpu(limits["cpu"])
            assert 0 < memory(requests["memory"]) <= memory(limits["memory"])


# ---- security


def test_pods_meet_the_restricted_standard(manifests: list[Manifest]) -> None:
    allowed = {
        "configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "persistentVolumeClaim",
        "projected", "secret",
    }  # fmt: skip
    for workload in of_kind(manifests, *WORKLOADS):
        spec = pod(workload)
        assert not any(spec.get(key) for key in ("hostNetwork", "hostPID", "hostIPC"))
        context = spec["securityContext"]
        assert context["runAsNonRoot"] is True
        assert context["runAsUser"] > 0 and context["runAsGroup"] > 0
        assert context["seccompProfile"] == {"type": "RuntimeDefault"}
        assert spec["automountServiceAccountToken"] is False
        for volume in spec["volumes"]:
            assert set(volume) - {"name"} <= allowed
        for container in containers(workload):
            inner = container["securityContext"]
            assert inner["allowPrivilegeEscalation"] is False
            assert inner["privileged"] is False
            assert inner["readOnlyRootFilesystem"] is True
            assert inner["capabilities"] == {"drop": ["ALL"]}
            assert all("hostPort" not in port for port in container.get("ports", []))


def test_what_is_written_to_is_mounted(manifests: list[Manifest]) -> None:
    needed = {
        "backend": {"/tmp"},
        "migrations": {"/tmp"},
        "frontend": {"/tmp", "/srv/.next/cache"},
        "postgres": {"/tmp", "/var/run/postgresql", "/var/lib/postgresql/data"},
    }  # noqa: S108
    for workload in of_kind(manifests, *WORKLOADS):
        volumes = {volume["name"] for volume in pod(workload)["volumes"]} | {
            claim["metadata"]["name"] for claim in workload["spec"].get("volumeClaimTemplates", [])
        }
        for container in containers(workload):
            mounts = container["volumeMounts"]
            assert {mount["mountPath"] for mount in mounts} == needed[container["name"]]
            assert {mount["name"] for mount in mounts} <= volumes


def test_images_have_a_version(manifests: list[Manifest]) -> None:
    for workload in of_kind(manifests, *WORKLOADS):
        for container in containers(workload):
            tag = container["image"].rpartition(":")[2]
            assert re.search("[0-9]", tag) and tag != "latest"


def test_secrets_are_only_named(manifests: list[Manifest]) -> None:
    assert of_kind(manifests, "Secret") == []
    secret = re.compile("PASSWORD|SECRET|API_KEY|DATABASE_URL|TOKEN")
    for manifest in of_kind(manifests, "ConfigMap"):
        assert not any(secret.search(key) for key in manifest["data"])
    for workload in of_kind(manifests, *WORKLOADS):
        for entry in (entry for c in containers(workload) for entry in c.get("env", [])):
            if secret.search(entry["name"]):
                if "valueFrom" in entry:
                    assert entry["valueFrom"]["secretKeyRef"]["name"] == "todo-secrets"
                else:
                    assert ":$(POSTGRES_PASSWORD)@" in entry["value"]


@pytest.mark.parametrize("values_file", VALUES)
def test_no_values_file_holds_a_secret(values_file: str) -> None:
    text = (CHART / values_file).read_text()
    assert not re.search(r"://[^\s/]+:[^\s/]+@", text), "a URL with a password"
    for word in re.findall(r"[A-Za-z0-9+/_=-]{24,}", text):
        decoded = base64.b64decode(word + "==", validate=False)
        assert not (decoded.isascii() and decoded.decode().isprintable()), word
    for key in re.findall(r"^\s*([A-Za-z_]+):\s*\S", text, re.M):
        assert not re.search("password|token|apikey|api_key", key, re.I), key


def test_the_openai_key_is_asked_for_only_when_it_is_used() -> None:
    def keys(*settings: str) -> set[str]:
        manifests = parse(render_text(4, "values.yaml", *settings))
        return {
            entry["valueFrom"]["secretKeyRef"]["key"]
            for workload in of_kind(manifests, *WORKLOADS)
            for container in containers(workload)
            for entry in container.get("env", [])
            if "secretKeyRef" in entry.get("valueFrom", {})
        }

    assert keys() == {"DATABASE_URL", "BETTER_AUTH_SECRET"}
    assert keys("backend.openai.enabled=true") == keys() | {"OPENAI_API_KEY"}
    assert keys("database.enabled=true") == {"POSTGRES_PASSWORD", "BETTER_AUTH_SECRET"}


# ---- network


def egress(manifests: list[Manifest], component: str) -> list[Manifest]:
    policy = named(manifests, "NetworkPolicy", f"todo-chatbot-{component}")["spec"]
    assert policy["policyTypes"] == ["Ingress", "Egress"]
    return policy.get("egress", [])


def ports(rules: list[Manifest]) -> set[tuple[str, object]]:
    return {(port["protocol"], port["port"]) for rule in rules for port in rule["ports"]}


def test_every_pod_is_under_a_policy(manifests: list[Manifest]) -> None:
    selectors = [
        policy["spec"]["podSelector"]["matchLabels"]
        for policy in of_kind(manifests, "NetworkPolicy")
    ]
    for labels in pod_labels(manifests):
        assert any(selects(selector, labels) for selector in selectors)


def test_the_network_admits_what_the_application_needs(
    values: str, manifests: list[Manifest]
) -> None:
    dns = {("UDP", 53), ("TCP", 53)}
    database = ("TCP", "postgres") if values == "values-dev.yaml" else ("TCP", 5432)
    assert ports(egress(manifests, "frontend")) == dns | {("TCP", "http")}
    assert ports(egress(manifests, "backend")) == dns | {database}
    for component in ("frontend", "backend"):
        peers = egress(manifests, component)[0]["to"]
        assert peers[0]["podSelector"]["matchLabels"] == {"k8s-app": "kube-dns"}

    ingress = named(manifests, "NetworkPolicy", "todo-chatbot-backend")["spec"]["ingress"]
    [peer] = ingress[0]["from"]
    [frontend] = [
        labels
        for labels in pod_labels(manifests)
        if selects(peer["podSelector"]["matchLabels"], labels)
    ]
    assert frontend["app.kubernetes.io/component"] == "frontend"


def test_the_model_is_reached_only_when_it_is_used() -> None:
    manifests = parse(render_text(4, "values.yaml", "backend.openai.enabled=true"))
    assert ("TCP", 443) in ports(egress(manifests, "backend"))


def test_the_policies_can_be_left_out() -> None:
    manifests = parse(render_text(4, "values.yaml", "networkPolicy.enabled=false"))
    assert of_kind(manifests, "NetworkPolicy") == []


def test_drains_are_possible_and_not_all_at_once(manifests: list[Manifest]) -> None:
    for budget in of_kind(manifests, "PodDisruptionBudget"):
        assert budget["spec"]["maxUnavailable"] == 1
        workload = named(manifests, "Deployment", budget["metadata"]["name"])
        assert replicas(manifests, workload, "minReplicas") > 1
