--- Names the cause of what is wrong in a namespace, with the evidence, once, and the next command.
-- It reads only, unless `fix` is asked for. Detectors are in lib/diagnose/detectors; one of your own in
-- `diagnose/detectors` beside this file is used as well.
runbook {
  name = "diagnose",
  description = "Name the cause of what is wrong in a namespace, with the evidence and the next command",
  params = {
    namespace = { type = "string", optional = true, pattern = "^[a-z0-9]([a-z0-9-]*[a-z0-9])?$",
      help = "namespace; the kube context's when left out" },
    all_namespaces = { type = "boolean", default = false, help = "every namespace of the cluster" },
    contexts = { type = "list", optional = true, help = "kube contexts, side by side: a,b" },
    nodes = { type = "boolean", default = false,
      help = "show what is requested of each node, and the largest pod that still fits" },
    format = { type = "enum", values = { "text", "markdown", "html" }, default = "text",
      help = "how the findings are written" },
    out = { type = "path", optional = true, help = "write them to this file" },
    bundle = { type = "path", optional = true,
      help = "write what was read, without secrets, to this folder; --sim=FOLDER opens it" },
    fix = { type = "boolean", default = false,
      help = "offer the repairs that are known to be safe, each after a confirmation" },
    watch = { type = "boolean", default = false, help = "look again and again, and tell what changes" },
    every = { type = "duration", default = "10s", help = "how often `watch` looks" },
    ai = { type = "boolean", default = false, help = "add a second opinion of an AI tool, from masked evidence only" },
  },
  requires = { kubectl = ">=1.24" },
}

local options = {}
for _, name in ipairs { "namespace", "all_namespaces", "contexts", "nodes", "format", "out", "bundle", "fix", "watch",
  "every", "ai" } do
  options[name] = params[name]
end
return require("diagnose.session").run(options)
