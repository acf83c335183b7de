---@meta _
-- Written from the API's description; do not edit.

---The local cluster, its images, addons and addresses
---`tunnel`, `mount` and `dashboard` never end by themselves and have no function: run them in a terminal of their own.
---@class minikube
minikube = {}

---@class (exact) minikube.status.options
---@field profile? string the profile; minikube's active one when left out
---@field timeout? runbook.Duration how long it may take (default `"60s"`)
---@field args? string[] further arguments, added as they are before the names

---@class (exact) minikube.status.result
---@field exists boolean false when there is no such profile
---@field running boolean true when host, Kubernetes and kubeconfig are all as they should be
---@field code integer minikube's exit code: the sum of 1 host, 2 Kubernetes, 4 kubeconfig; 85 no profile
---@field host_ok boolean the node's machine runs
---@field kubernetes_ok boolean kubelet and API server run
---@field kubeconfig_ok boolean the kubeconfig points to it
---@field host? string the first node's machine: `Running`, `Stopped`, `Paused`
---@field kubelet? string its kubelet
---@field apiserver? string its API server
---@field kubeconfig? string `Configured` or `Misconfigured`
---@field nodes any[] every node: `name`, `host`, `kubelet`, `apiserver`, `kubeconfig`

---Tell how a profile stands
---A profile that is stopped or missing is no error.
---@param options? minikube.status.options
---@return minikube.status.result
function minikube.status(options) end

---@class (exact) minikube.start.options
---@field cpus? integer|string processors, or `max`
---@field memory? string memory, such as `4g`, or `max`
---@field disk? string the disk's size, such as `20g`
---@field driver? string what runs the node: `docker`, `podman`, `kvm2` and so on
---@field kubernetes_version? string such as `v1.33.1`, `stable` or `latest`
---@field container_runtime? "docker"|"containerd"|"cri-o" the runtime
---@field nodes? integer how many nodes
---@field addons? string[] addons to enable
---@field wait? boolean|string[] true: for everything; or a list such as `{ "apiserver" }`
---@field profile? string the profile; minikube's active one when left out
---@field timeout? runbook.Duration how long it may take (default `"15m"`)
---@field args? string[] further arguments, added as they are before the names

---@class (exact) minikube.start.result
---@field exists boolean false when there is no such profile
---@field running boolean true when host, Kubernetes and kubeconfig are all as they should be
---@field code integer minikube's exit code: the sum of 1 host, 2 Kubernetes, 4 kubeconfig; 85 no profile
---@field host_ok boolean the node's machine runs
---@field kubernetes_ok boolean kubelet and API server run
---@field kubeconfig_ok boolean the kubeconfig points to it
---@field host? string the first node's machine: `Running`, `Stopped`, `Paused`
---@field kubelet? string its kubelet
---@field apiserver? string its API server
---@field kubeconfig? string `Configured` or `Misconfigured`
---@field nodes any[] every node: `name`, `host`, `kubelet`, `apiserver`, `kubeconfig`

---Start a cluster, and make it where there is none
---It never asks for a password. `minikube.docker_env` works with the docker runtime only, which minikube 1.39 no longer
---takes by default: say `container_runtime = "docker"` where you need it. Undo stops or deletes what it started.
---@param options? minikube.start.options
---@return minikube.start.result
function minikube.start(options) end

---@class (exact) minikube.stop.options
---@field profile? string the profile; minikube's active one when left out
---@field timeout? runbook.Duration how long it may take (default `"5m"`)
---@field args? string[] further arguments, added as they are before the names

---Stop a cluster
---Undo starts it again when it was running.
---@param options? minikube.stop.options
function minikube.stop(options) end

---@class (exact) minikube.pause.options
---@field profile? string the profile; minikube's active one when left out
---@field timeout? runbook.Duration how long it may take (default `"5m"`)
---@field args? string[] further arguments, added as they are before the names

---Pause Kubernetes, leaving the node up
---Undo unpauses it.
---@param options? minikube.pause.options
function minikube.pause(options) end

---@class (exact) minikube.unpause.options
---@field profile? string the profile; minikube's active one when left out
---@field timeout? runbook.Duration how long it may take (default `"5m"`)
---@field args? string[] further arguments, added as they are before the names

