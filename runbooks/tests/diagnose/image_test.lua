local cluster = require "cluster"

local function waiting(reason, message, fields)
  return cluster.merge({ ready = false, started = false, image = "registry.io/team/web:v9",
    state = { waiting = { reason = reason, message = message } } }, fields)
end

local function pod_with(reason, message, fields)
  return { phase = "Pending", age = 300, containers = { waiting(reason, message, fields) } }
end

describe("C01 image pull", function()
  local errors = {
    { "not found", "failed to pull and unpack image: registry.io/team/web:v9: not found",
      "the image or tag does not exist" },
    { "manifest unknown", "manifest unknown: manifest tagged by \"v9\" is not found", "the tag does not exist" },
    { "unauthorized", "failed to authorize: 401 Unauthorized: authentication required", "the registry wants credentials" },
    { "denied", "pull access denied, repository does not exist or may require authorization", "access denied" },
    { "rate limit", "toomanyrequests: You have reached your pull rate limit", "limits the rate" },
    { "certificate", "tls: failed to verify certificate: x509: certificate signed by unknown authority",
      "certificate is not trusted" },
    { "name", "dial tcp: lookup registry.io on 10.0.0.10:53: no such host", "name cannot be resolved" },
    { "platform", "no match for platform in manifest: not found", "not built for this node's platform" },
  }
  for _, entry in ipairs(errors) do
    it("names the cause: " .. entry[1], function()
      local c = cluster.new()
      c:deployment("web", { pod = pod_with("ImagePullBackOff",
        "Back-off pulling image \"registry.io/team/web:v9\": ErrImagePull: " .. entry[2]) })
      local result = c:finds { "image-pull", "deployment/web", "registry.io/team/web:v9" }
      expect(result.findings[1].message).to_contain(entry[3])
      expect(result.findings[1].severity).to_equal("error")
      expect(result.healthy).to_equal(false)
    end)
  end

  it("takes the cause from the newest Failed event where the status has none", function()
    local c = cluster.new()
    local _, pod = c:deployment("web",
      { pod = pod_with("ImagePullBackOff", "Back-off pulling image \"registry.io/team/web:v9\"") })
    c:event(pod, "Failed", "Failed to pull image \"registry.io/team/web:v9\": 403 Forbidden",
      { container = "app", count = 4 })
    c:event(pod, "BackOff", "Back-off pulling image \"registry.io/team/web:v9\"",
      { container = "app", count = 9, type = "Normal" })
    c:finds { "image-pull", "deployment/web", "403 Forbidden" }
  end)

  it("says that the pull secret does not exist", function()
    local c = cluster.new()
    local options = pod_with("ImagePullBackOff", "unauthorized: authentication required")
    options.spec = { imagePullSecrets = { { name = "regcred" } } }
    c:deployment("web", { pod = options })
    c:finds { "image-pull", "deployment/web", "imagePullSecrets names regcred, which does not exist" }
  end)

  for _, reason in ipairs { "RegistryUnavailable", "SignatureValidationFailed" } do
    it("knows " .. reason .. " (defect 4)", function()
      local c = cluster.new()
      c:deployment("web", { pod = pod_with(reason, "registry.io is not available") })
      c:finds { "image-pull", "deployment/web", reason }
    end)
  end

  it("reports an init container's image as image-pull", function()
    local c = cluster.new()
    c:deployment("web", { pod = { phase = "Pending", age = 300,
      init = { { name = "migrate", ready = false, image = "migrate:v9",
        state = { waiting = { reason = "ErrImagePull", message = "migrate:v9: not found" } } } },
      containers = { waiting("PodInitializing") } } })
    c:finds { "image-pull", "deployment/web", "migrate:v9" }
  end)

  it("settles while the first failure is seconds old", function()
    local c = cluster.new()
    local options = pod_with("ErrImagePull", "rpc error: connection reset by peer")
    options.age = 5
    c:deployment("web", { age = 6, pod = options, unavailable = 5 })
    local result = c:finds { "settling", "deployment/web" }
    expect(result.healthy).to_equal(true)
  end)

  it("finds nothing wrong with a pull secret that is missing but not needed", function()
    local c = cluster.new()
    local _, pod = c:deployment("web", { pod = { spec = { imagePullSecrets = { { name = "regcred" } } } } })
    c:event(pod, "FailedToRetrieveImagePullSecret", "Unable to retrieve some image pull secrets (regcred)", { count = 30 })
    c:finds()
  end)
end)

describe("C02 image configuration", function()
  it("finds an image that is not on the node", function()
    local c = cluster.new()
    c:deployment("web", { pod = pod_with("ErrImageNeverPull", "Container image is not present with pull policy of Never") })
    local result = c:finds { "image-pull", "deployment/web", "registry.io/team/web:v9" }
    expect(result.findings[1].suggestions).to_contain("minikube image load registry.io/team/web:v9")
    expect(result.findings[1].fix.image).to_equal("registry.io/team/web:v9")
  end)
  for _, reason in ipairs { "InvalidImageName", "ImageInspectError" } do
    it("finds " .. reason, function()
      local c = cluster.new()
      c:deployment("web", { pod = pod_with(reason, "couldn't parse image name") })
      c:finds { "image-pull", "deployment/web", "couldn't parse image name" }
    end)
  end
end)
