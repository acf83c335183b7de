---@meta _
-- Written from the API's description; do not edit.

---Look at and change the objects of the cluster
---Every call goes to the context that is fixed when the run starts, and names its namespace. The user's own kubectl
---preferences (kuberc) are switched off. A write shows its difference in a preview and knows how to be taken back.
---@class kubectl
kubectl = {}

---@class (exact) kubectl.get.options
---@field resource string the kind, such as `pods`, or one object, such as `deployment/backend`
---@field name? string|string[] the object's name, or several, where `resource` is a kind only
---@field namespace? string the namespace; that of the context when left out
---@field all_namespaces? boolean look in every namespace (default `false`)
---@field selector? string labels that the objects must have, such as `app=backend`
---@field field_selector? string fields that the objects must have, such as `status.phase=Running`
---@field context? string another context than the run's, to look only
---@field timeout? runbook.Duration how long it may take (default `"60s"`)
---@field args? string[] more arguments for kubectl, as they are
---@field template? string a Go template for the text that is wanted instead of the table
---@field missing_ok? boolean an object that is not there is nil, not an error (default `false`)
---@field check? boolean false: a failure is no error, and the result tells of it (default `true`)

---Get objects as a table
---One named object is that object, everything else a `List` with `items`. With `template` (a Go template) the
---result is the text that it gives. With `check = false` the result is `{ status, stdout, stderr, value }`, and
---`value` holds what could be read even where the exit code is not 0. The values of a Secret come as secrets.
---@param options kubectl.get.options
---@return any # the object, the list of objects or the text
function kubectl.get(options) end

---@class (exact) kubectl.list.options
---@field resource string the kind, such as `pods`, or one object, such as `deployment/backend`
---@field name? string|string[] the object's name, or several, where `resource` is a kind only
---@field namespace? string the namespace; that of the context when left out
---@field all_namespaces? boolean look in every namespace (default `false`)
---@field selector? string labels that the objects must have, such as `app=backend`
---@field field_selector? string fields that the objects must have, such as `status.phase=Running`
---@field context? string another context than the run's, to look only
---@field timeout? runbook.Duration how long it may take (default `"60s"`)
---@field args? string[] more arguments for kubectl, as they are

---List objects
---The `items` of what `kubectl.get` gives.
---@param options kubectl.list.options
---@return any[] # the objects
function kubectl.list(options) end

---@class (exact) kubectl.describe.options
---@field resource string the kind, such as `pods`, or one object, such as `deployment/backend`
---@field name? string|string[] the object's name, or several, where `resource` is a kind only
---@field namespace? string the namespace; that of the context when left out
---@field selector? string labels that the objects must have, such as `app=backend`
---@field context? string another context than the run's, to look only
---@field timeout? runbook.Duration how long it may take (default `"60s"`)
---@field args? string[] more arguments for kubectl, as they are

---Describe objects in prose, as a person reads it
---@param options kubectl.describe.options
---@return string # the text
function kubectl.describe(options) end

---@class (exact) kubectl.logs.options
---@field pod? string the pod
---@field resource? string an object with pods, such as `deployment/backend`: one of its pods
---@field selector? string labels that the objects must have, such as `app=backend`
---@field container? string the container; the pod's first when left out
---@field all_containers? boolean those of all containers (default `false`)
---@field previous? boolean those of the container before its last restart (default `false`)
---@field tail? integer how many lines from the end; -1: all (default `200`)
---@field since? runbook.Duration only what is not older
---@field timestamps? boolean begin each line with its time (default `false`)
---@field prefix? boolean begin each line with its pod and container (default `false`)
---@field namespace? string the namespace; that of the context when left out
---@field context? string another context than the run's, to look only
---@field timeout? runbook.Duration how long it may take (default `"60s"`)
---@field check? boolean false: a failure is no error, and the result tells of it (default `true`)
---@field args? string[] more arguments for kubectl, as they are

---Get what containers wrote
---Give one of `pod`, `resource` and `selector`. With `check = false` the result is `{ status, stdout, stderr }`.
---@param options? kubectl.logs.options
---@return any # the text, or the result
function kubectl.logs(options) end

---@class (exact) kubectl.events.options
---@field object? string those about one object, such as `pod/backend-1`
---@field type? "Normal"|"Warning" those of one type
---@field limit? integer only so many of the newest
---@field namespace? string the namespace; that of the context when left out
---@field all_namespaces? boolean look in every namespace (default `false`)
---@field context? string another context than the run's, to look only
---@field timeout? runbook.Duration how long it may take (default `"60s"`)
---@field args? string[] more arguments for kubectl, as they are

