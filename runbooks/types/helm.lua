---@meta _
-- Written from the API's description; do not edit.

---Install, upgrade and take back charts
---helm 3 and 4 behind one API. Every call that asks the cluster goes to the context that is fixed when the run
---starts, and names its namespace; plugins are switched off. Values go to helm on standard input.
---@class helm
helm = {}

---@class (exact) helm.lint.options
---@field chart string the chart: a folder, a packed file, `repository/name` or `oci://…`
---@field value_files? string[] files with values, the later ones go before
---@field values? table<string, any> values as a table, over those of the files; secrets may stand in it
---@field set? table<string, any> single values by path, such as `["image.tag"] = "v2"`, over the others
---@field strict? boolean warnings fail too (default `false`)
---@field namespace? string the namespace to check it for
---@field check? boolean false: a failure is no error, and the result tells of it (default `true`)
---@field timeout? runbook.Duration how long it may take (default `"60s"`)
---@field args? string[] more arguments for helm, as they are

---@class (exact) helm.lint.result
---@field passed boolean whether it has no mistakes
---@field errors string[] mistakes
---@field warnings string[] doubts
---@field infos string[] advice

---Check a chart for mistakes
---@param options helm.lint.options
---@return helm.lint.result
function helm.lint(options) end

---@class (exact) helm.template.options
---@field release? string the release's name (default `"release"`)
---@field chart string the chart: a folder, a packed file, `repository/name` or `oci://…`
---@field version? string the chart's version, or a range of them
---@field plain_http? boolean reach the chart's registry without TLS, such as one on this machine; helm 3.13 and later (default `false`)
---@field value_files? string[] files with values, the later ones go before
---@field values? table<string, any> values as a table, over those of the files; secrets may stand in it
---@field set? table<string, any> single values by path, such as `["image.tag"] = "v2"`, over the others
---@field namespace? string the namespace (default `"default"`)
---@field is_upgrade? boolean render it as an upgrade (default `false`)
---@field show_only? string[] only these templates
---@field include_crds? boolean with the chart's definitions of kinds (default `false`)
---@field kube_version? string the version of Kubernetes to render for
---@field objects? boolean as a list of tables instead of text (default `false`)
---@field timeout? runbook.Duration how long it may take (default `"60s"`)
---@field args? string[] more arguments for helm, as they are

---Render a chart without a cluster
---@param options helm.template.options
---@return any # the text, or the objects
function helm.template(options) end

---@class (exact) helm.diff.options
---@field release string the release
---@field chart string the chart: a folder, a packed file, `repository/name` or `oci://…`
---@field version? string the chart's version, or a range of them
---@field plain_http? boolean reach the chart's registry without TLS, such as one on this machine; helm 3.13 and later (default `false`)
---@field value_files? string[] files with values, the later ones go before
---@field values? table<string, any> values as a table, over those of the files; secrets may stand in it
---@field set? table<string, any> single values by path, such as `["image.tag"] = "v2"`, over the others
---@field reuse_values? boolean start from the release's own values (default `false`)
---@field namespace? string the namespace; that of the context when left out
---@field context? string another context than the run's, to look only
---@field args? string[] more arguments for helm, as they are

---@class (exact) helm.diff.result
---@field installed boolean whether there is such a release
---@field changed boolean whether an object would change
---@field lines string[] the difference, object by object

---Compare a chart, as it would be rendered, with what is installed
---Needs no plugin. Values of Secrets are masked, hooks are left out.
---@param options helm.diff.options
---@return helm.diff.result
function helm.diff(options) end

---@class (exact) helm.show.options
---@field chart string the chart: a folder, a packed file, `repository/name` or `oci://…`
---@field version? string the chart's version, or a range of them
---@field plain_http? boolean reach the chart's registry without TLS, such as one on this machine; helm 3.13 and later (default `false`)
---@field what? "chart"|"values"|"readme"|"crds" which part (default `"chart"`)
---@field timeout? runbook.Duration how long it may take (default `"60s"`)
---@field args? string[] more arguments for helm, as they are

---Get a chart's description, values, readme or definitions of kinds
---@param options helm.show.options
---@return any # `chart` and `values`: a table; the others: text
function helm.show(options) end