---Let a paused Kubernetes go on
---Undo pauses it again when it was paused.
---@param options? minikube.unpause.options
function minikube.unpause(options) end

---@class (exact) minikube.delete.options
---@field profile? string the profile; minikube's active one when left out
---@field timeout? runbook.Duration how long it may take (default `"5m"`)
---@field args? string[] further arguments, added as they are before the names

---Delete a cluster and all that it holds
---It cannot be undone.
---@param options? minikube.delete.options
function minikube.delete(options) end

---@class (exact) minikube.update_context.options
---@field profile? string the profile; minikube's active one when left out
---@field timeout? runbook.Duration how long it may take (default `"5m"`)
---@field args? string[] further arguments, added as they are before the names

---Point the kubeconfig at the cluster's present address
---@param options? minikube.update_context.options
function minikube.update_context(options) end

---@class (exact) minikube.docker_env.options
---@field profile? string the profile; minikube's active one when left out
---@field timeout? runbook.Duration how long it may take (default `"2m"`)
---@field args? string[] further arguments, added as they are before the names

---Give the variables with which docker works in the cluster's engine
---For `env` of the `docker` functions: an image that is built there needs no loading. It works with the docker runtime and
---one node. minikube may restart the engine in the node to make it answer, so it counts as a write.
---@param options? minikube.docker_env.options
---@return table<string, string> # variables: `DOCKER_HOST`, `DOCKER_CERT_PATH` and so on
function minikube.docker_env(options) end

---@class (exact) minikube.image_load.options
---@field image? string the image's name
---@field file? string a file of `docker save` in place of a name
---@field overwrite? boolean false: keep an image that is there (default `true`)
---@field daemon? boolean true: look in docker only, not in a registry (default `false`)
---@field profile? string the profile; minikube's active one when left out
---@field timeout? runbook.Duration how long it may take (default `"10m"`)
---@field args? string[] further arguments, added as they are before the names

---@class (exact) minikube.image_load.result
---@field image string the name
---@field id string the id in the cluster
---@field size integer bytes
---@field ms integer how long it took

---Bring an image from docker, or from a file, into the cluster
---minikube exits 0 even when the image did not arrive, so the cluster's images are listed afterwards: one that is not
---among them is an error. Undo removes an image that was not there before.
---@param options? minikube.image_load.options
---@return minikube.image_load.result
function minikube.image_load(options) end

---@class (exact) minikube.image_build.options
---@field tag string the image's name
---@field context? string the folder that is sent (default `"."`)
---@field file? string the Dockerfile, as minikube takes it: relative to the context
---@field build_options? string[] options of the build, such as `no-cache`
---@field profile? string the profile; minikube's active one when left out
---@field timeout? runbook.Duration how long it may take (default `"20m"`)
---@field args? string[] further arguments, added as they are before the names

---@class (exact) minikube.image_build.result
---@field image string the name
---@field id string the id in the cluster
---@field size integer bytes
---@field ms integer how long it took

---Build an image inside the cluster
---The cluster's images are listed afterwards: an image that is not among them is an error.
---@param options minikube.image_build.options
---@return minikube.image_build.result
function minikube.image_build(options) end

---@class (exact) minikube.image_ls.options
---@field profile? string the profile; minikube's active one when left out
---@field timeout? runbook.Duration how long it may take (default `"60s"`)
---@field args? string[] further arguments, added as they are before the names

---@class (exact) minikube.image_ls.result
---@field id string the id
---@field tags string[] its names
---@field digests string[] its digests
---@field size integer bytes

---List the images in the cluster
---@param options? minikube.image_ls.options
---@return minikube.image_ls.result[]
function minikube.image_ls(options) end

---@class (exact) minikube.image_rm.options
---@field image string its name
---@field profile? string the profile; minikube's active one when left out
---@field timeout? runbook.Duration how long it may take (default `"60s"`)
---@field args? string[] further arguments, added as they are before the names

---Remove an image from the cluster
---It cannot be undone.
---@param options minikube.image_rm.options
function minikube.image_rm(options) end