---@class (exact) kubectl.events.result
---@field time string when it was last seen
---@field type string Normal or Warning
---@field reason string the reason in a word
---@field object string what it is about, such as `pod/backend-1`
---@field namespace string the namespace of that
---@field message string the text
---@field count integer how often
---@field source string who noted it

---List what the cluster noted, the oldest first
---Sorted by when each was last seen, also those of the newer events API that have no `lastTimestamp`.
---@param options? kubectl.events.options
---@return kubectl.events.result[]
function kubectl.events(options) end

---@class (exact) kubectl.apply.options
---@field text? string|runbook.Secret the manifest as text: YAML or JSON, one document or more
---@field file? string|string[] files or folders with manifests
---@field manifest? any the manifest as a table, or a list of them
---@field namespace? string the namespace; that of the context when left out
---@field server_side? boolean let the server merge, with managed fields (default `false`)
---@field force_conflicts? boolean take over fields that others manage (default `false`)
---@field field_manager? string who manages the fields, on the server's side (default `"runbook"`)
---@field validate? boolean refuse unknown fields (default `true`)
---@field timeout? runbook.Duration how long it may take (default `"2m"`)
---@field args? string[] more arguments for kubectl, as they are

---@class (exact) kubectl.apply.result.objects
---@field kind string the kind, in lower case
---@field name string the name
---@field result string created, configured, unchanged, …

---@class (exact) kubectl.apply.result
---@field changed boolean whether something was not as the manifest says
---@field objects kubectl.apply.result.objects[] what became of each object

---Make objects as a manifest says, and leave the others alone
---A manifest that holds a Secret is applied on the server's side, since kubectl's own way would keep a copy of
---the values in an annotation. A preview shows `kubectl diff`.
---@param options? kubectl.apply.options
---@return kubectl.apply.result
function kubectl.apply(options) end

---@class (exact) kubectl.create.options
---@field text? string|runbook.Secret the manifest as text: YAML or JSON, one document or more
---@field file? string|string[] files or folders with manifests
---@field manifest? any the manifest as a table, or a list of them
---@field namespace? string the namespace; that of the context when left out
---@field timeout? runbook.Duration how long it may take (default `"2m"`)
---@field args? string[] more arguments for kubectl, as they are

---@class (exact) kubectl.create.result.objects
---@field kind string the kind, in lower case
---@field name string the name
---@field result string created, configured, unchanged, …

---@class (exact) kubectl.create.result
---@field changed boolean whether something was not as the manifest says
---@field objects kubectl.create.result.objects[] what became of each object

---Create the objects of a manifest, which must not be there yet
---@param options? kubectl.create.options
---@return kubectl.create.result
function kubectl.create(options) end

---@class (exact) kubectl.replace.options
---@field text? string|runbook.Secret the manifest as text: YAML or JSON, one document or more
---@field file? string|string[] files or folders with manifests
---@field manifest? any the manifest as a table, or a list of them
---@field namespace? string the namespace; that of the context when left out
---@field timeout? runbook.Duration how long it may take (default `"2m"`)
---@field args? string[] more arguments for kubectl, as they are

---@class (exact) kubectl.replace.result.objects
---@field kind string the kind, in lower case
---@field name string the name
---@field result string created, configured, unchanged, …

---@class (exact) kubectl.replace.result
---@field changed boolean whether something was not as the manifest says
---@field objects kubectl.replace.result.objects[] what became of each object

---Put the objects of a manifest in the place of those that are there
---@param options? kubectl.replace.options
---@return kubectl.replace.result
function kubectl.replace(options) end

---@class (exact) kubectl.diff.options
---@field text? string|runbook.Secret the manifest as text: YAML or JSON, one document or more
---@field file? string|string[] files or folders with manifests
---@field manifest? any the manifest as a table, or a list of them
---@field namespace? string the namespace; that of the context when left out
---@field server_side? boolean as apply would (default `false`)
---@field context? string another context than the run's, to look only
---@field timeout? runbook.Duration how long it may take (default `"60s"`)
---@field args? string[] more arguments for kubectl, as they are

---@class (exact) kubectl.diff.result
---@field changed boolean whether there is a difference
---@field lines string[] the difference, object by object

---Compare a manifest with what is in the cluster
---@param options? kubectl.diff.options
---@return kubectl.diff.result
function kubectl.diff(options) end

---@class (exact) kubectl.ensure_namespace.options
---@field name string the namespace
---@field labels? table<string, string> labels of a namespace that is created
---@field timeout? runbook.Duration how long it may take (default `"30s"`)

---@class (exact) kubectl.ensure_namespace.result
---@field name string the namespace
---@field created boolean whether it was not there

---Create a namespace unless it is there
---@param options kubectl.ensure_namespace.options
---@return kubectl.ensure_namespace.result
function kubectl.ensure_namespace(options) end