---@class (exact) helm.upgrade.options
---@field release string the release
---@field chart string the chart: a folder, a packed file, `repository/name` or `oci://…`
---@field version? string the chart's version, or a range of them
---@field plain_http? boolean reach the chart's registry without TLS, such as one on this machine; helm 3.13 and later (default `false`)
---@field value_files? string[] files with values, the later ones go before
---@field values? table<string, any> values as a table, over those of the files; secrets may stand in it
---@field set? table<string, any> single values by path, such as `["image.tag"] = "v2"`, over the others
---@field namespace? string the namespace; that of the context when left out
---@field create_namespace? boolean create the namespace unless it is there (default `false`)
---@field install? boolean install the release unless it is there (default `true`)
---@field wait? boolean|runbook.Duration wait until the objects are ready, and how long; true: 5 minutes
---@field wait_for_jobs? boolean wait for jobs too (default `false`)
---@field rollback_on_failure? boolean let helm go back by itself when it fails (default `false`)
---@field reuse_values? boolean start from the release's own values (default `false`)
---@field reset_values? boolean start from the chart's values (default `false`)
---@field force_replace? boolean replace objects that cannot be changed (default `false`)
---@field force_conflicts? boolean take over fields that others manage (helm 4) (default `false`)
---@field dependency_update? boolean fetch missing charts that it needs first (default `false`)
---@field skip_crds? boolean leave out the chart's definitions of kinds (default `false`)
---@field description? string a note for the history
---@field history_max? integer how many revisions helm keeps (default `10`)
---@field timeout? runbook.Duration how long it may take (default `"5m"`)
---@field args? string[] more arguments for helm, as they are

---@class (exact) helm.upgrade.result
---@field release string the release
---@field namespace string its namespace
---@field revision integer the new revision
---@field status string its status
---@field chart string the chart and its version
---@field app_version string the application's version
---@field notes string what the chart has to say
---@field before? integer the revision before; nil for a first install

---Install a chart, or upgrade its release
---Values go to helm on standard input, so secrets may stand in them; a reference to a Secret of its own is better.
---A preview renders the chart and compares it with what is installed. It is taken back by a rollback to the
---revision that served before, or by an uninstall when there was none; a namespace that `create_namespace`
---made goes then too, when nothing else stands in it.
---@param options helm.upgrade.options
---@return helm.upgrade.result
function helm.upgrade(options) end

---@class (exact) helm.rollback.options
---@field release string the release
---@field revision? integer the revision to go back to
---@field namespace? string the namespace; that of the context when left out
---@field wait? boolean|runbook.Duration wait until the objects are ready (default `true`)
---@field cleanup_on_fail? boolean remove new objects when it fails (default `false`)
---@field history_max? integer how many revisions helm keeps (default `10`)
---@field timeout? runbook.Duration how long it may take (default `"5m"`)
---@field args? string[] more arguments for helm, as they are

---@class (exact) helm.rollback.result
---@field release string the release
---@field revision integer the new revision
---@field from integer the revision before
---@field to integer the one whose state is back
---@field status string its status

---Bring a release back to an earlier revision
---Without `revision` it goes to the newest earlier revision that has served. (helm itself would take the one
---before the current one, which may have failed.)
---@param options helm.rollback.options
---@return helm.rollback.result
function helm.rollback(options) end

---@class (exact) helm.uninstall.options
---@field release string the release
---@field namespace? string the namespace; that of the context when left out
---@field missing_ok? boolean a release that is not there is no error (default `true`)
---@field wait? boolean|runbook.Duration wait until the objects are gone (default `true`)
---@field keep_history? boolean keep the revisions (default `false`)
---@field timeout? runbook.Duration how long it may take (default `"5m"`)
---@field args? string[] more arguments for helm, as they are

---@class (exact) helm.uninstall.result
---@field release string the release
---@field removed boolean whether it was there

---Remove a release and its objects
---With `keep_history` it can be taken back by a rollback; without, there is no way back.
---@param options helm.uninstall.options
---@return helm.uninstall.result
function helm.uninstall(options) end

---@class (exact) helm.history.options
---@field release string the release
---@field max? integer only so many of the newest (default `256`)
---@field missing_ok? boolean a release that is not there is nil (default `false`)
---@field namespace? string the namespace; that of the context when left out
---@field context? string another context than the run's, to look only

---@class (exact) helm.history.result
---@field revision integer its number
---@field status string deployed, superseded, failed, pending-upgrade, …
---@field chart string the chart and its version
---@field app_version string the application's version
---@field description string what helm wrote about it
---@field updated string when

---List the revisions of a release, the oldest first
---@param options helm.history.options
---@return helm.history.result[] # the revisions
function helm.history(options) end

