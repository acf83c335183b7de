describe("teardown", function()
  before_each(function()
    on { "kubectl", "version" }:returns { stdout = "Client Version: v1.37.1" }
    on { "helm", "version" }:returns { stdout = "v4.3.1" }
    on { "helm", "history" }:returns { stdout = {
      { revision = 1, status = "deployed", description = "Install complete", chart = "todo-chatbot-1.0.0",
        app_version = "1.0.0", updated = "2026-01-01T00:00:00Z" },
    } }
    on { "helm", "uninstall" }:returns { stdout = "release \"todo-chatbot\" uninstalled" }
    on { "kubectl", "get" }:returns { stdout = { items = {} } }
    on { "kubectl", "delete" }:returns {}
  end)

  it("removes the release and leaves data, namespace and minikube alone", function()
    local done = runbook.run("teardown", {})
    expect(done.exit).to_equal(0)
    expect(#done.writes).to_equal(1)
    expect(done.writes[1]).to_contain("helm uninstall todo-chatbot")
  end)

  it("deletes data only when it is told to", function()
    on { "kubectl", "get" }:fails "The connection to the server was refused"
    local done = runbook.run("teardown", { params = { data = true }, dry_run = true })
    expect(done.exit).to_equal(0)
    local all = table.concat(done.writes, "\n")
    expect(all).to_contain("kubectl delete persistentvolumeclaims")
    expect(all).to_contain("app.kubernetes.io/instance=todo-chatbot")
    expect(all).to_contain("kubectl delete secret/todo-secrets")
    expect(all).never.to_contain("namespace/")
  end)

  it("never deletes a namespace of Kubernetes", function()
    for _, name in ipairs { "default", "kube-system" } do
      local done = runbook.run("teardown", { params = { namespace = name, delete_namespace = true } })
      expect(done.exit).to_equal(1)
      expect(done.error.message).to_equal(("namespace %s cannot be deleted"):format(name))
      expect(#done.writes).to_equal(0)
    end
  end)

  it("asks before it removes anything", function()
    local done = runbook.run("teardown", { yes = false })
    expect(done.exit).to_equal(6)
    expect(#done.writes).to_equal(0)
  end)
end)