---@class (exact) kubectl.ensure_secret.options
---@field name string the object
---@field namespace? string the namespace; that of the context when left out
---@field keep_others? boolean leave keys alone that are not named here (default `false`)
---@field labels? table<string, string> labels of the object
---@field timeout? runbook.Duration how long it may take (default `"60s"`)
---@field from table<string, string|runbook.Secret> the keys and their values, such as `secrets`
---@field type? string the Secret's type (default `"Opaque"`)

---@class (exact) kubectl.ensure_secret.result
---@field changed boolean whether something was not as it should be
---@field set string[] keys that were not there
---@field updated string[] keys that had another value
---@field removed string[] keys that were taken away
---@field unchanged string[] keys that were as they should be

---Make a Secret hold certain keys
---The values go to kubectl on standard input and are merged by the server, so that no copy of them stands in an
---argument or an annotation. A preview shows which keys would be set, changed or removed, and no value.
---What was there before can be put back while the run lasts; it is written nowhere.
---@param options kubectl.ensure_secret.options
---@return kubectl.ensure_secret.result
function kubectl.ensure_secret(options) end

---@class (exact) kubectl.ensure_configmap.options
---@field name string the object
---@field namespace? string the namespace; that of the context when left out
---@field keep_others? boolean leave keys alone that are not named here (default `false`)
---@field labels? table<string, string> labels of the object
---@field timeout? runbook.Duration how long it may take (default `"60s"`)
---@field from table<string, string> the keys and their values

---@class (exact) kubectl.ensure_configmap.result
---@field changed boolean whether something was not as it should be
---@field set string[] keys that were not there
---@field updated string[] keys that had another value
---@field removed string[] keys that were taken away
---@field unchanged string[] keys that were as they should be

---Make a ConfigMap hold certain keys
---What looks like a credential is refused: it belongs in a Secret.
---@param options kubectl.ensure_configmap.options
---@return kubectl.ensure_configmap.result
function kubectl.ensure_configmap(options) end

---@class (exact) kubectl.delete.options
---@field resource? string the kind, or one object such as `deployment/backend`
---@field name? string|string[] the object's name, or several
---@field selector? string labels that the objects must have, such as `app=backend`
---@field text? string|runbook.Secret the manifest as text: YAML or JSON, one document or more
---@field file? string|string[] files or folders with manifests
---@field manifest? any the manifest as a table, or a list of them
---@field namespace? string the namespace; that of the context when left out
---@field missing_ok? boolean an object that is not there is no error (default `true`)
---@field wait? boolean wait until the objects are gone (default `true`)
---@field grace? runbook.Duration how long pods may take to end
---@field force? boolean remove pods without waiting for their node (default `false`)
---@field timeout? runbook.Duration how long it may take (default `"2m"`)
---@field args? string[] more arguments for kubectl, as they are

---@class (exact) kubectl.delete.result
---@field deleted string[] what was deleted, such as `deployment/backend`

---Delete objects, and wait until they are gone
---Give `resource` (with `name` or `selector`), or a manifest. What was deleted can be created again as it was,
---except namespaces, volumes and what a controller makes anew by itself.
---@param options? kubectl.delete.options
---@return kubectl.delete.result
function kubectl.delete(options) end

---@class (exact) kubectl.wait_for_absence.options
---@field resource string the kind, such as `pods`, or one object, such as `deployment/backend`
---@field name? string the object's name, where `resource` is a kind only
---@field selector? string labels that the objects must have, such as `app=backend`
---@field namespace? string the namespace; that of the context when left out
---@field timeout? runbook.Duration how long it may take (default `"2m"`)
---@field check? boolean false: a failure is no error, and the result tells of it (default `true`)

---Wait until objects are gone
---A preview does not wait for what it only planned.
---@param options kubectl.wait_for_absence.options
---@return boolean # true; false with `check = false` when they are still there
function kubectl.wait_for_absence(options) end

---@class (exact) kubectl.scale.options
---@field resource string the object, such as `deployment/backend`
---@field name? string the object's name, where `resource` is a kind only
---@field replicas integer how many
---@field current? integer refuse when it has another number now
---@field namespace? string the namespace; that of the context when left out
---@field timeout? runbook.Duration how long it may take (default `"60s"`)
---@field args? string[] more arguments for kubectl, as they are

---@class (exact) kubectl.scale.result
---@field replicas integer how many it is to have
---@field before? integer how many it was to have before

---Set how many replicas a workload has
---@param options kubectl.scale.options
---@return kubectl.scale.result
function kubectl.scale(options) end

