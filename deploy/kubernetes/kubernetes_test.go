// Package kubernetes holds the manifests, and tests that build every overlay and
// read it strictly with Kubernetes' own types: a misspelt or misplaced field fails.
package kubernetes

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	policyv1 "k8s.io/api/policy/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/kyaml/filesys"
	"sigs.k8s.io/yaml"
)

var services = []string{"concierge", "guardrails", "rag"}

// manifest is everything of an overlay that the tests look at.
type manifest struct {
	deployments map[string]*appsv1.Deployment
	scalers     map[string]*autoscalingv2.HorizontalPodAutoscaler
	budgets     map[string]*policyv1.PodDisruptionBudget
	pods        map[string]corev1.PodSpec // of everything that runs pods
	config      map[string]string
	policies    []*networkingv1.NetworkPolicy
	kinds       []string
}

func build(t *testing.T, folder string) manifest {
	t.Helper()
	resources, err := krusty.MakeKustomizer(krusty.MakeDefaultOptions()).Run(filesys.MakeFsOnDisk(), folder)
	if err != nil {
		t.Fatal(err)
	}
	m := manifest{map[string]*appsv1.Deployment{}, map[string]*autoscalingv2.HorizontalPodAutoscaler{}, map[string]*policyv1.PodDisruptionBudget{}, map[string]corev1.PodSpec{}, nil, nil, nil}
	for _, r := range resources.Resources() {
		raw, err := r.AsYAML()
		if err != nil {
			t.Fatal(err)
		}
		if ns := r.GetNamespace(); ns != "swipesavvy" && r.GetKind() != "Namespace" {
			t.Errorf("%s %s is in namespace %q", r.GetKind(), r.GetName(), ns)
		}
		m.kinds = append(m.kinds, r.GetKind())
		m.add(t, r.GetApiVersion()+" "+r.GetKind(), r.GetName(), raw)
	}
	return m
}

// strictly reads YAML into a type and refuses what the type doesn't know.
func strictly[T any](t *testing.T, raw []byte) *T {
	t.Helper()
	v := new(T)
	if err := yaml.UnmarshalStrict(raw, v); err != nil {
		t.Errorf("%v in\n%s", err, raw)
	}
	return v
}

func (m *manifest) add(t *testing.T, kind, name string, raw []byte) {
	t.Helper()
	switch kind {
	case "apps/v1 Deployment":
		m.deployments[name] = strictly[appsv1.Deployment](t, raw)
		m.pods[name] = m.deployments[name].Spec.Template.Spec
	case "batch/v1 Job":
		m.pods[name] = strictly[batchv1.Job](t, raw).Spec.Template.Spec
	case "batch/v1 CronJob":
		m.pods[name] = strictly[batchv1.CronJob](t, raw).Spec.JobTemplate.Spec.Template.Spec
	case "autoscaling/v2 HorizontalPodAutoscaler":
		m.scalers[name] = strictly[autoscalingv2.HorizontalPodAutoscaler](t, raw)
	case "policy/v1 PodDisruptionBudget":
		m.budgets[name] = strictly[policyv1.PodDisruptionBudget](t, raw)
	case "v1 ConfigMap":
		m.config = strictly[corev1.ConfigMap](t, raw).Data
	case "networking.k8s.io/v1 NetworkPolicy":
		m.policies = append(m.policies, strictly[networkingv1.NetworkPolicy](t, raw))
	case "v1 Namespace":
		if strictly[corev1.Namespace](t, raw).Labels["pod-security.kubernetes.io/enforce"] != "restricted" {
			t.Error("the namespace doesn't enforce restricted pods")
		}
	case "v1 Service":
		strictly[corev1.Service](t, raw)
	case "v1 ServiceAccount":
		strictly[corev1.ServiceAccount](t, raw)
	case "v1 PersistentVolumeClaim":
		strictly[corev1.PersistentVolumeClaim](t, raw)
	case "networking.k8s.io/v1 Ingress":
		keepsInside(t, strictly[networkingv1.Ingress](t, raw))
	default:
		t.Errorf("no type to read %s with", kind)
	}
}

