--- Building the images, or finding them where the cluster looks for them.
local app = require "deploy.app"
local preview = require "deploy.preview"

local images = {}

--- Builds every image at the same time, and returns what was built by the service's name.
---
--- With `how` = "minikube" the node's own docker builds, and nothing needs to be copied; with "load" this machine's
--- docker does, and the images are loaded into the node.
function images.build(profile, how)
  local engine = how == "minikube" and minikube.docker_env { profile = profile } or nil
  local builds = {}
  for _, service in ipairs(app.services) do
    builds[service.name] = function()
      local image = docker.build {
        context = service.context, tag = service.image, max_size = service.max_size, env = engine,
      }
      if how == "load" then minikube.image_load { image = service.image, profile = profile } end
      return image
    end
  end
  return parallel(builds)
end

--- Makes sure that the node holds every image already.
function images.find(profile)
  local list = minikube.image_ls { profile = profile }
  if not preview.knows(list) then return list end
  local held = {}
  for _, image in ipairs(list) do
    for _, tag in ipairs(image.tags) do held[tag:gsub("^docker%.io/library/", "")] = image end
  end
  local found = {}
  for _, service in ipairs(app.services) do
    if not held[service.image] then
      fail { message = ("image %s is not in minikube"):format(service.image), remedy = "run without skip_build" }
    end
    found[service.name] = held[service.image]
  end
  return found
end

return images