---@class (exact) helm.status.options
---@field release string the release
---@field revision? integer the revision; the newest when left out
---@field missing_ok? boolean a release that is not there is nil (default `false`)
---@field namespace? string the namespace; that of the context when left out
---@field context? string another context than the run's, to look only
---@field timeout? runbook.Duration how long it may take (default `"60s"`)

---@class (exact) helm.status.result
---@field release string the release
---@field namespace string its namespace
---@field revision integer the revision
---@field status string deployed, failed, pending-upgrade, …
---@field description string what helm wrote about it
---@field chart string the chart and its version
---@field app_version string the application's version
---@field notes string what the chart has to say
---@field first_deployed? string when it was first installed
---@field last_deployed? string when this revision was made

---Get how a release stands
---A release that failed is no error: look at `status`. Values and manifest are not part of it.
---@param options helm.status.options
---@return helm.status.result
function helm.status(options) end

---@class (exact) helm.list.options
---@field namespace? string the namespace; that of the context when left out
---@field all_namespaces? boolean look in every namespace (default `false`)
---@field filter? string a pattern for their names
---@field selector? string labels that they must have
---@field pending? boolean only those that an operation holds (default `false`)
---@field failed? boolean only those that failed (default `false`)
---@field context? string another context than the run's, to look only
---@field timeout? runbook.Duration how long it may take (default `"60s"`)
---@field args? string[] more arguments for helm, as they are

---@class (exact) helm.list.result
---@field name string the release
---@field namespace string its namespace
---@field revision integer its number
---@field status string deployed, superseded, failed, pending-upgrade, …
---@field chart string the chart and its version
---@field app_version string the application's version
---@field description string what helm wrote about it
---@field updated string when

---List releases, in whatever status they are
---@param options? helm.list.options
---@return helm.list.result[]
function helm.list(options) end

---@class (exact) helm.version.result
---@field version string such as 4.3.1
---@field major integer such as 4

---Get helm's version
---@return helm.version.result
function helm.version() end

---@class (exact) helm.get_values.options
---@field release string the release
---@field revision? integer the revision; the newest when left out
---@field namespace? string the namespace; that of the context when left out
---@field context? string another context than the run's, to look only
---@field timeout? runbook.Duration how long it may take (default `"60s"`)
---@field all? boolean with those that the chart gives itself (default `false`)

---Get the values that a release was made with
---Values that hold loaded secrets come masked.
---@param options helm.get_values.options
---@return table<string, any> # the values; empty when none were given
function helm.get_values(options) end

---@class (exact) helm.get_manifest.options
---@field release string the release
---@field revision? integer the revision; the newest when left out
---@field namespace? string the namespace; that of the context when left out
---@field context? string another context than the run's, to look only
---@field timeout? runbook.Duration how long it may take (default `"60s"`)
---@field objects? boolean as a list of tables instead (default `false`)

---Get the objects of a release as text
---The values of Secrets are masked.
---@param options helm.get_manifest.options
---@return any # the text, or the objects
function helm.get_manifest(options) end

---@class (exact) helm.get_notes.options
---@field release string the release
---@field revision? integer the revision; the newest when left out
---@field namespace? string the namespace; that of the context when left out
---@field context? string another context than the run's, to look only
---@field timeout? runbook.Duration how long it may take (default `"60s"`)

---Get what the chart of a release has to say
---@param options helm.get_notes.options
---@return string # the text
function helm.get_notes(options) end

---@class (exact) helm.get_hooks.options
---@field release string the release
---@field revision? integer the revision; the newest when left out
---@field namespace? string the namespace; that of the context when left out
---@field context? string another context than the run's, to look only
---@field timeout? runbook.Duration how long it may take (default `"60s"`)

---Get the hooks of a release as text
---The values of Secrets are masked.
---@param options helm.get_hooks.options
---@return string # the text
function helm.get_hooks(options) end

---@class (exact) helm.get_metadata.options
---@field release string the release
---@field revision? integer the revision; the newest when left out
---@field namespace? string the namespace; that of the context when left out
---@field context? string another context than the run's, to look only
---@field timeout? runbook.Duration how long it may take (default `"60s"`)

---@class (exact) helm.get_metadata.result
---@field name string the release
---@field chart string the chart's name
---@field version string the chart's version
---@field appVersion string the application's version
---@field namespace string its namespace
---@field revision integer the revision
---@field status string its status
---@field deployedAt string when

---Get the chart, versions and status of a release
---@param options helm.get_metadata.options
---@return helm.get_metadata.result
function helm.get_metadata(options) end