---@class (exact) kubectl.autoscale.options
---@field resource string the object, such as `deployment/backend`
---@field max integer the most replicas
---@field min? integer the fewest (default `1`)
---@field cpu? integer the use of the requested CPU to aim at, in percent (default `80`)
---@field memory? integer the use of the requested memory to aim at, in percent
---@field name? string the autoscaler's name
---@field namespace? string the namespace; that of the context when left out
---@field timeout? runbook.Duration how long it may take (default `"60s"`)

---@class (exact) kubectl.autoscale.result
---@field name string the autoscaler's name

---Let the number of replicas follow the load
---Makes a HorizontalPodAutoscaler with the workload's name, or changes the one that is there.
---@param options kubectl.autoscale.options
---@return kubectl.autoscale.result
function kubectl.autoscale(options) end

---@class (exact) kubectl.rollout_status.options
---@field resource string the object, such as `deployment/backend`
---@field name? string the object's name, where `resource` is a kind only
---@field namespace? string the namespace; that of the context when left out
---@field timeout? runbook.Duration how long it may take (default `"5m"`)
---@field check? boolean false: a failure is no error, and the result tells of it (default `true`)
---@field args? string[] more arguments for kubectl, as they are

---@class (exact) kubectl.rollout_status.result
---@field ready boolean whether it serves; false only with `check = false`
---@field message string the last thing that kubectl said

---Wait until a workload's new revision serves
---A preview does not wait for what it only planned.
---@param options kubectl.rollout_status.options
---@return kubectl.rollout_status.result
function kubectl.rollout_status(options) end

---@class (exact) kubectl.rollout_restart.options
---@field resource string the object, such as `deployment/backend`
---@field name? string the object's name, where `resource` is a kind only
---@field namespace? string the namespace; that of the context when left out
---@field timeout? runbook.Duration how long it may take (default `"60s"`)
---@field args? string[] more arguments for kubectl, as they are

---Replace a workload's pods, a few at a time
---@param options kubectl.rollout_restart.options
function kubectl.rollout_restart(options) end

---@class (exact) kubectl.rollout_undo.options
---@field resource string the object, such as `deployment/backend`
---@field name? string the object's name, where `resource` is a kind only
---@field namespace? string the namespace; that of the context when left out
---@field to_revision? integer the revision; the one before the current one when left out
---@field force? boolean also for a workload that helm manages (default `false`)
---@field timeout? runbook.Duration how long it may take (default `"60s"`)
---@field args? string[] more arguments for kubectl, as they are

---@class (exact) kubectl.rollout_undo.result
---@field from? integer the revision before
---@field to? integer the one it goes back to

---Go back to an earlier revision of a workload
---The revision before the current one may be one that failed, so name it where you can:
---`kubectl.rollout_history` lists them. A workload that helm manages is refused, since helm would not know of
---it: use `helm.rollback`, or `force = true`.
---@param options kubectl.rollout_undo.options
---@return kubectl.rollout_undo.result
function kubectl.rollout_undo(options) end

---@class (exact) kubectl.rollout_pause.options
---@field resource string the object, such as `deployment/backend`
---@field name? string the object's name, where `resource` is a kind only
---@field namespace? string the namespace; that of the context when left out
---@field timeout? runbook.Duration how long it may take (default `"60s"`)
---@field args? string[] more arguments for kubectl, as they are

---Hold a workload's rollout
---@param options kubectl.rollout_pause.options
function kubectl.rollout_pause(options) end

---@class (exact) kubectl.rollout_resume.options
---@field resource string the object, such as `deployment/backend`
---@field name? string the object's name, where `resource` is a kind only
---@field namespace? string the namespace; that of the context when left out
---@field timeout? runbook.Duration how long it may take (default `"60s"`)
---@field args? string[] more arguments for kubectl, as they are

---Go on with a rollout that was held
---@param options kubectl.rollout_resume.options
function kubectl.rollout_resume(options) end

---@class (exact) kubectl.rollout_history.options
---@field resource string the object, such as `deployment/backend`
---@field name? string the object's name, where `resource` is a kind only
---@field namespace? string the namespace; that of the context when left out
---@field context? string another context than the run's, to look only

---@class (exact) kubectl.rollout_history.result
---@field revision integer its number
---@field images string[] its images
---@field current boolean whether it is the one that is wanted now
---@field created string when it was made
---@field name string the object that keeps it
---@field cause? string the note that was made on it
---@field replicas? integer how many pods it has

---List the revisions of a workload, the oldest first
---@param options kubectl.rollout_history.options
---@return kubectl.rollout_history.result[]
function kubectl.rollout_history(options) end

