runbook {
  name = "teardown",
  description = "Remove the todo chatbot, and on request its data, its namespace and minikube itself",
  params = {
    namespace = { type = "string", default = "todo-chatbot", pattern = "^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$",
      help = "namespace that it runs in" },
    release = { type = "string", default = "todo-chatbot", help = "helm release" },
    data = { type = "boolean", default = false,
      help = "switch to delete the volumes of the database and the Secret too" },
    delete_namespace = { type = "boolean", default = false,
      help = "switch to delete the namespace with everything in it" },
    stop = { type = "boolean", default = false, help = "switch to stop minikube too" },
    profile = { type = "string", default = "minikube", help = "profile of minikube" },
  },
  requires = { helm = ">=3.12", kubectl = ">=1.28" },
  lock = "deploy/${params.namespace}",
}

local app = require "deploy.app"

-- Namespaces that Kubernetes needs for itself.
local SYSTEM = { default = true, ["kube-system"] = true, ["kube-public"] = true, ["kube-node-lease"] = true }
if params.delete_namespace and SYSTEM[params.namespace] then
  fail { message = ("namespace %s cannot be deleted"):format(params.namespace), remedy = "leave delete_namespace out" }
end

local losses = { ("release %s"):format(params.release) }
if params.data then losses[#losses + 1] = "the database's volumes, the Secret " .. app.secret end
if params.delete_namespace then losses[#losses + 1] = "the namespace with everything in it" end
confirm(("Remove from %s: %s?"):format(params.namespace, table.concat(losses, ", ")))

step("Uninstall the release", { idempotent = true }, function()
  helm.uninstall { release = params.release, namespace = params.namespace, wait = "2m" }
end)

step("Delete its data", { when = params.data, idempotent = true }, function()
  kubectl.delete {
    resource = "persistentvolumeclaims", namespace = params.namespace,
    selector = "app.kubernetes.io/instance=" .. params.release, timeout = "1m",
  }
  kubectl.delete { resource = "secret/" .. app.secret, namespace = params.namespace }
end)

step("Delete the namespace", { when = params.delete_namespace, idempotent = true }, function()
  kubectl.delete { resource = "namespace/" .. params.namespace, timeout = "3m" }
end)

step("Stop minikube", { when = params.stop, idempotent = true }, function()
  minikube.stop { profile = params.profile }
end)

return { namespace = params.namespace, removed = losses }