// keepsInside checks that nothing for operators can be reached from outside.
func keepsInside(t *testing.T, in *networkingv1.Ingress) {
	t.Helper()
	for _, rule := range in.Spec.Rules {
		for _, p := range rule.HTTP.Paths {
			for _, inside := range []string{"/metrics", "/desk", "/ready", "/docs", "/api/v1/admin/flags"} {
				if p.Path == inside || *p.PathType == networkingv1.PathTypePrefix && strings.HasPrefix(inside, strings.TrimSuffix(p.Path, "/")+"/") {
					t.Errorf("path %s lets %s out", p.Path, inside)
				}
			}
		}
	}
}

func TestOverlays(t *testing.T) {
	t.Parallel()
	overlays, err := filepath.Glob("overlays/*")
	if err != nil || len(overlays) < 2 {
		t.Fatal(overlays, err)
	}
	for _, folder := range append(overlays, "base") {
		t.Run(folder, func(t *testing.T) {
			t.Parallel()
			m := build(t, folder)
			for _, name := range services {
				available(t, name, m)
			}
			for name, pod := range m.pods {
				restricted(t, name, pod)
			}
			for _, name := range []string{"migrate", "backup"} {
				if _, ok := m.pods[name]; !ok {
					t.Errorf("nothing runs %s", name)
				}
			}
			if !slices.ContainsFunc(m.policies, func(p *networkingv1.NetworkPolicy) bool {
				return len(p.Spec.PodSelector.MatchLabels) == 0 && len(p.Spec.PodSelector.MatchExpressions) == 0 &&
					len(p.Spec.Ingress) == 0 && len(p.Spec.Egress) == 0 && len(p.Spec.PolicyTypes) == 2
			}) {
				t.Error("no policy denies everything that isn't allowed")
			}
			for _, way := range ways {
				if !m.allows(t, way.from, way.port) {
					t.Errorf("no policy lets %s out to port %d", way.from, way.port)
				}
			}
			if slices.Contains(m.kinds, "Secret") {
				t.Error("an overlay brings a secret")
			}
		})
	}
}

// ways out that pods need, beside DNS.
var ways = []struct {
	from string
	port int
}{
	{"concierge", 5432}, {"rag", 5432}, {"guardrails", 5432}, {"migrate", 5432}, {"backup", 5432}, // the database
	{"concierge", 443}, {"rag", 443}, {"guardrails", 443}, // models, keys, traces
	{"concierge", 8001}, {"concierge", 8002}, {"concierge", 6379},
}

// allows says whether some policy lets the pods of a name out to a port.
func (m manifest) allows(t *testing.T, from string, port int) bool {
	t.Helper()
	return slices.ContainsFunc(m.policies, func(p *networkingv1.NetworkPolicy) bool {
		selector, err := metav1.LabelSelectorAsSelector(&p.Spec.PodSelector)
		if err != nil {
			t.Error(err)
			return false
		}
		return selector.Matches(labels.Set{"app.kubernetes.io/name": from}) &&
			slices.ContainsFunc(p.Spec.Egress, func(r networkingv1.NetworkPolicyEgressRule) bool {
				return slices.ContainsFunc(r.Ports, func(to networkingv1.NetworkPolicyPort) bool { return to.Port.IntValue() == port })
			})
	})
}