---@class (exact) minikube.addons.options
---@field profile? string the profile; minikube's active one when left out
---@field timeout? runbook.Duration how long it may take (default `"60s"`)
---@field args? string[] further arguments, added as they are before the names

---List the addons
---@param options? minikube.addons.options
---@return table<string, boolean> # true for each that is enabled, by name
function minikube.addons(options) end

---@class (exact) minikube.addon_enable.options
---@field name string the addon, such as `ingress`
---@field profile? string the profile; minikube's active one when left out
---@field timeout? runbook.Duration how long it may take (default `"5m"`)
---@field args? string[] further arguments, added as they are before the names

---Enable an addon
---Undo sets it back, when it was not so before.
---@param options minikube.addon_enable.options
function minikube.addon_enable(options) end

---@class (exact) minikube.addon_disable.options
---@field name string the addon, such as `ingress`
---@field profile? string the profile; minikube's active one when left out
---@field timeout? runbook.Duration how long it may take (default `"5m"`)
---@field args? string[] further arguments, added as they are before the names

---Disable an addon
---Undo sets it back, when it was not so before.
---@param options minikube.addon_disable.options
function minikube.addon_disable(options) end

---@class (exact) minikube.service_url.options
---@field name string the service's name
---@field namespace? string its namespace (default `"default"`)
---@field profile? string the profile; minikube's active one when left out
---@field timeout? runbook.Duration how long it may take (default `"15s"`)
---@field args? string[] further arguments, added as they are before the names

---Give the address of a service, the first where it has several
---It never blocks: where minikube would hold a tunnel open (the docker driver on macOS and Windows), it is ended, and the
---address is made of the node's address and the service's port on it. Such an address cannot be reached from the host
---there; a warning says so, and how to forward a port.
---@param options minikube.service_url.options
---@return string # such as `http://192.168.49.2:30080`
function minikube.service_url(options) end

---@class (exact) minikube.service_urls.options
---@field name string the service's name
---@field namespace? string its namespace (default `"default"`)
---@field profile? string the profile; minikube's active one when left out
---@field timeout? runbook.Duration how long it may take (default `"15s"`)
---@field args? string[] further arguments, added as they are before the names

---@class (exact) minikube.service_urls.result
---@field urls string[] one a port
---@field by "minikube"|"node-port" where they come from
---@field hint? string what to do where they cannot be reached

---Give all addresses of a service, and where they come from
---It never blocks, as `service_url`.
---@param options minikube.service_urls.options
---@return minikube.service_urls.result
function minikube.service_urls(options) end

---@class (exact) minikube.ip.options
---@field node? string the node; the control plane when left out
---@field profile? string the profile; minikube's active one when left out
---@field timeout? runbook.Duration how long it may take (default `"30s"`)
---@field args? string[] further arguments, added as they are before the names

---Tell the address of a node
---@param options? minikube.ip.options
---@return string # the address
function minikube.ip(options) end

---@class (exact) minikube.profiles.options
---@field profile? string the profile; minikube's active one when left out
---@field timeout? runbook.Duration how long it may take (default `"60s"`)
---@field args? string[] further arguments, added as they are before the names

---@class (exact) minikube.profiles.result
---@field name string the name
---@field status string `Running`, `Stopped` …
---@field active boolean true for the one that is meant when none is named
---@field driver? string what runs the node
---@field runtime? string `docker`, `containerd` or `cri-o`
---@field kubernetes? string the version of Kubernetes
---@field nodes any[] `name`, `ip`, `control_plane`, `worker` of each

---List the profiles
---@param options? minikube.profiles.options
---@return minikube.profiles.result[] # empty where there is none
function minikube.profiles(options) end

---@class (exact) minikube.profile.options
---@field name string the profile
---@field timeout? runbook.Duration how long it may take (default `"30s"`)
---@field args? string[] further arguments

---Choose the profile that is meant when none is named
---Undo chooses the earlier one again.
---@param options minikube.profile.options
function minikube.profile(options) end

---@class (exact) minikube.nodes.options
---@field profile? string the profile; minikube's active one when left out
---@field timeout? runbook.Duration how long it may take (default `"60s"`)
---@field args? string[] further arguments, added as they are before the names

