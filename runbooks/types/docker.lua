---@meta _
-- Written from the API's description; do not edit.

---Images, containers and compose projects, by docker's own program
---Every function takes `env`: with `env = minikube.docker_env()` it works in minikube's engine, and what undoes it later
---reaches the same one. Names that begin with `-` are refused, since docker would take them as options.
---@class docker
docker = {}

---@class (exact) docker.build.options
---@field tag string|string[] the image's name, or a list of names
---@field context? string the folder that is sent to the builder (default `"."`)
---@field file? string the Dockerfile; the context's own when left out
---@field target? string the stage to build
---@field build_args? table<string, string> values for the Dockerfile's ARGs; no secrets
---@field secrets? table<string, string|runbook.Secret> secrets that the build mounts, by id
---@field platform? string such as `linux/amd64`
---@field pull? boolean true: look for newer base images (default `false`)
---@field no_cache? boolean true: build every layer again (default `false`)
---@field cache_from? string[] images to take layers from
---@field network? string the network of RUN instructions, such as `none`
---@field labels? table<string, string> labels of the image
---@field builder? string the buildx builder; the engine's own when left out
---@field metadata_file? string where buildx writes what it knows of the build
---@field max_size? runbook.Size the largest image that is accepted
---@field env? table<string, string|runbook.Secret> variables for docker itself, such as `minikube.docker_env()` gives: they choose the engine
---@field timeout? runbook.Duration how long it may take (default `"20m"`)
---@field args? string[] further arguments, added as they are before the names

---@class (exact) docker.build.result
---@field image string the first tag
---@field id string the image's id
---@field size integer bytes, as the engine counts them
---@field ms integer how long the build took
---@field builder "buildx"|"legacy" what built it
---@field metadata? any with `metadata_file`: its content

---Build an image from a Dockerfile
---Uses BuildKit where docker has the buildx plugin, and the legacy builder otherwise. An image over `max_size` is an
---error that names the image, its size and the limit. `secrets` are mounted for the build (`RUN --mount=type=secret,id=NAME`)
---and stand neither in the image nor in an argument list.
---
---A preview makes sure that the context and the Dockerfile are there and shows what `docker build --check` says of it.
---Undo gives the tag back to the image that had it, or removes it.
---@param options docker.build.options
---@return docker.build.result
function docker.build(options) end

---@class (exact) docker.check.options
---@field context? string the folder that would be sent to the builder (default `"."`)
---@field file? string the Dockerfile; the context's own when left out
---@field target? string the stage to check
---@field build_args? table<string, string> values for the Dockerfile's ARGs
---@field env? table<string, string|runbook.Secret> variables for docker itself, such as `minikube.docker_env()` gives: they choose the engine
---@field timeout? runbook.Duration how long it may take (default `"60s"`)
---@field args? string[] further arguments, added as they are before the names

---@class (exact) docker.check.result.warnings
---@field rule string the rule
---@field message string the remark
---@field line integer the line

---@class (exact) docker.check.result
---@field ok boolean true when nothing was found
---@field error string why it cannot be built, or nil
---@field warnings docker.check.result.warnings[] what was found
---@field by "buildx"|"runbook" what checked it

---Check a Dockerfile without building it
---Uses `docker build --check` where docker has buildx 0.15 or later, and otherwise the engine's own reader, which finds
---wrong syntax, files missing from the context and the common slips, without a network.
---@param options? docker.check.options
---@return docker.check.result
function docker.check(options) end

---@class (exact) docker.tag.options
---@field source string the image
---@field target string the further name
---@field env? table<string, string|runbook.Secret> variables for docker itself, such as `minikube.docker_env()` gives: they choose the engine
---@field timeout? runbook.Duration how long it may take (default `"30s"`)
---@field args? string[] further arguments, added as they are before the names

---Give an image a further name
---Undo gives the name back to the image that had it, or removes it.
---@param options docker.tag.options
---@return string # the further name
function docker.tag(options) end

---@class (exact) docker.push.options
---@field image string its name, with the registry
---@field env? table<string, string|runbook.Secret> variables for docker itself, such as `minikube.docker_env()` gives: they choose the engine
---@field timeout? runbook.Duration how long it may take (default `"10m"`)
---@field args? string[] further arguments, added as they are before the names

---@class (exact) docker.push.result
---@field image string the name
---@field id string the id
---@field size integer bytes
---@field tags string[] all its names
---@field digests string[] its digests in registries
---@field created string when it was built
---@field platform string such as `linux/amd64`

---Send an image to its registry
---It cannot be undone.
---@param options docker.push.options
---@return docker.push.result
function docker.push(options) end

---@class (exact) docker.pull.options
---@field image string its name
---@field platform? string such as `linux/amd64`
---@field env? table<string, string|runbook.Secret> variables for docker itself, such as `minikube.docker_env()` gives: they choose the engine
---@field timeout? runbook.Duration how long it may take (default `"10m"`)
---@field args? string[] further arguments, added as they are before the names

---@class (exact) docker.pull.result
---@field image string the name
---@field id string the id
---@field size integer bytes
---@field tags string[] all its names
---@field digests string[] its digests in registries
---@field created string when it was built
---@field platform string such as `linux/amd64`

---Fetch an image from its registry
---Undo removes an image that was not there before.
---@param options docker.pull.options
---@return docker.pull.result
function docker.pull(options) end

---@class (exact) docker.save.options
---@field image string|string[] the image, or a list
---@field file string the file to write
---@field env? table<string, string|runbook.Secret> variables for docker itself, such as `minikube.docker_env()` gives: they choose the engine
---@field timeout? runbook.Duration how long it may take (default `"10m"`)
---@field args? string[] further arguments, added as they are before the names

---Write images to a tar file
---@param options docker.save.options
---@return string # the file
function docker.save(options) end