---@class (exact) kubectl.set_image.options
---@field resource string the object, such as `deployment/backend`
---@field name? string the object's name, where `resource` is a kind only
---@field images table<string, string> the image of each container
---@field namespace? string the namespace; that of the context when left out
---@field timeout? runbook.Duration how long it may take (default `"60s"`)
---@field args? string[] more arguments for kubectl, as they are

---@class (exact) kubectl.set_image.result
---@field before table<string, string> the images that they had

---Give containers of a workload other images
---@param options kubectl.set_image.options
---@return kubectl.set_image.result
function kubectl.set_image(options) end

---@class (exact) kubectl.set_env.options
---@field resource string the object, such as `deployment/backend`
---@field name? string the object's name, where `resource` is a kind only
---@field env? table<string, string|boolean> the variables; false removes one
---@field from? string an object whose keys become variables, such as `secret/todo-secrets`
---@field prefix? string what is put before the names from `from`
---@field container? string the container; all when left out
---@field namespace? string the namespace; that of the context when left out
---@field timeout? runbook.Duration how long it may take (default `"60s"`)
---@field args? string[] more arguments for kubectl, as they are

---Set or remove variables of a workload's containers
---A value that is `false` removes the variable. A secret goes into a Secret, and here by `from`.
---@param options kubectl.set_env.options
function kubectl.set_env(options) end

---@class (exact) kubectl.patch.options
---@field resource string the object, such as `deployment/backend`
---@field name? string the object's name, where `resource` is a kind only
---@field patch any the patch, as a table or as text
---@field type? "strategic"|"merge"|"json" how the patch is meant (default `"strategic"`)
---@field subresource? string a part of the object with a life of its own, such as `status`
---@field namespace? string the namespace; that of the context when left out
---@field timeout? runbook.Duration how long it may take (default `"60s"`)
---@field args? string[] more arguments for kubectl, as they are

---Change fields of an object
---A patch that holds a secret goes to kubectl in a private file.
---@param options kubectl.patch.options
function kubectl.patch(options) end

---@class (exact) kubectl.label.options
---@field resource string the object, such as `deployment/backend`
---@field name? string the object's name, where `resource` is a kind only
---@field namespace? string the namespace; that of the context when left out
---@field timeout? runbook.Duration how long it may take (default `"60s"`)
---@field args? string[] more arguments for kubectl, as they are
---@field labels table<string, string|boolean> the labels; false removes one

---Set or remove labels of an object
---A value that is `false` removes the label.
---@param options kubectl.label.options
function kubectl.label(options) end

---@class (exact) kubectl.annotate.options
---@field resource string the object, such as `deployment/backend`
---@field name? string the object's name, where `resource` is a kind only
---@field namespace? string the namespace; that of the context when left out
---@field timeout? runbook.Duration how long it may take (default `"60s"`)
---@field args? string[] more arguments for kubectl, as they are
---@field annotations table<string, string|boolean> the annotations; false removes one

---Set or remove annotations of an object
---A value that is `false` removes the annotation.
---@param options kubectl.annotate.options
function kubectl.annotate(options) end

---@class (exact) kubectl.wait.options
---@field resource string the kind, such as `pods`, or one object, such as `deployment/backend`
---@field name? string the object's name, where `resource` is a kind only
---@field selector? string labels that the objects must have, such as `app=backend`
---@field condition? string the condition, such as `Available` or `Ready=false`
---@field jsonpath? string a path and its value, such as `{.status.phase}=Running`
---@field namespace? string the namespace; that of the context when left out
---@field timeout? runbook.Duration how long it may take (default `"2m"`)
---@field check? boolean false: a failure is no error, and the result tells of it (default `true`)
---@field args? string[] more arguments for kubectl, as they are

---Wait until objects meet a condition
---Give `condition` or `jsonpath`. A preview does not wait for what it only planned.
---@param options kubectl.wait.options
---@return boolean # true; false with `check = false` when it was not met in time
function kubectl.wait(options) end

---@class (exact) kubectl.exec.options
---@field pod? string the pod
---@field resource? string an object with pods, such as `deployment/backend`: one of its pods
---@field command string[] the program and its arguments
---@field container? string the container; the pod's first when left out
---@field stdin? string|runbook.Secret what the program reads on standard input
---@field read? boolean true: it changes nothing, so a preview runs it (default `false`)
---@field namespace? string the namespace; that of the context when left out
---@field timeout? runbook.Duration how long it may take (default `"2m"`)
---@field check? boolean false: a failure is no error, and the result tells of it (default `true`)
---@field args? string[] more arguments for kubectl, as they are

---@class (exact) kubectl.exec.result
---@field status integer the exit code
---@field stdout string what it printed
---@field stderr string its errors