---@class (exact) helm.test.options
---@field release string the release
---@field namespace? string the namespace; that of the context when left out
---@field filter? string[] only tests of these names
---@field logs? boolean with what the tests printed (default `true`)
---@field check? boolean false: a failure is no error, and the result tells of it (default `true`)
---@field timeout? runbook.Duration how long it may take (default `"5m"`)
---@field args? string[] more arguments for helm, as they are

---@class (exact) helm.test.result
---@field passed boolean whether all passed
---@field output string what helm printed

---Run the tests that a release's chart brings
---They make pods in the cluster.
---@param options helm.test.options
---@return helm.test.result
function helm.test(options) end

---@class (exact) helm.recover.options
---@field release string the release
---@field namespace? string the namespace; that of the context when left out
---@field min_age? runbook.Duration how old the operation must be (default `"10m"`)
---@field timeout? runbook.Duration how long it may take (default `"5m"`)

---@class (exact) helm.recover.result
---@field recovered boolean whether there was something to do
---@field status string the status that it was in
---@field action? string what was done: rollback or uninstall
---@field to? integer the revision that it went back to

---Bring back a release that is stuck in pending-…
---helm refuses to upgrade a release while another operation holds it, and one that was killed holds it for ever.
---A stuck upgrade or rollback goes back to the revision that served last, a stuck first install is removed.
---What the cluster holds is not certain in that state, so a person is asked; it is refused while another helm
---runs on this machine, or when the operation began less than `min_age` ago.
---@param options helm.recover.options
---@return helm.recover.result
function helm.recover(options) end

---@class (exact) helm.repo_add.options
---@field name string what to call it
---@field url string its address
---@field username? string who asks
---@field password? string|runbook.Secret the password, which helm reads on standard input
---@field force? boolean replace one of the same name (default `false`)
---@field timeout? runbook.Duration how long it may take (default `"60s"`)
---@field args? string[] more arguments for helm, as they are

---Add a repository of charts
---Undo removes it, or gives its name back to the address that had it, unless that holds a password.
---@param options helm.repo_add.options
function helm.repo_add(options) end

---@class (exact) helm.repo_update.options
---@field names? string[] which; all when left out
---@field timeout? runbook.Duration how long it may take (default `"2m"`)
---@field args? string[] more arguments for helm, as they are

---Read again what repositories offer
---@param options? helm.repo_update.options
function helm.repo_update(options) end

---@class (exact) helm.repo_list.result
---@field name string its name
---@field url string its address

---List the repositories of charts
---@return helm.repo_list.result[]
function helm.repo_list() end

---@class (exact) helm.repo_remove.options
---@field names string[] which
---@field timeout? runbook.Duration how long it may take (default `"30s"`)

---Remove repositories of charts
---Undo adds them again by their addresses; a password is not kept, nor an address that holds one.
---@param options helm.repo_remove.options
function helm.repo_remove(options) end

---@class (exact) helm.registry_login.options
---@field host string the registry, without a path
---@field username string who logs in
---@field password string|runbook.Secret the password
---@field plain_http? boolean reach the chart's registry without TLS, such as one on this machine; helm 3.13 and later (default `false`)
---@field timeout? runbook.Duration how long it may take (default `"60s"`)
---@field args? string[] more arguments for helm, as they are

---Log in to a registry of charts
---The password goes to helm on standard input.
---@param options helm.registry_login.options
function helm.registry_login(options) end

---@class (exact) helm.registry_logout.options
---@field host string the registry, without a path
---@field timeout? runbook.Duration how long it may take (default `"60s"`)

---Log out of a registry of charts
---@param options helm.registry_logout.options
function helm.registry_logout(options) end

---@class (exact) helm.package.options
---@field chart string the chart's folder
---@field destination? string the folder for the file (default `"."`)
---@field version? string the version to give it
---@field app_version? string the application's version to give it
---@field dependency_update? boolean fetch the charts that it needs first (default `false`)
---@field timeout? runbook.Duration how long it may take (default `"2m"`)
---@field args? string[] more arguments for helm, as they are

---@class (exact) helm.package.result
---@field path string the file

---Pack a chart into a file
---@param options helm.package.options
---@return helm.package.result
function helm.package(options) end