---@class (exact) docker.load.options
---@field file string the file
---@field env? table<string, string|runbook.Secret> variables for docker itself, such as `minikube.docker_env()` gives: they choose the engine
---@field timeout? runbook.Duration how long it may take (default `"10m"`)
---@field args? string[] further arguments, added as they are before the names

---Take images in from a tar file
---Images of the same names are replaced. Undo gives each name back to the image that had it; it looks into the file for
---the names, by `tar`.
---@param options docker.load.options
---@return string[] # the names of the images
function docker.load(options) end

---@class (exact) docker.rmi.options
---@field image string|string[] the image, or a list
---@field force? boolean true: also when a stopped container uses it (default `false`)
---@field env? table<string, string|runbook.Secret> variables for docker itself, such as `minikube.docker_env()` gives: they choose the engine
---@field timeout? runbook.Duration how long it may take (default `"60s"`)
---@field args? string[] further arguments, added as they are before the names

---Remove images, or names of images
---A name that is not there is no error. Undo works for an image that keeps another name.
---@param options docker.rmi.options
---@return boolean # true when something was removed
function docker.rmi(options) end

---@class (exact) docker.images.options
---@field reference? string only images of this name or pattern, such as `todo-*`
---@field filters? table<string, string> docker's filters, such as `{ dangling = "true" }`
---@field all? boolean true: with images that have no name (default `false`)
---@field env? table<string, string|runbook.Secret> variables for docker itself, such as `minikube.docker_env()` gives: they choose the engine
---@field timeout? runbook.Duration how long it may take (default `"60s"`)
---@field args? string[] further arguments, added as they are before the names

---@class (exact) docker.images.result
---@field id string the id
---@field name? string name and tag; nil for one without
---@field repository? string the name
---@field tag? string the tag
---@field size integer bytes
---@field created? string when it was built

---List images with their exact sizes
---@param options? docker.images.options
---@return docker.images.result[] # one entry a name; newest first
function docker.images(options) end

---@class (exact) docker.inspect.options
---@field name string its name or id
---@field type? "container"|"image"|"volume"|"network" what it is
---@field env? table<string, string|runbook.Secret> variables for docker itself, such as `minikube.docker_env()` gives: they choose the engine
---@field timeout? runbook.Duration how long it may take (default `"30s"`)
---@field args? string[] further arguments, added as they are before the names

---Tell all that docker knows of a container, image, volume or network
---The table is docker's own. What does not exist gives nil.
---@param options docker.inspect.options
---@return any # docker's table, or nil
function docker.inspect(options) end

---@class (exact) docker.exists.options
---@field image string its name or id
---@field env? table<string, string|runbook.Secret> variables for docker itself, such as `minikube.docker_env()` gives: they choose the engine

---Tell whether the engine has an image
---@param options docker.exists.options
---@return boolean # true when it has
function docker.exists(options) end

---@class (exact) docker.size.options
---@field image string its name or id
---@field max_size? runbook.Size a larger image is an error
---@field env? table<string, string|runbook.Secret> variables for docker itself, such as `minikube.docker_env()` gives: they choose the engine

---Tell the size of an image, and hold it to a limit
---The number is the engine's: with containerd's store it counts compressed content, so sizes of different engines do not compare.
---@param options docker.size.options
---@return integer # bytes
function docker.size(options) end

---@class (exact) docker.history.options
---@field image string its name or id
---@field env? table<string, string|runbook.Secret> variables for docker itself, such as `minikube.docker_env()` gives: they choose the engine
---@field timeout? runbook.Duration how long it may take (default `"30s"`)
---@field args? string[] further arguments, added as they are before the names

---@class (exact) docker.history.result
---@field created_by string the instruction
---@field size integer bytes
---@field created string when
---@field comment string the builder's remark

---List the layers of an image
---@param options docker.history.options
---@return docker.history.result[] # newest layer first
function docker.history(options) end

---@class (exact) docker.run.options
---@field image string the image
---@field command? string[] the program and its arguments; the image's own when left out
---@field name? string the container's name
---@field variables? table<string, string|runbook.Secret> variables of the container; secrets may be among them
---@field ports? string[] published ports, such as `127.0.0.1:8080:80`
---@field volumes? string[] mounts, such as `data:/var/lib/data`
---@field network? string the network
---@field user? string the user
---@field workdir? string the folder in the container
---@field entrypoint? string the program in place of the image's
---@field labels? table<string, string> labels
---@field memory? string the limit of its memory, such as `256m`
---@field cpus? number the limit of its processors
---@field restart? string the restart policy, such as `unless-stopped`
---@field platform? string such as `linux/amd64`
---@field pull? "always"|"missing"|"never" when to fetch the image
---@field detach? boolean true: in the background (default `false`)
---@field rm? boolean remove the container at its end; true unless `detach`
---@field stdin? string|runbook.Secret what the program reads
---@field check? boolean false: an exit code other than 0 is no error (default `true`)
---@field env? table<string, string|runbook.Secret> variables for docker itself, such as `minikube.docker_env()` gives: they choose the engine
---@field timeout? runbook.Duration how long it may take (default `"10m"`)
---@field args? string[] further arguments, added as they are before the names

---@class (exact) docker.run.result
---@field status integer the exit code
---@field stdout string what it printed
---@field stderr string the end of its errors
---@field ms integer how long it took
---@field id? string with `detach`: the container's id

---Run a container: to its end, or in the background
---Without `detach` it waits for the end and gives what was printed; the container is removed. With `detach` it gives the
---id, and undo removes a container that has a `name`. The engine is asked for first, since docker's exit codes for a
---missing engine and for a missing command are the same.
---@param options docker.run.options
---@return docker.run.result
function docker.run(options) end

