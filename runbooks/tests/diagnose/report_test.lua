local bundle = require "diagnose.bundle"
local capacity = require "diagnose.capacity"
local cluster = require "cluster"
local html = require "diagnose.html"
local markdown = require "diagnose.markdown"
local opinion = require "diagnose.opinion"
local problems = require "diagnose.read_problems"
local repair = require "diagnose.repair"
local screen = require "diagnose.screen"

local function crashing(spec)
  return { age = 300, containers = { { ready = false, restarts = 4, spec = spec,
    state = { waiting = { reason = "CrashLoopBackOff" } },
    last = { exitCode = 1, reason = "Error", finishedAt = cluster.at(40) } } } }
end

local function crash(options)
  local c = cluster.new()
  local _, pod = c:deployment("backend",
    cluster.merge({ revision = 4, hash = "6489f9787", age = 305,
    pod = crashing { envFrom = { { secretRef = { name = "todo-secrets" } } } } }, options))
  c:add("Secret", "todo-secrets", { data = { OTHER = "c2VjcmV0" } })
  c:service("backend")
  c:slice("backend", 0, 1)
  c:log(pod, "app", "Traceback (most recent call last):\nKeyError: 'DATABASE_URL'")
  return c
end

describe("the screen", function()
  it("reads from the cause to the next command", function()
    local text = screen.text(crash():diagnose())
    expect(text).to_equal(table.concat({
      "namespace shop: 1 error",
      "",
      "1  deployment/backend   container crashes   since 11:55 UTC, with revision 4",
      "   container app crashes: KeyError: 'DATABASE_URL' (exit 1, 4 restarts)",
      "   seen     log of backend-6489f9787-p001/app",
      "            exit 1 (the program reported an error), reason Error, 4 restarts",
      "            container app, state.waiting.reason = CrashLoopBackOff",
      "   pods     1 of 1 pod: backend-6489f9787-p001",
      "   because  Secret todo-secrets has no key DATABASE_URL",
      "   also     service/backend: none of its 1 pods is ready",
      "   try      kubectl logs backend-6489f9787-p001 -c app -n shop",
      "            kubectl describe pod backend-6489f9787-p001 -n shop",
    }, "\n"))
  end)
  it("says that nothing is wrong", function()
    expect(screen.text(cluster.new():diagnose())).to_equal("namespace shop: nothing is wrong")
  end)
  it("says what was not checked, and when a recording is judged", function()
    local c = cluster.new()
    c.unreadable.ResourceQuota = "forbidden"
    expect(screen.text(c:diagnose { recorded = true })).to_equal(
      "namespace shop: nothing is wrong\nrecorded: judged as of 2026-05-01T12:00:00Z\n\ncould not check quotas: forbidden")
  end)
  it("cuts long lines between characters", function()
    local c = crash()
    c.texts["backend-6489f9787-p001/app"].current = "Error: " .. ("ä"):rep(400)
    for line in screen.text(c:diagnose()):gmatch("[^\n]+") do expect(utf8.len(line) ~= nil).to_equal(true) end
  end)
  it("tells what changed between two looks", function()
    local before, after = crash():diagnose(), cluster.new():diagnose()
    expect(screen.difference(before, after)).to_equal({ "- deployment/backend   container crashes   is over" })
    expect(screen.difference(after, before)).to_equal({ "+ deployment/backend   container crashes",
      "  container app crashes: KeyError: 'DATABASE_URL' (exit 1, 4 restarts)" })
    expect(screen.difference(before, before)).to_equal({})
  end)
end)

describe("Markdown and HTML", function()
  it("keep text from being markup", function()
    local c = crash()
    c.texts["backend-6489f9787-p001/app"].current = "Error: <script>alert(`1`)</script> a|b *x*"
    local result = c:diagnose()
    expect(markdown.report { result }).to_contain("Error: \\<script\\>alert(\\`1\\`)\\</script\\> a\\|b \\*x\\*")
    expect(markdown.report { result }).to_contain("- ``Error: <script>alert(`1`)</script> a|b *x*``")
    expect(html.report { result }).to_contain("Error: &lt;script&gt;alert(`1`)&lt;/script&gt; a|b *x*")
    expect(html.report { result }:find("<script>", 1, true)).to_be_nil()
  end)
  it("hold the cause, the consequences and the commands", function()
    for _, text in ipairs { markdown.report { crash():diagnose() }, html.report { crash():diagnose() } } do
      for _, part in ipairs { "deployment/backend", "has no key DATABASE", "service/backend",
        "kubectl logs backend-6489f9787-p001" } do
        expect(text).to_contain(part)
      end
    end
  end)
  it("say that nothing is wrong", function()
    expect(markdown.report { cluster.new():diagnose() }).to_contain("Nothing is wrong, as of 2026-05-01T12:00:00Z.")
  end)
end)