---Run a program in a container
---Counts as a write, which a preview only shows, unless `read = true` says that it changes nothing. With
---`check = false` the program's own exit code is in the result; that the program could not be run at all is
---still an error.
---@param options kubectl.exec.options
---@return kubectl.exec.result
function kubectl.exec(options) end

---@class (exact) kubectl.run.options
---@field name string the pod
---@field image string the image
---@field command string[] the program and its arguments
---@field env? table<string, string|runbook.Secret> variables; a secret is better taken from a Secret by `env_from`
---@field env_from? string[] Secrets whose keys become variables
---@field service_account? string who the pod is in the cluster
---@field namespace? string the namespace; that of the context when left out
---@field timeout? runbook.Duration how long it may take (default `"2m"`)
---@field check? boolean false: a failure is no error, and the result tells of it (default `true`)

---@class (exact) kubectl.run.result
---@field status integer the program's exit code
---@field stdout string what it printed
---@field container string the container that it ran in

---Run a program in a pod of its own, which is removed afterwards
---@param options kubectl.run.options
---@return kubectl.run.result
function kubectl.run(options) end

---@class (exact) kubectl.debug.options
---@field pod string the pod
---@field image string the image, with the tools that are needed
---@field command string[] the program and its arguments
---@field target? string the container whose processes it is to see
---@field container? string the new container's name (default `"debug"`)
---@field profile? "general"|"baseline"|"restricted"|"netadmin"|"sysadmin" what it may do (default `"general"`)
---@field namespace? string the namespace; that of the context when left out
---@field timeout? runbook.Duration how long it may take (default `"2m"`)
---@field check? boolean false: a failure is no error, and the result tells of it (default `true`)
---@field args? string[] more arguments for kubectl, as they are

---@class (exact) kubectl.debug.result
---@field status integer the program's exit code
---@field stdout string what it printed
---@field container string the container that it ran in

---Run a program in a container that is added to a pod
---The container stays in the pod's description until the pod goes.
---@param options kubectl.debug.options
---@return kubectl.debug.result
function kubectl.debug(options) end

---@class (exact) kubectl.cp.options
---@field from string what to copy
---@field to string where to
---@field container? string the container; the pod's first when left out
---@field namespace? string the namespace; that of the context when left out
---@field timeout? runbook.Duration how long it may take (default `"5m"`)
---@field args? string[] more arguments for kubectl, as they are

---Copy files into a container or out of it
---One side is in a pod, written as `POD:PATH`. The container needs `tar`.
---@param options kubectl.cp.options
function kubectl.cp(options) end

---@class (exact) kubectl.expose.options
---@field resource string the object, such as `deployment/backend`
---@field port integer the Service's port
---@field target_port? integer|string the container's port; the same when left out
---@field name? string the Service's name; the workload's when left out
---@field type? "ClusterIP"|"NodePort"|"LoadBalancer" its type (default `"ClusterIP"`)
---@field namespace? string the namespace; that of the context when left out
---@field timeout? runbook.Duration how long it may take (default `"60s"`)
---@field args? string[] more arguments for kubectl, as they are

---@class (exact) kubectl.expose.result
---@field name string the Service's name

---Make a Service for a workload
---@param options kubectl.expose.options
---@return kubectl.expose.result
function kubectl.expose(options) end

---@class (exact) kubectl.port_forward.options
---@field resource string where to, such as `service/backend` or `pod/backend-1`
---@field port integer the port there
---@field local_port? integer the local port; a free one when left out
---@field namespace? string the namespace; that of the context when left out
---@field context? string another context than the run's, to look only
---@field timeout? runbook.Duration how long it may take until it forwards (default `"30s"`)
---@field args? string[] more arguments for kubectl, as they are

---Reach a port in the cluster while a function runs
---The function gets the local port, on 127.0.0.1; what it returns is the result. The forwarding ends with it,
---also by an error. In a preview the port is unknown, and nothing is forwarded.
---@param options kubectl.port_forward.options options
---@param body fun(...): any what to do meanwhile
---@return any # what the function returns
function kubectl.port_forward(options, body) end

---@class (exact) kubectl.cordon.options
---@field node string the node
---@field timeout? runbook.Duration how long it may take (default `"60s"`)

---Let a node take no new pods
---@param options kubectl.cordon.options
function kubectl.cordon(options) end

---@class (exact) kubectl.uncordon.options
---@field node string the node
---@field timeout? runbook.Duration how long it may take (default `"60s"`)

---Let a node take new pods again
---@param options kubectl.uncordon.options
function kubectl.uncordon(options) end