---@class (exact) docker.exec.options
---@field container string its name or id
---@field command string[] the program and its arguments
---@field variables? table<string, string|runbook.Secret> variables of the program; secrets may be among them
---@field user? string the user
---@field workdir? string the folder
---@field stdin? string|runbook.Secret what the program reads
---@field read? boolean true: it changes nothing, so a preview runs it (default `false`)
---@field check? boolean false: an exit code of the program other than 0 is no error (default `true`)
---@field env? table<string, string|runbook.Secret> variables for docker itself, such as `minikube.docker_env()` gives: they choose the engine
---@field timeout? runbook.Duration how long it may take (default `"5m"`)
---@field args? string[] further arguments, added as they are before the names

---@class (exact) docker.exec.result
---@field status integer the exit code
---@field stdout string what it printed
---@field stderr string the end of its errors
---@field ms integer how long it took
---@field id? string with `detach`: the container's id

---Run a program in a running container
---It counts as a write, unless `read = true` says that it changes nothing.
---@param options docker.exec.options
---@return docker.exec.result
function docker.exec(options) end

---@class (exact) docker.ps.options
---@field all? boolean true: stopped ones too (default `false`)
---@field filters? table<string, string> docker's filters, such as `{ name = "todo" }`
---@field env? table<string, string|runbook.Secret> variables for docker itself, such as `minikube.docker_env()` gives: they choose the engine
---@field timeout? runbook.Duration how long it may take (default `"30s"`)
---@field args? string[] further arguments, added as they are before the names

---@class (exact) docker.ps.result
---@field id string the id
---@field name string the name
---@field image string the image
---@field state string `running`, `exited` and so on
---@field status string the state in words: `Up 2 hours`
---@field ports string the published ports
---@field command string the program
---@field created string when it was made

---List containers
---@param options? docker.ps.options
---@return docker.ps.result[] # newest first
function docker.ps(options) end

---@class (exact) docker.logs.options
---@field container string its name or id
---@field tail? integer only the last lines
---@field since? string only later lines: a time, or an age such as `10m`
---@field timestamps? boolean true: with the time of each line (default `false`)
---@field env? table<string, string|runbook.Secret> variables for docker itself, such as `minikube.docker_env()` gives: they choose the engine
---@field timeout? runbook.Duration how long it may take (default `"60s"`)
---@field args? string[] further arguments, added as they are before the names

---@class (exact) docker.logs.result
---@field stdout string its output
---@field stderr string its errors

---Read what a container has printed
---Of its errors the last 64 KiB are kept.
---@param options docker.logs.options
---@return docker.logs.result
function docker.logs(options) end

---@class (exact) docker.cp.options
---@field from string the file or folder
---@field to string where it goes
---@field env? table<string, string|runbook.Secret> variables for docker itself, such as `minikube.docker_env()` gives: they choose the engine
---@field timeout? runbook.Duration how long it may take (default `"5m"`)
---@field args? string[] further arguments, added as they are before the names

---Copy files between a container and this machine
---One of the two is `container:path`. Undo works for a single file that comes to this machine.
---@param options docker.cp.options
function docker.cp(options) end

---@class (exact) docker.port.options
---@field container string its name or id
---@field env? table<string, string|runbook.Secret> variables for docker itself, such as `minikube.docker_env()` gives: they choose the engine
---@field timeout? runbook.Duration how long it may take (default `"30s"`)
---@field args? string[] further arguments, added as they are before the names

---List the published ports of a container
---@param options docker.port.options
---@return table<string, string[]> # addresses by the container's port, such as `80/tcp`
function docker.port(options) end

---@class (exact) docker.volumes.options
---@field filters? table<string, string> docker's filters
---@field env? table<string, string|runbook.Secret> variables for docker itself, such as `minikube.docker_env()` gives: they choose the engine
---@field timeout? runbook.Duration how long it may take (default `"30s"`)
---@field args? string[] further arguments, added as they are before the names

---List volumes
---The tables are docker's own.
---@param options? docker.volumes.options
---@return any[] # one table each, with `Name` and `Driver`
function docker.volumes(options) end

---@class (exact) docker.volume_create.options
---@field name string its name
---@field driver? string the driver
---@field labels? table<string, string> labels
---@field env? table<string, string|runbook.Secret> variables for docker itself, such as `minikube.docker_env()` gives: they choose the engine
---@field timeout? runbook.Duration how long it may take (default `"30s"`)
---@field args? string[] further arguments, added as they are before the names

---Make a volume
---Undo removes it, when it was not there before.
---@param options docker.volume_create.options
---@return string # its name
function docker.volume_create(options) end

---@class (exact) docker.volume_rm.options
---@field name string its name
---@field env? table<string, string|runbook.Secret> variables for docker itself, such as `minikube.docker_env()` gives: they choose the engine
---@field timeout? runbook.Duration how long it may take (default `"30s"`)
---@field args? string[] further arguments, added as they are before the names

---Remove a volume and what it holds; it cannot be undone
---One that is not there is no error.
---@param options docker.volume_rm.options
function docker.volume_rm(options) end

---@class (exact) docker.networks.options
---@field filters? table<string, string> docker's filters
---@field env? table<string, string|runbook.Secret> variables for docker itself, such as `minikube.docker_env()` gives: they choose the engine
---@field timeout? runbook.Duration how long it may take (default `"30s"`)
---@field args? string[] further arguments, added as they are before the names

---List networks
---The tables are docker's own.
---@param options? docker.networks.options
---@return any[] # one table each, with `Name` and `Driver`
function docker.networks(options) end

---@class (exact) docker.network_create.options
---@field name string its name
---@field driver? string the driver
---@field labels? table<string, string> labels
---@field env? table<string, string|runbook.Secret> variables for docker itself, such as `minikube.docker_env()` gives: they choose the engine
---@field timeout? runbook.Duration how long it may take (default `"30s"`)
---@field args? string[] further arguments, added as they are before the names