---List the nodes of a profile
---@param options? minikube.nodes.options
---@return any[] # `name`, `ip`, `control_plane`, `worker` of each
function minikube.nodes(options) end

---@class (exact) minikube.ssh.options
---@field command string[] the program and its arguments
---@field node? string the node; the control plane when left out
---@field stdin? string|runbook.Secret what the program reads
---@field read? boolean true: it changes nothing, so a preview runs it (default `false`)
---@field check? boolean false: an exit code other than 0 is no error (default `true`)
---@field profile? string the profile; minikube's active one when left out
---@field timeout? runbook.Duration how long it may take (default `"2m"`)
---@field args? string[] further arguments, added as they are before the names

---@class (exact) minikube.ssh.result
---@field status integer minikube's exit code
---@field stdout string what it printed
---@field stderr string the end of its errors

---Run a program on a node
---minikube joins the arguments and gives them to the node's shell, so each is quoted for it here. It counts as a write, unless `read = true`.
---@param options minikube.ssh.options
---@return minikube.ssh.result
function minikube.ssh(options) end

---@class (exact) minikube.logs.options
---@field lines? integer how many lines of each part (default `60`)
---@field problems? boolean true: only what points to known problems (default `false`)
---@field profile? string the profile; minikube's active one when left out
---@field timeout? runbook.Duration how long it may take (default `"2m"`)
---@field args? string[] further arguments, added as they are before the names

---Read the logs of the node
---@param options? minikube.logs.options
---@return string # the logs
function minikube.logs(options) end

---@class (exact) minikube.version.options
---@field profile? string the profile; minikube's active one when left out
---@field timeout? runbook.Duration how long it may take (default `"20s"`)
---@field args? string[] further arguments, added as they are before the names

---Tell minikube's version
---@param options? minikube.version.options
---@return string # such as `1.38.1`
function minikube.version(options) end

---@class (exact) minikube.node_add.options
---@field control_plane? boolean true: a further control plane (default `false`)
---@field profile? string the profile; minikube's active one when left out
---@field timeout? runbook.Duration how long it may take (default `"10m"`)
---@field args? string[] further arguments, added as they are before the names

---Add a node to the cluster
---It cannot be undone here, since minikube names the node itself.
---@param options? minikube.node_add.options
function minikube.node_add(options) end

---@class (exact) minikube.node_start.options
---@field node string the node, such as `m02`
---@field profile? string the profile; minikube's active one when left out
---@field timeout? runbook.Duration how long it may take (default `"10m"`)
---@field args? string[] further arguments, added as they are before the names

---Start a stopped node
---Undo stops one again that was stopped.
---@param options minikube.node_start.options
function minikube.node_start(options) end

---@class (exact) minikube.node_stop.options
---@field node string the node, such as `m02`
---@field profile? string the profile; minikube's active one when left out
---@field timeout? runbook.Duration how long it may take (default `"5m"`)
---@field args? string[] further arguments, added as they are before the names

---Stop a node
---Undo starts one again that was running.
---@param options minikube.node_stop.options
function minikube.node_stop(options) end

---@class (exact) minikube.node_delete.options
---@field node string the node, such as `m02`
---@field profile? string the profile; minikube's active one when left out
---@field timeout? runbook.Duration how long it may take (default `"5m"`)
---@field args? string[] further arguments, added as they are before the names

---Remove a node and what it holds
---It cannot be undone.
---@param options minikube.node_delete.options
function minikube.node_delete(options) end

---@class (exact) minikube.cp.options
---@field from string the file
---@field to string where it goes
---@field profile? string the profile; minikube's active one when left out
---@field timeout? runbook.Duration how long it may take (default `"5m"`)
---@field args? string[] further arguments, added as they are before the names

---Copy a file to or from a node
---A side in a node is `NODE:/path`.
---@param options minikube.cp.options
function minikube.cp(options) end

---@class (exact) minikube.shell.options
---@field node? string the node; the control plane when left out
---@field profile? string the profile; minikube's active one when left out
---@field timeout? runbook.Duration how long it may take (default `"1h"`)
---@field args? string[] further arguments, added as they are before the names