---@class (exact) kubectl.drain.options
---@field node string the node
---@field ignore_daemonsets? boolean leave the pods of DaemonSets where they are (default `true`)
---@field delete_emptydir_data? boolean also pods whose data in memory or on the node is lost (default `false`)
---@field force? boolean also pods that nothing makes anew (default `false`)
---@field selector? string only pods with these labels
---@field grace? runbook.Duration how long pods may take to end
---@field timeout? runbook.Duration how long it may take (default `"5m"`)
---@field args? string[] more arguments for kubectl, as they are

---Move the pods of a node elsewhere
---The node takes no new pods afterwards; taking it back lets it take some again, and moves none.
---@param options kubectl.drain.options
function kubectl.drain(options) end

---@class (exact) kubectl.taint.options
---@field node string the node
---@field set? string[] taints to set, such as `disk=slow:NoSchedule`
---@field remove? string[] taints to remove, such as `disk:NoSchedule`
---@field timeout? runbook.Duration how long it may take (default `"60s"`)

---Set or remove taints of a node
---`NoExecute` sends pods away that do not tolerate it.
---@param options kubectl.taint.options
function kubectl.taint(options) end

---@class (exact) kubectl.top.options
---@field of? "pods"|"nodes" what to look at (default `"pods"`)
---@field selector? string labels that the objects must have, such as `app=backend`
---@field namespace? string the namespace; that of the context when left out
---@field all_namespaces? boolean look in every namespace (default `false`)
---@field context? string another context than the run's, to look only
---@field timeout? runbook.Duration how long it may take (default `"30s"`)

---@class (exact) kubectl.top.result
---@field name string the pod or node
---@field namespace? string the pod's namespace
---@field cpu number CPUs in use
---@field memory integer bytes in use
---@field containers? any[] the same for each container

---List how much CPU and memory pods or nodes use
---@param options? kubectl.top.options
---@return kubectl.top.result[]
function kubectl.top(options) end

---@class (exact) kubectl.contexts.result
---@field current? string the kubeconfig's current one
---@field contexts any[] each with `name`, `cluster`, `user` and `namespace`

---List the contexts of the kubeconfig
---@return kubectl.contexts.result
function kubectl.contexts() end

---@class (exact) kubectl.can_i.options
---@field verb string the verb, such as `create`
---@field resource string the kind, such as `deployments`
---@field name? string one object
---@field subresource? string a part, such as `log`
---@field namespace? string the namespace; that of the context when left out
---@field all_namespaces? boolean look in every namespace (default `false`)
---@field context? string another context than the run's, to look only
---@field timeout? runbook.Duration how long it may take (default `"20s"`)

---Ask whether the run may do something in the cluster
---@param options kubectl.can_i.options
---@return boolean # whether it may
function kubectl.can_i(options) end

---@class (exact) kubectl.version.options
---@field context? string another context than the run's, to look only
---@field timeout? runbook.Duration how long it may take (default `"20s"`)

---@class (exact) kubectl.version.result
---@field client string kubectl's version
---@field server? string the cluster's version; nil when it does not answer

---Get the versions of kubectl and of the cluster
---@param options? kubectl.version.options
---@return kubectl.version.result
function kubectl.version(options) end

---@class (exact) kubectl.api_resources.options
---@field group? string those of one API group
---@field context? string another context than the run's, to look only
---@field timeout? runbook.Duration how long it may take (default `"30s"`)

---List the kinds that the cluster knows
---@param options? kubectl.api_resources.options
---@return string[] # their names, such as `deployments.apps`
function kubectl.api_resources(options) end

---@class (exact) kubectl.api_versions.options
---@field context? string another context than the run's, to look only
---@field timeout? runbook.Duration how long it may take (default `"30s"`)

---List the groups and versions that the cluster's API has
---@param options? kubectl.api_versions.options
---@return string[] # such as `apps/v1`
function kubectl.api_versions(options) end

---@class (exact) kubectl.explain.options
---@field field string the kind or field, such as `deployment.spec.strategy`
---@field recursive? boolean the fields below it too (default `false`)
---@field context? string another context than the run's, to look only
---@field timeout? runbook.Duration how long it may take (default `"30s"`)

---Get the description of a kind or field
---@param options kubectl.explain.options
---@return string # the text
function kubectl.explain(options) end

---@class (exact) kubectl.set_resources.options
---@field resource string the object, such as `deployment/backend`
---@field name? string the object's name, where `resource` is a kind only
---@field requests? table<string, string> what it asks for, such as `{ cpu = "100m" }`
---@field limits? table<string, string> what it may use, such as `{ memory = "256Mi" }`
---@field container? string the container; all when left out
---@field namespace? string the namespace; that of the context when left out
---@field timeout? runbook.Duration how long it may take (default `"60s"`)
---@field args? string[] more arguments for kubectl, as they are