---Make a network
---Undo removes it, when it was not there before.
---@param options docker.network_create.options
---@return string # its name
function docker.network_create(options) end

---@class (exact) docker.network_rm.options
---@field name string its name
---@field env? table<string, string|runbook.Secret> variables for docker itself, such as `minikube.docker_env()` gives: they choose the engine
---@field timeout? runbook.Duration how long it may take (default `"30s"`)
---@field args? string[] further arguments, added as they are before the names

---Remove a network
---One that is not there is no error.
---@param options docker.network_rm.options
function docker.network_rm(options) end

---@class (exact) docker.prune.options
---@field what "image"|"container"|"volume"|"network"|"builder" what to remove
---@field all? boolean true: all unused ones, for images and volumes (default `false`)
---@field filters? table<string, string> docker's filters, such as `{ until = "24h" }`
---@field env? table<string, string|runbook.Secret> variables for docker itself, such as `minikube.docker_env()` gives: they choose the engine
---@field timeout? runbook.Duration how long it may take (default `"5m"`)
---@field args? string[] further arguments, added as they are before the names

---Remove what nothing uses
---docker would ask first, and end well without doing anything when nobody answers: `--force` is always given. It cannot be undone.
---@param options docker.prune.options
---@return string # what docker printed
function docker.prune(options) end

---@class (exact) docker.login.options
---@field username string the user
---@field password string|runbook.Secret the password or token: a secret
---@field registry? string the registry; Docker Hub when left out
---@field env? table<string, string|runbook.Secret> variables for docker itself, such as `minikube.docker_env()` gives: they choose the engine
---@field timeout? runbook.Duration how long it may take (default `"60s"`)
---@field args? string[] further arguments, added as they are before the names

---Log in to a registry
---The password goes by standard input, never as an argument.
---@param options docker.login.options
function docker.login(options) end

---@class (exact) docker.logout.options
---@field registry? string the registry; Docker Hub when left out
---@field env? table<string, string|runbook.Secret> variables for docker itself, such as `minikube.docker_env()` gives: they choose the engine
---@field timeout? runbook.Duration how long it may take (default `"30s"`)
---@field args? string[] further arguments, added as they are before the names

---Forget the login of a registry
---@param options? docker.logout.options
function docker.logout(options) end

---@class (exact) docker.compose_up.options
---@field services? string[] these services only
---@field wait? runbook.Duration how long they may take to be healthy (default `"2m"`)
---@field build? boolean true: build images first (default `false`)
---@field remove_orphans? boolean true: remove services no longer listed (default `false`)
---@field force_recreate? boolean true: make all containers anew (default `false`)
---@field files? string[] the compose files; those of the folder when left out
---@field directory? string the project's folder
---@field project? string the project's name
---@field profiles? string[] profiles to use
---@field env_file? string the file with the values of variables; no secrets of a run
---@field env? table<string, string|runbook.Secret> variables for docker itself, such as `minikube.docker_env()` gives: they choose the engine
---@field timeout? runbook.Duration how long it may take (default `"10m"`)
---@field args? string[] further arguments, added as they are before the names

---Start the services of a compose project, and wait until they are healthy
---Undo takes a project down that had no containers before.
---@param options? docker.compose_up.options
function docker.compose_up(options) end

---@class (exact) docker.compose_down.options
---@field volumes? boolean true: remove its volumes and their data (default `false`)
---@field remove_orphans? boolean true: remove services no longer listed (default `false`)
---@field files? string[] the compose files; those of the folder when left out
---@field directory? string the project's folder
---@field project? string the project's name
---@field profiles? string[] profiles to use
---@field env_file? string the file with the values of variables; no secrets of a run
---@field env? table<string, string|runbook.Secret> variables for docker itself, such as `minikube.docker_env()` gives: they choose the engine
---@field timeout? runbook.Duration how long it may take (default `"5m"`)
---@field args? string[] further arguments, added as they are before the names

---Stop and remove the containers and networks of a compose project
---It cannot be undone. With `volumes` the data is gone too.
---@param options? docker.compose_down.options
function docker.compose_down(options) end

---@class (exact) docker.compose_build.options
---@field services? string[] these services only
---@field build_args? table<string, string> values for the Dockerfiles' ARGs; no secrets
---@field pull? boolean true: look for newer base images (default `false`)
---@field no_cache? boolean true: build every layer again (default `false`)
---@field files? string[] the compose files; those of the folder when left out
---@field directory? string the project's folder
---@field project? string the project's name
---@field profiles? string[] profiles to use
---@field env_file? string the file with the values of variables; no secrets of a run
---@field env? table<string, string|runbook.Secret> variables for docker itself, such as `minikube.docker_env()` gives: they choose the engine
---@field timeout? runbook.Duration how long it may take (default `"20m"`)
---@field args? string[] further arguments, added as they are before the names

---Build the images of a compose project
---@param options? docker.compose_build.options
function docker.compose_build(options) end

---@class (exact) docker.compose_ps.options
---@field services? string[] these services only
---@field all? boolean true: stopped ones too (default `false`)
---@field files? string[] the compose files; those of the folder when left out
---@field directory? string the project's folder
---@field project? string the project's name
---@field profiles? string[] profiles to use
---@field env_file? string the file with the values of variables; no secrets of a run
---@field env? table<string, string|runbook.Secret> variables for docker itself, such as `minikube.docker_env()` gives: they choose the engine
---@field timeout? runbook.Duration how long it may take (default `"30s"`)
---@field args? string[] further arguments, added as they are before the names

---List the containers of a compose project
---The tables are compose's own: `Name`, `Service`, `State`, `Health`, `ExitCode`.
---@param options? docker.compose_ps.options
---@return any[] # one table a container
function docker.compose_ps(options) end