---@class (exact) helm.pull.options
---@field chart string `repository/name` or `oci://…`
---@field version? string the chart's version, or a range of them
---@field plain_http? boolean reach the chart's registry without TLS, such as one on this machine; helm 3.13 and later (default `false`)
---@field destination? string the folder for it, which must be there (default `"."`)
---@field untar? boolean unpack it (default `false`)
---@field timeout? runbook.Duration how long it may take (default `"5m"`)
---@field args? string[] more arguments for helm, as they are

---@class (exact) helm.pull.result
---@field path string the file, or the folder with `untar`

---Fetch a chart into a file or folder
---A chart of a registry is best fetched first and then used from its file.
---@param options helm.pull.options
---@return helm.pull.result
function helm.pull(options) end

---@class (exact) helm.push.options
---@field package string the packed chart
---@field to string the place, such as `oci://registry.example/charts`
---@field plain_http? boolean reach the chart's registry without TLS, such as one on this machine; helm 3.13 and later (default `false`)
---@field timeout? runbook.Duration how long it may take (default `"5m"`)
---@field args? string[] more arguments for helm, as they are

---Send a packed chart to a registry
---@param options helm.push.options
function helm.push(options) end

---@class (exact) helm.dependency_update.options
---@field chart string the chart's folder
---@field skip_refresh? boolean do not refresh the repositories first (default `false`)
---@field timeout? runbook.Duration how long it may take (default `"5m"`)
---@field args? string[] more arguments for helm, as they are

---Fetch the charts that a chart needs, the newest that fit
---@param options helm.dependency_update.options
function helm.dependency_update(options) end

---@class (exact) helm.dependency_build.options
---@field chart string the chart's folder
---@field skip_refresh? boolean do not refresh the repositories first (default `false`)
---@field timeout? runbook.Duration how long it may take (default `"5m"`)
---@field args? string[] more arguments for helm, as they are

---Fetch the charts that a chart needs, as its lock file says
---@param options helm.dependency_build.options
function helm.dependency_build(options) end

---@class (exact) helm.env.options
---@field timeout? runbook.Duration how long it may take (default `"20s"`)

---Get helm's settings
---@param options? helm.env.options
---@return table<string, string> # by name, such as `HELM_CACHE_HOME`
function helm.env(options) end

---@class (exact) helm.search.options
---@field keyword? string a word of the name or description; all charts when left out
---@field version? string the chart's version, or a range of them
---@field versions? boolean every version, not only the newest (default `false`)
---@field timeout? runbook.Duration how long it may take (default `"60s"`)
---@field args? string[] more arguments for helm, as they are

---@class (exact) helm.search.result
---@field name string `repository/chart`
---@field version string its version
---@field app_version string the application's version
---@field description string what it is

---Look for charts in the repositories that were added
---@param options? helm.search.options
---@return helm.search.result[] # empty when no chart fits
function helm.search(options) end

---@class (exact) helm.dependency_list.options
---@field chart string the chart's folder
---@field timeout? runbook.Duration how long it may take (default `"60s"`)
---@field args? string[] more arguments for helm, as they are

---@class (exact) helm.dependency_list.result
---@field name string the chart
---@field version string the version wanted
---@field repository string where it comes from
---@field status string `ok`, `missing`, `unpacked`, `wrong version`, …

---List the charts that a chart needs, and whether they are there
---@param options helm.dependency_list.options
---@return helm.dependency_list.result[] # empty when it needs none
function helm.dependency_list(options) end

---@class (exact) helm.verify.options
---@field package string the packed chart
---@field keyring? string the file with the public keys; the user's own when left out
---@field check? boolean false: a failure is no error, and the result tells of it (default `true`)
---@field timeout? runbook.Duration how long it may take (default `"60s"`)
---@field args? string[] more arguments for helm, as they are

---Check the signature of a packed chart
---The signature stands beside the chart, in a file that ends with `.prov`.
---@param options helm.verify.options
---@return boolean # whether it holds; false only with `check = false`
function helm.verify(options) end

---@class (exact) helm.create.options
---@field chart string the chart's folder, whose last part is its name
---@field timeout? runbook.Duration how long it may take (default `"60s"`)
---@field args? string[] more arguments for helm, as they are

---Make a new chart to start from
---A folder that is there already is refused.
---@param options helm.create.options
function helm.create(options) end

---@class (exact) helm.repo_index.options
---@field folder string the folder
---@field url? string where the charts will be found
---@field merge? string an index that is taken over
---@field timeout? runbook.Duration how long it may take (default `"2m"`)
---@field args? string[] more arguments for helm, as they are

---Write the index of a folder of packed charts
---@param options helm.repo_index.options
function helm.repo_index(options) end