---Change what the containers of a workload ask for and may use
---Each of `requests` and `limits` that is given replaces the ones before.
---@param options kubectl.set_resources.options
function kubectl.set_resources(options) end

---@class (exact) kubectl.set_service_account.options
---@field resource string the object, such as `deployment/backend`
---@field name? string the object's name, where `resource` is a kind only
---@field service_account string the service account
---@field namespace? string the namespace; that of the context when left out
---@field timeout? runbook.Duration how long it may take (default `"60s"`)
---@field args? string[] more arguments for kubectl, as they are

---Change who a workload's pods are in the cluster
---@param options kubectl.set_service_account.options
function kubectl.set_service_account(options) end

---@class (exact) kubectl.set_selector.options
---@field resource string the object, such as `deployment/backend`
---@field name? string the object's name, where `resource` is a kind only
---@field labels table<string, string> the labels that the pods must have
---@field namespace? string the namespace; that of the context when left out
---@field timeout? runbook.Duration how long it may take (default `"60s"`)
---@field args? string[] more arguments for kubectl, as they are

---Change which pods a Service sends to
---Such as from `version=blue` to `version=green`. The whole selector is replaced.
---@param options kubectl.set_selector.options
function kubectl.set_selector(options) end

---@class (exact) kubectl.whoami.options
---@field context? string another context than the run's, to look only
---@field timeout? runbook.Duration how long it may take (default `"20s"`)

---@class (exact) kubectl.whoami.result
---@field user string the name
---@field groups string[] its groups

---Ask the cluster who the run is there
---@param options? kubectl.whoami.options
---@return kubectl.whoami.result
function kubectl.whoami(options) end

---@class (exact) kubectl.create_token.options
---@field service_account string the service account
---@field duration? runbook.Duration how long it is good; the cluster decides when left out
---@field audience? string for whom it is
---@field namespace? string the namespace; that of the context when left out
---@field timeout? runbook.Duration how long it may take (default `"30s"`)
---@field args? string[] more arguments for kubectl, as they are

---Have the cluster make a token for a service account
---It is a secret from the start, and stands in no output. It ends by itself, and cannot be taken back.
---@param options kubectl.create_token.options
---@return string|runbook.Secret # the token
function kubectl.create_token(options) end

---@class (exact) kubectl.certificate_approve.options
---@field name string the request
---@field timeout? runbook.Duration how long it may take (default `"30s"`)
---@field args? string[] more arguments for kubectl, as they are

---Grant a request for a certificate
---It cannot be undone.
---@param options kubectl.certificate_approve.options
function kubectl.certificate_approve(options) end

---@class (exact) kubectl.certificate_deny.options
---@field name string the request
---@field timeout? runbook.Duration how long it may take (default `"30s"`)
---@field args? string[] more arguments for kubectl, as they are

---Refuse a request for a certificate
---It cannot be undone.
---@param options kubectl.certificate_deny.options
function kubectl.certificate_deny(options) end

---@class (exact) kubectl.raw.options
---@field path string the path, with its leading slash
---@field check? boolean false: a failure is no error, and the result tells of it (default `true`)
---@field context? string another context than the run's, to look only
---@field timeout? runbook.Duration how long it may take (default `"20s"`)

---Read an address of the API server
---Such as `/readyz?verbose`, or `/apis/metrics.k8s.io/v1beta1/nodes`.
---@param options kubectl.raw.options
---@return any # a table where the server answers JSON, else the text; nil with `check = false` when it fails
function kubectl.raw(options) end

---@class (exact) kubectl.kustomize.options
---@field folder string the folder
---@field objects? boolean as a list of tables instead of text (default `false`)
---@field timeout? runbook.Duration how long it may take (default `"60s"`)
---@field args? string[] more arguments for kubectl, as they are

---Render a folder with a kustomization, without a cluster
---`kubectl.apply { text = kubectl.kustomize { folder = … } }` applies it.
---@param options kubectl.kustomize.options
---@return any # the text, or the objects
function kubectl.kustomize(options) end

---@class (exact) kubectl.shell.options
---@field pod? string the pod
---@field resource? string an object with pods, such as `deployment/backend`: one of its pods
---@field command? string[] the program and its arguments (default `{ "sh" }`)
---@field container? string the container; the pod's first when left out
---@field namespace? string the namespace; that of the context when left out
---@field timeout? runbook.Duration how long it may take (default `"1h"`)
---@field args? string[] more arguments for kubectl, as they are

---Hand the terminal to the person, in a container of a pod
---It needs a person on a terminal: a run without one ends with exit code 6, and `--yes` does not help. What is done
---there is in no report and cannot be undone.
---@param options? kubectl.shell.options
---@return integer # the exit code of the shell
function kubectl.shell(options) end
