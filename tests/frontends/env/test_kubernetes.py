"""The forms of kubernetes.io (Define Environment Variables; ConfigMaps; Secrets), kustomize and External Secrets."""

from invariants.facts.env import Blind, Inclusion
from invariants.frontends.env import kubernetes
from readings import entries, only

TEXT = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: api}
spec:
  template:
    spec:
      initContainers:
        - name: migrate
          env: [{name: A, value: "1"}]
      containers:
        - name: api
          env:
            - name: B
              valueFrom: {secretKeyRef: {name: keys, key: b}}
          envFrom:
            - configMapRef: {name: settings}
            - secretRef: {name: keys, optional: true}
              prefix: P_
---
apiVersion: v1
kind: ConfigMap
metadata: {name: settings}
data: {C: "1", "file.conf": "x"}
---
apiVersion: v1
kind: Secret
metadata: {name: keys}
data: {D: aGVsbG8=}
stringData: {E: ""}
---
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: other}
spec:
  target: {name: made}
  data: [{secretKey: F, remoteRef: {key: x}}]
"""


def test_what_containers_config_maps_and_secrets_hold() -> None:
    assert entries(kubernetes.read, TEXT) == [
        ("migrate", "A", "plain"),
        ("api", "B", "reference"),
        ("ConfigMap/settings", "C", "plain"),
        ("Secret/keys", "E", "empty"),
        ("Secret/keys", "D", "hidden"),
        ("Secret/made", "F", "reference"),
    ]


def test_what_containers_have_from_elsewhere() -> None:
    found = [(each.scope, each.other, each.prefix, each.is_optional) for each in only(kubernetes.read, TEXT, Inclusion)]
    assert found == [("api", "ConfigMap/settings", "", False), ("api", "Secret/keys", "P_", True)]


def test_kustomize_makes_config_maps() -> None:
    text = "kind: Kustomization\nconfigMapGenerator:\n  - name: settings\n    literals: [A=1]\n    envs: [prod.env]\n"
    assert entries(kubernetes.read, text) == [("ConfigMap/settings", "A", "plain")]
    assert [each.path for each in only(kubernetes.read, text, Inclusion, "k8s/kustomization.yaml")] == ["k8s/prod.env"]


def test_a_template_is_not_read_and_says_so() -> None:
    text = "kind: Deployment\nspec:\n  containers:\n    - env:\n        {{- toYaml .Values.env }}\n"
    (blind,) = only(kubernetes.read, text, Blind)
    assert "template" in blind.message