// available checks what makes a rolling restart lose nothing.
func available(t *testing.T, name string, m manifest) {
	t.Helper()
	d, scaler, budget := m.deployments[name], m.scalers[name], m.budgets[name]
	if d == nil || scaler == nil || budget == nil {
		t.Errorf("%s: deployment, autoscaler or disruption budget is missing", name)
		return
	}
	if d.Spec.Replicas != nil {
		t.Errorf("%s sets replicas, which every apply would take from the autoscaler", name)
	}
	if scaler.Spec.ScaleTargetRef.Name != name || scaler.Spec.MaxReplicas <= *scaler.Spec.MinReplicas {
		t.Errorf("%s scales %+v", name, scaler.Spec)
	}
	if budget.Spec.Selector.MatchLabels["app.kubernetes.io/name"] != name || d.Spec.Template.Labels["app.kubernetes.io/name"] != name {
		t.Errorf("%s: the disruption budget selects other pods", name)
	}
	rolling := d.Spec.Strategy.RollingUpdate
	if rolling == nil || rolling.MaxUnavailable.IntValue() != 0 || rolling.MaxSurge.IntValue() < 1 {
		t.Errorf("%s rolls by %+v", name, rolling)
	}
	c := d.Spec.Template.Spec.Containers[0]
	if c.Lifecycle == nil || c.Lifecycle.PreStop == nil || c.Lifecycle.PreStop.Sleep == nil {
		t.Errorf("%s has no preStop", name)
		return
	}
	for probe, path := range map[*corev1.Probe]string{c.ReadinessProbe: "/ready", c.LivenessProbe: "/live", c.StartupProbe: "/live"} {
		if probe == nil || probe.HTTPGet == nil || probe.HTTPGet.Path != path || probe.HTTPGet.Port.String() != c.Ports[0].Name {
			t.Errorf("%s: probe %+v, want %s", name, probe, path)
		}
	}
	// Kubernetes counts preStop into the grace period; see base/settings.env.
	if grace := *d.Spec.Template.Spec.TerminationGracePeriodSeconds; grace < c.Lifecycle.PreStop.Sleep.Seconds+10+30 {
		t.Errorf("%s is killed after %d s, while requests may still be running", name, grace)
	}
}

// restricted checks the "restricted" pod security standard, and our own limits.
func restricted(t *testing.T, name string, pod corev1.PodSpec) {
	t.Helper()
	s := pod.SecurityContext
	if s == nil || s.RunAsNonRoot == nil || !*s.RunAsNonRoot || s.SeccompProfile == nil || s.SeccompProfile.Type != corev1.SeccompProfileTypeRuntimeDefault {
		t.Errorf("%s: pod security %+v", name, s)
	}
	if pod.AutomountServiceAccountToken == nil || *pod.AutomountServiceAccountToken || pod.HostNetwork || pod.HostPID || pod.HostIPC {
		t.Errorf("%s gets more of the cluster than it needs", name)
	}
	// Kubernetes would set CONCIERGE_PORT, RAG_PORT and GUARDRAILS_PORT to tcp://...
	if pod.EnableServiceLinks == nil || *pod.EnableServiceLinks {
		t.Errorf("%s gets a Service's address as the value of a setting", name)
	}
	for _, v := range pod.Volumes {
		if v.EmptyDir == nil && v.PersistentVolumeClaim == nil {
			t.Errorf("%s mounts %s", name, v.Name)
		}
	}
	for _, c := range pod.Containers {
		s := c.SecurityContext
		if s == nil || s.AllowPrivilegeEscalation == nil || *s.AllowPrivilegeEscalation || s.ReadOnlyRootFilesystem == nil || !*s.ReadOnlyRootFilesystem ||
			s.Capabilities == nil || !slices.Equal(s.Capabilities.Drop, []corev1.Capability{"ALL"}) || len(s.Capabilities.Add) > 0 {
			t.Errorf("%s/%s: security %+v", name, c.Name, s)
		}
		if c.Resources.Limits.Memory().IsZero() || c.Resources.Requests.Memory().IsZero() || c.Resources.Requests.Cpu().IsZero() {
			t.Errorf("%s/%s has no bounds: %+v", name, c.Name, c.Resources)
		}
		if strings.HasSuffix(c.Image, ":latest") || !strings.Contains(c.Image, ":") {
			t.Errorf("%s/%s runs %s, which may be anything", name, c.Name, c.Image)
		}
	}
}

// TestSettingsExist compares every variable with the settings of the program.
func TestSettingsExist(t *testing.T) {
	t.Parallel()
	example, err := os.ReadFile("../../.env.example")
	if err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile("secret.example.yaml")
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]bool{}
	for name := range strictly[corev1.Secret](t, raw).StringData {
		names[name] = true
	}
	m := build(t, "overlays/staging")
	for name := range m.config {
		names[name] = true
	}
	for _, pod := range m.pods {
		for _, v := range pod.Containers[0].Env {
			names[v.Name] = true
		}
	}
	delete(names, "GOMEMLIMIT") // the Go runtime's
	for name := range names {
		if !strings.Contains(string(example), "\n#"+name+"=") {
			t.Errorf("%s is no setting", name)
		}
	}
}