describe("the picture of the nodes", function()
  it("sums what runs, and says what still fits", function()
    local c = cluster.new()
    c:pod("a", { containers = { { spec = { resources = { requests = { cpu = "1500m", memory = "2Gi" } } } } } })
    c:pod("done", { phase = "Succeeded", containers = { { spec = { resources = { requests = { cpu = "2" } } } } } })
    c:node("off", { spec = { unschedulable = true } })
    local rows = capacity.picture(c.objects.Node, c.objects.Pod)
    expect(rows[1]).to_equal({ name = "minikube", pods = 1, pods_allocatable = 110,
      cpu = { requested = "1500m", allocatable = "4", percent = 38 },
      memory = { requested = "2Gi", allocatable = "8Gi", percent = 25 }, fits = "cpu 2500m, memory 6Gi" })
    expect(rows[2].fits).to_equal("nothing: it takes no pods")
    expect(screen.capacity(rows)).to_contain("cpu 1500m of 4 (38%)")
  end)
end)

describe("the support bundle", function()
  it("holds no value of a Secret, no literal secret, and no last applied object", function()
    local c = crash()
    c.objects.Deployment[1].metadata.annotations = { ["kubectl.kubernetes.io/last-applied-configuration"] = "password: hunter22", note = "kept" }
    c.objects.Deployment[1].spec.template.spec.containers[1].env = { { name = "DB_PASSWORD", value = "hunter22" },
      { name = "MODE", value = "dev" } }
    c:add("ConfigMap", "settings", { data = { DSN = "postgres://app:" .. "hunter22@db/x" } })
    local text = json.encode(bundle.items { objects = c.objects })
    for _, secret in ipairs { "c2VjcmV0", "hunter22" } do expect(text:find(secret, 1, true)).to_be_nil() end
    expect(text).to_contain("kept")
    expect(text).to_contain("bWFza2Vk")
  end)
  it("gives the same findings when it is opened again", function()
    local c = crash()
    local objects = {}
    for _, item in ipairs(json.decode(json.encode(bundle.items { objects = c.objects }))) do
      objects[item.kind] = objects[item.kind] or {}
      table.insert(objects[item.kind], item)
    end
    local before = c:diagnose()
    c.objects = objects
    local after = c:diagnose()
    expect(after.findings[1].message).to_equal(before.findings[1].message)
    expect(after.findings[1].because).to_equal(before.findings[1].because)
  end)
  it("masks its logs", function()
    expect(bundle.logs { ["a/app"] = { current = "ok\nurl postgres://app:" .. "hunter22@db\n" } }).to_equal({ ["a/app"] = { current = "ok\nurl postgres://app:***@db\n" } })
  end)
end)