---@class (exact) docker.compose_logs.options
---@field services? string[] these services only
---@field tail? integer only the last lines
---@field since? string only later lines
---@field files? string[] the compose files; those of the folder when left out
---@field directory? string the project's folder
---@field project? string the project's name
---@field profiles? string[] profiles to use
---@field env_file? string the file with the values of variables; no secrets of a run
---@field env? table<string, string|runbook.Secret> variables for docker itself, such as `minikube.docker_env()` gives: they choose the engine
---@field timeout? runbook.Duration how long it may take (default `"60s"`)
---@field args? string[] further arguments, added as they are before the names

---Read what the services of a compose project have printed
---@param options? docker.compose_logs.options
---@return string # the lines, each with its service
function docker.compose_logs(options) end

---@class (exact) docker.compose_config.options
---@field services? string[] these services only
---@field interpolate? boolean true: with the values of variables (default `false`)
---@field files? string[] the compose files; those of the folder when left out
---@field directory? string the project's folder
---@field project? string the project's name
---@field profiles? string[] profiles to use
---@field env_file? string the file with the values of variables; no secrets of a run
---@field env? table<string, string|runbook.Secret> variables for docker itself, such as `minikube.docker_env()` gives: they choose the engine
---@field timeout? runbook.Duration how long it may take (default `"30s"`)
---@field args? string[] further arguments, added as they are before the names

---Read a compose project as compose understands it
---Variables are left as they are written, since compose would print their values, secrets among them; `interpolate = true` asks for the values.
---@param options? docker.compose_config.options
---@return any # the project
function docker.compose_config(options) end

---@class (exact) docker.version.options
---@field env? table<string, string|runbook.Secret> variables for docker itself, such as `minikube.docker_env()` gives: they choose the engine
---@field timeout? runbook.Duration how long it may take (default `"20s"`)
---@field args? string[] further arguments, added as they are before the names

---@class (exact) docker.version.result
---@field usable boolean true when the engine answers
---@field client string the client's version
---@field server? string the engine's version
---@field reason? string why the engine cannot be used
---@field buildx? string the version of buildx, where it is there
---@field compose? string the version of compose, where it is there

---Tell the versions of docker's client and engine, and whether the engine answers
---An engine that does not answer is no error: `usable` is false, and `reason` says why.
---@param options? docker.version.options
---@return docker.version.result
function docker.version(options) end

---@class (exact) docker.info.options
---@field env? table<string, string|runbook.Secret> variables for docker itself, such as `minikube.docker_env()` gives: they choose the engine
---@field timeout? runbook.Duration how long it may take (default `"30s"`)
---@field args? string[] further arguments, added as they are before the names

---@class (exact) docker.info.result
---@field usable boolean true when the engine answered in full
---@field reason? string why it cannot be used
---@field server string the engine's version
---@field driver string the storage driver
---@field containerd_store boolean true when images are kept by containerd: sizes differ
---@field cpus integer the engine's processors
---@field memory integer the engine's memory in bytes
---@field containers integer how many containers it has
---@field images integer how many images it has

---Tell what docker's engine says of itself
---`docker info` exits 0 when only a part of the answer failed, and prints a full-looking answer without an engine:
---`usable` is true only when the engine answered without errors.
---@param options? docker.info.options
---@return docker.info.result
function docker.info(options) end

---@class (exact) docker.start.options
---@field container string|string[] its name or id, or a list
---@field env? table<string, string|runbook.Secret> variables for docker itself, such as `minikube.docker_env()` gives: they choose the engine
---@field timeout? runbook.Duration how long it may take (default `"2m"`)
---@field args? string[] further arguments, added as they are before the names

---Start stopped containers
---Undo stops those again that were not running.
---@param options docker.start.options
function docker.start(options) end

---@class (exact) docker.stop.options
---@field container string|string[] its name or id, or a list
---@field grace? runbook.Duration how long they may take before they are killed (default `"10s"`)
---@field env? table<string, string|runbook.Secret> variables for docker itself, such as `minikube.docker_env()` gives: they choose the engine
---@field timeout? runbook.Duration how long it may take (default `"2m"`)
---@field args? string[] further arguments, added as they are before the names

---Stop containers
---Undo starts those again that were running.
---@param options docker.stop.options
function docker.stop(options) end

---@class (exact) docker.restart.options
---@field container string|string[] its name or id, or a list
---@field grace? runbook.Duration how long they may take before they are killed (default `"10s"`)
---@field env? table<string, string|runbook.Secret> variables for docker itself, such as `minikube.docker_env()` gives: they choose the engine
---@field timeout? runbook.Duration how long it may take (default `"2m"`)
---@field args? string[] further arguments, added as they are before the names

---Stop containers and start them again
---@param options docker.restart.options
function docker.restart(options) end

---@class (exact) docker.pause.options
---@field container string|string[] its name or id, or a list
---@field env? table<string, string|runbook.Secret> variables for docker itself, such as `minikube.docker_env()` gives: they choose the engine
---@field timeout? runbook.Duration how long it may take (default `"2m"`)
---@field args? string[] further arguments, added as they are before the names

---Halt the processes of containers
---Undo lets those go on that were running.
---@param options docker.pause.options
function docker.pause(options) end

---@class (exact) docker.unpause.options
---@field container string|string[] its name or id, or a list
---@field env? table<string, string|runbook.Secret> variables for docker itself, such as `minikube.docker_env()` gives: they choose the engine
---@field timeout? runbook.Duration how long it may take (default `"2m"`)
---@field args? string[] further arguments, added as they are before the names

---Let halted containers go on
---Undo halts those again that were halted.
---@param options docker.unpause.options
function docker.unpause(options) end

---@class (exact) docker.kill.options
---@field container string|string[] its name or id, or a list
---@field signal? string the signal (default `"KILL"`)
---@field env? table<string, string|runbook.Secret> variables for docker itself, such as `minikube.docker_env()` gives: they choose the engine
---@field timeout? runbook.Duration how long it may take (default `"2m"`)
---@field args? string[] further arguments, added as they are before the names