---Hand the terminal to the person, in a node
---It needs a person on a terminal: a run without one ends with exit code 6, and `--yes` does not help. What is done
---there is in no report and cannot be undone.
---@param options? minikube.shell.options
---@return integer # the exit code of the shell
function minikube.shell(options) end

---@class (exact) minikube.image_pull.options
---@field image string its name
---@field profile? string the profile; minikube's active one when left out
---@field timeout? runbook.Duration how long it may take (default `"10m"`)
---@field args? string[] further arguments, added as they are before the names

---@class (exact) minikube.image_pull.result
---@field image string the name
---@field id string the id in the cluster
---@field size integer bytes
---@field ms integer how long it took

---Have the cluster fetch an image from its registry
---The cluster's images are listed afterwards: an image that is not among them is an error.
---@param options minikube.image_pull.options
---@return minikube.image_pull.result
function minikube.image_pull(options) end

---@class (exact) minikube.image_push.options
---@field image string its name
---@field profile? string the profile; minikube's active one when left out
---@field timeout? runbook.Duration how long it may take (default `"10m"`)
---@field args? string[] further arguments, added as they are before the names

---Have the cluster send an image to its registry
---It cannot be undone.
---@param options minikube.image_push.options
function minikube.image_push(options) end

---@class (exact) minikube.image_tag.options
---@field source string the image
---@field target string the further name
---@field profile? string the profile; minikube's active one when left out
---@field timeout? runbook.Duration how long it may take (default `"60s"`)
---@field args? string[] further arguments, added as they are before the names

---Give an image of the cluster a further name
---Undo removes a name that was not there before.
---@param options minikube.image_tag.options
---@return string # the further name
function minikube.image_tag(options) end

---@class (exact) minikube.image_save.options
---@field image string its name
---@field file string the file to write
---@field profile? string the profile; minikube's active one when left out
---@field timeout? runbook.Duration how long it may take (default `"10m"`)
---@field args? string[] further arguments, added as they are before the names

---Write an image of the cluster to a tar file
---@param options minikube.image_save.options
---@return string # the file
function minikube.image_save(options) end

---@class (exact) minikube.config_get.options
---@field name string the setting, such as `memory`
---@field timeout? runbook.Duration how long it may take (default `"20s"`)
---@field args? string[] further arguments, added as they are before the names

---Get one of minikube's own settings
---@param options minikube.config_get.options
---@return string # its value; nil when it is not set
function minikube.config_get(options) end

---@class (exact) minikube.config_set.options
---@field name string the setting, such as `memory`
---@field value string its value
---@field timeout? runbook.Duration how long it may take (default `"20s"`)
---@field args? string[] further arguments, added as they are before the names

---Change one of minikube's own settings
---A profile takes it up when it is made anew. Undo gives the earlier value back.
---@param options minikube.config_set.options
function minikube.config_set(options) end

---@class (exact) minikube.config_unset.options
---@field name string the setting, such as `memory`
---@field timeout? runbook.Duration how long it may take (default `"20s"`)
---@field args? string[] further arguments, added as they are before the names

---Take one of minikube's own settings away
---Undo gives the earlier value back.
---@param options minikube.config_unset.options
function minikube.config_unset(options) end

---@class (exact) minikube.services.options
---@field namespace? string those of one namespace
---@field profile? string the profile; minikube's active one when left out
---@field timeout? runbook.Duration how long it may take (default `"60s"`)
---@field args? string[] further arguments, added as they are before the names

---@class (exact) minikube.services.result
---@field namespace string the namespace
---@field name string the service
---@field urls string[] empty for one that cannot be reached from outside
---@field ports string[] the names of its ports

---List the services of the cluster and their addresses
---@param options? minikube.services.options
---@return minikube.services.result[]
function minikube.services(options) end

---@class (exact) minikube.addon_images.options
---@field name string the addon, such as `ingress`
---@field profile? string the profile; minikube's active one when left out
---@field timeout? runbook.Duration how long it may take (default `"30s"`)
---@field args? string[] further arguments, added as they are before the names

---List the images that an addon uses
---@param options minikube.addon_images.options
---@return any # minikube's own answer
function minikube.addon_images(options) end