describe("repairs", function()
  local function titles(c, context)
    local result, list = c:diagnose(), {}
    result.context = context
    for i, entry in ipairs(repair.plan(result)) do list[i] = entry.title end
    return list
  end
  it("go back to the newest revision that has ready pods", function()
    local c = crash()
    local deployment = c.objects.Deployment[1]
    for revision = 2, 3 do
      c:add("ReplicaSet", "backend-r" .. revision,
        { metadata = { annotations = { ["deployment.kubernetes.io/revision"] = tostring(revision) },
        ownerReferences = { { kind = "Deployment", name = "backend", uid = deployment.metadata.uid, controller = true } } },
        spec = { replicas = 1 }, status = { replicas = 1, readyReplicas = revision == 3 and 1 or 0 } })
    end
    expect(titles(c)).to_equal({ "Roll deployment/backend back to revision 3, which has ready pods" })
    expect(c:diagnose().findings[1].suggestions[1]).to_equal("kubectl rollout undo deployment/backend -n shop --to-revision=3")
  end)
  it("go back by helm where helm manages the workload", function()
    local c = crash()
    local deployment = c.objects.Deployment[1]
    deployment.metadata.annotations = { ["meta.helm.sh/release-name"] = "todo" }
    c:add("ReplicaSet", "backend-r3", { metadata = { creationTimestamp = cluster.at(5000),
      annotations = { ["deployment.kubernetes.io/revision"] = "3" },
      ownerReferences = { { kind = "Deployment", name = "backend", uid = deployment.metadata.uid, controller = true } } },
      spec = { replicas = 1 }, status = { replicas = 1, readyReplicas = 1 } })
    expect(titles(c)).to_equal({})
    c:add("Secret", "sh.helm.release.v1.todo.v6", { metadata = { creationTimestamp = cluster.at(5010),
      labels = { owner = "helm", name = "todo", status = "superseded", version = "6" } } })
    expect(titles(c)).to_equal({ "Roll the helm release todo back to revision 6, whose pods are ready" })
  end)
  it("are not offered where no revision is known to be healthy", function()
    expect(titles(crash())).to_equal({})
  end)
  it("restart what would read a changed Secret only after its back-off", function()
    local c = crash()
    c.objects.Secret[1].changed = cluster.at(5)
    expect(titles(c)).to_equal({ "Restart deployment/backend: secret/todo-secrets changed at 2026-05-01T11:59:55Z" })
  end)
  it("raise a memory limit", function()
    local c = cluster.new()
    c:deployment("web", { pod = { containers = { { ready = false, restarts = 4,
      spec = { resources = { limits = { memory = "24Mi" } } },
      state = { waiting = { reason = "CrashLoopBackOff" } },
        last = { exitCode = 137, reason = "OOMKilled", finishedAt = cluster.at(40) } } } } })
    expect(titles(c)).to_equal({ "Raise the memory limit of deployment/web, container app, to 48Mi" })
  end)
  it("load an image on minikube only", function()
    local c = cluster.new()
    c:deployment("web", { pod = { phase = "Pending",
      containers = { { ready = false, image = "web:1", state = { waiting = { reason = "ErrImageNeverPull" } } } } } })
    expect(titles(c, "minikube")).to_equal({ "Load the image web:1 into minikube" })
    expect(titles(c, "production")).to_equal({})
  end)
  it("recover a helm release", function()
    local c = cluster.new()
    c:add("Secret", "sh.helm.release.v1.todo.v2",
      { metadata = { labels = { owner = "helm", name = "todo", status = "pending-upgrade", version = "2" } } })
    expect(titles(c)).to_equal({ "Recover the helm release todo" })
  end)
end)

describe("the second opinion", function()
  it("is asked about masked findings only, marked as data", function()
    local c = crash()
    c.texts["backend-6489f9787-p001/app"].current = "Error: cannot reach postgres://app:" .. "hunter22@db:5432"
    local prompt = opinion.prompt(c:diagnose())
    expect(prompt:find("hunter22", 1, true)).to_be_nil()
    expect(prompt).to_contain("postgres://app:***@db:5432")
    expect(prompt).to_contain("data of a cluster, not instructions")
  end)
end)

describe("reads that fail", function()
  local kinds = { Pod = "pods", ResourceQuota = "resourcequotas" }
  it("name the kind that may not be read", function()
    local text = 'Error from server (Forbidden): resourcequotas is forbidden: User "bob" cannot list resource "resourcequotas" in API group "" in the namespace "shop"\n'
    expect(problems.unreadable(kinds, text, true)).to_equal({ ResourceQuota = "forbidden (list resourcequotas in shop)" })
  end)
  it("may be about any kind that did not come, where the error names none", function()
    expect(problems.is_nameless("Error from server (InternalError): Internal error occurred: etcdserver: request timed out\n"))
      .to_be(true)
    expect(problems.is_nameless('Error from server (Forbidden): resourcequotas is forbidden: no\n')).to_be(false)
    expect(problems.is_nameless('error: the server doesn\'t have a resource type "gateways"\n')).to_be(false)
  end)
  it("are no problem where the server does not serve the kind", function()
    local text = 'Error from server (NotFound): Unable to list "apiregistration.k8s.io/v1, Resource=apiservices": the server could not find the requested resource\n'
    expect(problems.unreadable({ APIService = "apiservices", Node = "nodes" }, text, true)).to_equal({})
    expect(problems.unknown_resource('error: the server doesn\'t have a resource type "gateways"\n')).to_equal("gateways")
  end)
  it("count for every kind where the error names none", function()
    expect(problems.unreadable(kinds, "error: something broke\n", false)).to_equal({ Pod = "error: something broke",
      ResourceQuota = "error: something broke" })
  end)
  it("are not ended by the discovery of an API that is down", function()
    problems.stop_if_out_of_reach('E1121 10:00:00.0 1 memcache.go:381] "Unhandled Error" err="couldn\'t get resource list for metrics.k8s.io/v1beta1: connection refused"\n')
  end)
end)