---End containers at once
---Undo starts those again that were running.
---@param options docker.kill.options
function docker.kill(options) end

---@class (exact) docker.rename.options
---@field container string its name or id
---@field name string the new name
---@field env? table<string, string|runbook.Secret> variables for docker itself, such as `minikube.docker_env()` gives: they choose the engine
---@field timeout? runbook.Duration how long it may take (default `"30s"`)
---@field args? string[] further arguments, added as they are before the names

---Give a container another name
---Undo gives the name back.
---@param options docker.rename.options
function docker.rename(options) end

---@class (exact) docker.update.options
---@field container string|string[] its name or id, or a list
---@field memory? string the limit of its memory, such as `256m`
---@field cpus? number the limit of its processors
---@field restart? string the restart policy, such as `unless-stopped`
---@field env? table<string, string|runbook.Secret> variables for docker itself, such as `minikube.docker_env()` gives: they choose the engine
---@field timeout? runbook.Duration how long it may take (default `"30s"`)
---@field args? string[] further arguments, added as they are before the names

---Change the limits or the restart policy of containers
---Undo gives the restart policy and the limits back; docker cannot take a limit away again.
---@param options docker.update.options
function docker.update(options) end

---@class (exact) docker.rm.options
---@field container string|string[] its name or id, or a list
---@field force? boolean true: also when it runs (default `false`)
---@field volumes? boolean true: with its anonymous volumes (default `false`)
---@field env? table<string, string|runbook.Secret> variables for docker itself, such as `minikube.docker_env()` gives: they choose the engine
---@field timeout? runbook.Duration how long it may take (default `"2m"`)
---@field args? string[] further arguments, added as they are before the names

---Remove containers
---It cannot be undone. A container that is not there is no error.
---@param options docker.rm.options
function docker.rm(options) end

---@class (exact) docker.create.options
---@field image string the image
---@field command? string[] the program and its arguments; the image's own when left out
---@field name? string the container's name
---@field variables? table<string, string|runbook.Secret> variables of the container; secrets may be among them
---@field ports? string[] published ports, such as `127.0.0.1:8080:80`
---@field volumes? string[] mounts, such as `data:/var/lib/data`
---@field network? string the network
---@field user? string the user
---@field workdir? string the folder in the container
---@field entrypoint? string the program in place of the image's
---@field labels? table<string, string> labels
---@field memory? string the limit of its memory, such as `256m`
---@field cpus? number the limit of its processors
---@field restart? string the restart policy, such as `unless-stopped`
---@field platform? string such as `linux/amd64`
---@field pull? "always"|"missing"|"never" when to fetch the image
---@field env? table<string, string|runbook.Secret> variables for docker itself, such as `minikube.docker_env()` gives: they choose the engine
---@field timeout? runbook.Duration how long it may take (default `"10m"`)
---@field args? string[] further arguments, added as they are before the names

---Make a container without starting it
---Undo removes one that has a `name`.
---@param options docker.create.options
---@return string # the container's id
function docker.create(options) end

---@class (exact) docker.commit.options
---@field container string its name or id
---@field image string the image's name
---@field message? string a remark
---@field pause? boolean halt the container meanwhile (default `true`)
---@field env? table<string, string|runbook.Secret> variables for docker itself, such as `minikube.docker_env()` gives: they choose the engine
---@field timeout? runbook.Duration how long it may take (default `"5m"`)
---@field args? string[] further arguments, added as they are before the names

---Make an image of a container as it is
---For looking into a failure later; an image to run is better built. Undo gives the name back.
---@param options docker.commit.options
---@return string # the image's id
function docker.commit(options) end

---@class (exact) docker.export.options
---@field container string its name or id
---@field file string the file to write
---@field env? table<string, string|runbook.Secret> variables for docker itself, such as `minikube.docker_env()` gives: they choose the engine
---@field timeout? runbook.Duration how long it may take (default `"10m"`)
---@field args? string[] further arguments, added as they are before the names

---Write a container's file system to a tar file
---@param options docker.export.options
---@return string # the file
function docker.export(options) end

---@class (exact) docker.import.options
---@field file string the file
---@field image string the image's name
---@field changes? string[] instructions of a Dockerfile, such as `CMD ["sh"]`
---@field env? table<string, string|runbook.Secret> variables for docker itself, such as `minikube.docker_env()` gives: they choose the engine
---@field timeout? runbook.Duration how long it may take (default `"10m"`)
---@field args? string[] further arguments, added as they are before the names

---Make an image of a tar file with a file system
---Undo gives the name back.
---@param options docker.import.options
---@return string # the image's id
function docker.import(options) end

---@class (exact) docker.shell.options
---@field container string its name or id
---@field command? string[] the program and its arguments (default `{ "sh" }`)
---@field user? string the user
---@field env? table<string, string|runbook.Secret> variables for docker itself, such as `minikube.docker_env()` gives: they choose the engine
---@field timeout? runbook.Duration how long it may take (default `"1h"`)
---@field args? string[] further arguments, added as they are before the names

---Hand the terminal to the person, in a running container
---It needs a person on a terminal: a run without one ends with exit code 6, and `--yes` does not help. What is done
---there is in no report and cannot be undone.
---@param options docker.shell.options
---@return integer # the exit code of the shell
function docker.shell(options) end

---@class (exact) docker.top.options
---@field container string its name or id
---@field env? table<string, string|runbook.Secret> variables for docker itself, such as `minikube.docker_env()` gives: they choose the engine
---@field timeout? runbook.Duration how long it may take (default `"30s"`)
---@field args? string[] further arguments, added as they are before the names

---List the processes of a container
---@param options docker.top.options
---@return table<string, string>[] # one table a process, by the titles that `ps` gives, such as `PID`
function docker.top(options) end

---@class (exact) docker.diff.options
---@field container string its name or id
---@field env? table<string, string|runbook.Secret> variables for docker itself, such as `minikube.docker_env()` gives: they choose the engine
---@field timeout? runbook.Duration how long it may take (default `"60s"`)
---@field args? string[] further arguments, added as they are before the names

---@class (exact) docker.diff.result
---@field change "added"|"changed"|"deleted" what happened
---@field path string the file or folder

---List what a container has changed in its file system
---@param options docker.diff.options
---@return docker.diff.result[]
function docker.diff(options) end

---@class (exact) docker.stats.options
---@field container? string|string[] its name or id, or a list; all when left out
---@field env? table<string, string|runbook.Secret> variables for docker itself, such as `minikube.docker_env()` gives: they choose the engine
---@field timeout? runbook.Duration how long it may take (default `"30s"`)
---@field args? string[] further arguments, added as they are before the names

---@class (exact) docker.stats.result
---@field name string the name
---@field id string the id
---@field cpu? number percent of one processor
---@field memory? integer bytes
---@field memory_limit? integer bytes that it may use
---@field processes? integer how many

---Tell once what running containers use
---What the engine cannot tell is nil: one without control groups tells nothing.
---@param options? docker.stats.options
---@return docker.stats.result[]
function docker.stats(options) end

---@class (exact) docker.wait.options
---@field container string its name or id
---@field env? table<string, string|runbook.Secret> variables for docker itself, such as `minikube.docker_env()` gives: they choose the engine
---@field timeout? runbook.Duration how long it may take (default `"10m"`)
---@field args? string[] further arguments, added as they are before the names

---Wait until a container has ended, and give its exit code
---@param options docker.wait.options
---@return integer # the exit code
function docker.wait(options) end

---@class (exact) docker.df.options
---@field env? table<string, string|runbook.Secret> variables for docker itself, such as `minikube.docker_env()` gives: they choose the engine
---@field timeout? runbook.Duration how long it may take (default `"2m"`)
---@field args? string[] further arguments, added as they are before the names

---@class (exact) docker.df.result
---@field type string `Images`, `Containers`, `Local Volumes`, `Build Cache`
---@field total integer how many
---@field active integer how many are in use
---@field size? integer bytes
---@field reclaimable? integer bytes that a prune gives back

---Tell how much of the disk images, containers, volumes and the build cache take
---The engine looks through its whole store for it, which can be slow.
---@param options? docker.df.options
---@return docker.df.result[]
function docker.df(options) end

---@class (exact) docker.contexts.options
---@field env? table<string, string|runbook.Secret> variables for docker itself, such as `minikube.docker_env()` gives: they choose the engine
---@field timeout? runbook.Duration how long it may take (default `"20s"`)
---@field args? string[] further arguments, added as they are before the names

---@class (exact) docker.contexts.result
---@field name string the name
---@field current boolean true for the one that is used
---@field endpoint string where the engine is
---@field description string what it is

---List the contexts of docker's client: the engines that it knows
---@param options? docker.contexts.options
---@return docker.contexts.result[]
function docker.contexts(options) end

---@class (exact) docker.manifest.options
---@field image string its name, with the registry
---@field insecure? boolean reach a registry without TLS, or with any certificate (default `false`)
---@field missing_ok? boolean an image that the registry does not have is nil (default `false`)
---@field env? table<string, string|runbook.Secret> variables for docker itself, such as `minikube.docker_env()` gives: they choose the engine
---@field timeout? runbook.Duration how long it may take (default `"60s"`)
---@field args? string[] further arguments, added as they are before the names

---Ask a registry what an image is, without fetching it
---@param options docker.manifest.options
---@return any # the manifest, or nil
function docker.manifest(options) end

---@class (exact) docker.compose_start.options
---@field services? string[] these services only
---@field files? string[] the compose files; those of the folder when left out
---@field directory? string the project's folder
---@field project? string the project's name
---@field profiles? string[] profiles to use
---@field env_file? string the file with the values of variables; no secrets of a run
---@field env? table<string, string|runbook.Secret> variables for docker itself, such as `minikube.docker_env()` gives: they choose the engine
---@field timeout? runbook.Duration how long it may take (default `"2m"`)
---@field args? string[] further arguments, added as they are before the names

---Start the stopped services of a compose project
---Undo stops those again that were not running.
---@param options? docker.compose_start.options
function docker.compose_start(options) end

---@class (exact) docker.compose_stop.options
---@field services? string[] these services only
---@field grace? runbook.Duration how long they may take before they are killed (default `"10s"`)
---@field files? string[] the compose files; those of the folder when left out
---@field directory? string the project's folder
---@field project? string the project's name
---@field profiles? string[] profiles to use
---@field env_file? string the file with the values of variables; no secrets of a run
---@field env? table<string, string|runbook.Secret> variables for docker itself, such as `minikube.docker_env()` gives: they choose the engine
---@field timeout? runbook.Duration how long it may take (default `"2m"`)
---@field args? string[] further arguments, added as they are before the names

---Stop the services of a compose project, and keep their containers
---Undo starts those again that were running.
---@param options? docker.compose_stop.options
function docker.compose_stop(options) end

---@class (exact) docker.compose_restart.options
---@field services? string[] these services only
---@field files? string[] the compose files; those of the folder when left out
---@field directory? string the project's folder
---@field project? string the project's name
---@field profiles? string[] profiles to use
---@field env_file? string the file with the values of variables; no secrets of a run
---@field env? table<string, string|runbook.Secret> variables for docker itself, such as `minikube.docker_env()` gives: they choose the engine
---@field timeout? runbook.Duration how long it may take (default `"2m"`)
---@field args? string[] further arguments, added as they are before the names

---Stop services of a compose project and start them again
---@param options? docker.compose_restart.options
function docker.compose_restart(options) end

---@class (exact) docker.compose_kill.options
---@field services? string[] these services only
---@field signal? string the signal (default `"SIGKILL"`)
---@field files? string[] the compose files; those of the folder when left out
---@field directory? string the project's folder
---@field project? string the project's name
---@field profiles? string[] profiles to use
---@field env_file? string the file with the values of variables; no secrets of a run
---@field env? table<string, string|runbook.Secret> variables for docker itself, such as `minikube.docker_env()` gives: they choose the engine
---@field timeout? runbook.Duration how long it may take (default `"2m"`)
---@field args? string[] further arguments, added as they are before the names

---End services of a compose project at once
---Undo starts those again that were running.
---@param options? docker.compose_kill.options
function docker.compose_kill(options) end

---@class (exact) docker.compose_rm.options
---@field services? string[] these services only
---@field volumes? boolean true: with their anonymous volumes (default `false`)
---@field files? string[] the compose files; those of the folder when left out
---@field directory? string the project's folder
---@field project? string the project's name
---@field profiles? string[] profiles to use
---@field env_file? string the file with the values of variables; no secrets of a run
---@field env? table<string, string|runbook.Secret> variables for docker itself, such as `minikube.docker_env()` gives: they choose the engine
---@field timeout? runbook.Duration how long it may take (default `"2m"`)
---@field args? string[] further arguments, added as they are before the names

---Remove the stopped containers of services
---@param options? docker.compose_rm.options
function docker.compose_rm(options) end

---@class (exact) docker.compose_pull.options
---@field services? string[] these services only
---@field files? string[] the compose files; those of the folder when left out
---@field directory? string the project's folder
---@field project? string the project's name
---@field profiles? string[] profiles to use
---@field env_file? string the file with the values of variables; no secrets of a run
---@field env? table<string, string|runbook.Secret> variables for docker itself, such as `minikube.docker_env()` gives: they choose the engine
---@field timeout? runbook.Duration how long it may take (default `"10m"`)
---@field args? string[] further arguments, added as they are before the names

---Fetch the images of a compose project
---@param options? docker.compose_pull.options
function docker.compose_pull(options) end

---@class (exact) docker.compose_run.options
---@field service string the service
---@field command string[] the program and its arguments
---@field variables? table<string, string|runbook.Secret> variables of the program; secrets may be among them
---@field stdin? string|runbook.Secret what the program reads
---@field check? boolean false: an exit code other than 0 is no error (default `true`)
---@field files? string[] the compose files; those of the folder when left out
---@field directory? string the project's folder
---@field project? string the project's name
---@field profiles? string[] profiles to use
---@field env_file? string the file with the values of variables; no secrets of a run
---@field env? table<string, string|runbook.Secret> variables for docker itself, such as `minikube.docker_env()` gives: they choose the engine
---@field timeout? runbook.Duration how long it may take (default `"10m"`)
---@field args? string[] further arguments, added as they are before the names

---@class (exact) docker.compose_run.result
---@field status integer the exit code
---@field stdout string what it printed
---@field stderr string the end of its errors
---@field ms integer how long it took

---Run a program in a new container of a service, which is removed afterwards
---@param options docker.compose_run.options
---@return docker.compose_run.result
function docker.compose_run(options) end

---@class (exact) docker.compose_exec.options
---@field service string the service
---@field command string[] the program and its arguments
---@field variables? table<string, string|runbook.Secret> variables of the program; secrets may be among them
---@field stdin? string|runbook.Secret what the program reads
---@field check? boolean false: an exit code other than 0 is no error (default `true`)
---@field read? boolean true: it changes nothing, so a preview runs it (default `false`)
---@field files? string[] the compose files; those of the folder when left out
---@field directory? string the project's folder
---@field project? string the project's name
---@field profiles? string[] profiles to use
---@field env_file? string the file with the values of variables; no secrets of a run
---@field env? table<string, string|runbook.Secret> variables for docker itself, such as `minikube.docker_env()` gives: they choose the engine
---@field timeout? runbook.Duration how long it may take (default `"5m"`)
---@field args? string[] further arguments, added as they are before the names

---@class (exact) docker.compose_exec.result
---@field status integer the exit code
---@field stdout string what it printed
---@field stderr string the end of its errors
---@field ms integer how long it took

---Run a program in the running container of a service
---It counts as a write, unless `read = true` says that it changes nothing.
---@param options docker.compose_exec.options
---@return docker.compose_exec.result
function docker.compose_exec(options) end

---@class (exact) docker.compose_images.options
---@field services? string[] these services only
---@field files? string[] the compose files; those of the folder when left out
---@field directory? string the project's folder
---@field project? string the project's name
---@field profiles? string[] profiles to use
---@field env_file? string the file with the values of variables; no secrets of a run
---@field env? table<string, string|runbook.Secret> variables for docker itself, such as `minikube.docker_env()` gives: they choose the engine
---@field timeout? runbook.Duration how long it may take (default `"30s"`)
---@field args? string[] further arguments, added as they are before the names

---List the images that a compose project's containers run
---The tables are compose's own: `Repository`, `Tag`, `ID`, `Size`.
---@param options? docker.compose_images.options
---@return any[] # one table an image
function docker.compose_images(options) end

---@class (exact) docker.compose_ls.options
---@field all? boolean true: stopped ones too (default `false`)
---@field env? table<string, string|runbook.Secret> variables for docker itself, such as `minikube.docker_env()` gives: they choose the engine
---@field timeout? runbook.Duration how long it may take (default `"30s"`)
---@field args? string[] further arguments, added as they are before the names

---List the compose projects of the engine
---The tables are compose's own: `Name`, `Status`, `ConfigFiles`.
---@param options? docker.compose_ls.options
---@return any[] # one table a project
function docker.compose_ls(options) end
